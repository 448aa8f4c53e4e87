"""Words for a time in, an instant with its precision out: absolute forms only, as pages write them for machines.

A time without a zone says which day it was where it was written, not which instant: the same words mean UTC at one
publisher and local time at the next. It is kept as that day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LONGEST = 60  # characters of a time that is worth reading
SECOND_DIGITS, MILLISECOND_DIGITS = 10, 13  # Unix times from 2001 to 2286

ISO = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:(?:T|\s+|\s*[-,]\s+)(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?\s*(?P<zone>.*))?"
)
MONTH_NAMES = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names}
MONTH = "(?P<name>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
CLOCK = r"(?:,?\s+(?:at\s+)?(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<zone>.*))?"
WEEKDAY = r"(?:[a-z]{3,9},?\s+)?"
PROSE = (
    re.compile(
        WEEKDAY + r"(?P<day>\d\d?)(?:st|nd|rd|th)?[\s-]+" + MONTH + r",?[\s-]+(?P<year>\d{4})" + CLOCK, re.IGNORECASE
    ),
    re.compile(WEEKDAY + MONTH + r"\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + CLOCK, re.IGNORECASE),
)
OFFSET = re.compile(r"(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?(?:\s*\(.*\))?", re.IGNORECASE)
AFTERNOON = re.compile(r"(?P<half>[ap])\.?m\.?(?:\s+|$)", re.IGNORECASE)
# RFC 822 names only these; any other abbreviation means several zones (IST: Dublin, Tel Aviv, Delhi).
ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "[UTC]": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instant:
    """A time that a page states.

    at         UTC; for precision `day` midnight of the day that was written
    precision  exact (seconds) | minute | day
    """

    at: datetime
    precision: str

    def __str__(self) -> str:
        return self.at.isoformat().replace("+00:00", "Z")


def read_instant(raw: str) -> Instant | None:
    """The instant that some words state, or None where they are no absolute date from 1990 on.

    >>> str(read_instant("2017-06-11T12:30:05+03:00"))
    '2017-06-11T09:30:05Z'
    >>> read_instant("Sun, 11 Jun 2017 09:30 GMT").precision
    'minute'
    >>> str(read_instant("June 11, 2017 at 09:30"))
    '2017-06-11T00:00:00Z'
    >>> read_instant("the previous day") is None
    True
    """
    words = raw.strip()
    if not words or len(words) > LONGEST:
        return None
    for read in (read_unix, read_iso, read_prose):
        try:
            instant = read(words)
        except (ValueError, OverflowError):
            return None  # the 31st of February, an offset of 99 hours
        if instant is not None:
            return instant if instant.at >= EARLIEST else None
    return None


def read_unix(words: str) -> Instant | None:
    """Seconds or milliseconds since 1970, which are always UTC."""
    if not (words.isascii() and words.isdigit() and len(words) in (SECOND_DIGITS, MILLISECOND_DIGITS)):
        return None
    milliseconds = int(words) * (1000 if len(words) == SECOND_DIGITS else 1)
    return Instant(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds), "exact")


def read_iso(words: str) -> Instant | None:
    """ISO 8601 and its neighbours: a space for the T, no hyphens, `+0300`, ` UTC`."""
    found = ISO.fullmatch(words)
    return build(found, int(found["month"])) if found else None


def read_prose(words: str) -> Instant | None:
    """RFC 2822 and dates as English prose writes them, JavaScript's `Sun Jun 11 2017 12:30:05 GMT+0300` included."""
    for pattern in PROSE:
        if found := pattern.fullmatch(words):
            return build(found, MONTHS[found["name"].lower()])
    return None


def build(found: re.Match[str], month: int) -> Instant:
    """The instant of a match. Raises ValueError on a day or an hour that does not exist."""
    day = date(int(found["year"]), month, int(found["day"]))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if found["hour"] is None:
        return Instant(midnight, "day")
    hour, zone = read_half(int(found["hour"]), found["zone"].strip())
    offset = read_offset(zone)
    if offset is None:
        return Instant(midnight, "day")
    fraction = (found.groupdict().get("fraction") or "").ljust(6, "0")[:6]
    local = midnight.replace(
        hour=hour,
        minute=int(found["minute"]),
        second=min(int(found["second"] or 0), 59),  # a leap second
        microsecond=int(fraction),
        tzinfo=timezone(offset),
    )
    return Instant(local.astimezone(UTC), "minute" if found["second"] is None else "exact")


def read_half(hour: int, zone: str) -> tuple[int, str]:
    """The hour of 24 and what follows `am` or `pm`."""
    half = AFTERNOON.match(zone)
    if half is None:
        return hour, zone
    return hour % 12 + (12 if half["half"].lower() == "p" else 0), zone[half.end() :]


def read_offset(zone: str) -> timedelta | None:
    """The offset from UTC that a zone names, or None without one.

    >>> read_offset("+0530"), read_offset("GMT"), read_offset("IST")
    (datetime.timedelta(seconds=19800), datetime.timedelta(0), None)
    """
    if zone.upper() in ZONES:
        return timedelta(hours=ZONES[zone.upper()])
    found = OFFSET.fullmatch(zone)
    if found is None:
        return None
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return -offset if found["sign"] == "-" else offset
