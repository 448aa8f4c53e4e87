"""Date expressions in, days with the rule and the anchor out; what cannot be resolved is null with a reason.

A date is never the publication date by default. Deictic words ("yesterday") count from publication in the outlet's own
words and from the statement inside a quotation; anaphoric ones ("the previous day") count from the statement.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.claims.numbers import value_of
from pipeline.text import lowered
from pipeline.values import DateReading, Span

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower()[:3]: number for name, number in list(MONTHS.items())}
MONTHS["sept"] = 9
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
# In lower case, for a pattern for both cases takes five times as long.
MONTH = rf"(?:{'|'.join(calendar.month_name[1:])}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)".lower()
WEEKDAY = "|".join(calendar.day_name).lower()
COUNT = r"(?P<count>\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
UNIT = r"(?P<unit>hours?|days?|nights?|weeks?|months?|years?)"
YEAR = r"(?:19|20)\d\d"
TO = r"\s*(?:and|to|until|through|-|–)\s*"
RANGE = (
    rf"{MONTH}\s+\d{{1,2}}{TO}(?:{MONTH}\s+)?\d{{1,2}}\b(?:,?\s+{YEAR})?|"
    rf"\d{{1,2}}(?:\s+{MONTH})?{TO}\d{{1,2}}\s+{MONTH}(?:\s+{YEAR})?|{MONTH}{TO}{MONTH}(?:\s+{YEAR})?|{YEAR}{TO}{YEAR}"
)
EXPRESSION = re.compile(
    r"\b(?=\w)(?:"  # where no word begins, none of the alternatives need be tried
    + "|".join(
        (
            rf"(?P<range>\b(?:between|from)\s+(?:{RANGE}))",
            r"(?P<iso>\b(?:19|20)\d\d-\d\d-\d\d\b)",
            rf"(?P<full>\b{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH},?\s+(?:19|20)\d\d\b)",
            rf"(?P<month_day>\b{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!,?\d)|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b)",
            rf"(?P<month_year>\b{MONTH},?\s+(?:of\s+)?(?:19|20)\d\d\b)",
            r"(?P<previous_day>\b(?:the previous day|the day before|a day earlier|the day prior|the previous night)\b)",
            r"(?P<next_day>\b(?:the following day|the next day|a day later)\b)",
            r"(?P<same_day>\b(?:the same day|that day|earlier in the day|later in the day)\b)",
            rf"(?P<earlier>\b{COUNT}\s+{UNIT}\s+earlier\b)",
            rf"(?P<ago>\b{COUNT.replace('count', 'count2')}\s+{UNIT.replace('unit', 'unit2')}\s+ago\b)",
            r"(?P<past>\b(?:the\s+)?(?:past|last|previous)\s+"
            rf"{COUNT.replace('count', 'count3')}\s+{UNIT.replace('unit', 'unit3')}\b)",
            r"(?P<earlier_in>\bearlier this (?:week|month|year)\b)",
            r"(?P<deictic>\b(?:today|yesterday|tomorrow|tonight|last night|overnight)\b)",
            r"(?P<period>\b(?:this|last|the past|the last|next)\s+(?:week|month|year)\b)",
            rf"(?P<weekday>\b(?:(?:last|next|this)\s+)?(?:{WEEKDAY})s?\b)",
            r"(?P<month>\b(?:in|since|until|by|last|during|from|early|late|mid)[ -](?:early |late |mid-?)?"
            rf"{MONTH}(?![\w'-]|\s+(?:of\s+)?\d))",
            r"(?P<year>\b(?:in|since|until|by|during|from)\s+(?:early |late |mid-?)?(?:19|20)\d\d\b(?![-,]\d)|"
            r"(?<!toll )(?<!total )(?<!group )(?<!force )\bof\s+(?:19|20)\d\d\b(?=\s*(?:[,.;:)\"]|$)))",
            r"(?P<unanchored>\bthe (?:second|third|fourth|fifth|sixth|seventh) "
            r"(?:(?:consecutive|straight|successive) (?:day|night|week)|(?:day|night|week) of)\b)",
            r"(?P<vague>\b(?:recently|in recent (?:days|weeks|months|years)|previously)\b)",
        )
    )
    + ")"
)
# Every expression holds one of these: a cheap look before the costly pattern.
TELLTALES = (
    *"0 1 2 3 4 5 6 7 8 9 day week month year night hour morrow recently previously".split(),
    *(name.lower()[:3] for name in calendar.month_name[1:]),
)
DAYS_IN = {"hour": 1 / 24, "day": 1, "night": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Anchors:
    """What relative expressions count from.

    published_on  the article's day or None; said_on: the statement's reading; is_quoted: inside quotation marks
    dated_by      where the article's day is from: published_at, or page_stamp: what stands at the head of the text
    """

    published_on: date | None
    said_on: DateReading
    is_quoted: bool = False
    dated_by: str = "published_at"


@dataclass(frozen=True, slots=True)
class Expression:
    """A date expression: its kind (a group of EXPRESSION), words and place."""

    kind: str
    words: str
    span: Span


def find_expressions(text: str, start: int, end: int) -> Iterator[Expression]:
    """Date expressions between two offsets.

    >>> [(found.kind, found.words) for found in find_expressions("killed on Sunday, June 11", 0, 25)]
    [('weekday', 'Sunday'), ('month_day', 'June 11')]
    """
    low = lowered(text)
    words = low[start:end]
    if not any(map(words.__contains__, TELLTALES)):
        return
    for match in EXPRESSION.finditer(low, start, end):
        kind = match.lastgroup or ""
        kind = {"count": "earlier", "unit": "earlier", "unit2": "ago", "unit3": "past"}.get(kind, kind)
        found = text[match.start() : match.end()]
        if kind in ("month_day", "month", "range") and re.search(r"\b(?:may|mar|march|jan|dec)\b", found):
            continue  # "may" and "march" in lower case are verbs
        yield Expression(kind, found, match.span())


def resolve(expression: Expression, anchors: Anchors) -> DateReading:
    """The days that an expression means.

    >>> from datetime import date
    >>> sunday = Expression("weekday", "Sunday", (5, 11))
    >>> resolve(sunday, Anchors(date(2017, 6, 14), DateReading())).start
    datetime.date(2017, 6, 11)
    >>> resolve(Expression("previous_day", "the previous day", (0, 16)), Anchors(date(2017, 6, 14), DateReading())).reason
    'the statement has no date'
    """
    base = DateReading(span=expression.span)
    if expression.kind in ABSOLUTE:
        return absolute(expression, base)
    if expression.kind in ("unanchored", "vague"):
        return replace(base, rule=expression.kind, reason="the text does not say which day it counts from")
    name, anchor = choose_anchor(expression, anchors)
    if expression.kind == "range" and len(years := [int(year) for year in re.findall(YEAR, expression.words)]) == 2:
        return replace(base, start=date(years[0], 1, 1), end=date(years[1], 12, 31), precision="interval", rule="range")
    if anchor is None:
        reason = "the statement has no date" if name == "said_on" else "the article has no publication date"
        return replace(base, rule=expression.kind, anchor=name, reason=reason)
    return relative(expression, replace(base, anchor=name, rule=expression.kind), anchor)


ABSOLUTE = frozenset(("iso", "full", "month_year", "year"))
OF_STATEMENT = frozenset(("previous_day", "next_day", "same_day", "earlier"))
OF_SPEECH = frozenset(("deictic", "ago", "past", "period", "earlier_in"))


def choose_anchor(expression: Expression, anchors: Anchors) -> tuple[str, date | None]:
    """What the expression counts from, and that day if it is known."""
    said = anchors.said_on.start if anchors.said_on.precision == "day" else None
    if expression.kind in OF_STATEMENT or (expression.kind in OF_SPEECH and anchors.is_quoted):
        return "said_on", said
    if expression.kind in ("weekday", "month_day") and said is not None:
        return "said_on", said
    return anchors.dated_by, anchors.published_on


def absolute(expression: Expression, base: DateReading) -> DateReading:
    """Dates that need no anchor."""
    words = expression.words
    year = int(found.group()) if (found := re.search(r"(?:19|20)\d\d", words)) else 0
    if expression.kind == "year":
        return replace(base, start=date(year, 1, 1), end=date(year, 12, 31), precision="year", rule="year")
    if expression.kind == "iso":
        month, day = int(words[5:7]), int(words[8:10])
    else:
        month, day = month_in(words), day_in(words) if expression.kind == "full" else 0
    if expression.kind == "month_year":
        return whole_month(replace(base, rule="month_year"), year, month)
    if (found_day := day_of(year, month, day)) is None:
        return replace(base, rule=expression.kind, reason="there is no such day")
    return replace(base, start=found_day, end=found_day, precision="day", rule=expression.kind)


def relative(expression: Expression, base: DateReading, anchor: date) -> DateReading:
    """Dates that count from a day."""
    words = expression.words.lower()
    named = {
        "weekday": weekday,
        "range": ranged,
        "month_day": nearest_past_day,
        "month": nearest_past_month,
        "earlier_in": earlier_in,
    }
    if by_name := named.get(expression.kind):
        return by_name(base, words, anchor)
    if expression.kind in ("period", "past", "ago", "earlier"):
        return counted(expression, base, anchor)
    shift = {"previous_day": -1, "next_day": 1, "same_day": 0, "yesterday": -1, "last night": -1, "tomorrow": 1}
    if words == "overnight":
        return replace(base, start=anchor - timedelta(1), end=anchor, precision="interval", rule=words)
    day = anchor + timedelta(shift.get(expression.kind, shift.get(words, 0)))
    return replace(
        base, start=day, end=day, precision="day", rule=expression.kind if expression.kind != "deictic" else words
    )


def weekday(base: DateReading, words: str, anchor: date) -> DateReading:
    """The nearest such weekday on or before the anchor; "next" is behind it, "last" strictly before it."""
    name = (
        words.rsplit(maxsplit=1)[-1].removesuffix("s")
        if words.rsplit(maxsplit=1)[-1] not in WEEKDAYS
        else words.rsplit(maxsplit=1)[-1]
    )
    back = (anchor.weekday() - WEEKDAYS[name]) % 7
    if words.startswith("next"):
        day = anchor + timedelta(7 - back)
        return replace(base, start=day, end=day, precision="day", rule="next_weekday")
    day = anchor - timedelta(back or (7 if words.startswith("last") else 0))
    return replace(base, start=day, end=day, precision="day", rule="nearest_past_weekday")


def nearest_past_day(base: DateReading, words: str, anchor: date) -> DateReading:
    """A day without a year is the last one on or before the anchor."""
    month, number = month_in(words), day_in(words)
    for year in range(anchor.year, anchor.year - 9, -1):  # 29 February comes at least every eighth year
        day = day_of(year, month, number)
        if day is not None and day <= anchor:
            return replace(base, start=day, end=day, precision="day", rule="nearest_past_day")
    return replace(base, rule="nearest_past_day", reason="there is no such day")


def nearest_past_month(base: DateReading, words: str, anchor: date) -> DateReading:
    """A month without a year is the anchor's or the last one before it; "last June" is never the anchor's own."""
    month = month_in(words)
    is_past = month < anchor.month or (month == anchor.month and not words.startswith("last"))
    year = anchor.year if is_past else anchor.year - 1
    whole = whole_month(replace(base, rule="nearest_past_month"), year, month)
    third = re.search(r"\b(early|mid|late)\b", words)
    if third is None or whole.start is None or whole.end is None:
        return whole
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, whole.end.day)}[third[1]]
    start, end = whole.start.replace(day=first), whole.start.replace(day=last)
    return replace(whole, start=start, end=end, precision="interval", rule=f"{third[1]}_month")


def earlier_in(base: DateReading, words: str, anchor: date) -> DateReading:
    """ "earlier this week": from the first day of the week, month or year that the anchor is in up to the anchor."""
    unit = words.rsplit(maxsplit=1)[-1]
    first = {"week": anchor - timedelta(anchor.weekday()), "month": anchor.replace(day=1)}.get(
        unit, date(anchor.year, 1, 1)
    )
    return replace(base, start=first, end=anchor, precision="interval", rule=f"earlier_this_{unit}")


def ranged(base: DateReading, words: str, anchor: date) -> DateReading:
    """ "between June 6 and June 9": the last such days on or before the anchor; months count whole."""
    found = re.search(YEAR, words)
    months = [MONTHS[name] for name in re.findall(r"[a-z]+", words) if name in MONTHS]
    days = [int(day) for day in re.findall(r"(?<!\d)\d{1,2}(?!\d)", words)]
    latest = date(int(found.group()), 12, 31) if found else anchor
    for year in (latest.year, latest.year - 1):
        last_day = days[-1] if days else calendar.monthrange(year, months[-1])[1]
        end = day_of(year, months[-1], last_day)
        start = day_of(year - (months[0] > months[-1]), months[0], days[0] if days else 1)
        if start is not None and end is not None and start <= end and start <= latest:
            return replace(base, start=start, end=end, precision="interval", rule="range")
    return replace(base, rule="range", reason="there are no such days")


def counted(expression: Expression, base: DateReading, anchor: date) -> DateReading:
    """Spans of days, weeks, months: "three days ago", "the past 24 hours", "this month"."""
    words = expression.words.lower()
    unit = (re.search(r"(?:hour|day|night|week|month|year)", words) or re.match("", words)).group()  # type: ignore[union-attr]
    if expression.kind == "period":
        return period(base, words, unit, anchor)
    count_word = next((word for word in words.split() if word.isdigit() or word in ("a", "an") or value_of(word)), "1")
    days = round((1 if count_word in ("a", "an") else value_of(count_word)) * DAYS_IN[unit])
    first = anchor - timedelta(min(days, 36_500))
    if expression.kind == "past":
        return replace(base, start=first, end=anchor, precision="interval", rule="past_span")
    precision = "day" if unit in ("day", "night") else "about"
    return replace(base, start=first, end=first, precision=precision, rule=f"{unit}s_{expression.kind}")


def period(base: DateReading, words: str, unit: str, anchor: date) -> DateReading:
    """The calendar week, month or year that the anchor is in, the one before or the one behind it."""
    step = -1 if words.startswith("last") else 1 if words.startswith("next") else 0
    if words.startswith(("the past", "the last")):
        first = anchor - timedelta(round(DAYS_IN[unit]))
        return replace(base, start=first, end=anchor, precision="interval", rule="past_span")
    if unit == "week":
        monday = anchor - timedelta(anchor.weekday()) + timedelta(7 * step)
        return replace(base, start=monday, end=monday + timedelta(6), precision="interval", rule="calendar_week")
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + step
        return whole_month(replace(base, rule="calendar_month"), months // 12, months % 12 + 1)
    year = anchor.year + step
    return replace(base, start=date(year, 1, 1), end=date(year, 12, 31), precision="year", rule="calendar_year")


def whole_month(base: DateReading, year: int, month: int) -> DateReading:
    """All days of a month."""
    last = calendar.monthrange(year, month)[1]
    return replace(base, start=date(year, month, 1), end=date(year, month, last), precision="month")


def month_in(words: str) -> int:
    """The number of the month that is named."""
    return next(
        MONTHS[word[:3]] for word in re.findall(r"[a-z]+", words.lower()) if word[:3] in MONTHS and (word in MONTHS)
    )


def day_in(words: str) -> int:
    """The day of the month that is named."""
    found = re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?!\d)", words)
    return int(found.group(1)) if found else 0


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, or None if the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
