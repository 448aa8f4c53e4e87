"""What a source listed before and lists now in, what is new, how dense it is and what may have been missed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline.values import Gap, PollState

T = TypeVar("T")

DIGITS = 8  # of a key: two windows of 100 entries that share none look as if they did once in 400,000 times
KEPT = 100  # keys at each end: the entries that stay are at one of them, whichever end is the newer


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of one reading in its order: their keys, and the plausible instants at which they were published."""

    keys: tuple[str, ...] = ()
    published: tuple[datetime | None, ...] = ()

    @property
    def dates(self) -> list[datetime]:
        """The instants that are known, the oldest first."""
        return sorted(filter(None, self.published))


def to_window(keys: Sequence[str]) -> str:
    """The entries of a reading in few characters: 8 of each key, of long readings both ends.

    >>> to_window(["0ac6b615a6199d4b7fed", "11"])
    '0ac6b61511      '
    """
    return "".join(key[:DIGITS].ljust(DIGITS) for key in ends(keys))


def find_new(keys: Sequence[str], window: str) -> list[int]:
    """The places of the keys that a window does not have, where it can have them.

    >>> find_new(["0ac6b615a6199d4b7fed", "22"], "0ac6b61511      ")
    [1]
    """
    known = {window[start : start + DIGITS] for start in range(0, len(window), DIGITS)}
    return [place for place in ends(range(len(keys))) if keys[place][:DIGITS].ljust(DIGITS) not in known]


def ends(listed: Sequence[T]) -> list[T]:
    """The first hundred and the last hundred.

    >>> len(ends(range(150))), len(ends(range(300)))
    (150, 200)
    """
    return [*listed[:KEPT], *listed[KEPT:][-KEPT:]]


def find_gap(listing: Listing, since: datetime, polled_at: datetime) -> Gap | None:
    """The gap that a listing leaves of which the last reading, still true at `since`, has no entry.

    What is missing came after that and left before this poll. Where every entry is dated in between, it came before the
    oldest of them: lists are in the order of publication.
    """
    dates = listing.dates
    is_dated = len(dates) == len(listing.keys) and all(since <= instant <= polled_at for instant in dates)
    until = dates[0] if is_dated and dates else polled_at
    return Gap(from_at=since, until_at=until) if until > since else None


def find_half(listing: Listing, new: int, before: PollState, polled_at: datetime) -> datetime | None:
    """The instant that half of the listed entries are younger than: by their dates, else by how many are new since."""
    dates = listing.dates
    if len(dates) >= 2 and 2 * len(dates) >= len(listing.keys):
        return min(dates[len(dates) // 2], polled_at)
    if not new or before.confirmed_at is None or not before.window:
        return before.half_at
    each = (polled_at - before.confirmed_at) / new
    return polled_at - min(each * len(listing.keys) / 2, timedelta(days=365))


def find_rhythm(half_at: datetime | None, entries: int, now: datetime) -> float:
    """Mean seconds between two entries, silence since the newest included; 0 if not known.

    >>> noon = datetime(2017, 6, 11, 12)
    >>> find_rhythm(noon - timedelta(hours=10), 20, noon)
    3600.0
    """
    if half_at is None or not entries:
        return 0.0
    return max((now - half_at).total_seconds(), 1.0) / max(entries / 2, 1.0)
