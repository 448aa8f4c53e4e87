import ast
import doctest
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from pipeline import STEPS
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

SHARING = {"extract_shards", "claim_shards"}  # the two tasks that only say into how many parts a step is cut
NAMES = ("ingest", "maintenance", "poll", "publish")
HEAVY = ("duckdb", "spacy", "trafilatura", "feedparser", "pipeline.ledger.ledger", "pipeline.run")


def test_airflow_finds_exactly_the_four_dags_and_no_import_error(bag: "DagBag") -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == sorted(NAMES)


@pytest.mark.parametrize("name", ["ingest", "poll"])
def test_the_task_ids_are_the_steps(bag: "DagBag", name: str) -> None:
    assert set(bag.dags[name].task_ids) - SHARING - {"publish"} == set(STEPS)


def test_poll_publishes_when_all_steps_have_succeeded_and_a_day_of_ingest_does_not(bag: "DagBag") -> None:
    publish = bag.dags["poll"].task_dict["publish"]

    assert publish.upstream_task_ids == {"compare", "claim"}
    assert publish.trigger_rule == "all_success"  # another rule would make a run green whose steps have failed
    assert "publish" not in bag.dags["ingest"].task_ids


@pytest.mark.parametrize("name", ["ingest", "poll"])
def test_a_step_waits_for_the_steps_whose_events_it_reads(bag: "DagBag", name: str) -> None:
    tasks = bag.dags[name].task_dict
    steps_before = {step: tasks[step].get_flat_relative_ids(upstream=True) - SHARING for step in STEPS}

    assert steps_before == {
        "poll": set(),
        "capture": {"poll"},
        "extract": {"poll", "capture"},
        "compare": {"poll", "capture", "extract"},
        "claim": {"poll", "capture", "extract"},
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_dag_runs_one_at_a_time_and_says_what_to_do_when_it_is_red(bag: "DagBag", name: str) -> None:
    dag = bag.dags[name]

    assert dag.max_active_runs == 1
    assert not dag.catchup
    assert "claimwire" in dag.tags
    assert dag.description
    assert dag.doc_md is not None
    for part in ("What it does.", "When it is red.", "|what to do|", "How to check that it is well."):
        assert part in dag.doc_md


@pytest.mark.parametrize("name", NAMES)
def test_every_task_is_retried_has_an_owner_a_time_limit_a_page_and_an_alert(bag: "DagBag", name: str) -> None:
    from dags.operating.alerts import alert_task  # noqa: PLC0415  # after the environment is set

    for task in bag.dags[name].tasks:
        assert task.retries
        assert task.owner == "claimwire"
        assert task.execution_timeout is not None
        assert task.doc_md
        assert task.on_failure_callback in (alert_task, [alert_task])  # of a mapped task it is as it was given


@pytest.mark.parametrize("name", NAMES)
def test_every_dag_has_a_deadline_and_tells_of_tasks_that_were_killed(bag: "DagBag", name: str) -> None:
    dag: Any = bag.dags[name]

    assert [alert.callback.path for alert in dag.deadline] == ["dags.operating.alerts.alert_late"]
    assert dag.on_failure_callback.__name__ == "alert_run"


@pytest.mark.parametrize("name", NAMES)
def test_no_asset_names_a_path_and_only_tasks_that_are_there_once_a_run_make_asset_events(
    bag: "DagBag", name: str
) -> None:
    for task in bag.dags[name].tasks:
        assert not (task.is_mapped and task.outlets)
        for asset in (*task.inlets, *task.outlets):
            assert asset.uri == f"x-claimwire://{asset.name}"


@pytest.mark.parametrize("name", NAMES)
def test_no_dag_is_started_by_an_asset(bag: "DagBag", name: str) -> None:
    assert not bag.dags[name].timetable.asset_condition


def test_what_one_step_writes_the_next_ones_read(bag: "DagBag") -> None:
    tasks = {**bag.dags["publish"].task_dict, **bag.dags["poll"].task_dict}

    read = {asset.name for task in tasks.values() for asset in task.inlets}
    written = {asset.name for task in tasks.values() for asset in task.outlets}

    assert read == {"archive", "ledger"}
    assert written - read == {"warehouse"}


def test_every_parameter_is_described(bag: "DagBag") -> None:
    for name in NAMES:
        for key in bag.dags[name].params:
            assert bag.dags[name].params.get_param(key).description


def test_parsing_the_dags_imports_nothing_heavy(data: Path) -> None:
    imported = ", ".join(f"dags.{name}" for name in NAMES)
    code = f"import sys, {imported}; print([name for name in {HEAVY} if name in sys.modules])"

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"


def test_no_dag_looks_at_the_clock() -> None:
    for path in (ROOT / "dags").glob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert names.isdisjoint({"now", "utcnow", "today"}), path


def test_the_examples_in_the_docstrings_hold(runs: ModuleType) -> None:
    from dags import __main__, ingest, steps  # noqa: PLC0415  # after the environment is set
    from dags.operating import alerts, cleaning, remedies  # noqa: PLC0415  # the same

    for module in (__main__, ingest, steps, alerts, cleaning, remedies, runs):
        examples = doctest.testmod(module)
        assert examples.attempted > 0
        assert examples.failed == 0
