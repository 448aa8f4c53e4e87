"""The sources file and the last polls in, the sources that should have been asked by now out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.events import SourcePolled
from pipeline.run import Run
from pipeline.sources import polls
from pipeline.sources.judging import GONE
from pipeline.sources.registry import Source, SourcesError, read_sources
from pipeline.steps.poll import last_polls

TICK = timedelta(minutes=15)  # the DAG `poll` comes no more often: a source due after 10 minutes waits for the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A source that was not asked for longer than it may be left alone.

    due_at      since when it is due; interval_s: how long its last answer allowed
    overdue_s   seconds since it is due: more than the interval, so that it was left out at least once
    """

    source_id: str
    due_at: datetime
    interval_s: float
    overdue_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesStanding:
    """Where the sources of the file stand.

    asked        ids of those that are switched on; awaited: those of them that may list something new
    live_off     how many are live ones while live ones are not asked for
    overdue      the longest first
    never_asked  ids of those that are switched on and were never asked under their present url: since when is not known
    problem      why the file cannot be used, or None; then nothing else is known
    """

    asked: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    live_off: int = 0
    overdue: tuple[Overdue, ...] = ()
    never_asked: tuple[str, ...] = ()
    problem: str | None = None


def find_sources(run: Run) -> SourcesStanding:
    """Where the sources stand now. A file with a mistake is no reason to be silent about all the rest."""
    try:
        sources = read_sources(run.settings.sources)
    except SourcesError as error:
        return SourcesStanding(problem=str(error))
    live = run.settings.live
    return judge(sources, last_polls(run.ledger), run.now(), live=live)


def judge(sources: Sequence[Source], last: Mapping[str, SourcePolled], now: datetime, *, live: bool) -> SourcesStanding:
    """Where these sources stand, from the last poll of each."""
    asked = [source for source in sources if polls.is_wanted(source, live=live)]
    found = [overdue for source in asked if (overdue := find_overdue(source, last.get(source.id), now))]
    return SourcesStanding(
        asked=tuple(source.id for source in asked),
        awaited=tuple(source.id for source in asked if is_awaited(source, last.get(source.id), now)),
        live_off=sum(source.enabled == "live" and not live for source in sources),
        overdue=tuple(sorted(found, key=lambda overdue: (-overdue.overdue_s, overdue.source_id))),
        never_asked=tuple(source.id for source in asked if is_new(source, last.get(source.id))),
    )


def is_awaited(source: Source, last: SourcePolled | None, now: datetime) -> bool:
    """Whether the source will be asked again: it is not gone for good, and its window has not ended."""
    is_gone = not is_new(source, last) and last is not None and last.status == GONE
    return not is_gone and not polls.is_window_over(source, now)


def is_new(source: Source, last: SourcePolled | None) -> bool:
    """Whether the source was never asked under its present url."""
    return last is None or last.url != source.url


def find_overdue(source: Source, last: SourcePolled | None, now: datetime) -> Overdue | None:
    """How long a source that is switched on is overdue, or None if it is not.

    It is when it is due for longer than its interval, 15 minutes at least. One whose window has ended has nothing new to list.
    """
    if last is None or is_new(source, last) or last.next_poll_at is None or not polls.is_due(source, last, now):
        return None
    interval, waited = last.next_poll_at - last.polled_at, now - last.next_poll_at
    if waited <= max(interval, TICK) or polls.is_window_over(source, now):
        return None
    return Overdue(
        source_id=source.id,
        due_at=last.next_poll_at,
        interval_s=interval.total_seconds(),
        overdue_s=waited.total_seconds(),
    )
