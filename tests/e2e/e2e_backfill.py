"""A backfill through an Airflow that runs, on the bundled world: interrupted, joined, failing, and with nothing doubled.

The tests of this file build on one another, in their order.
"""

import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from pipeline.settings import ROOT
from tests.e2e.supervised import Airflow, wait_for

FIRST, LAST = "2017-06-09", "2017-06-11"
KEYS = ["2017-06-09", "2017-06-10", "2017-06-11"]


@pytest.fixture(scope="module", autouse=True)
def filled(airflow: Airflow) -> None:
    """The runs that the scheduler starts by itself have read the bundled world."""
    airflow.wait_for_success("poll")


def ask(airflow: Airflow, first: str = FIRST, last: str = LAST) -> "subprocess.CompletedProcess[str]":
    return airflow.run("dags", "backfill", "--from", first, "--to", last)


def count_active(airflow: Airflow) -> int:
    """Backfills that are not closed."""
    listed = airflow.ask("/api/v2/backfills?dag_id=ingest")["backfills"]
    return sum(one["completed_at"] is None for one in listed)


def test_ctrl_c_ends_the_wait_and_not_the_backfill_and_the_same_command_joins_it(airflow: Airflow) -> None:
    command = [sys.executable, "-m", "dags", "backfill", "--from", FIRST, "--to", LAST]
    waiting = subprocess.Popen(command, cwd=ROOT, env=airflow.environment, stdout=PIPE, stderr=PIPE, text=True)
    wait_for(lambda: count_active(airflow), "a backfill")
    waiting.send_signal(signal.SIGINT)
    _, told = waiting.communicate()

    other = ask(airflow, FIRST, FIRST)
    same = ask(airflow)

    assert waiting.returncode == 130
    assert told.splitlines()[-1] == "Interrupted: Airflow goes on, and the same command waits for it again."
    assert (other.returncode, "Airflow allows one backfill at a time" in other.stderr) == (3, True)
    assert (same.returncode, "Airflow is at it already" in same.stderr) == (0, True)
    assert [line[:10] for line in same.stdout.splitlines()[1:4]] == KEYS
    runs = [run["partition_key"] for run in airflow.list_runs("ingest") if run["run_type"] == "backfill"]
    assert sorted(runs) == KEYS


def test_airflow_and_this_process_tell_the_same(airflow: Airflow) -> None:
    by_airflow = ask(airflow)

    here = airflow.run("pipeline", "backfill", "--from", FIRST, "--to", LAST)

    assert by_airflow.returncode == here.returncode == 0
    # The last line has the instant of the publish.
    assert by_airflow.stdout.splitlines()[:-1] == [line.rstrip() for line in here.stdout.splitlines()[:-1]]


def test_a_day_that_fails_is_told_with_its_task_its_error_and_its_log(airflow: Airflow, seeds: Path) -> None:
    actors = seeds / "actors.csv"
    whole = actors.read_text()
    try:
        actors.write_text("no,such,columns\n")
        told = ask(airflow, FIRST, FIRST)
    finally:
        actors.write_text(whole)

    assert told.returncode == 1
    (line,) = [line for line in told.stderr.splitlines() if line.startswith(FIRST)]
    assert Path(line.rpartition("The log: ")[2]).exists()
