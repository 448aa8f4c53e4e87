"""The DAG `ingest`: one run a day, and the one that backfills run."""

from datetime import date, datetime

from airflow.sdk import CronPartitionTimetable, Param, dag, get_current_context

from dags.steps import DAG_SETTINGS, Days, add_steps

DOC = """
**What it does.** Polls the sources that are due, captures their pages, extracts articles, compares them and reads their
claims. A scheduled run takes everything that is pending, whatever its day; a backfill (`only_day`) exactly its day.

**Which day.** The partition key of a scheduled or backfilled run; else the parameter `day`; else the logical date.

**When a task is red.** Read the last lines of its log. Events already appended stay, and a run takes only what is still
pending, so clearing the task is always safe.

- *held by process N*, *another run is capturing*: `poll` or a run by hand is at work. It is tried again; do nothing.
- *no space*: make room, then clear the task.
- *one sentence that says what to do*: it would fail the same way again, so it was not retried. Do that, then clear it.

A page that could not be had is no failure: it is an event, counted in the mart `pipeline_accounting`.
"""


class NoDayError(ValueError):
    """A run was started that stands for no day."""


@dag(
    dag_id="ingest",
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d"),
    params={
        "day": Param(None, type=["null", "string"], format="date", description="The day (UTC), for a run by hand."),
        "only_day": Param(False, type="boolean", description="Take exactly that day, as a backfill does."),
    },
    tags=["claimwire", "daily"],
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


ingest()
