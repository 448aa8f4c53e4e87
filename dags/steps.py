"""A rule for days in, the five steps as Airflow tasks out: what the DAGs `poll` and `ingest` share.

XCom carries counts only; the events travel through the ledger. Everything heavy is imported inside the tasks, for
Airflow parses these files again and again, and once more before each task.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, chain, task

Counts = dict[str, int]
Shards = list[dict[str, int]]


@dataclass(frozen=True, slots=True)
class Days:
    """What a run takes.

    day       the day that the run stands for, or None
    only_day  take exactly that day, as a backfill does; otherwise all that is pending
    """

    day: date | None = None
    only_day: bool = False


# A busy lock, a full disk or a killed worker may be better in five minutes; a bad argument or a broken promise is not.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[ValueError, TypeError, AssertionError],
            action=RetryAction.FAIL,
            reason="This would fail the same way again: mend the cause, then clear the task.",
        )
    ]
)

# What all DAGs share.
DAG_SETTINGS: dict[str, Any] = {
    "start_date": datetime(1990, 1, 1, tzinfo=UTC),  # no page is older than that, so no backfill starts earlier
    "catchup": False,  # a missed run needs no making up: the next one takes all that is pending
    "max_active_runs": 1,
    "default_args": {
        "owner": "claimwire",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_policy": RETRY_POLICY,
        "execution_timeout": timedelta(hours=2),
    },
}


def add_steps(select_days: Callable[[], Days]) -> None:
    """Add the five steps to the DAG that is being built; `select_days` is called inside each task.

    `compare` and `claim` both read articles only, so neither waits for the other.
    """

    def take(step: str, shard: int = 0, shards: int = 1) -> Counts:
        from pipeline import run  # noqa: PLC0415  # brings DuckDB: never at parse time

        days = select_days()
        return run.run_step(step, day=days.day, only_day=days.only_day, shard=shard, shards=shards)

    def share(step: str) -> Shards:
        from pipeline import run  # noqa: PLC0415  # brings DuckDB: never at parse time

        days = select_days()
        shards = run.count_shards(step, day=days.day, only_day=days.only_day)
        return [{"shard": shard, "shards": shards} for shard in range(shards)]

    def add(step: str) -> Any:
        return task(task_id=step, multiple_outputs=False)(take)  # one XCom for all counts, not one for each

    poll, capture, compare = (add(step)(step) for step in ("poll", "capture", "compare"))
    extract_shards, claim_shards = (task(task_id=f"{step}_shards")(share)(step) for step in ("extract", "claim"))
    extract = add("extract").partial(step="extract").expand_kwargs(extract_shards)
    claim = add("claim").partial(step="claim").expand_kwargs(claim_shards)
    chain(poll, capture, extract_shards, extract, [compare, claim_shards])
    chain(claim_shards, claim)
