"""A normalised text in, the short forms that it defines out: "the Syrian Democratic Forces (SDF)", "X, also known as Y".

A definition is two names that stand beside each other and words or marks that say they are one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.claims.abbreviations import find_long_form
from pipeline.values import Span

WORD = r"(?:(?:[Aa][ldrsnt]|[Ee]l|[Aa]sh)-)?(?:(?:[A-Z]\.){1,4}|[A-Z][\w&-]*(?:'s?(?=\s[A-Z])|'[a-z]\w{2,})?)"
LINK = r"(?:of|for|the|and|in|on|against|to|at|de|la|al|bin|ibn|is)"
PLAIN = rf"{WORD}(?:\s(?:(?:of|for|the|de|la|al|bin|ibn|is)\s){{0,3}}{WORD})*"  # without "in Arabic", "and Turkey"
NAME = rf"{WORD}(?:\s(?:{LINK}\s){{0,3}}{WORD})*"
ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&-]{0,40}[A-Z0-9][A-Za-z0-9]{0,40}(?:\.[A-Z]\.?)*$")
CAPITALS = re.compile(r"[A-Z]{3,6}(?:-[A-Z]{1,3})?$")
NAME_BEFORE = re.compile(rf"(?P<name>{NAME})(?:'s?)?,?\s?[\"']?(?:\s?\([^()]{{1,40}}\))?$")
REACH = 160  # characters before a definition in which the long form stands
BRACKETS = re.compile(r"\((?P<inner>[^()\n]{2,90})\)")
# What leads a short form in: hereafter the Observatory; also known as ISIS; or SDF
LEAD = re.compile(
    r"(?P<hereafter>here(?:in)?after(?: (?:called|referred to as))?|henceforth|(?:abbreviated|shortened) (?:as|to))\s+|"
    r"(?P<known>(?:(?:also|better|formerly|previously|commonly|otherwise|sometimes|widely|or)\s+)?"
    r"(?:known|called|referred to|dubbed)(?:\s+(?:in|by)\s+[^,;]{1,40}?)?(?:\s+as)?|a\.?k\.?a\.?|alias|formerly|previously)\s+|"
    r"or\s+",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*(?:/|,|;|\bor\b|\band\b)+\s*")
SHORT = re.compile(rf"[\"']?(?:the\s+)?[\"']?(?P<short>{PLAIN})[\"']?(?: in \w+)?$")
# "X, also known as Y", "X, known by its Arabic acronym as Y", "X, which is also called "Y""
KNOWN = re.compile(
    r"(?:(?P<is>,\s(?:which|who)\s(?:is|was)\s|\s(?:is|was|are|were)\s)|,\s|\s)"
    r"(?:(?:also|better|otherwise|commonly|formerly|previously|sometimes|widely|locally)\s"
    r"(?:known|referred to|dubbed|(?(is)called|(?!)))|"  # "X, also called Y" can be a telephone call
    r"(?<=,\s)(?:known|dubbed|nicknamed)|(?<=,\s)(?:a\.?k\.?a\.?|alias))"
    r"(?:(?:\s(?:in|by|under|to)\s[^,.;()\"\n]{1,45}?)?\sas|\sby\s(?:the|its|his|her|their)\s(?:\w+\s)?(?:name|acronym|"
    r"initials|nom de guerre|alias|nickname)(?:\sof)?)?"
    rf"\s(?:the\s)?[\"']?(?P<short>{PLAIN}(?:(?:/|\sor\s){PLAIN})*)"
    r"(?=[\"']?\s*(?:[,.;:)\n]|$|\b(?:in|and|or|is|was|are|were|has|had|have|said|who|which)\b))"  # not "Iraq's second city"
)
KNOWN_WORD = re.compile(r"\b(?:known|called|referred|dubbed|nicknamed|alias|a\.?k\.?a)\b")
OR_SHORT = re.compile(r",\sor\s(?:the\s)?[\"']?(?P<short>[A-Z][\w&-]{1,9})[\"']?(?=[,.;)])")
# "Daesh, an Arabic acronym for the Islamic State"
STANDS_FOR = re.compile(
    r"(?:,\s|\s\(|\sis\s)(?:which\sis\s)?(?:an?|the|its|short)\s(?:[\w-]+\s){0,2}?"
    r"(?:acronym|abbreviation|initials|shorthand|name|nickname|term)?\s?(?:of|for)\s(?:the\s)?"
    rf"[\"']?(?P<long>{NAME})"
)
IS_ACRONYM = re.compile(r"\b(?:acronym|abbreviation|initials|shorthand|name|nickname|term|short)\b")
# Heads of the names of bodies: what is called so can be known by letters of another language (PKK, ELN).
BODY = re.compile(
    r"\b(?:forces?|units?|party|army|front|movement|brigades?|battalions?|council|coalition|union|organi[sz]ation|agency|"
    r"ministry|committee|commission|group|network|association|corps|police|guards?|league|alliance|government|state|office|"
    r"department|federation|court|institute|foundation|observatory|watch|service|bureau|command|congress|assembly|fund|"
    r"cent(?:er|re)|society|board|authority|administration|academy|university|mission|nations|bank|company|defen[cs]e|"
    r"press|news|times|post|red cross|crescent|helmets|militia|resistance|jihad|jabhat|harakat|liwa|jaysh|jaish|ansar|hizb)\b",
    re.IGNORECASE,
)
# Before a name, but no part of it.
OPENERS = frozenset(
    """the a an in on at by for from with and but or of to as if when while after before since because although though that
    this these those it its he she they we his her their our meanwhile however also both all some most many last next
    according under over into about against between among during through like unlike despite earlier later yesterday
    today now then there here what who which where why how not no yes so yet still only even just such other another
    former ex""".split()
)


@dataclass(frozen=True, slots=True)
class Definition:
    """Two names for one thing, as a text itself says.

    short, long  spans of the names; span: from the first to the last word of the definition
    rule         acronym | foreign_acronym | also_known | hereafter | stands_for
    """

    short: Span
    long: Span
    span: Span
    rule: str


def find_definitions(text: str) -> Iterator[Definition]:
    """The definitions of a normalised text, kind by kind.

    >>> text = "The Tigris Relief Board (TRB) and Daesh, an acronym for Islamic State, met Al-Nusra, also known as the Front."
    >>> [(text[slice(*one.short)], text[slice(*one.long)], one.rule) for one in find_definitions(text)]
    [('TRB', 'Tigris Relief Board', 'acronym'), ('Front', 'Al-Nusra', 'also_known'), ('Daesh', 'Islamic State', 'stands_for')]
    """
    for match in BRACKETS.finditer(text):
        yield from in_brackets(text, match)
    for match in KNOWN.finditer(text) if KNOWN_WORD.search(text) else ():
        yield from known_as(text, match)
    for match in OR_SHORT.finditer(text):
        yield from abbreviated(text, match.start(), match.span("short"), match.end())
    for match in STANDS_FOR.finditer(text) if IS_ACRONYM.search(text) else ():
        if IS_ACRONYM.search(match.group()) and (name := name_before(text, match.start())):
            yield Definition(name, match.span("long"), (name[0], match.end()), "stands_for")


def name_before(text: str, end: int) -> Span | None:
    """The run of capitalised words that ends at a position, without what only opens the sentence."""
    begin = max(0, text.rfind("\n", 0, end) + 1, end - REACH)
    found = NAME_BEFORE.search(text, begin, end) if end - begin > 1 else None
    if found is None:
        return None
    start, stop = found.span("name")
    while (first := text[start:stop].split(None, 1)) and first[0].lower() in OPENERS:
        if len(first) == 1:
            return None
        start = stop - len(first[1])
    return start, stop


def in_brackets(text: str, match: re.Match[str]) -> Iterator[Definition]:
    """The definitions that a pair of brackets behind a name makes: one for each short form in it."""
    name = name_before(text, match.start())
    if name is None:
        return
    start = match.start("inner")
    lead = LEAD.match(text, start, match.end("inner"))
    rule = "hereafter" if lead and lead["hereafter"] else "also_known" if lead and lead["known"] else None
    for span in parts(text, lead.end() if lead else start, match.end("inner")):
        if rule:
            yield Definition(span, name, (name[0], match.end()), rule)
        else:
            yield from abbreviated(text, match.start(), span, match.end())
        if not ACRONYM.match(text[slice(*span)]):
            return


def parts(text: str, start: int, end: int) -> Iterator[Span]:
    """The names that brackets list: "ISIS/ISIL", "IS, formerly ISIS"."""
    while start < end:
        if lead := LEAD.match(text, start, end):
            start = lead.end()
        stop = BETWEEN.search(text, start, end)
        if found := SHORT.match(text, start, stop.start() if stop else end):
            yield found.span("short")
        else:
            return
        start = stop.end() if stop else end


def abbreviated(text: str, before: int, short: Span, end: int) -> Iterator[Definition]:
    """The definition of a short form by its letters, in either order: "Long Form (LF)", "LF (Long Form)"."""
    name = name_before(text, before)
    word = text[slice(*short)]
    if name is None:
        return
    long = text[slice(*name)]
    if ACRONYM.match(word) and " " not in word:
        words = long.split()
        count = find_long_form(word, words)
        if count and len(words[-count:]) > 1:
            begin = name[1] - len(long.split(None, len(words) - count)[-1])
            yield Definition(short, (begin, name[1]), (begin, end), "acronym")
        elif CAPITALS.match(word) and len(words) > 1 and BODY.search(long):
            begin = name[1] - len(behind_article(long))
            yield Definition(short, (begin, name[1]), (begin, end), "foreign_acronym")
    elif " " in word and ACRONYM.match(long) and find_long_form(long, word.split()) == len(word.split()):
        yield Definition(name, short, (name[0], end), "acronym")


def behind_article(name: str) -> str:
    """The last of several names that a run of words holds, where an article shows that it is one.

    >>> behind_article("Daesh and the Democratic Union Party"), behind_article("Army of the North")
    ('Democratic Union Party', 'Army of the North')
    """
    last = name.rpartition(" the ")[2]
    return last if " " in last and BODY.search(last) else name


def known_as(text: str, match: re.Match[str]) -> Iterator[Definition]:
    """The definitions of "X, also known as Y or Z"."""
    name = name_before(text, match.start())
    if name is None:
        return
    for found in re.finditer(PLAIN, match["short"]) if re.search(r"/|\sor\s", match["short"]) else [None]:
        offset = match.start("short")
        span = (offset + found.start(), offset + found.end()) if found else match.span("short")
        yield Definition(span, name, (name[0], match.end()), "also_known")
