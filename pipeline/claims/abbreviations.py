"""A short form and the words before it in, the words that it abbreviates out.

After Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text" (2003), stricter:
letters are taken from the beginnings of words, and few words may give none, for names of bodies are made so.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

LINKS = frozenset("of for the and in on against to at by with from de la du des al el is".split())
PIECE = re.compile(r"[A-Za-z0-9]+")
MOST_LETTERS = 10
MOST_SILENT = 1  # words, links not counted, that give no letter; one more where a word gives several: "Navcent"
LONG = 6  # letters
MOST_INNER = 3  # letters that one word gives behind its first: "Interpol", "Centcom"


def find_long_form(short: str, words: Sequence[str]) -> int | None:
    """How many of the last words a short form abbreviates; None if it does not.

    >>> find_long_form("SOHR", "But the Syrian Observatory for Human Rights".split())
    5
    >>> find_long_form("D-Calif", "Representative Jane Doe".split()) is None
    True
    """
    letters = "".join(PIECE.findall(short)).lower()
    letters = letters[:-1] if short.endswith("s") and short[:-1].isupper() else letters
    if not 2 <= len(letters) <= MOST_LETTERS:
        return None
    for count in range(1, min(len(words), len(letters) + 5) + 1):
        if abbreviates(letters, tuple(words[-count:])):
            return count
    return None


@lru_cache(maxsize=4096)
def abbreviates(letters: str, words: tuple[str, ...]) -> bool:
    """Whether the letters are beginnings of the words in order, those of the first word among them.

    >>> abbreviates("isil", ("Islamic", "State", "in", "Iraq", "and", "the", "Levant"))
    True
    """
    pieces = [piece.lower() for word in words for piece in PIECE.findall(word)]
    # Possible (letters used, silent words) after each piece.
    states = {(0, 0)}
    most_silent = MOST_SILENT + (len(letters) >= LONG)
    for number, piece in enumerate(pieces):
        after = set()
        for used, silent in states:
            after |= {(used + taken, silent) for taken in takes(letters[used:], piece)}
            is_link = piece in LINKS
            if number and (is_link or silent < most_silent):
                after.add((used, silent + (not is_link)))
        states = after
    return any(used == len(letters) for used, _ in states)


def takes(letters: str, piece: str) -> list[int]:
    """How many letters a word can give, its first one among them.

    >>> takes("deft", "defence")
    [1, 2, 3]
    """
    if not letters or letters[0] != piece[0]:
        return []
    counts, position = [1], 1
    for count, letter in enumerate(letters[1 : MOST_INNER + 1], 2):
        position = piece.find(letter, position) + 1
        if not position:
            break
        counts.append(count)
    return counts
