"""Candidates for a title in, the title out."""

import re

from pipeline.text import fold
from pipeline.values import Candidate

SEPARATOR = re.compile(r"\s+[|–—•·»:-]\s+|\s*\|\s*|\s+::\s+")
NO_LETTERS = re.compile(r"[\W_]+")


def choose_title(candidates: list[Candidate], sites: list[str]) -> str | None:
    """The first candidate that says more than the site's name, without that name; or None without any.

    >>> page = Candidate(name="title", value="Toll rises to 24 | The Wire", origin="html")
    >>> choose_title([page], ["The Wire"])
    'Toll rises to 24'
    """
    bare = [title for one in candidates if (title := strip_site(one.value, sites))]
    known = set(map(letters_of, sites))
    return next((title for title in bare if letters_of(title) not in known), bare[0] if bare else None)


def strip_site(title: str, sites: list[str]) -> str:
    """The title without parts at its ends that only name the site.

    >>> strip_site("BBC News - Raqqa: what we know - BBC News", ["BBC News", "bbc.example"])
    'Raqqa: what we know'
    """
    known = {letters_of(site) for site in sites} - {""}
    for _ in range(2):
        parts = list(SEPARATOR.finditer(title))
        if parts and letters_of(title[parts[-1].end() :]) in known:
            title = title[: parts[-1].start()]
        elif parts and letters_of(title[: parts[0].start()]) in known:
            title = title[parts[0].end() :]
    return title.strip()


def letters_of(name: str) -> str:
    """A name as it is compared: letters and digits only.

    >>> letters_of("The-Wire.example")
    'thewireexample'
    """
    return NO_LETTERS.sub("", fold(name))
