"""The DAG `poll`: news of today is read today."""

from airflow.sdk import dag

from dags.steps import DAG_SETTINGS, Days, add_steps

DOC = """
**What it does.** Every 15 minutes: polls the sources that are due and takes all that is pending through all steps.

**When a task is red.** As for `ingest`: read the last lines of its log, then clear it. Nothing is lost meanwhile: what
this run leaves, the next one takes. *Another run is capturing* while `ingest` is at work is normal, and so is a run that
takes longer than 15 minutes.
"""


@dag(
    dag_id="poll",
    schedule="*/15 * * * *",
    tags=["claimwire", "every 15 minutes"],
    doc_md=DOC,
    **DAG_SETTINGS,
)
def poll() -> None:
    """The five steps on whatever is pending."""
    add_steps(Days)


poll()
