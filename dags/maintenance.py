"""The DAG `maintenance`: Airflow's own database and logs do not grow for ever."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from dags.operating import alerts, cleaning
from dags.operating.remedies import CLEANING, KILLED, MACHINE, TIMED_OUT, UNKNOWN, WRONG, to_table
from dags.steps import DAG_SETTINGS, Task, add_deadline

DOC = f"""
**What it does.** Every day at 04:30 UTC: removes what Airflow keeps of runs older than 30 days (`CLAIMWIRE_AIRFLOW_KEEP_DAYS`;
0 keeps all): rows of its database, logs of its tasks and of its parts. The newest scheduled run of each DAG stays. It begins a
new `alerts.jsonl` when that one is over 1 MB; the one before stays as `alerts.previous.jsonl`. It never touches the ledger, the
archive or the warehouse. It cleans the whole Airflow that it runs in: in one that you share with other DAGs, keep it paused.

**When it is red.** Nothing of the pipeline waits for it; a week of red runs costs some megabytes.

{to_table([CLEANING, WRONG, MACHINE, TIMED_OUT, KILLED, UNKNOWN])}

**How to check that it is well.** It is green; the log of `clean_database` names the rows that were deleted, by table. A clean
that was killed may leave a table `_airflow_deleted__..`: `airflow db drop-archived` removes it.
"""
LIMIT = timedelta(minutes=30)
CLEAN = Task(limit=LIMIT, doc="Deletes old rows of Airflow's own database by `airflow db clean`.")
LOGS = Task(limit=LIMIT, doc="Removes logs of Airflow that nobody has written to for as long.")
ALERTS = Task(limit=LIMIT, doc="Begins a new file of alerts when the old one is over 1 MB.")


@dag(
    dag_id="maintenance",
    # As in `ingest`: an Airflow that is started shortly after that has nothing to clean yet.
    schedule=CronTriggerTimetable("30 4 * * *", timezone="UTC", run_immediately=timedelta(0)),
    tags=["claimwire", "daily", "housekeeping"],
    description="Removes old runs and logs of Airflow.",
    doc_md=DOC,
    **DAG_SETTINGS,
)
def maintenance() -> None:
    """Its three tasks: none waits for another, and a database that cannot be cleaned keeps no log alive."""

    @task(multiple_outputs=False, **CLEAN.to_arguments())
    def clean_database() -> dict[str, int]:
        before = find_oldest()
        return cleaning.count_deleted(cleaning.clean_database(before, os.environ)) if before else {}

    @task(multiple_outputs=False, **LOGS.to_arguments())
    def remove_logs() -> dict[str, int]:
        from airflow.sdk.configuration import conf  # noqa: PLC0415  # Airflow's settings are those of this task

        before = find_oldest()
        folder = Path(conf.get("logging", "base_log_folder"))
        return {"files": cleaning.remove_logs(folder, before) if before else 0}

    @task(multiple_outputs=False, **ALERTS.to_arguments())
    def turn_alerts() -> dict[str, int]:
        return {"turned": int(cleaning.turn_alerts(alerts.find_file()))}

    clean_database()
    remove_logs()
    turn_alerts()


def find_oldest() -> datetime | None:
    """From when on runs are kept, None: all are. Counted from when this run was due, not from now: a retry does the same."""
    from pipeline.settings import read_settings  # noqa: PLC0415  # a wrong setting fails the task, not the DAG

    days = read_settings().airflow_keep_days
    run: Any = get_current_context()["dag_run"]
    due: datetime = run.run_after
    return due - timedelta(days=days) if days else None


add_deadline(maintenance(), timedelta(hours=12))  # it may wait for places; nothing depends on it
