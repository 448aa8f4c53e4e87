"""Names of DAGs and a range of days in, their runs here and now out.

Example: `python -m dags poll ingest publish --from 2017-06-08 --to 2017-06-13`.

All runs share this one process, so that Airflow's imports and its metadata database are paid for once. Airflow lives in
the data folder (DATA/airflow), never in the user's own AIRFLOW_HOME. Its log goes to a file there, standard output gets
one line per step and run. Exit codes: 0 done, 1 a run failed, 2 the call was wrong.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from pipeline.settings import ROOT, SettingsError, read_settings

NAMES = ("poll", "ingest", "publish")
DATABASE = "airflow.db"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code."""
    parser = make_parser()
    asked = parser.parse_args(arguments)
    try:
        runs = list(list_runs(asked.names, asked.first, asked.last))
        home = read_settings().data / "airflow"
    except (RangeError, SettingsError) as error:
        parser.error(str(error))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)  # Airflow writes its keys there
    out = sys.stdout
    with open_log(home / "logs") as log, redirect_stdout(log), redirect_stderr(log):
        failure = run_all(runs, home, out)
    if failure:
        sys.stderr.write(f"{failure} The log: {log.name}\n")
    return 1 if failure else 0


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m dags", description="Run DAGs here and now, in this process.")
    parser.add_argument("names", nargs="+", choices=NAMES, metavar="DAG", help=f"{', '.join(NAMES)}: in this order")
    parser.add_argument(
        "--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD", help="first day of ingest"
    )
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day, inclusive")
    return parser


class RangeError(ValueError):
    """The days asked for are none or run backwards."""


def list_runs(names: Sequence[str], first: date | None, last: date | None) -> Iterator[tuple[str, date | None]]:
    """Yield DAGs and days in the order asked for: `ingest` once per day, both ends included, the others without a day.

    >>> [str(day) for _, day in list_runs(["poll", "ingest"], date(2017, 6, 30), date(2017, 7, 1))]
    ['None', '2017-06-30', '2017-07-01']

    Raises RangeError when `ingest` has no days.
    """
    for name in names:
        if name != "ingest":
            yield name, None
            continue
        if first is None:
            raise RangeError("ingest needs its days: --from YYYY-MM-DD, and --to YYYY-MM-DD if they are more than one.")
        end = last or first
        if end < first:
            raise RangeError(f"--from {first} is after --to {end}: swap them.")
        yield from ((name, first + timedelta(days=number)) for number in range((end - first).days + 1))


def open_log(folder: Path) -> TextIO:
    """A fresh log file in `folder`; the previous one is kept beside it."""
    folder.mkdir(exist_ok=True)
    path = folder / "dags.log"
    if path.exists():
        path.replace(folder / "dags.previous.log")
    return path.open("w", buffering=1)


def run_all(runs: Sequence[tuple[str, date | None]], home: Path, out: TextIO) -> str:
    """Run one after the other until one fails. Return what failed, in one sentence, or ""."""
    set_environment(home)
    from dags import runs as here  # noqa: PLC0415  # imports Airflow, which then reads its environment

    here.migrate(home / DATABASE)
    return here.run_all(runs, out)


def set_environment(home: Path) -> None:
    """Point Airflow at `home` and at these DAGs. It reads its configuration when it is first imported, not later."""
    for name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
        del os.environ[name]  # of the user's own Airflow: its database is not ours to write to
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / DATABASE}",
    }


if __name__ == "__main__":
    sys.exit(main())
