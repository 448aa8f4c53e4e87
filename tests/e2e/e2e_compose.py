"""docker/compose.yaml without Docker: see tests/e2e/stack.py. The first run is waited for, and nothing is left."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest

from tests.e2e.stack import Stack, running, wait_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compose")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    with running(folder) as stack:
        yield stack
    assert not find_left(stack)


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """A token for the login that `init` wrote."""
    [(user, password)] = json.loads(
        (stack.folder / "data/airflow/simple_auth_manager_passwords.json").read_text()
    ).items()
    granted: str = stack.ask("/auth/token", body={"username": user, "password": password})["access_token"]
    return granted


def find_left(stack: Stack) -> list[psutil.Process]:
    """Processes of the services that still run: in a service's session, or with the test's folders in their environment."""
    sessions = {process.pid for process in stack.processes.values()}
    others = psutil.process_iter(["environ"])
    return [one for one in others if is_in(one.pid, sessions) or str(stack.folder) in str(one.info["environ"])]


def is_in(process: int, sessions: set[int]) -> bool:
    """Whether a process is in one of the sessions; one that has just ended is in none."""
    try:
        return os.getsid(process) in sessions
    except ProcessLookupError:
        return False


def has_succeeded(stack: Stack, token: str, name: str) -> bool:
    """Whether the newest run of a DAG has ended well; a run that failed fails the test."""
    runs = stack.ask(f"/api/v2/dags/{name}/dagRuns?order_by=-run_after&limit=1", token)["dag_runs"]
    assert not runs or runs[0]["state"] != "failed", stack.log("scheduler")
    return bool(runs) and runs[0]["state"] == "success"


def test_an_anonymous_request_gets_401(stack: Stack) -> None:
    with pytest.raises(HTTPError) as refused:
        stack.ask("/api/v2/dags")

    with refused.value as answer:
        assert answer.code == 401


def test_the_first_run_reads_the_bundled_world(stack: Stack, token: str) -> None:
    wait_for(lambda: has_succeeded(stack, token, "poll"), "a run of poll")

    counts = stack.run("scheduler", "claimwire", "status", "--json")

    assert json.loads(counts)


def test_a_backfill_of_a_day_goes_through_the_scheduler(stack: Stack, token: str) -> None:
    day, conf = "2017-06-11", '{"only_day": true}'
    days = ("--from-date", day, "--to-date", day, "--reprocess-behavior", "completed", "--dag-run-conf", conf)
    stack.run("scheduler", "airflow", "backfill", "create", "--dag-id", "ingest", *days)

    wait_for(lambda: has_succeeded(stack, token, "ingest"), "the backfill")


def test_the_warehouse_answers(stack: Stack, token: str) -> None:
    stack.ask("/api/v2/dags/publish/dagRuns", token, {"logical_date": None})
    wait_for(lambda: has_succeeded(stack, token, "publish"), "a run of publish")

    answer = stack.run("scheduler", "claimwire", "sql", "--json", "select count(*) as claims from claims")

    assert json.loads(answer)[0]["claims"] > 100


def test_the_maintenance_finds_the_database_from_inside_a_task(stack: Stack, token: str) -> None:
    stack.ask("/api/v2/dags/maintenance/dagRuns", token, {"logical_date": None})

    wait_for(lambda: has_succeeded(stack, token, "maintenance"), "a run of maintenance")


def test_every_part_is_healthy(stack: Stack) -> None:
    wait_for(lambda: all(map(stack.is_healthy, ("api-server", "scheduler", "dag-processor"))), "all parts are healthy")


def test_what_init_wrote_is_for_its_owner_only(stack: Stack) -> None:
    login = stack.folder / "data/airflow/simple_auth_manager_passwords.json"

    assert login.stat().st_mode & 0o077 == 0
