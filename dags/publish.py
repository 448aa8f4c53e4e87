"""The DAG `publish`: the ledger's news reach the warehouse."""

from airflow.sdk import dag, task

from dags.steps import DAG_SETTINGS

DOC = """
**What it does.** Every 15 minutes: builds the warehouse anew if the ledger holds something that it does not, tests it
and puts it in place of the old file. It ends at once when there is nothing new.

**When it is red.** The last good warehouse is still there and can be queried; only its age grows.
`data/warehouse.status.json` names the test that stopped it, `claimwire status` says how old it is. Mend what the test
found (or the model in `sql/`), then clear the task. *No space*: publishing needs twice the size of the warehouse.
"""


@dag(
    dag_id="publish",
    schedule="*/15 * * * *",
    tags=["claimwire", "every 15 minutes"],
    doc_md=DOC,
    **DAG_SETTINGS,
)
def publish() -> None:
    """Its one task."""

    @task(task_id="publish", multiple_outputs=False)
    def take() -> dict[str, int | bool | str]:
        from pipeline import run  # noqa: PLC0415  # brings DuckDB: never at parse time

        return run.publish()

    take()


publish()
