"""How a poll went and what is known of the source in, how long it is left alone out: `POLICY` says it, by kind and outcome.

A tick of the scheduler may come later than the interval: one that polls every 15 minutes honours 10 minutes at its next tick.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from pipeline.sources.skipping import find_open
from pipeline.values import Skips

Outcome = Literal["news", "turned_over", "quiet", "failed", "refused", "gone"]
Basis = Literal["rhythm", "last", "fixed", "never"]

LEAST = timedelta(minutes=10)
MOST = timedelta(days=1)  # whatever the source asks for: a ttl of a year would end it
OFTEN = timedelta(minutes=15)  # folders, and a feed whose rhythm is not known yet
WINDOWS = 6.0  # polls, at least, while the listing turns over once: a burst six times as dense is still seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the interval follows from a basis: basis x factor, from `least` to `most`.

    basis            rhythm: the mean time between two entries | last: the interval before | fixed: `least` | never
    grows            the factor counts once more for each failure in a row
    is_window_bound  never so long that the listing could turn over in it
    """

    basis: Basis
    factor: float = 1.0
    least: timedelta = LEAST
    most: timedelta = MOST
    grows: bool = False
    is_window_bound: bool = False


NEWS = Rule(basis="rhythm", factor=1 / 3, is_window_bound=True)
QUIET = Rule(basis="last", factor=1.3, is_window_bound=True)
TURNED_OVER = Rule(basis="last", factor=0.25, most=timedelta(hours=1), is_window_bound=True)
FAILED = Rule(basis="fixed", factor=2.0, least=OFTEN, grows=True)
REFUSED = Rule(basis="fixed", factor=2.0, least=timedelta(hours=1), grows=True)
GONE = Rule(basis="never")
FOLDER = Rule(basis="fixed", least=OFTEN)  # listing a folder of this machine costs little

POLICY: Mapping[tuple[str, Outcome], Rule] = MappingProxyType(
    {
        ("feed", "news"): NEWS,  # entries that the reading before did not list
        ("feed", "turned_over"): TURNED_OVER,  # none but such entries: some may be missing
        ("feed", "quiet"): QUIET,  # a 304, the same body, or the same entries in another body
        ("feed", "failed"): FAILED,  # waiting may help: timeouts, 5xx, 429, a body that is no feed
        ("feed", "refused"): REFUSED,  # waiting rarely helps: 404, 403, no http URL; asked again all the same
        ("feed", "gone"): GONE,  # 410: the one answer that says "never again"
        ("sitemap", "news"): NEWS,
        ("sitemap", "turned_over"): TURNED_OVER,
        ("sitemap", "quiet"): QUIET,
        ("sitemap", "failed"): FAILED,
        ("sitemap", "refused"): REFUSED,
        ("sitemap", "gone"): GONE,
        ("documents", "news"): FOLDER,
        ("documents", "turned_over"): FOLDER,
        ("documents", "quiet"): FOLDER,
        ("documents", "failed"): FAILED,
        ("documents", "refused"): FAILED,
        ("documents", "gone"): FAILED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the interval is made of, in seconds.

    last_s                    the interval before, as the rhythm wanted it; 0: there was none
    rhythm_s                  the mean time between two entries; 0: not known
    entries                   how many the source lists
    failures                  failures in a row, this one included
    wanted_s                  the interval that the sources file sets for this source; 0: none
    ttl_s, max_age_s          how long the listing and the answer's headers ask to be left alone; 0: they do not
    retry_after_s             how long a failure asks to wait; 0: it does not
    """

    last_s: float = 0.0
    rhythm_s: float = 0.0
    entries: int = 0
    failures: int = 0
    wanted_s: float = 0.0
    ttl_s: float = 0.0
    max_age_s: float = 0.0
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the source is left alone (None: for ever), what set that, and the interval without what it asks for."""

    wait_s: float | None
    set_by: str
    interval_s: float


def find_pace(kind: str, outcome: Outcome, known: Known) -> Pace:
    """Return when to ask again.

    >>> find_pace("feed", "news", Known(rhythm_s=3600, entries=20))
    Pace(wait_s=1200.0, set_by='news', interval_s=1200.0)
    >>> find_pace("feed", "news", Known(rhythm_s=3600, entries=20, ttl_s=7200.0))
    Pace(wait_s=7200.0, set_by='ttl', interval_s=1200.0)
    >>> find_pace("feed", "failed", Known(failures=3, last_s=1800)).wait_s
    3600.0
    """
    rule = POLICY[kind, outcome]
    if rule.basis == "never":
        return Pace(None, outcome, known.last_s)
    own_s = float(round(find_interval(rule, known)))  # whole: the ledger rounds, and the same state must go on the same
    if outcome in ("failed", "refused"):  # the rhythm is kept for when it answers again
        return to_pace({outcome: own_s, "override": known.wanted_s, "retry_after": known.retry_after_s}, known.last_s)
    if known.wanted_s:
        return Pace(known.wanted_s, "override", own_s)
    return to_pace({outcome: own_s, "ttl": known.ttl_s, "max_age": known.max_age_s}, own_s)


def wait_out(pace: Pace, at: datetime, skips: Skips | None) -> Pace:
    """The same from an instant on, but no earlier than the source may be asked; the sources file's own interval stands.

    >>> wait_out(Pace(3600.0, "news", 1200.0), datetime(2017, 6, 11, 22, 30), Skips(hours=(23, 0)))
    Pace(wait_s=9000.0, set_by='skip', interval_s=1200.0)
    """
    if pace.wait_s is None or pace.set_by == "override":
        return pace
    due = at + timedelta(seconds=pace.wait_s)
    allowed = find_open(due, skips)
    return pace if allowed == due else Pace((allowed - at).total_seconds(), "skip", pace.interval_s)


def find_interval(rule: Rule, known: Known) -> float:
    """The seconds that a rule gives."""
    least_s, most_s = rule.least.total_seconds(), rule.most.total_seconds()
    basis_s = {"rhythm": known.rhythm_s or known.last_s, "last": known.last_s, "fixed": least_s}[rule.basis]
    times = min(known.failures - 1, 20) if rule.grows else 1  # 2 to the 20th is beyond any limit
    wanted_s = (basis_s or OFTEN.total_seconds()) * rule.factor ** max(times, 0)
    if rule.is_window_bound and known.rhythm_s:
        wanted_s = min(wanted_s, known.rhythm_s * known.entries / WINDOWS)
    return min(max(wanted_s, least_s), most_s)


def to_pace(floors: Mapping[str, float], interval_s: float) -> Pace:
    """The longest of several waits and its name, a day at most; the first where two are equal."""
    longest = max(floors, key=lambda name: floors[name])
    return Pace(min(floors[longest], MOST.total_seconds()), longest, interval_s)
