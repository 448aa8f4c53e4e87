"""The words of a claim in, the places that it names out."""

import calendar
import re
from collections.abc import Sequence

from pipeline.claims.gazetteer import Mention
from pipeline.claims.located import Located
from pipeline.values import PlaceMention, Span

# "in Turkey" is a place, "Turkey said" an actor.
WHERE = re.compile(
    r"\b(?:in|into|inside|outside|at|near|around|across|from|to|toward|towards|over|of|through|within|throughout|"
    r"northern|southern|eastern|western|central|north|south|east|west|northeast|northwest|southeast|southwest)\s+"
    r"(?:the\s+)?(?:(?:city|town|village|province|north|south|east|west)(?:ern)?\s+(?:of\s+)?)?$",
    re.IGNORECASE,
)
KIND = "town|village|city|district|neighbou?rhood|province|governorate|suburb|camp|area|region"
UNKNOWN = re.compile(
    rf"\b(?:{KIND})s?\s+of\s+(?P<after>(?:(?:al|el|ad|as|ar|an|at|az)-)?[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)|"
    rf"(?P<before>\b(?:(?:al|el|Al|El|as|ar|an)-)?[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)\s+(?:{KIND})\b"
)
# "in Sarmada", "near al-Mushrefeh": a name behind a word for a place, if nothing says that it names something else
BEHIND_IN = re.compile(
    r"\b(?:in|near|outside|around|inside)\s+(?P<name>(?:(?:al|el|ad|as|ar|an|at|az|Al|El)-)?[A-Z][a-z'-]{2,}(?:\s(?:al-|Al-)?[A-Z][a-z'-]{2,}){0,2})"
    r"(?![\w'-])(?!\s+(?:[A-Z(]|and\s+[A-Z]))"
)
# "killed in US air strikes": whose they were
OF_ACTOR = re.compile(
    r"(?:'s)?\s+(?:[a-z-]+\s+)?(?:(?:air|drone|missile)?\s?(?:strikes?|raids?|attacks?)|bombings?|shelling|forces|troops|jets|"
    r"warplanes|planes|aircraft|soldiers|custody|officials?)\b"
)
NO_PLACE = re.compile(
    rf"(?:{'|'.join((*calendar.day_name, *calendar.month_name[1:]))}|Arabic|English|Parliament|Congress|Ramadan|Eid|Easter|"
    r"Christmas|Twitter|Facebook|Telegram|God|Islam|Reuters|Court|House|Council|Ministry|Hospital|University|Front|Army|Party|Group)\b"
)
OF_A_PEOPLE = re.compile(
    r"(?:ian|ish|ese|[rq]i|eli|tani|meni|ern|can|ite|ites|-(?:held|run|backed|controlled|majority|populated|led|dominated|besieged))$"
)  # "the Syrian city", "a Turkish village"
NOT_NAMES = frozenset("the this that a an its their one another each every no other most old new".split())


def find_places(text: str, spans: Sequence[Span], mentions: Located[Mention]) -> tuple[PlaceMention, ...]:
    """Known places inside the spans, and unknown ones that a word such as "village of" marks, in order.

    >>> from pipeline.claims.located import locate
    >>> found = find_places("killed in the village of Kafr Example", [(0, 37)], locate([], lambda mention: mention.span))
    >>> [(place.span, place.place_id, place.name) for place in found]
    [((25, 37), None, 'Kafr Example')]
    """
    around = mentions.starting(spans[0][0], spans[-1][1]) if spans else ()
    found = [
        PlaceMention(span=mention.span, place_id=mention.place.place_id, name=mention.place.name)
        for mention in around
        if mention.place and is_within(mention.span, spans) and (mention.actor is None or is_where(text, mention))
    ]
    taken = [mention.span for mention in around]
    for start, end in spans:
        for match in BEHIND_IN.finditer(text, start, end):
            span = match.span("name")
            is_name = not NO_PLACE.search(match["name"]) and not OF_A_PEOPLE.search(match["name"])
            if is_name and not any(a < span[1] and span[0] < b for a, b in taken):
                found.append(PlaceMention(span=span, place_id=None, name=match["name"]))
                taken.append(span)
    for start, end in spans:
        for match in UNKNOWN.finditer(text, start, end):
            group = "after" if match["after"] else "before"
            span = match.span(group)
            is_name = match[group].split()[0].lower() not in NOT_NAMES and not OF_A_PEOPLE.search(match[group])
            if is_name and not any(a < span[1] and span[0] < b for a, b in taken):
                found.append(PlaceMention(span=span, place_id=None, name=match[group]))
    return tuple(sorted(found, key=lambda place: place.span))


def is_within(span: Span, spans: Sequence[Span]) -> bool:
    """Whether one of the spans holds `span` whole."""
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def is_where(text: str, mention: Mention) -> bool:
    """Whether a name that is both actor and place stands where a place stands."""
    start = mention.span[0]
    if mention.alias.isupper() and OF_ACTOR.match(text, mention.span[1]):
        return False
    return WHERE.search(text[max(0, start - 40) : start]) is not None
