from pathlib import Path
from types import ModuleType

import pytest

from dags.__main__ import main
from pipeline import STEPS
from pipeline.locks import hold
from pipeline.settings import read_settings

DAY = "2017-06-11"  # of the seed article


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[list[str]]:
    """The words of the lines that `python -m dags` prints for one DAG."""
    capsys.readouterr()
    assert main(arguments) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    return [words for words in lines if words[0] in arguments]


def heads() -> list[str]:
    """A line for every batch that was ever appended to the ledger."""
    return (read_settings().data / "heads.log").read_text().splitlines()


@pytest.fixture(scope="module", autouse=True)
def filled(runs: ModuleType) -> None:
    """A ledger with the bundled world in it, filled by the DAG `poll`."""
    assert main(["poll"]) == 0
    assert heads()


@pytest.mark.parametrize(("name", "label"), [("poll", "poll"), ("ingest", DAY)])
def test_a_dag_runs_every_step_and_a_second_run_appends_nothing(
    capsys: pytest.CaptureFixture[str], name: str, label: str
) -> None:
    before = heads()

    lines = run(capsys, name, "--from", DAY)

    assert [words[:2] for words in lines] == [[label, step] for step in STEPS]
    assert heads() == before


def test_publish_puts_the_warehouse_in_place_and_leaves_it_when_there_is_nothing_new(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "publish")
    warehouse = read_settings().warehouse_file
    first = warehouse.stat()

    lines = run(capsys, "publish")

    assert [words[:2] for words in lines] == [["publish", "publish"]]
    assert warehouse.stat().st_ino == first.st_ino


def test_a_run_that_fails_ends_with_code_1_and_says_what_failed_and_where_the_log_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setenv("CLAIMWIRE_LEDGER_WAIT_S", "0")

    with hold(data / "ledger" / "ledger.lock", wait_s=0):
        code = main(["publish", "poll"])

    printed = capsys.readouterr()
    assert code == 1
    assert printed.err.splitlines()[-1].startswith("publish publish failed: The ledger is held by process ")
    assert printed.err.endswith(f" The log: {data}/airflow/logs/dags.log\n")
    assert "poll        poll" not in printed.out
