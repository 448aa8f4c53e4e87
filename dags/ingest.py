"""The DAG `ingest`: one run a day, and the one that backfills run."""

from datetime import date, datetime, timedelta

from airflow.sdk import CronPartitionTimetable, Param, dag, get_current_context

from dags.operating.remedies import (
    BUG,
    BUSY,
    DAMAGED,
    KILLED,
    LATE,
    MACHINE,
    NETWORK_BUSY,
    TIMED_OUT,
    UNKNOWN,
    WRONG,
    to_table,
)
from dags.steps import DAG_SETTINGS, Days, NoDayError, add_deadline, add_steps

DOC = f"""
**What it does.** Polls the sources that are due, captures their pages, extracts articles, compares them and reads their
claims. A scheduled run, at midnight UTC, takes everything that is pending, whatever its day; a backfill (`only_day`) exactly
its day: `make backfill FROM=2017-06-08 TO=2017-06-13`.

**Which day.** The partition key of a scheduled or backfilled run; else the parameter `day`; else the logical date.

**When it is red.** Read the last lines of the red task's log. Events already appended stay, and a run takes only what is still
pending, so clearing the task is always safe. `alerts.jsonl` in the data folder has a line for each.

{to_table([NETWORK_BUSY, BUSY, WRONG, DAMAGED, MACHINE, TIMED_OUT, KILLED, LATE, BUG, UNKNOWN])}

**What is no trouble.** `left_to_another` in the counts of a green `poll` or `capture`: the DAG `poll` is at the same work. A
backfill does not leave it: it waits up to an hour (`CLAIMWIRE_NETWORK_WAIT_S`), and is tried again. A page that could not be
had: it is an event, counted in the mart `pipeline_accounting`.

**How to check that it is well.** The run is green; `select * from pipeline_accounting where event_date = '2017-06-11'` shows
what became of the day's pages, and its `_unaccounted` columns are 0.
"""


@dag(
    dag_id="ingest",
    # False would not keep an Airflow that is started shortly after midnight from running it at once, beside `poll`.
    schedule=CronPartitionTimetable(
        "0 0 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d", run_immediately=timedelta(0)
    ),
    params={
        "day": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Day",
            description="The day (UTC) that a run by hand stands for, such as 2017-06-11. Today or earlier.",
        ),
        "only_day": Param(
            False,
            type="boolean",
            title="Only that day",
            description="On: take exactly that day, also what older rules have read, as a backfill does. "
            "Off: take all that is pending, whatever its day.",
        ),
    },
    tags=["claimwire", "daily", "network", "backfill"],
    description="All steps once a day; the DAG that backfills run.",
    doc_md=DOC,
    **DAG_SETTINGS,
)
def ingest() -> None:
    """The five steps for one day."""
    add_steps(select_days)


def select_days() -> Days:
    """What the run of the current task takes."""
    context = get_current_context()
    params = context["params"]
    day = select_day(context.get("partition_key"), params["day"], context.get("logical_date"))
    return Days(day, only_day=params["only_day"])


def select_day(partition_key: str | None, asked: str | None, logical_date: datetime | None) -> date:
    """The day that a run stands for: the first of the three that was given.

    >>> select_day("2017-06-11", "2017-06-10", None)
    datetime.date(2017, 6, 11)

    Raises NoDayError when none was.
    """
    if given := partition_key or asked:
        return date.fromisoformat(given)
    if logical_date is None:
        raise NoDayError('This run stands for no day: trigger it with {"day": "YYYY-MM-DD"} or with a logical date.')
    return date(logical_date.year, logical_date.month, logical_date.day)


add_deadline(ingest(), timedelta(hours=6))  # before people come to work in Europe
