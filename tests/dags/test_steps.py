import ast
import doctest
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from pipeline import STEPS
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

SHARING = {"extract_shards", "claim_shards"}  # the two tasks that only say into how many parts a step is cut
HEAVY = ("duckdb", "spacy", "trafilatura", "feedparser", "pipeline.ledger", "pipeline.run")


def test_airflow_finds_exactly_the_three_dags_and_no_import_error(bag: "DagBag") -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == ["ingest", "poll", "publish"]


@pytest.mark.parametrize("name", ["ingest", "poll"])
def test_the_task_ids_are_the_steps(bag: "DagBag", name: str) -> None:
    assert set(bag.dags[name].task_ids) - SHARING == set(STEPS)


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


@pytest.mark.parametrize("name", ["ingest", "poll", "publish"])
def test_every_dag_runs_one_at_a_time_and_says_what_to_do_when_it_is_red(bag: "DagBag", name: str) -> None:
    dag = bag.dags[name]

    assert dag.max_active_runs == 1
    assert not dag.catchup
    assert dag.doc_md is not None
    assert "red" in dag.doc_md
    assert "claimwire" in dag.tags


@pytest.mark.parametrize("name", ["ingest", "poll", "publish"])
def test_every_task_is_retried_has_an_owner_and_a_time_limit(bag: "DagBag", name: str) -> None:
    for task in bag.dags[name].tasks:
        assert task.retries
        assert task.owner == "claimwire"
        assert task.execution_timeout is not None


@pytest.mark.parametrize(
    ("error", "is_retried"),
    [
        (ValueError("no such setting"), False),
        (AssertionError(), False),
        (OSError(28, "No space left on device"), True),
        (RuntimeError("the ledger is held by process 12"), True),
    ],
)
def test_a_bad_argument_fails_at_once_and_trouble_of_the_machine_is_tried_again(
    bag: "DagBag", error: Exception, is_retried: bool
) -> None:
    policy = bag.dags["publish"].task_dict["publish"].retry_policy
    assert policy is not None

    decision = policy.evaluate(error, try_number=1, max_tries=3)

    assert (decision.action.value != "fail") is is_retried


def test_parsing_the_dags_imports_nothing_heavy(data: Path) -> None:
    code = f"import dags.ingest, dags.poll, dags.publish, sys; print([name for name in {HEAVY} if name in sys.modules])"

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"


def test_no_dag_looks_at_the_clock() -> None:
    for path in (ROOT / "dags").glob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert names.isdisjoint({"now", "utcnow", "today"}), path


def test_the_examples_in_the_docstrings_hold(runs: ModuleType) -> None:
    from dags import __main__, ingest  # noqa: PLC0415  # after the environment is set

    for module in (__main__, ingest, runs):
        examples = doctest.testmod(module)
        assert examples.attempted > 0
        assert examples.failed == 0
