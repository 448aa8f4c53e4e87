"""Airflow as `make up` runs it, on the bundled world: it does its work, it is closed to others, and it survives kills.

The tests of this file build on one another, in their order.
"""

import signal
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any
from urllib.error import HTTPError

import duckdb
import psutil
import pytest

from dags.operating.home import read_login, read_secrets
from dags.operating.supervisor import find_supervisor
from pipeline.claims import naming
from pipeline.clock import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.settings import ROOT
from tests.e2e.supervised import WAIT_S, Airflow, wait_for
from tests.measuring.start_side import count_bytes

DAYS = ("2017-06-09", "2017-06-10", "2017-06-11")
FIRST, LAST = DAYS[0], DAYS[-1]
REVISIONS = 17  # articles of these three days in the bundled world
OUTCOMES = 119  # of its pages, captures, articles: 32 + 29 + 29 + 29
LONG_S = 900  # after a kill a heartbeat must run out and a retry come due


@pytest.fixture(scope="module", autouse=True)
def filled(airflow: Airflow) -> None:
    """The runs that the scheduler starts by itself have read the bundled world."""
    airflow.wait_for_success("poll")


class Reader(threading.Thread):
    """Asks the warehouse again and again, as people do, each time by a session of its own."""

    def __init__(self, airflow: Airflow) -> None:
        super().__init__(daemon=True)
        self.airflow = airflow
        self.answers = 0
        self.refusals: list[str] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        """Ask until it is over."""
        while not self.is_over.wait(0.05):
            try:
                [(claims,)] = self.airflow.query("select count(*) from claims")
                assert claims > 0
                self.answers += 1
            except (duckdb.Error, AssertionError) as refusal:
                self.refusals.append(str(refusal))


@pytest.fixture(scope="module", autouse=True)
def reader(airflow: Airflow, filled: None) -> Iterator[Reader]:
    """A reader for the time of all these tests, whatever is killed meanwhile."""
    made = Reader(airflow)
    made.start()
    yield made
    made.is_over.set()
    made.join()


def make_older(airflow: Airflow, seeds: Path, name: str) -> str:
    """Edit a lookup table, so that all claims were read by older rules. Return the producer that would read them anew."""
    with (seeds / "places.csv").open("a") as file:
        file.write(f"{name},{name},{name},SY,,,written for this test\n")
    return naming.producer(airflow.settings, seeds)


def start_backfill(airflow: Airflow) -> subprocess.Popen[str]:
    """`make backfill` for the days of the tests."""
    command = [sys.executable, "-m", "dags", "backfill", "--from", FIRST, "--to", LAST]
    return subprocess.Popen(command, cwd=ROOT, env=airflow.environment, stdout=PIPE, stderr=STDOUT, text=True)


def wait_for_claim_task(airflow: Airflow) -> psutil.Process:
    """The process of a task that reads claims right now."""
    found: list[psutil.Process] = []

    def runs() -> bool:
        query = "/api/v2/dags/ingest/dagRuns/~/taskInstances?state=running&limit=100"
        for task in airflow.ask(query)["task_instances"]:
            if task["task_id"] == "claim" and task["pid"] and psutil.pid_exists(task["pid"]):
                found.append(psutil.Process(task["pid"]))
        return bool(found)

    wait_for(runs, "a task that reads claims")
    return found[0]


def assert_each_revision_was_read_once(airflow: Airflow, producer: str) -> None:
    """Each revision of the three days has one outcome by this producer, and the ledger is as it was written."""
    status = airflow.run("pipeline", "verify")
    assert status.returncode == 0, status.stdout + status.stderr
    rows = read_ledger(
        airflow,
        "select caused_by, count(*) from ledger.events where event_type in ('ClaimsExtracted', 'ClaimsFailed')"
        f" and producer = '{producer}' group by all",
    )
    assert Counter(count for _, count in rows) == {1: REVISIONS}


def read_ledger(airflow: Airflow, question: str) -> list[tuple[Any, ...]]:
    """Rows of the ledger, when nobody writes to it."""
    settings = airflow.settings
    return Ledger(settings.ledger_folder, run_id="e2e", now=utc_now, wait_s=60.0).query(question)


def end(backfill: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a backfill; what it ended with and what it printed."""
    said, _ = backfill.communicate(timeout=LONG_S)
    return backfill.returncode, said


def test_the_runs_of_the_scheduler_have_read_the_bundled_world_once(airflow: Airflow) -> None:
    assert {run["run_type"] for run in airflow.list_runs("poll")} == {"scheduled"}
    rows = read_ledger(
        airflow,
        "select count(*), count(distinct event_id), count(distinct (event_type, caused_by)) from ledger.events"
        " where event_type not in ('SourcePolled', 'EntrySeen')",
    )
    assert rows == [(OUTCOMES, OUTCOMES, OUTCOMES)]


def test_the_warehouse_holds_what_they_read(airflow: Airflow) -> None:
    assert airflow.query("select count(*) from articles") == [(29,)]


@pytest.mark.parametrize("path", ["/api/v2/dags", "/api/v2/config", "/api/v2/backfills?dag_id=ingest", "/ui/config"])
def test_a_request_without_a_login_gets_401(airflow: Airflow, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        airflow.ask(path, is_anonymous=True)

    assert refused.value.code == 401


def test_nothing_of_ours_listens_beyond_loopback(airflow: Airflow) -> None:
    ours = {process.pid for process in airflow.processes()}

    listening = [one.laddr for one in psutil.net_connections("inet") if one.pid in ours and one.status == "LISTEN"]

    assert listening == [("127.0.0.1", airflow.home.port)]


def test_all_of_it_takes_less_than_900_mb_at_rest(airflow: Airflow) -> None:
    wait_for(lambda: count_bytes(airflow) < 900_000_000, "less than 900 MB")


def test_files_with_secrets_are_for_their_owner_only(airflow: Airflow) -> None:
    secrets = read_secrets(airflow.home).values()
    password = read_login(airflow.home).password
    holding = [
        file for file in airflow.settings.data.rglob("*") if file.is_file() and holds(file, [*secrets, password])
    ]

    assert airflow.home.config_file in holding
    assert {oct(stat.S_IMODE(file.stat().st_mode)) for file in holding if file.name != "up.log"} == {"0o600"}
    assert stat.S_IMODE(airflow.home.folder.stat().st_mode) == 0o700


def holds(file: Path, secrets: list[str]) -> bool:
    """Whether a secret stands in a file."""
    content = file.read_bytes()
    return any(secret.encode() in content for secret in secrets)


def test_a_backfill_reads_exactly_its_days_anew(airflow: Airflow, seeds: Path) -> None:
    producer = make_older(airflow, seeds, "Adana")

    code, said = end(start_backfill(airflow))

    assert code == 0, said
    assert [day for day in DAYS if day in said] == list(DAYS)
    assert_each_revision_was_read_once(airflow, producer)


def test_a_task_that_is_killed_is_taken_up_again(airflow: Airflow, seeds: Path) -> None:
    producer = make_older(airflow, seeds, "Batman")
    backfill = start_backfill(airflow)

    wait_for_claim_task(airflow).kill()

    code, said = end(backfill)
    assert code == 0, said
    assert_each_revision_was_read_once(airflow, producer)


def test_a_scheduler_that_is_killed_is_started_again_and_goes_on(airflow: Airflow, seeds: Path) -> None:
    producer = make_older(airflow, seeds, "Cizre")
    backfill = start_backfill(airflow)
    wait_for_claim_task(airflow)

    [scheduler] = [one for one in airflow.processes("scheduler") if "--skip-serve-logs" in one.cmdline()]
    scheduler.kill()

    code, said = end(backfill)
    assert code == 0, said
    assert "scheduler has died (exit code -9) and is started again" in airflow.said
    assert_each_revision_was_read_once(airflow, producer)


def test_after_the_whole_tree_is_killed_up_and_the_same_backfill_go_on(airflow: Airflow, seeds: Path) -> None:
    producer = make_older(airflow, seeds, "Diyarbakir")
    backfill = start_backfill(airflow)
    wait_for_claim_task(airflow)

    assert airflow.supervisor
    for process in [psutil.Process(airflow.supervisor.pid), *airflow.processes()]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    airflow.supervisor.wait()
    code, said = end(backfill)
    assert code == 3, said
    airflow.up()
    code, said = end(start_backfill(airflow))

    assert code == 0, said
    assert_each_revision_was_read_once(airflow, producer)


def test_the_supervisor_alone_is_killed_and_nothing_of_it_stays(airflow: Airflow) -> None:
    assert airflow.supervisor
    airflow.supervisor.kill()
    airflow.supervisor.wait()

    wait_for(lambda: not airflow.processes(), "the end of its parts")
    airflow.up()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_leaves_nothing(airflow: Airflow, number: signal.Signals) -> None:
    assert airflow.supervisor
    airflow.supervisor.send_signal(number)

    code = airflow.supervisor.wait(timeout=WAIT_S)

    assert code == {signal.SIGINT: 130, signal.SIGTERM: 0}[number]
    assert airflow.said.endswith("Airflow is stopped.\n")
    assert not airflow.processes()
    assert find_supervisor(airflow.home) is None
    airflow.up()


def test_all_the_while_no_question_to_the_warehouse_was_refused(reader: Reader) -> None:
    assert reader.refusals == []
    assert reader.answers > 100
