"""A command in, Airflow set to work out: DAGs run here and now, or Airflow started, stopped and asked for a backfill.

Examples: `python -m dags run poll ingest publish --from 2017-06-08 --to 2017-06-13`, `python -m dags up`.

Airflow lives in the data folder, never in the user's own AIRFLOW_HOME. Exit codes: 0 done, 1 a run failed, 2 the call was
wrong, 3 try again later, 130 Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NoReturn, TextIO

from dags.operating import supervisor
from dags.operating.home import Home, HomeError, environment, find_home, find_own_home, prepare
from pipeline.commands.endings import exit_code, say
from pipeline.settings import Settings, read_settings
from pipeline.sources import polls

NAMES = ("poll", "ingest", "publish", "maintenance")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for and return the exit code."""
    parser = make_parser()
    asked = parser.parse_args(arguments)
    try:
        settings = read_settings()
        return {"run": run, "up": up, "down": down, "backfill": backfill}[asked.command](asked, settings)
    except (RangeError, HomeError) as error:
        parser.error(str(error))
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        parser.exit(code, f"{say(error)}\n")


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in one sentence; `--help` tells the rest."""

    def error(self, message: str) -> NoReturn:
        """End with the code for a wrong call."""
        self.exit(2, f"{message}\n")


def make_parser() -> Parser:
    """The command line."""
    parser = Parser(prog="python -m dags", description="Runs DAGs, and the Airflow that runs them.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("run", help="run DAGs here and now, in this process")
    one.add_argument("names", nargs="+", choices=NAMES, metavar="DAG", help=f"{', '.join(NAMES)}: in this order")
    add_days(one)
    one = commands.add_parser("up", help="start Airflow: its scheduler runs the DAGs")
    one.add_argument("--detach", action="store_true", help="return when it has started")
    one.add_argument("--live", action="store_true", help='also poll the sources that are marked enabled = "live"')
    commands.add_parser("down", help="stop Airflow")
    add_days(
        commands.add_parser("backfill", help="take days again: through Airflow when it runs, else in this process")
    )
    return parser


def add_days(parser: argparse.ArgumentParser) -> None:
    """Add a range of days."""
    parser.add_argument("--from", dest="first", type=read_day, metavar="YYYY-MM-DD", help="first day (UTC)")
    parser.add_argument("--to", dest="last", type=read_day, metavar="YYYY-MM-DD", help="last day, included")


def read_day(text: str) -> date | None:
    """A day from the command line; make passes what was not given as empty."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else None  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2017-06-11.") from None


class RangeError(ValueError):
    """The days asked for are none or run backwards."""


def up(asked: argparse.Namespace, settings: Settings) -> int:
    """Start Airflow and stay, or return when it runs."""
    if asked.live:
        os.environ["CLAIMWIRE_LIVE"] = "1"  # for the tasks
    check_sources(read_settings())
    start = supervisor.up_detached if asked.detach else supervisor.up
    return start(find_home(settings), sys.stdout)


def check_sources(settings: Settings) -> None:
    """Tell at once what is wrong with the sources or the contact, and not in a task's log."""
    polls.wanted_sources(settings)


def down(_: argparse.Namespace, settings: Settings) -> int:
    """Stop Airflow."""
    return supervisor.down(find_home(settings), sys.stdout)


def backfill(asked: argparse.Namespace, settings: Settings) -> int:
    """Take days again."""
    from dags.operating.backfill import backfill as take  # noqa: PLC0415  # brings DuckDB

    return take(asked.first, asked.last, settings, sys.stdout)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Run DAGs in this process, so that Airflow's imports and its database are paid for once."""
    runs = list(list_runs(asked.names, asked.first, asked.last))
    home = find_own_home(settings)
    prepare(home)
    out = sys.stdout
    with open_log(home.logs) as log, redirect_stdout(log), redirect_stderr(log):
        failure = run_all(runs, home, out)
    if failure:
        sys.stderr.write(f"{failure} The log: {log.name}\n")
    return 1 if failure else 0


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
    path = folder / "dags.log"
    if path.exists():
        path.replace(folder / "dags.previous.log")
    return path.open("w", buffering=1)


def run_all(runs: Sequence[tuple[str, date | None]], home: Home, out: TextIO) -> str:
    """Run one after the other until one fails. Return what failed, in one sentence, or ""."""
    use(home)
    os.environ.setdefault(
        "CLAIMWIRE_NETWORK_WAIT_S", "0"
    )  # who waits at a terminal is told at once that another run is at it
    from dags.operating import runs as here  # noqa: PLC0415  # imports Airflow, which then reads its environment

    here.migrate(home.database_file)
    return here.run_all(runs, out)


def use(home: Home) -> None:
    """Let this process use `home`. Airflow reads its configuration when it is first imported, not later."""
    wanted = environment(home)
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


if __name__ == "__main__":
    sys.exit(main())
