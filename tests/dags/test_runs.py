from contextlib import redirect_stdout
from io import StringIO
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
    assert main(["run", *arguments]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    return [words for words in lines if words[0] in arguments]


def heads() -> list[str]:
    """A line for every batch that was ever appended to the ledger."""
    return (read_settings().data / "heads.log").read_text().splitlines()


@pytest.fixture(scope="module", autouse=True)
def filled(runs: ModuleType) -> list[str]:
    """A ledger with the bundled world in it, filled by the DAG `poll`; the lines that it printed."""
    with redirect_stdout(StringIO()) as out:
        assert main(["run", "poll"]) == 0
    assert heads()
    return out.getvalue().splitlines()


def test_every_step_that_appended_something_makes_one_line(filled: list[str]) -> None:
    assert [line.split()[:2] for line in filled] == [
        ["poll", "6"],
        *(["poll", step] for step in (*STEPS[1:], "publish")),
    ]


@pytest.mark.parametrize(("name", "label"), [("poll", "poll"), ("ingest", DAY)])
def test_a_second_run_appends_nothing_and_says_so(capsys: pytest.CaptureFixture[str], name: str, label: str) -> None:
    before = heads()

    lines = run(capsys, name, "--from", DAY)

    assert lines == [[label, "nothing", "new"]]
    assert heads() == before


def test_publish_puts_the_warehouse_in_place_and_leaves_it_when_there_is_nothing_new(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "publish")
    warehouse = read_settings().warehouse_file
    first = warehouse.stat()

    lines = run(capsys, "publish")

    assert [words[:4] for words in lines] == [["publish", "warehouse", "is", "up"]]
    assert warehouse.stat().st_ino == first.st_ino


def test_a_run_that_fails_ends_with_code_1_and_says_what_failed_and_where_the_log_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setenv("CLAIMWIRE_LEDGER_WAIT_S", "0")

    with hold(data / "ledger" / "ledger.lock", wait_s=0):
        code = main(["run", "publish", "poll"])

    printed = capsys.readouterr()
    assert code == 1
    assert printed.err.splitlines()[-1].startswith("publish publish failed: The ledger is held by process ")
    assert printed.err.endswith(f" The log: {data}/airflow-here/logs/dags.log\n")
    assert "poll        poll" not in printed.out
