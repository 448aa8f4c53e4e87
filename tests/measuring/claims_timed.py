"""Texts in, what reading their claims costs out: words in a CPU second, against spaCy alone, and memory."""

import os
import time
from collections.abc import Callable, Sequence

import spacy

from pipeline.claims.gazetteer import load_gazetteer
from pipeline.claims.located import locate
from pipeline.claims.parse import BATCH, EXCLUDED, load_model, normalise
from pipeline.claims.read import Rules, is_worth_parsing, read_by_rules
from pipeline.claims.sentences import outline
from pipeline.claims.wider import find_names
from pipeline.settings import Settings
from tests.measuring.costs import median, peak_bytes
from tests.measuring.report import Table

ROUNDS = 3  # in turn: what else the machine does meets all alike


def score_speed(texts: Sequence[str], settings: Settings) -> Table:
    """Words that are read in a CPU second, and the CPU of it by that of spaCy for the sentences that are parsed."""
    read_bytes = peak_bytes(os.getpid())  # so far: the texts were read to be scored, and spaCy was not loaded twice
    rules = Rules(load_gazetteer(settings.seeds), load_model(settings.language_model))
    parsed = [sentences_parsed(text, rules) for text in texts]
    plain = spacy.load(settings.language_model, exclude=list(EXCLUDED))
    whole, alone, as_it_comes = (
        lambda: [read_by_rules(text, rules, None, "revision") for text in texts],
        lambda: [list(rules.model.nlp.pipe(sentences, batch_size=BATCH)) for sentences in parsed],
        lambda: [list(plain.pipe(sentences, batch_size=BATCH)) for sentences in parsed],
    )
    rounds = [(cpu_s(whole), cpu_s(alone), cpu_s(as_it_comes)) for _ in range(ROUNDS)]
    words = sum(len(text.split()) for text in texts)
    return [
        ("claims, words read in a CPU second", f"{median([words / one[0] for one in rounds]):,.0f}"),
        (
            "  CPU of it / of spaCy as it comes, for what is parsed",
            f"{median([one[0] / one[2] for one in rounds]):.2f}",
        ),
        ("  the same with the arithmetic that is used here", f"{median([one[0] / one[1] for one in rounds]):.2f}"),
        ("  peak memory, MB", f"{read_bytes / 1e6:,.0f}"),
    ]


def sentences_parsed(text: str, rules: Rules) -> list[str]:
    """The sentences of a text that are given to the parser."""
    normal = normalise(text)
    shape = outline(normal, rules.gazetteer.cues)
    mentions = locate(find_names(normal, rules.gazetteer), lambda mention: mention.span)
    return [normal[slice(*unit.span)] for unit in shape.units.items if is_worth_parsing(normal, unit, mentions)]


def cpu_s(work: Callable[[], object]) -> float:
    """User and system seconds that the work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began
