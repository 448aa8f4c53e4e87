"""The text of a feed in, when it asks to be left alone out: RSS's skipHours and skipDays, in UTC (RSS 2.0, channel)."""

import re
from datetime import datetime, timedelta

from pipeline.values import Skips

# By own rules: feedparser keeps the last hour and the last day only.
BLOCK_CHARACTERS = 4_000
VALUE = re.compile(r"<(?:hour|day)\b[^>]*>\s*(\w{1,9})\s*</", re.IGNORECASE)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOUR = timedelta(hours=1)
HOURS_A_WEEK = 168


def find_skips(text: str) -> Skips | None:
    r"""The hours and days on which the feed is not to be asked, or None if it names none, or leaves none.

    >>> find_skips("<rss><skipHours><hour>0</hour><hour>24</hour>\n<hour>7</hour></skipHours>")
    Skips(hours=(0, 7), days=())
    >>> find_skips("<skipDays><day>Saturday</day><day>Sunday</day></skipDays>")
    Skips(hours=(), days=(6, 7))
    """
    named = {value for value in find_values(text, "skiphours") if re.fullmatch(r"[0-9]{1,2}", value)}
    hours = {int(value) % 24 for value in named if int(value) <= 24}  # 24 is midnight: the rules once counted from 1
    days = {DAYS.index(value) + 1 for value in find_values(text, "skipdays") if value in DAYS}
    is_all = len(hours) == 24 or len(days) == 7  # it would never be asked: then it does not mean it
    return Skips(hours=tuple(sorted(hours)), days=tuple(sorted(days))) if (hours or days) and not is_all else None


def find_values(text: str, name: str) -> list[str]:
    """What stands in the first element of a name, in lower case."""
    opened = re.search(rf"<{name}\b", text, re.IGNORECASE)
    block = text[opened.end() : opened.end() + BLOCK_CHARACTERS] if opened else ""
    closed = re.search(rf"</{name}\b", block, re.IGNORECASE)
    return [value.lower() for value in VALUE.findall(block[: closed.start()])] if closed else []


def is_skipped(at: datetime, skips: Skips | None) -> bool:
    """Whether the feed is not to be asked at an instant (UTC)."""
    return skips is not None and (at.hour in skips.hours or at.isoweekday() in skips.days)


def find_open(at: datetime, skips: Skips | None) -> datetime:
    """The instant itself, or the beginning of the next hour in which the feed may be asked.

    >>> find_open(datetime(2017, 6, 10, 9, 30), Skips(days=(6, 7)))
    datetime.datetime(2017, 6, 12, 0, 0)
    """
    for _ in range(HOURS_A_WEEK):
        if not is_skipped(at, skips):
            return at
        at = at.replace(minute=0, second=0, microsecond=0) + HOUR
    return at
