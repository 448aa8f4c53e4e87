"""A date as a feed writes it in, an instant out: None rather than a wrong one.

feedparser reads an unknown zone as UTC (BST is off by an hour), "+0530" in an ISO date as +05:00, ISO dates without a
"T" in the machine's own zone and the epoch "1497172200" as the year 1497: so its own dates are not used.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

FIRST_YEAR = 1990  # no feed is older: an earlier date is a default value (1970-01-01, 0001-01-01) or a typing error
AHEAD = timedelta(days=2)  # a date may lead the poll by a zone that was left out, and by embargoed entries

MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}

# Hours east of UTC, each name with one meaning in the news: RFC 822's own, then Europe's and Russia's.
# Left out, so that the date is None: AST (Atlantic -4, Arabia +3), IST (India, Israel, Ireland), GST (Gulf, South
# Georgia), ET CT MT PT (summer or winter), AMT, BDT, SST, and the military letters, whose signs RFC 822 had wrong
# (RFC 5322, 4.3: they tell nothing).
ZONE_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
}  # fmt: skip
ZONE_HOURS_MAX = 14  # Kiribati

TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?"
DAY, MONTH, YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[a-z]{3,9})\.?", r"(?P<year>\d{4}|\d\d)(?!\d)"
WEEKDAY = r"(?:[^\d\s,]{2,12},?\s+|[^\d\s,]{2,12},)?"
REST = rf"(?:,?\s+(?:at\s+)?{TIME})?\s*(?P<zone>\S.*)?"

FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:(?:t|\s+){TIME})?\s*(?P<zone>\S.*)?",  # 2017-06-11T09:30Z
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<zone>\S.*)?",
        rf"{WEEKDAY}{DAY}(?:\s+|-){MONTH}(?:[\s,]+|-){YEAR}{REST}",  # Sun, 11 Jun 2017 09:30:00 GMT
        rf"{WEEKDAY}{MONTH}\s+{DAY}\s+{TIME}(?:\s+(?P<zone>[a-z+-][^\s]*))?\s+{YEAR}",  # Sun Jun 11 09:30:00 2017
        rf"{WEEKDAY}{MONTH}\s+{DAY},?\s+{YEAR}{REST}",  # June 11, 2017 9:30 AM GMT
    )
)
OFFSET = re.compile(r"(?:gmt|utc|ut)?(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?")
EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)  # seconds or milliseconds, 2001-09-09 to 2286-11-20


def read_instant(raw: str | None) -> datetime | None:
    """The instant that `raw` names, in UTC; None when it names none or its zone could be more than one.

    A date without a zone is taken as UTC, one without a time as midnight.

    >>> read_instant("Sun, 11 Jun 2017 10:30:00 BST")
    datetime.datetime(2017, 6, 11, 9, 30, tzinfo=datetime.timezone.utc)
    >>> read_instant("Sun, 11 Jun 2017 10:30:00 AST") is None
    True
    """
    written = " ".join((raw or "")[:100].split())
    if EPOCH.fullmatch(written):
        return datetime.fromtimestamp(int(written) / (1000 if len(written) > 10 else 1), UTC)
    match = next(filter(None, (form.fullmatch(written) for form in FORMS)), None)
    try:
        return instant(match.groupdict()) if match else None
    except (ValueError, OverflowError):  # 31 June, 25:00, or the last second of the year 9999 at -0500
        return None


def instant(parts: dict[str, str | None]) -> datetime | None:
    """The instant of a date that is taken apart, or None when its zone is not known. Raises ValueError on 31 June."""
    month = parts["month"] or ""
    zone = find_zone(parts.get("zone") or "")
    if zone is None or not (month.isdigit() or month[:3].lower() in MONTHS):
        return None
    hour = int(parts.get("hour") or 0)
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return datetime(
        full_year(parts["year"] or ""),
        int(month) if month.isdigit() else MONTHS[month[:3].lower()],
        int(parts["day"] or 0),
        hour,
        int(parts.get("minute") or 0),
        min(int(parts.get("second") or 0), 59),  # a leap second is the second before it
        int((parts.get("fraction") or ".")[1:7].ljust(6, "0")),
        tzinfo=zone,
    ).astimezone(UTC)


def full_year(written: str) -> int:
    """The year of four digits or of two: RFC 5322 turns the century at 50.

    >>> full_year("17"), full_year("94"), full_year("2017")
    (2017, 1994, 2017)
    """
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year < 50 else 1900)


def find_zone(written: str) -> timezone | None:
    """The zone of a name or an offset, or None when it is unknown or could be more than one.

    >>> find_zone("+0530"), find_zone("GMT+03:00"), find_zone("EEST"), find_zone("IST")
    (datetime.timezone(datetime.timedelta(seconds=19800)), datetime.timezone(datetime.timedelta(seconds=10800)), \
datetime.timezone(datetime.timedelta(seconds=10800)), None)
    """
    name = re.sub(r"\s*\([^)]*\)", "", written).strip().lower().removeprefix("etc/")
    if offset := OFFSET.fullmatch(name):
        away = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        east = away if offset["sign"] == "+" else -away
        return timezone(east) if away <= timedelta(hours=ZONE_HOURS_MAX) else None
    hours = 0 if not name else ZONE_HOURS.get(name)
    return None if hours is None else timezone(timedelta(hours=hours))


def plausible(instant_read: datetime | None, polled_at: datetime) -> datetime | None:
    """The same instant if an entry polled then can bear it: from 1990 to two days ahead. Else None.

    >>> plausible(datetime(1970, 1, 1, tzinfo=UTC), datetime(2017, 6, 11, tzinfo=UTC)) is None
    True
    """
    if instant_read is None or instant_read.year < FIRST_YEAR or instant_read > polled_at + AHEAD:
        return None
    return instant_read


def midnight(day: date) -> datetime:
    """The first instant of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
