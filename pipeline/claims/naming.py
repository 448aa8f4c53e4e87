"""Tables and a model's version in, the producer of `claim` out: without loading the model or its library."""

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.claims.gazetteer import digest_files, load_gazetteer
from pipeline.keys import canonical
from pipeline.settings import SEEDS, Settings, SettingsError

RULES_VERSION = 5  # raised by hand when the rules' output changes; tests/claims/test_golden.py pins that output


def producer(settings: Settings, seeds: Path = SEEDS) -> str:
    """Name of these rules with this model and these tables: editing an alias in actors.csv makes another.

    >>> producer(Settings())[:8], len(producer(Settings()))
    ('claim-5-', 18)
    """
    load_gazetteer(seeds)  # a wrong table is refused before anything is read with it
    return name_producer(settings.language_model, digest_files(seeds))


@cache
def name_producer(language_model: str, tables: str) -> str:
    """The producer of a model and the digest of the tables."""
    model = [language_model, find_model_version(language_model)]
    shapes = {"tables": tables, "model": model, "spacy": version("spacy"), "rules": RULES_VERSION}
    return f"claim-{RULES_VERSION}-{hashlib.sha256(canonical(shapes)).hexdigest()[:10]}"


def find_model_version(language_model: str) -> str:
    """The version of a spaCy model, a package or a folder.

    Raises SettingsError with the remedy if there is none of that name.
    """
    try:
        if (meta := Path(language_model) / "meta.json").is_file():
            return str(json.loads(meta.read_text("utf-8"))["version"])
        return version(language_model)
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise SettingsError(
            f"The language model {language_model!r} is not installed; install it or set CLAIMWIRE_LANGUAGE_MODEL."
        ) from error
