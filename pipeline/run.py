"""A step and some days in, events in the ledger out: the shell around the stages.

Each step appends what a pure function makes of what was read. Everything it needs is found in the ledger, so a step can be
killed anywhere and run again.
"""

import gc
import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pipeline import STEPS, network, polling, rounds
from pipeline.archive import Archive, ArchiveDamaged, ArchivedBody, RecordWithdrawn
from pipeline.articles import extract as articles
from pipeline.articles.worker import WorkerFailure, open_worker
from pipeline.claims import naming
from pipeline.clock import utc_now
from pipeline.events import EntrySeen, Event, Pending, SourcePolled
from pipeline.ledger import withdrawal
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import Days, Failed, Selection, Shard
from pipeline.network import Network
from pipeline.settings import Settings, read_settings
from pipeline.sources import entries, polls
from pipeline.sources.registry import Source
from pipeline.values import RecordRef
from pipeline.warehouse import warehouse
from pipeline.warehouse.status import stopped_file
from pipeline.web.hosts import NetworkBusy, network_lock

INPUTS_PER_SHARD = 500  # 25 seconds of work or more; a thousand keep two cores busy
SHARDS_AT_MOST = 16
PAGES_AT_ONCE = 2_000  # asked for together, so that one slow host does not hold up the others
LEAVING_S = 300.0  # what a scheduled run waits for the network at most: it holds one of the scheduler's few places
NEW_BEFORE_GARBAGE = 20_000  # Python looks for garbage after 700 new things; thousands of requests and events are none

Counts = dict[str, int]
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Nobody is looking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its settings, its clock, its ledger and archive.

    days            those that it takes, or None for all that is pending
    is_backfill     exactly its days, only sources that can list them, and also what the current rules have not read
    retry_failed    also what failed for good
    failed          nothing but these of those that stand failed, or None; of `poll`: of the sources whose last poll failed
    network_wait_s  how long to wait for another process that polls or captures
    progress        told after each chunk of a step: inputs done, inputs in all
    """

    settings: Settings
    now: Callable[[], datetime] = utc_now
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    days: Days | None = None
    is_backfill: bool = False
    retry_failed: bool = False
    failed: Failed | None = None
    shard: Shard = Shard()  # noqa: RUF009  # a named tuple is as immutable as a number
    network_wait_s: float = 0.0
    progress: Progress = no_progress

    @property
    def ledger(self) -> Ledger:
        """The ledger, as this run appends to it."""
        return Ledger(self.settings.ledger_folder, run_id=self.run_id, now=self.now, wait_s=self.settings.ledger_wait_s)

    @property
    def archive(self) -> Archive:
        """The archive, as this run writes to it."""
        return Archive(self.settings.archive_folder, self.run_id)

    def read_body(self, ref: RecordRef) -> ArchivedBody | WorkerFailure:
        """What the archive keeps, or why it has it no more: a damaged record fails one page, not the step."""
        try:
            return self.archive.read(ref)
        except (ArchiveDamaged, RecordWithdrawn) as error:
            return WorkerFailure("archive_damaged", str(error), is_transient=False)

    def selection(self, step: str) -> Selection:
        """What this run takes of a step's inputs."""
        return Selection(
            step=step,
            producer=PRODUCERS[step](self.settings),
            now=self.now(),
            days=self.days,
            shard=self.shard,
            is_backfill=self.is_backfill,
            retry_failed=self.retry_failed,
            failed=self.failed,
        )


def producers(settings: Settings) -> dict[str, str]:
    """The producer of each step, as this code and these settings make it."""
    return {step: find(settings) for step, find in PRODUCERS.items()}


def compare_producer(settings: Settings) -> str:
    """The producer of `compare`."""
    from pipeline import comparing  # noqa: PLC0415  # as in `compare`

    return comparing.producer(settings)


# Each by itself: to name the producer of `claim` all tables are read, for which the other steps should not wait.
PRODUCERS: Mapping[str, Callable[[Settings], str]] = {
    "poll": entries.producer,
    "capture": network.producer,
    "extract": articles.producer,
    "compare": compare_producer,
    "claim": lambda settings: naming.producer(settings, settings.seeds),
}


def poll(run: Run) -> Iterator[list[Event]]:
    """Ask the sources that are due, or in a backfill those that can list its days, for their entries."""
    sources = polls.wanted_sources(run.settings)
    net = Network(settings=run.settings, sources=sources, archive=run.archive, now=run.now)
    with network_lock(run.settings.network_lock, run.network_wait_s), open_worker(run.settings) as worker:
        last = last_polls(run.ledger)  # under the lock: another run may just have polled
        due = [source for source in sources.values() if is_asked(run, source, last.get(source.id))]
        yield from polling.poll(net, due, last, worker)


def capture(run: Run) -> Iterator[list[Event]]:
    """Get the bytes of the pages that are pending, of sources that are switched on: the others' wait.

    Those that are young are asked for again after that, so that new pages come first.
    """
    sources = polls.wanted_sources(run.settings)
    net = Network(settings=run.settings, sources=sources, archive=run.archive, now=run.now)
    taken: Counter[str] = Counter()
    with network_lock(run.settings.network_lock, run.network_wait_s):
        for chunk in pending_pages(run, sources):
            kept = [
                one for one in chunk if is_within_limit(run.settings, sources.get(one.cause.event.source_id), taken)
            ]
            yield from network.capture(net, kept)


def pending_pages(run: Run, sources: Mapping[str, Source]) -> Iterator[list[Pending[EntrySeen]]]:
    """The inputs of `capture`: pages that were never had, then those that are due to be asked for again."""
    selection = run.selection("capture")
    yield from run.ledger.pending_chunks(selection, chunk=PAGES_AT_ONCE)
    if run.failed is not None:  # a retry takes what has failed, nothing else
        return
    owed = rounds.find_owed(run.ledger, selection, run.settings.recapture_hours, sources)
    for start in range(0, len(owed), PAGES_AT_ONCE):
        yield rounds.read_owed(run.ledger, owed[start : start + PAGES_AT_ONCE])


def extract(run: Run) -> Iterator[list[Event]]:
    """Articles out of the pages that were captured."""
    producer = articles.producer(run.settings)
    with open_worker(run.settings) as worker:
        for chunk in run.ledger.pending_chunks(run.selection("extract"), chunk=run.settings.chunk_inputs):
            yield list(articles.extract(chunk, read=run.read_body, worker=worker, producer=producer))


def compare(run: Run) -> Iterator[list[Event]]:
    """What each new revision shares with every earlier one."""
    from pipeline import comparing  # noqa: PLC0415  # numpy takes a tenth of a second that no other step needs

    yield from comparing.compare(run.ledger, run.selection("compare"), run.settings)


def claim(run: Run) -> Iterator[list[Event]]:
    """Attributed claims out of the article revisions."""
    from pipeline.claims import extract as claims  # noqa: PLC0415  # spaCy takes two seconds that no other step needs

    seeds, model = run.settings.seeds, run.settings.language_model
    producer = naming.producer(run.settings, seeds)
    for chunk in run.ledger.pending_chunks(run.selection("claim"), chunk=run.settings.chunk_inputs):
        yield list(claims.extract(chunk, producer=producer, language_model=model, seeds=seeds))


STEP_FUNCTIONS: Mapping[str, Callable[[Run], Iterable[list[Event]]]] = {
    "poll": poll,
    "capture": capture,
    "extract": extract,
    "compare": compare,
    "claim": claim,
}
assert tuple(STEP_FUNCTIONS) == STEPS


def take_step(run: Run, step: str) -> Counts:
    """Run one step and return what it appended: events per type, and `appended` in all."""
    gc.set_threshold(NEW_BEFORE_GARBAGE, 10, 10)
    counts: Counter[str] = Counter(appended=0)
    ledger = run.ledger
    total = len(ledger.pending_positions(run.selection(step))) if step != "poll" else 0
    done = 0
    run.progress(done, total)
    for events in STEP_FUNCTIONS[step](run):
        new = ledger.append_new(events)
        counts["appended"] += len(new)
        counts.update(type(event).__name__ for event in new)
        done += len(events)
        run.progress(done, max(done, total))
    return dict(counts)


def run_step(step: str, *, day: date | None = None, only_day: bool = False, shard: int = 0, shards: int = 1) -> Counts:
    """One step as a scheduler's task: settings come from the environment. Returns counts per event type.

    Where another run polls or captures, one that takes all that is pending leaves that to it, for what is pending stays
    pending: the count `left_to_another` is 1. A backfill must have exactly its day: it waits, and raises NetworkBusy.
    """
    run = make_task(day, only_day=only_day, shard=Shard(shard, shards))
    try:
        return take_step(run, step)
    except NetworkBusy:
        if run.is_backfill:
            raise
        return {"appended": 0, "left_to_another": 1}


def count_shards(step: str, *, day: date | None = None, only_day: bool = False) -> int:
    """Into how many parts the pending work of a step is worth dividing: 1 to 16."""
    run = make_task(day, only_day=only_day)
    pending = len(run.ledger.pending_positions(run.selection(step)))
    return max(1, min(SHARDS_AT_MOST, math.ceil(pending / INPUTS_PER_SHARD)))


def make_task(day: date | None, *, only_day: bool, shard: Shard = Shard()) -> Run:  # noqa: B008  # immutable
    """The run that a scheduler's task stands for."""
    if only_day and day is None:
        raise ValueError("only_day needs a day")
    days = Days(day, day) if only_day and day else None
    settings = read_settings()
    wait_s = settings.network_wait_s if only_day else min(settings.network_wait_s, LEAVING_S)
    run = Run(settings=settings, days=days, is_backfill=only_day, shard=shard, network_wait_s=wait_s)
    if day and day > run.now().date():
        raise ValueError(f"{day} is in the future: there is nothing to take.")
    return run


def backfill_days(first: date, last: date) -> list[date]:
    """Every day from first to last, both included.

    >>> [str(day) for day in backfill_days(date(2017, 2, 27), date(2017, 3, 1))]
    ['2017-02-27', '2017-02-28', '2017-03-01']
    """
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def publish(run: Run | None = None) -> dict[str, Any]:
    """Bring the warehouse up to the ledger: exits at once when it is."""
    run = run or Run(settings=read_settings())
    published = warehouse.publish(run.ledger, run.settings, now=run.now(), producers=producers(run.settings))
    return {
        "is_new": published.is_new,
        "position": published.position,
        "quarantined": published.quarantined,
        "warnings": len(published.failures),
        "head": run.ledger.head().hash,
    }


def withdraw(run: Run, event_id: uuid.UUID, reason: str) -> withdrawal.Withdrawal:
    """Take an article's content out of the ledger, the archive and the index; the next publish leaves it out too."""
    from pipeline import comparing  # noqa: PLC0415  # as in `compare`

    done = withdrawal.withdraw(run.ledger, event_id, reason, run.archive.blank)
    comparing.forget(run.settings)
    stopped_file(run.settings).unlink(missing_ok=True)
    return done


def is_asked(run: Run, source: Source, last: SourcePolled | None) -> bool:
    """Whether this run polls a source: if it is due, and in a backfill only if it can list one of the days."""
    if run.failed is not None:
        return last is not None and last.outcome == "failed" and run.failed.has(last.reason, source.id, last.event_id)
    if run.is_backfill and run.days and not any(polls.can_list(source, day) for day in backfill_days(*run.days)):
        return False
    return polls.is_due(source, last, run.now())


def is_within_limit(settings: Settings, source: Source | None, taken: Counter[str]) -> bool:
    """Whether one more page of a source may be taken, and count it; only live sources have a limit."""
    if source is None:
        return False
    taken[source.id] += 1
    return not settings.pages_per_source or source.enabled != "live" or taken[source.id] <= settings.pages_per_source


def last_polls(ledger: Ledger) -> dict[str, SourcePolled]:
    """The last poll of each source: all the state that polling has."""
    positions = ledger.query(
        "select max(position), 1 from ledger.events where event_type = 'SourcePolled' group by stream"
    )
    polled = [found.cause.event for found in ledger.read_pending(positions)] if positions else []
    return {event.source_id: event for event in polled}
