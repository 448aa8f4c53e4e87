"""A normalised text and a sentence of it in, what stands before the sentence proper out: page stamps, datelines, tags.

Pages put a date, an agency or a list of tags before the first sentence, and text that has lost its line ends and stops runs
headline and sentence into one. None of it was said by anybody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.claims.dates import MONTH, WEEKDAY, YEAR, day_of, month_in
from pipeline.claims.numbers import TENS, UNITS
from pipeline.text import ABBREVIATIONS, sentences
from pipeline.values import Span

DAY_NAME = rf"(?:{WEEKDAY}|(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\b\.?)"
FULL_DATE = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{MONTH}),?\s+(?P<year>{YEAR})|"
    # "Nov 012017": the comma and the space are lost
    rf"(?P<month2>{MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+|(?<=\d\d))(?P<year2>{YEAR})|"
    rf"(?P<day3>\d{{1,2}})(?P<mark>[./-])(?P<month3>\d{{1,2}})(?P=mark)(?P<year3>{YEAR})|(?P<iso>{YEAR}-\d\d-\d\d)"
)
# "Published August 15, 2016", "Last updated at Jun 14, 2016", "AFP Friday 22 Jul 2016", "24.09.2014"
STAMP = re.compile(
    r"(?:(?P<label>date of publication|published|posted|created|(?:last )?(?:updated|modified))(?: (?:on|at))?:?\s+)?"
    rf"(?P<named>{DAY_NAME},?\s+)?(?:{FULL_DATE})(?!\d)"
    r"(?P<clock>,?\s*(?:at\s+)?(?:\d{1,2}:\d\d|\d{3,4}(?=\s?(?:[ap]\.?m|gmt|utc)\b))(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:gmt|utc)\b)?)?",
    re.IGNORECASE,
)
SENTENCE_BEGINS = re.compile(r"\s*[|:–—-]?\s*(?=[\"'(]?[A-Z\d])")
# Behind these a date is part of the sentence: "On 22 July 2016 Aleppo fell".
LEADS_A_DATE = frozenset(
    "on of since until till by from to in and between dated before after through as for at the".split()
)
A_YEAR = re.compile(YEAR)  # a cheap look before the costly pattern
REACH = 600  # characters from the beginning of a text: a stamp farther down is another page's
FURNITURE = re.compile(
    r"\s*(?:(?:get short url|print|tweet|share|send|e-?mail|views?|comments?)\b[\s\d]*)+", re.IGNORECASE
)
# "BEIRUT A Daesh counterattack", behind a stamp; "BEIRUT August 21 (The Associated Press) Forces": anywhere at the head
NUMBER_WORDS = "|".join(word.capitalize() for word in (*UNITS, *TENS) if word != "zero")
OPENER = (
    r"(?:At (?:least|most)|More than|Up to|As many as|No fewer|Nearly|Almost|About|Around|Some|Over|Dozens|Scores|Hundreds|"
    rf"Thousands|Several|Many|A|An|The|This|These|Those|In|On|After|Before|During|When|While|Following|According|Meanwhile|"
    rf"Outside|Inside|It|He|She|They|There|{NUMBER_WORDS})(?= )"
)
BARE_CITY = re.compile(
    rf"\s+[A-Z]{{4,}}(?:[ -][A-Z]{{3,}}){{0,2}}(?: (?!{OPENER})[A-Z][a-z]+)?\s+(?={OPENER}|[A-Z][a-z]|\d)"
)
CITY_AND_DAY = re.compile(
    rf"[A-Z][A-Z.'-]{{2,}}(?:,? [A-Z][A-Z.'-]{{2,}}){{0,2}},?\s+"
    rf"(?:(?i:{MONTH})\s+\d{{1,2}},?\s+(?:\([A-Z][^)\n]{{1,40}}\)\s*)?|\([A-Z][^)\n]{{1,40}}\)\s+)"
    r"(?=[\"']?[A-Z\d])"
)
TAGS = re.compile(
    rf"(?:Tags?|Tagged|Keywords|Topics|Filed under)\b:? (?:[^\s.!?]+ ){{1,25}}?(?={OPENER} [a-z\d]|(?:The|A|An) [A-Z])"
)
POINTER = re.compile(
    rf"(?:Read (?:more|also)|See also|Also read)\b:? (?:[^\s.!?]+ ){{3,25}}?(?={OPENER} (?:[a-z\d]|[A-Z][a-z]+ [a-z]))"
)
# A sentence begun in the middle of another, its stop lost: "... on Aleppo The death toll rose", "in Idlib Meanwhile sources"
RUN_ON = re.compile(
    r"(?<=[\w)] )(?=[A-Z])(?:(?:The|An|A)(?= [a-z])|(?:At least|Nearly|Almost|More than|As many as)(?= [a-z\d])|"
    r"(?:Meanwhile|However|According to|Elsewhere)(?= )|"
    rf"(?:{NUMBER_WORDS}|Dozens|Scores|Hundreds|Thousands)(?= [a-z]))"
)
BEFORE_RUN_ON = re.compile(r"(?<![\w'-])([\w'-]+)\)? $")
# "in The end", "Vitamin A deficiency", "told The guardians"
KEEPS_ON = frozenset(
    """in of by the at on for with from and to told as or a an is was but vitamin hepatitis group type plan class grade
    division schedule section part team category influenza level serie title exhibit block appendix""".split()
)
NUMBER_AFTER = re.compile(
    r"[A-Z]\w+ (?:in|on|at|of|and|by|near|as|after|for|from|to|or|more|dead|killed|injured|wounded)\b"
)
FARTHEST_BEFORE = 120  # characters: what is looked at before a run-on sentence
SHORTEST_BEFORE = 4  # words before a sentence whose stop was lost, or the label of a part: "Homs The air force ..."
LABEL = re.compile(r"(?:[A-Z][\w'-]+ ){1,3}$")
# "... said on Monday. earlier three people"
LOWER_START = re.compile(
    r"\. (?=(?:earlier|later|meanwhile|however|he|she|it|they|the|in|on|for|with|two|three|four|five)\b)"
)
LAST_WORD = re.compile(r"(?<![\w.])[A-Za-z]{4,}$")
AUXILIARY = re.compile(r"\b(?:was|were|is|are|has|have|had|said|says|told|will|would)\b")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a page says that it was published.

    span       its words; day: the date that they give, None where it cannot be told (05-09-2013)
    is_called  whether it says that it is one ("Published ..")
    """

    span: Span
    day: date | None
    is_called: bool


def find_stamp(text: str, start: int, end: int) -> Stamp | None:
    """The stamp of a page in a sentence near its head: at the beginning, or behind a headline or an agency's name.

    Behind other words it is only one if it says so or has a weekday or a time: "Survivors Recall 4 August 2016 Blast".

    >>> text = "Shells kill two Monitor AFP Friday 22 Jul 2016 A shell killed two people"
    >>> found = find_stamp(text, 0, len(text))
    >>> text[slice(*found.span)], found.day.isoformat()
    ('Friday 22 Jul 2016', '2016-07-22')
    >>> find_stamp("On Friday 22 Jul 2016 Aleppo was shelled", 0, 40) is None
    True
    """
    if start > REACH or A_YEAR.search(text, start, min(end, REACH)) is None:
        return None
    for match in STAMP.finditer(text, start, min(end, REACH)):
        before = text[start : match.start()].split()
        is_led_in = bool(before) and (before[-1].lower() in LEADS_A_DATE or not before[-1][:1].isupper())
        is_stamp = not before or match["label"] or match["named"] or match["clock"]
        if is_stamp and not is_led_in and begins(text, match.end(), end):
            return Stamp(match.span(), day_of_stamp(match), match["label"] is not None)
    return None


def begins(text: str, position: int, end: int) -> bool:
    """Whether a sentence or the furniture of a page begins there, or the text ends."""
    rest = FURNITURE.match(text, position, end)
    return SENTENCE_BEGINS.match(text, rest.end() if rest else position, end) is not None or not text[
        position:end
    ].strip(" .")


def day_of_stamp(match: re.Match[str]) -> date | None:
    """The day that a stamp names; a numeric date only where day and month cannot be mistaken."""
    if match["iso"]:
        return day_of(*(int(part) for part in match["iso"].split("-")))
    if match["year3"]:
        day, month = int(match["day3"]), int(match["month3"])
        return day_of(int(match["year3"]), month, day) if match["mark"] == "." or day > 12 else None
    named, number, year = (match[name] or match[f"{name}2"] for name in ("month", "day", "year"))
    return day_of(int(year), month_in(named), int(number))


def find_page_stamp(text: str) -> Stamp | None:
    """The first stamp at the head of a text."""
    for start, end in sentences(text):
        if start > REACH:
            return None
        if stamp := find_stamp(text, start, end):
            return stamp
    return None


def skip_preamble(text: str, start: int, end: int) -> int:
    """Where a sentence begins behind stamps, datelines, tags and the furniture of a page.

    >>> text = "Last updated at Jun 14, 2016 BEIRUT A raid killed two people."
    >>> text[skip_preamble(text, 0, len(text)):]
    'A raid killed two people.'
    >>> text = "Tags Syria Homs air strikes At least two people were killed."
    >>> text[skip_preamble(text, 0, len(text)):]
    'At least two people were killed.'
    """
    begin = start
    if stamp := find_stamp(text, start, end):
        begin = stamp.span[1]
        for pattern in (FURNITURE, BARE_CITY, SENTENCE_BEGINS):
            rest = pattern.match(text, begin, end)
            begin = rest.end() if rest else begin
    for pattern in (CITY_AND_DAY, TAGS, POINTER):
        lead = pattern.match(text, begin, end)
        begin = lead.end() if lead else begin
    return begin if begin < end else start


def run_on_starts(text: str, start: int, end: int) -> Iterator[int]:
    """Where further sentences begin whose stop, or the capital behind it, is lost.

    >>> text = "Shells hit the road to Aleppo The death toll rose to ten."
    >>> [text[begin:] for begin in run_on_starts(text, 0, len(text))]
    ['The death toll rose to ten.']
    """
    found = {match.start() for match in RUN_ON.finditer(text, start, end) if is_run_on(text, start, match)}
    for match in LOWER_START.finditer(text, start, end):
        word = LAST_WORD.search(text, max(start, match.start() - FARTHEST_BEFORE), match.start())
        if word and word.group().lower() not in ABBREVIATIONS:
            found.add(match.end())
    yield from sorted(found)


def is_run_on(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a capitalised word inside a sentence begins another one."""
    near = text[max(start, match.start() - FARTHEST_BEFORE) : match.start()]
    before = BEFORE_RUN_ON.search(near)
    if before is None or before[1].lower() in KEEPS_ON or NUMBER_AFTER.match(text, match.start()):
        return False
    return len(near.split()) >= SHORTEST_BEFORE or LABEL.fullmatch(near) is not None


def is_headline(text: str, start: int, end: int) -> bool:
    """Whether words that run into a sentence tell no finished thing: "Two dead in raid on Homs".

    >>> is_headline("Two dead in raid on Homs", 0, 24), is_headline("Two were killed in Homs", 0, 23)
    (True, False)
    """
    return AUXILIARY.search(text, start, end) is None
