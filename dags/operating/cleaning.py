"""An instant in, what Airflow keeps from before it out of the way: rows of its database, logs; and a full file of alerts.

A task must not use Airflow's database, and does not here: Airflow's own command does, as a process of its own. Airflow hides the
database's address from tasks by variables of their environment, so the command is started without those, and finds the address
where the scheduler does: in airflow.cfg, or by AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD.
"""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

ALERTS_BYTES = 1 << 20  # some two thousand lines
BATCH_ROWS = 1_000  # a transaction each, so that a scheduler on SQLite gets its turn
HIDDEN = "airflow-db-not-allowed"
LIMIT_S = 1_500


class CleaningError(RuntimeError):
    """Airflow's database was not cleaned: one sentence with the reason."""


def clean_database(before: datetime, environ: Mapping[str, str]) -> list[str]:
    """Delete rows from before that instant from Airflow's database by its own command; return what it says.

    The newest scheduled run of each DAG stays, however old it is. Raises CleaningError when a table was not cleaned.
    """
    airflow = [sys.executable, "-m", "airflow", "db", "clean", "--skip-archive", "--yes", "--error-on-cleanup-failure"]
    ran = subprocess.run(  # noqa: S603  # our own command
        [*airflow, "--batch-size", str(BATCH_ROWS), "--clean-before-timestamp", before.isoformat()],
        env=show_database(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    lines = ran.stdout.splitlines()
    if any("Table dag_run not found" in line for line in lines):  # the command passes over that, with code 0
        raise CleaningError(
            "airflow db clean finds no database: give its address in airflow.cfg or by "
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD, for of AIRFLOW__DATABASE__SQL_ALCHEMY_CONN a task sees nothing."
        )
    if ran.returncode:
        last = next((line for line in reversed(lines) if line.strip()), "nothing")
        raise CleaningError(f"airflow db clean ended with code {ran.returncode}; it says last: {last}")
    return lines


def show_database(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what hides the database's address from a task.

    >>> show_database({"HOME": "/root", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "airflow-db-not-allowed:///"})
    {'HOME': '/root'}
    """
    return {name: value for name, value in environ.items() if not value.startswith(HIDDEN)}


def count_deleted(lines: list[str]) -> dict[str, int]:
    """Rows that were deleted, by table.

    >>> count_deleted(["Checking table log", "Found 7 rows meeting deletion criteria.", "Checking table job"])
    {'log': 7}
    """
    counts: dict[str, int] = {}
    table = ""
    for line in lines:
        words = line.split()
        if line.startswith("Checking table "):
            table = words[-1]
        elif line.startswith("Found ") and table and int(words[1]):
            counts[table] = int(words[1])
    return counts


def remove_logs(folder: Path, before: datetime) -> int:
    """Remove log files that nobody has written to since, and the folders of them that are empty then; return how many.

    Files right in the folder stay: those of Airflow's parts are open, and rotated. So do the folders right below: a task
    that is about to write its first line may just have made one.
    """
    removed = 0
    for file in sorted(folder.glob("*/**/*.log*")):
        if file.is_symlink() or not file.is_file() or file.stat().st_mtime >= before.timestamp():
            continue
        file.unlink(missing_ok=True)
        removed += 1
        for parent in file.relative_to(folder).parents[:-2]:
            with suppress(OSError):  # it holds something
                (folder / parent).rmdir()
    return removed


def turn_alerts(file: Path, most_bytes: int = ALERTS_BYTES) -> bool:
    """Begin a new file of alerts if this one is too large; the one before stays beside it."""
    if not file.exists() or file.stat().st_size <= most_bytes:
        return False
    file.replace(file.with_name(f"{file.stem}.previous{file.suffix}"))
    return True
