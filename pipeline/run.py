"""A step and some days in, events in the ledger out: the shell around the stages.

Each step appends what a pure function makes of what was read. Everything it needs is found in the ledger, so a step can be
killed anywhere and run again.
"""

import gc
import math
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pipeline import STEPS
from pipeline.archive import Archive
from pipeline.clock import utc_now
from pipeline.ledger import withdrawal
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import Days, Failed, Selection, Shard
from pipeline.settings import Settings, read_settings
from pipeline.steps import load_step
from pipeline.warehouse import warehouse
from pipeline.warehouse.status import stopped_file
from pipeline.web.hosts import NetworkBusy

INPUTS_PER_SHARD = 500  # 25 seconds of work or more; a thousand keep two cores busy
SHARDS_AT_MOST = 16
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

    def selection(self, step: str) -> Selection:
        """What this run takes of a step's inputs."""
        return Selection(
            step=step,
            producer=load_step(step).producer(self.settings),
            now=self.now(),
            days=self.days,
            shard=self.shard,
            is_backfill=self.is_backfill,
            retry_failed=self.retry_failed,
            failed=self.failed,
        )


def producers(settings: Settings) -> dict[str, str]:
    """The producer of each step, as this code and these settings make it."""
    return {step: load_step(step).producer(settings) for step in STEPS}


def take_step(run: Run, step: str) -> Counts:
    """Run one step and return what it appended: events per type, and `appended` in all.

    From then on Python looks for garbage in this process less often.
    """
    gc.set_threshold(NEW_BEFORE_GARBAGE, 10, 10)
    counts: Counter[str] = Counter(appended=0)
    ledger = run.ledger
    is_counted = step != "poll" and run.progress is not no_progress  # on a large ledger that takes half a second
    total = len(ledger.pending_positions(run.selection(step))) if is_counted else 0
    done = 0
    run.progress(done, total)
    for events in load_step(step).take(run):
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
    from pipeline.steps import compare  # noqa: PLC0415  # brings numpy

    done = withdrawal.withdraw(run.ledger, event_id, reason, run.archive.blank)
    compare.forget(run.settings)
    stopped_file(run.settings).unlink(missing_ok=True)
    return done
