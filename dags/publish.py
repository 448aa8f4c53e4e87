"""The DAG `publish`: the ledger's news reach the warehouse."""

from datetime import timedelta

from airflow.sdk import dag

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
from dags.steps import AT_ONCE, DAG_SETTINGS, add_deadline, add_publish

DOC = f"""
**What it does.** Every 15 minutes: builds the warehouse anew if the ledger holds something that it does not, tests it
and puts it in place of the old file. It ends at once when there is nothing new. `poll` does the same at its end; this DAG is for
what others append: `ingest`, backfills, commands by hand.

**When it is red.** The last good warehouse is still there and can be queried; only its age grows. Read the last lines of the
task's log: of a test that stopped it, they hold the query of the failing rows. `data/warehouse.stopped.duckdb` is what was
built, to run that query on; `data/warehouse.status.json` and `claimwire status` tell the same.

{to_table([STOPPED, UNPUBLISHED, WRONG, BUSY, DAMAGED, MACHINE, TIMED_OUT, KILLED, LATE, BUG, UNKNOWN])}

**How to check that it is well.** The task is green, `claimwire status` calls the warehouse some minutes old and names no test.
"""


@dag(
    dag_id="publish",
    schedule="*/15 * * * *",
    start_date=AT_ONCE,
    tags=["claimwire", "every 15 minutes", "warehouse"],
    description="Brings the warehouse up to the ledger.",
    doc_md=DOC,
    **DAG_SETTINGS,
)
def publish() -> None:
    """Its one task."""

    add_publish()


add_deadline(publish(), timedelta(minutes=30))  # two runs that did not come: people query old numbers
