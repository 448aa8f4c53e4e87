"""Numbers in, words for people out: counts, lengths of time, sizes."""

from datetime import timedelta

UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
AT_LEAST = 2  # of a unit, or the next smaller one is used: "26 hours" says more than "1 day"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "article"), count(3_000, "article")
    ('1 article', '3,000 articles')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(length: timedelta) -> str:
    """A length of time in one unit, rounded down; a negative one, as between clocks that differ, is none.

    >>> duration(timedelta(hours=26)), duration(timedelta(days=3, hours=5)), duration(timedelta(seconds=-1))
    ('26 hours', '3 days', '0 seconds')
    """
    seconds = max(int(length.total_seconds()), 0)
    for noun, unit_s in UNITS:
        if seconds >= AT_LEAST * unit_s or unit_s == 1:
            return count(seconds // unit_s, noun)
    raise AssertionError("the last unit fits every length")


def short_duration(length: timedelta) -> str:
    """The same in few characters.

    >>> short_duration(timedelta(hours=26)), short_duration(timedelta(minutes=90))
    ('26 h', '90 min')
    """
    number, _, noun = duration(length).partition(" ")
    return f"{number} {noun[:3] if noun.startswith('min') else noun[0]}"


def size(amount_bytes: float) -> str:
    """Bytes in a unit that people read.

    >>> size(0), size(8_663_040), size(1_500)
    ('0 B', '8.7 MB', '1.5 kB')
    """
    amount = float(amount_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(amount) < 999.5:
            return f"{amount:.0f} {unit}" if unit == "B" or abs(amount) >= 99.5 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
