"""The DAG `poll`: news of today is read today."""

from datetime import timedelta

from airflow.sdk import chain, dag

from dags.operating.remedies import (
    BUG,
    BUSY,
    DAMAGED,
    KILLED,
    LATE,
    MACHINE,
    STOPPED,
    TIMED_OUT,
    UNKNOWN,
    UNPUBLISHED,
    WRONG,
    to_table,
)
from dags.steps import AT_ONCE, DAG_SETTINGS, Days, add_deadline, add_publish, add_steps

DOC = f"""
**What it does.** Every 15 minutes: polls the sources that are due, takes all that is pending through all steps, and publishes.
A source that is due after 10 minutes is asked by the next run.

**When it is red.** Read the last lines of the red task's log. Nothing is lost: what this run leaves, the next one takes, so a
red run needs clearing only if the next one is red too. `alerts.jsonl` in the data folder has a line for each.

{to_table([BUSY, STOPPED, UNPUBLISHED, WRONG, DAMAGED, MACHINE, TIMED_OUT, KILLED, LATE, BUG, UNKNOWN])}

**What is no trouble.** A run that takes longer than 15 minutes: the next one waits for it. `left_to_another` in the counts of
a green task: `ingest`, a backfill or a run by hand is polling or capturing, and what it leaves stays pending. A page that
could not be had: it is an event, counted in the mart `pipeline_accounting`.

**How to check that it is well.** The next run is green, and `claimwire status` shows less pending than before.
"""


@dag(
    dag_id="poll",
    schedule="*/15 * * * *",
    start_date=AT_ONCE,
    tags=["claimwire", "every 15 minutes", "network"],
    description="Polls what is due and reads all that is pending.",
    doc_md=DOC,
    **DAG_SETTINGS,
)
def poll() -> None:
    """The five steps on whatever is pending, and a publish."""
    chain(add_steps(Days), add_publish())


add_deadline(poll(), timedelta(hours=2))  # eight runs that did not come: the news of the morning is missing
