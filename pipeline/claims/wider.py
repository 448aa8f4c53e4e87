"""A text in, places out that only the wide table knows (seeds/geonames.csv), in their usual spellings.

Such names are also those of people and things, so they count only where a place stands: "in Hit", "the town of Hit".
"""

import re
from collections.abc import Iterator

from pipeline.claims.gazetteer import Gazetteer, Mention, find_mentions
from pipeline.claims.located import Located, locate
from pipeline.claims.possessives import find_possessives
from pipeline.claims.transliteration import has_skeleton, skeleton
from pipeline.values import Span

NAME = r"(?:(?:al|el|Al|El|ad|ar|as|ash|at|az|an|ed|er|es|ez)[- ])?[A-Z][\w'-]+"
KIND = r"(?:city|town|village|district|suburb|province|governorate|camp|neighbou?rhood|outskirts|port|countryside)"
STANDS = re.compile(
    rf"\b(?:in|In|into|inside|outside|near|Near|around|across|towards?|throughout|{KIND}s? of)\s+(?:the\s+)?"
    rf"(?:(?:{KIND}|north|south|east|west|(?:north|south)(?:east|west))(?:ern)?\s+(?:of\s+)?)?(?P<name>{NAME}(?:\s{NAME}){{0,3}})"
)
BESIDE = re.compile(
    rf"(?:,\s+|\s+and\s+|,\s+and\s+)(?P<name>{NAME}(?:\s{NAME}){{0,3}})(?!\s+(?:said|says|was|were|is|has|had)\b)"
)
BEFORE_KIND = re.compile(rf"\b(?:the|The)\s+(?P<name>{NAME}(?:\s{NAME}){{0,2}})\s+{KIND}\b")


def find_names(text: str, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """All known names in a normalised text, in order and without overlaps: the sure ones, then places of the wide table.

    >>> from pipeline.claims.gazetteer import load_gazetteer
    >>> from pipeline.settings import SEEDS
    >>> [name.alias for name in find_names("Shells fell near Saraqib and in Reqqah.", load_gazetteer(SEEDS))]
    ['Saraqib', 'Reqqah']
    """
    named = find_mentions(text, gazetteer)
    owners = find_possessives(text, locate(named, lambda mention: mention.span), gazetteer)
    sure = sorted([*named, *owners], key=lambda mention: mention.span)
    taken = locate(sure, lambda mention: mention.span)
    wider = {mention.span: mention for mention in find_wider(text, taken, gazetteer)}
    return tuple(sorted([*sure, *wider.values()], key=lambda mention: mention.span))


def find_wider(text: str, taken: Located[Mention], gazetteer: Gazetteer) -> Iterator[Mention]:
    """Places where places stand, and those listed with them: "in Saraqib, Binnish and Taftanaz"."""
    for pattern in (STANDS, BEFORE_KIND):
        match = pattern.search(text)
        while match:
            span = match.span("name")
            mention = None if is_taken(span, taken) else place_at(text, span, gazetteer)
            if mention:
                yield mention
                span = mention.span
            beside = BESIDE.match(text, span[1]) if mention else None
            match = beside or pattern.search(text, max(match.end(), span[1]))


def is_taken(span: Span, taken: Located[Mention]) -> bool:
    """Whether a sure name stands there."""
    return any(near.span[0] < span[1] and span[0] < near.span[1] for near in taken.near(*span))


def place_at(text: str, span: Span, gazetteer: Gazetteer) -> Mention | None:
    """The place that a run of capitalised words names as a whole; "Reading" in "in Reading Room" is none."""
    name = text[span[0] : span[1]].removesuffix("'s")
    place = gazetteer.wide_places.get(name) or (gazetteer.spellings.get(skeleton(name)) if has_skeleton(name) else None)
    return Mention((span[0], span[0] + len(name)), name, None, place) if place else None
