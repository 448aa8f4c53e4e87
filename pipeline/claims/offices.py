"""A normalised text in, the people that it names with their office out: "the Foreign Secretary, Jane Doe".

What is found is a `Definition` whose short form is the office without its article. "A spokesman" is no office: there are more.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.claims.definitions import NAME, OPENERS, Definition
from pipeline.claims.names import TITLES
from pipeline.values import Span

HEAD = (
    r"(?:[Mm]inister|[Ss]ecretary(?:-[Gg]eneral)?|[Cc]ommander(?:-in-chief)?|[Ss]pokes(?:man|woman|person)|[Dd]irector(?:-[Gg]eneral)?|"
    r"[Hh]ead|[Cc]hief|[Pp]resident|[Ll]eader|[Ee]nvoy|[Aa]mbassador|[Aa]dvis[eo]r|[Rr]epresentative|[Gg]overnor|[Mm]ayor|"
    r"[Cc]hair(?:man|woman|person)?|[Cc]oordinator|[Cc]ommissioner|[Cc]hancellor|[Gg]eneral|"
    r"[Cc]hargé d'[Aa]ffaires|[Rr]apporteur|"
    r"[Pp]rosecutor|[Ss]peaker|[Ii]nspector)"
)
KIND = (
    r"(?:foreign|defen[cs]e|interior|prime|deputy|acting|chief|commanding|general|special|executive|senior|official|health|"
    r"justice|finance|vice|assistant|regional|national|military|security|oil|information|state|army|police|party|opposition)"
)
MODIFIER = rf"(?:{KIND}|(?:[A-Z]\.){{1,4}}|[A-Z][\w&-]*(?:'s)?|\d+(?:st|nd|rd|th))"
WHERE = rf"(?:\s(?:of|for|to)\s(?:the\s)?{NAME})"
OFFICE = rf"(?P<office>(?:{MODIFIER}\s){{0,5}}{HEAD}{WHERE}?)"
PART = r"(?:[A-Z]\.(?:[A-Z]\.)?|(?:[Aa]l|[Ee]l)-\s?[A-Z][\w'-]+|[A-Z][\w'-]+|bin|ibn|van|von|de|\"[\w. ]{1,15}\")"
PERSON = rf"(?P<name>{PART}(?:\s{PART}){{1,5}})"
CLOSED = r"(?=[,.;:)]|\s(?:said|says|told|has|had|was|is|who|and|in|on|at|to|will|with)\b|$)"
NAME_FIRST = re.compile(rf"(?<![\w-]){PERSON},\s(?:the\s)?{OFFICE}{CLOSED}", re.MULTILINE)
OFFICE_FIRST = re.compile(rf"\b(?:[Tt]he\s|(?<=\.\s)|^){OFFICE},\s(?:\w\.\w\.,\s)?{PERSON}{CLOSED}", re.MULTILINE)
BESIDE = re.compile(rf"(?<![\w-])(?P<office>(?:{MODIFIER}\s){{1,4}}{HEAD})\s{PERSON}(?![\w-])")
PATTERNS = (NAME_FIRST, OFFICE_FIRST, BESIDE)
HEAD_WORD = re.compile(rf"\b{HEAD}")
PAST = frozenset(("former", "ex", "then", "late", "onetime", "incoming", "outgoing"))
# What may stand capitalised before an office without being part of it.
NO_START = (OPENERS - PAST) | frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december""".split()
)
REACH = 100  # characters on both sides of the word for an office
SHORTEST = 2  # words: "the minister" can be any
BELOW = frozenset(
    "deputy vice acting assistant under shadow".split()
)  # "the deputy prime minister" is no prime minister
# Names and adjectives of a state in a line each: an office of one of them is not that of the next.
STATES = {
    word: line.split()[0]
    for line in re.split(
        ";|\n",
        """
    us u.s. usa american america washington
    uk u.k. british britain english england london
    france french paris; germany german berlin; russia russian moscow kremlin; turkey turkish ankara
    iran iranian tehran; israel israeli; ukraine ukrainian kyiv kiev; syria syrian damascus; iraq iraqi baghdad
    lebanon lebanese beirut; jordan jordanian amman; egypt egyptian cairo; libya libyan tripoli; yemen yemeni
    saudi riyadh; qatar qatari doha; emirati emirates; kuwait kuwaiti; palestine palestinian; afghanistan afghan kabul
    pakistan pakistani; india indian delhi; china chinese beijing; japan japanese tokyo; korea korean
    italy italian rome; spain spanish madrid; greece greek athens; netherlands dutch; belgium belgian brussels
    poland polish warsaw; hungary hungarian; austria austrian vienna; sweden swedish; norway norwegian; denmark danish
    canada canadian ottawa; australia australian canberra; brazil brazilian; mexico mexican; cuba cuban
    sudan sudanese; somalia somali; ethiopia ethiopian; kenya kenyan; nigeria nigerian; philippines philippine filipino
    indonesia indonesian; malaysia malaysian; myanmar burmese; armenia armenian; azerbaijan azerbaijani azeri
    georgia georgian; belarus belarusian; romania romanian; bulgaria bulgarian; serbia serbian; ireland irish
    """,
    )
    if line.split()
    for word in line.split()
}
CAPITALISED = re.compile(r"\bU\.[SK]\.|\bU(?:SA?|K)\b|\b[A-Z][a-z]+")


def find_offices(text: str) -> Iterator[Definition]:
    """The people of a text with their offices.

    >>> text = "The Foreign Secretary, Jane Doe, met Gen. Omar Roe, commander of the Tigris Corps."
    >>> [(text[slice(*one.short)], text[slice(*one.long)]) for one in find_offices(text)]
    [('Foreign Secretary', 'Jane Doe'), ('commander of the Tigris Corps', 'Omar Roe')]
    """
    found = {}
    for head in HEAD_WORD.finditer(text):
        begin = max(text.rfind("\n", 0, head.start()) + 1, head.start() - REACH)
        end = min(head.end() + REACH, (text.find("\n", head.end()) + len(text) + 1) % (len(text) + 1))
        for match in (match for pattern in PATTERNS for match in pattern.finditer(text, begin, end)):
            office, name = trimmed(text, match.span("office")), trimmed(text, match.span("name"))
            if office and name and is_one(text, office, name):
                span = min(office[0], name[0]), max(office[1], name[1])
                found[office, name] = Definition(office, name, span, "office")
    yield from sorted(found.values(), key=lambda one: one.span)


def trimmed(text: str, span: Span) -> Span | None:
    """The words without an opener of the sentence or, of a name, its titles; None if too few are left."""
    start, stop = span
    while (words := text[start:stop].split(None, 1)) and words[0].lower().rstrip(".") in NO_START:
        if len(words) == 1:
            return None
        start = stop - len(words[1])
    return (start, stop) if len(text[start:stop].split()) >= SHORTEST else None


def is_one(text: str, office: Span, name: Span) -> bool:
    """Whether it is an office that somebody holds now, and a person's name beside it."""
    words = text[slice(*office)].lower().split()
    before = text[max(0, office[0] - 12) : office[0]].lower().split()
    names = text[slice(*name)].split()
    own = [word for word in names if word.lower().rstrip(".") not in TITLES]
    is_past = bool(PAST & {*words, *before[-1:]}) or before[-1:] in (["a"], ["an"])
    return not is_past and len(own) > 1 and not any(HEAD_WORD.fullmatch(word) for word in own)


def find_holders(office: str, text: str, at: int) -> list[Definition]:
    """Who holds the office that a phrase at an offset names, such as "the foreign secretary", as far as the text says so before.

    >>> text = "British Foreign Secretary Jane Doe left. The foreign secretary said so."
    >>> [text[slice(*one.long)] for one in find_holders("The foreign secretary", text, 41)]
    ['Jane Doe']
    """
    wanted = plain(office.removeprefix("the ").removeprefix("The "))
    if len(wanted) < SHORTEST or not HEAD_WORD.search(" ".join(wanted)):
        return []
    held = [one for one in offices_of(text) if one.span[1] <= at and is_office(text, one, wanted)]
    if len({text[slice(*one.long)] for one in held}) > 1:
        return held
    # No other state is spoken of in between: the phrase may mean its minister.
    return [one for one in held if states_in(text[one.span[1] : at]) <= states_in(text[slice(*one.short)])]


def is_office(text: str, one: Definition, wanted: Sequence[str]) -> bool:
    """Whether an office is the one wanted, not its deputy's."""
    words = plain(text[slice(*one.short)])
    before = text[max(0, one.short[0] - 12) : one.short[0]].lower().split()[-1:]
    return words[-len(wanted) :] == wanted and not BELOW & {*before, *words[: -len(wanted)]}


def states_in(text: str) -> set[str]:
    """The states that words name.

    >>> sorted(states_in("British and U.S. officials"))
    ['uk', 'us']
    """
    return {STATES[word] for found in CAPITALISED.findall(text) if (word := found.lower()) in STATES}


@lru_cache(maxsize=2)
def offices_of(text: str) -> tuple[Definition, ...]:
    """The offices of one text: looked for only once somebody speaks by office, for most texts have nobody who does."""
    return tuple(find_offices(text))


def plain(office: str) -> list[str]:
    """The words of an office without case and spelling: "Defense Minister" is the defence minister."""
    return office.lower().replace("defense", "defence").split()
