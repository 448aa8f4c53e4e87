"""A rule for days in, the five steps as Airflow tasks out: what the DAGs share.

XCom carries counts only; the events travel through the ledger. Everything heavy is imported inside the tasks, for
Airflow parses these files again and again, and once more before each task.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Asset, chain, get_current_context, task
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from dags.operating import code
from dags.operating.alerts import alert_late, alert_run, alert_task, clear_task, tell_ringing
from dags.operating.remedies import RetryByRemedy
from pipeline.clock import utc_now

Counts = dict[str, int]
Shards = list[dict[str, int]]

log = logging.getLogger(__name__)


class NoDayError(ValueError):
    """A run was started that stands for no day."""


@dataclass(frozen=True, slots=True)
class Days:
    """What a run takes.

    day       the day that the run stands for, or None
    only_day  take exactly that day, as a backfill does; otherwise all that is pending
    """

    day: date | None = None
    only_day: bool = False


# What is read and written, for the lineage that Airflow draws. Names, not paths; nothing is scheduled by them. Each success
# of a task with an outlet is an asset event, so only tasks that are there once a run have outlets, not their shards.
ARCHIVE = Asset(name="archive", uri="x-claimwire://archive", group="claimwire")
LEDGER = Asset(name="ledger", uri="x-claimwire://ledger", group="claimwire")
WAREHOUSE = Asset(name="warehouse", uri="x-claimwire://warehouse", group="claimwire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What Airflow is told of a task beside what it does.

    limit   execution time-out: far above what it takes, below the DAG's deadline where that is possible
    doc     for its page
    """

    limit: timedelta
    doc: str
    inlets: tuple[Asset, ...] = ()
    outlets: tuple[Asset, ...] = ()

    def to_arguments(self) -> dict[str, Any]:
        """As `@task` takes them."""
        return {
            "execution_timeout": self.limit,
            "doc_md": self.doc,
            "inlets": list(self.inlets),
            "outlets": list(self.outlets),
        }


SHARING = Task(
    limit=timedelta(minutes=15),  # a query; and the wait for the ledger
    doc="Counts what is pending and says into how many shards it is cut: 1 for 500 inputs, 16 at most.",
    inlets=(LEDGER,),
)
TASKS = {
    "poll": Task(
        limit=timedelta(
            hours=2
        ),  # an hour's wait for the network in a backfill; half an hour of spacing for one domain
        doc="Asks the sources that are due for their entries. Green with `left_to_another` 1: another run is at it.",
        outlets=(ARCHIVE, LEDGER),
    ),
    "capture": Task(
        limit=timedelta(hours=4),  # the same, and a first run has tens of thousands of pages to get
        doc="Gets the pages that are pending. A page that cannot be had is an event, and tried again at its time.",
        inlets=(LEDGER,),
        outlets=(ARCHIVE, LEDGER),
    ),
    "extract_shards": SHARING,
    "extract": Task(
        limit=timedelta(hours=2),  # a page may cost 10 CPU seconds at worst, a shard of a backlog holds thousands
        doc="Reads articles out of the pages that were captured, in a worker process with limits.",
        inlets=(ARCHIVE, LEDGER),
    ),
    "compare": Task(
        limit=timedelta(hours=2),  # the index may have to be made anew from all articles
        doc="Measures what each new revision shares with every earlier one. The index is a file that may be deleted.",
        inlets=(LEDGER,),
        outlets=(LEDGER,),
    ),
    "claim_shards": SHARING,
    "claim": Task(
        limit=timedelta(hours=2),  # as extract
        doc="Reads the claims of each revision.",
        inlets=(LEDGER,),
    ),
}

PUBLISH = Task(
    limit=timedelta(hours=1),  # a rebuild from the whole ledger, on a slow disk
    doc="Builds, tests and publishes. `is_new` false: there was nothing to publish.",
    inlets=(LEDGER,),
    outlets=(WAREHOUSE,),
)

# With a start that is past a DAG runs as soon as Airflow sees it for the first time; without one, at its next time.
AT_ONCE = datetime(1990, 1, 1, tzinfo=UTC)

# What all DAGs share.
DAG_SETTINGS: dict[str, Any] = {
    "catchup": False,  # a missed run needs no making up: the next one takes all that is pending
    "max_active_runs": 1,
    "on_failure_callback": alert_run,
    "default_args": {
        "owner": "claimwire",
        "retries": 3,  # at most: the policy ends them early where a retry cannot help
        "retry_delay": timedelta(minutes=1),  # of a killed task, which goes on where it was; else the policy says
        "retry_policy": RetryByRemedy(),
        "on_failure_callback": alert_task,
        "on_success_callback": clear_task,
    },
}


def add_deadline(dag: DAG, limit: timedelta) -> None:
    """Give the DAG of a file a deadline, counted from when a run was queued: an alert, nothing is stopped.

    Not in the decorator: so a DAG that is made for `dag.test()`, which fails on deadlines, has none.
    """
    callback = SyncCallback(alert_late, kwargs={"within": tell_limit(limit)})
    dag.deadline = [DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=limit, callback=callback)]


def tell_limit(limit: timedelta) -> str:
    """A time in words.

    >>> tell_limit(timedelta(hours=6)), tell_limit(timedelta(minutes=30))
    ('6 h', '30 min')
    """
    minutes = int(limit.total_seconds()) // 60
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def add_steps(select_days: Callable[[], Days]) -> list[Any]:
    """Add the five steps to the DAG that is being built, and return the last ones; `select_days` is called inside each task.

    `compare` and `claim` both read articles only, so neither waits for the other.
    """

    def take(step: str, shard: int = 0, shards: int = 1) -> Counts:
        code.check()
        from pipeline import run  # noqa: PLC0415  # brings DuckDB: never at parse time

        days = select_days()
        counts = run.run_step(step, day=days.day, only_day=days.only_day, shard=shard, shards=shards)
        if counts.get("left_to_another"):
            log.info("Another run polls or captures: the work was left to it, what it leaves is taken by a later run.")
        note(TASKS[step], counts)
        return counts

    def share(step: str) -> Shards:
        code.check()
        from pipeline import run  # noqa: PLC0415  # brings DuckDB: never at parse time

        days = select_days()
        shards = run.count_shards(step, day=days.day, only_day=days.only_day)
        return [{"shard": shard, "shards": shards} for shard in range(shards)]

    def add(step: str) -> Any:
        # One XCom for all counts, not one for each.
        return task(task_id=step, multiple_outputs=False, **TASKS[step].to_arguments())(take)

    def add_shards(step: str) -> Any:
        return task(task_id=f"{step}_shards", **TASKS[f"{step}_shards"].to_arguments())(share)(step)

    poll, capture, compare = (add(step)(step) for step in ("poll", "capture", "compare"))
    extract_shards, claim_shards = (add_shards(step) for step in ("extract", "claim"))
    extract = add("extract").partial(step="extract").expand_kwargs(extract_shards)
    claim = add("claim").partial(step="claim").expand_kwargs(claim_shards)
    chain(poll, capture, extract_shards, extract, [compare, claim_shards])
    chain(claim_shards, claim)
    return [compare, claim]


def add_publish() -> Any:
    """Add the task that brings the warehouse up to the ledger."""

    def take() -> dict[str, int | bool | str]:
        code.check()
        from pipeline import run  # noqa: PLC0415  # brings DuckDB: never at parse time
        from pipeline.settings import read_settings  # noqa: PLC0415  # the same
        from pipeline.warehouse.warehouse import PublishStopped, QueryError  # noqa: PLC0415  # the same
        from pipeline.watch.ringing import find_ringing  # noqa: PLC0415  # the same

        try:
            published = run.publish()
        except PublishStopped as stopped:
            for failure in stopped.failures:
                log.error("%s selects %d rows: %s\n%s", failure.test, failure.rows, failure.meaning, failure.query)
            raise
        try:
            tell_ringing(find_ringing(read_settings(), utc_now()))
        except QueryError:
            log.exception("What is not as usual could not be asked: its alerts stay as they are.")
        note(PUBLISH, published)
        return published

    return task(task_id="publish", multiple_outputs=False, **PUBLISH.to_arguments())(take)()


def note(told: Task, counts: Any) -> None:
    """Put what a task did on the asset events that its success makes."""
    events = get_current_context()["outlet_events"]
    for asset in told.outlets:
        events[asset].extra = dict(counts)
