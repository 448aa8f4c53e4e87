"""A text in, capital letters that it never explains but whose words it gives before out: "Tigris Relief Board ... TRB"."""

import re
from collections.abc import Callable, Iterator

from pipeline.claims.definitions import BODY, Definition

LETTERS = re.compile(r"(?<![\w'&./-])[A-Z]{3,6}(?![\w'-]*[a-z]{2}|[&/])\b")
LINKS = r"(?:(?:of|for|the|and|in|on|against|to|de|la)\s){0,3}"
MOST_TRIED = 30  # different ones: a text with more is a table


def find_initials(text: str, is_known: Callable[[str], bool]) -> Iterator[Definition]:
    """A definition for each run of initials that is not known, by the body whose name stands before it.

    >>> text = "The Tigris Relief Board left. NATO and TRB said so."
    >>> [(text[slice(*one.short)], text[slice(*one.long)]) for one in find_initials(text, {"NATO"}.__contains__)]
    [('TRB', 'Tigris Relief Board')]
    """
    tried: set[str] = set()
    for match in LETTERS.finditer(text):
        letters = match.group()
        if letters in tried or is_known(letters):
            continue
        tried.add(letters)
        if len(tried) > MOST_TRIED:
            return
        seen: set[str] = set()
        for found in re.finditer(rf"\b{words_of(letters)}", text[: match.start()]):
            if found.group() not in seen and BODY.search(found.group()) and "\n" not in found.group():
                seen.add(found.group())
                yield Definition(match.span(), found.span(), found.span(), "initials")


def words_of(letters: str) -> str:
    """A pattern for words with these initials, short words left out.

    >>> bool(re.fullmatch(words_of("HRW"), "Human Rights Watch"))
    True
    """
    return rf"\s{LINKS}".join(rf"{letter}[a-z][\w-]*" for letter in letters)
