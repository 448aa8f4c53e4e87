import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dags.operating import backfill as backfilling
from dags.operating import rest
from dags.operating.answers import LogLine, TaskLog
from dags.operating.backfill import CannotNow, Told, backfill, find_error, find_file, start_or_join, wait
from dags.operating.home import find_home, prepare
from dags.operating.rest import Wanted
from pipeline import daily, locks
from pipeline.ledger.pending import Days
from pipeline.run import Progress, Run
from pipeline.settings import Settings
from tests.running import count_events, make_run

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from dags.operating.rest import Airflow

DAYS = Days(date(2017, 6, 9), date(2017, 6, 11))
KEYS = ["2017-06-09", "2017-06-10", "2017-06-11"]
CONF = {"only_day": True}
SHORT = st.integers(min_value=0, max_value=40).map(lambda days: timedelta(days=days))


def bare(data: Path) -> Settings:
    return Settings(data=data, spacing_s=0.0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a scheduler that is not there."""
    monkeypatch.setattr(backfilling, "LOOK_S", 0.0)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (None, None, "Which days? Name the first and the last: make backfill FROM=2017-06-08 TO=2017-06-13."),
        (date(2017, 6, 8), None, "Which days? Name the first and the last"),
        (None, date(2017, 6, 8), "Which days? Name the first and the last"),
        (date(2017, 6, 9), date(2017, 6, 8), "2017-06-09 is after 2017-06-08: swap them."),
        (date(2017, 6, 9), date(2999, 1, 1), "2999-01-01 is in the future: a backfill goes up to "),
        (date(201, 6, 9), date(2017, 6, 9), "0201-06-09 is before 1990-01-01, and no page is older than that"),
    ],
)
def test_days_that_make_no_range_end_with_2_and_one_sentence_and_nothing_is_touched(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, first: date | None, last: date | None, sentence: str
) -> None:
    code = backfill(first, last, bare(tmp_path / "data"), StringIO())

    told = capsys.readouterr().err
    assert (code, told.count("\n")) == (2, 1)
    assert told.startswith(sentence)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2017-01-20", "2017-02-10"),
        ("2017-01-31", "2017-04-30"),
        ("2016-02-28", "2016-03-01"),
        ("2016-02-29", "2016-02-29"),
        ("2017-06-09", "2017-06-09"),
        ("2016-12-30", "2017-01-02"),
    ],
)
def test_the_days_of_a_range_are_those_of_airflows_dry_run(airflow: "Airflow", first: str, last: str) -> None:
    days = Days(date.fromisoformat(first), date.fromisoformat(last))

    planned = airflow.plan(Wanted("ingest", days, 2, CONF))

    assert planned == [str(day) for day in Days(*days).each()]


@settings(max_examples=25, deadline=None)
@given(first=st.dates(min_value=date(1990, 1, 1), max_value=date(2026, 1, 1)), length=SHORT)
def test_the_days_of_any_range_are_those_of_airflows_dry_run(
    served: "TestClient", data: Path, first: date, length: timedelta
) -> None:
    from dags.operating.home import find_own_home  # noqa: PLC0415  # as the fixture `airflow` does, but for all examples
    from pipeline.settings import read_settings  # noqa: PLC0415  # the same

    airflow = rest.Airflow(find_own_home(read_settings()), served, lambda: True, patience_s=0)

    planned = airflow.plan(Wanted("ingest", Days(first, first + length), 2, CONF))

    assert planned == [str(day) for day in Days(first, first + length).each()]


def test_the_same_days_asked_for_again_join_the_backfill_that_is_under_way(airflow: "Airflow", quick: None) -> None:
    told = StringIO()

    first = start_or_join(airflow, DAYS, Told(told))
    second = start_or_join(airflow, DAYS, Told(told))

    assert first == second
    assert told.getvalue() == "Airflow is at it already: waiting for its end ...\n"


def test_other_days_beside_a_backfill_are_refused_with_the_remedy(airflow: "Airflow", quick: None) -> None:
    start_or_join(airflow, DAYS, Told(StringIO()))

    with pytest.raises(
        CannotNow, match="wait for it with make backfill FROM=2017-06-09 TO=2017-06-11, or cancel it at"
    ):
        start_or_join(airflow, Days(date(2017, 6, 9), date(2017, 6, 10)), Told(StringIO()))


def test_a_backfill_that_somebody_made_with_other_parameters_is_not_joined(airflow: "Airflow", quick: None) -> None:
    airflow.create(Wanted("ingest", DAYS, 1, {"only_day": False}))

    with pytest.raises(CannotNow, match="Airflow allows one backfill at a time"):
        start_or_join(airflow, DAYS, Told(StringIO()))


def test_a_backfill_that_has_ended_but_is_not_closed_is_waited_for_and_then_made_anew(
    airflow: "Airflow", monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    first = start_or_join(airflow, DAYS, Told(StringIO()))
    metadata.end_runs(*KEYS)
    monkeypatch.setattr("dags.operating.backfill.time.sleep", lambda _: metadata.close_backfills())

    second = start_or_join(airflow, DAYS, Told(StringIO()))

    assert second.id > first.id


def test_a_day_whose_run_is_under_way_is_waited_for(airflow: "Airflow", monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    start_or_join(airflow, Days(date(2017, 6, 10), date(2017, 6, 10)), Told(StringIO()))
    metadata.close_backfills()
    monkeypatch.setattr("dags.operating.backfill.time.sleep", lambda _: metadata.end_runs(*KEYS))
    told = StringIO()

    made = start_or_join(airflow, DAYS, Told(told))

    assert told.getvalue() == "A run of 2017-06-10 is under way: waiting for its end ...\n"
    assert [run.partition_key for run in airflow.list_runs(made, "ingest")] == KEYS


def test_waiting_ends_when_all_runs_have_ended_and_says_how_far_it_is(
    airflow: "Airflow", monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    ends: Iterator[str] = iter(KEYS)
    monkeypatch.setattr("dags.operating.backfill.time.sleep", lambda _: metadata.end_runs(next(ends)))
    told = StringIO()

    wait(airflow, start_or_join(airflow, DAYS, Told(told)), Told(told))

    assert told.getvalue().splitlines() == [f"{done} of 3 days are done" for done in range(4)]


@pytest.mark.parametrize("dag", ["ingest", "publish"])
def test_a_paused_dag_is_told_with_its_address(airflow: "Airflow", quick: None, dag: str) -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    metadata.pause(dag)

    with pytest.raises(CannotNow, match=rf"^The DAG {dag} is paused: switch it on at http://\S+/dags/{dag}, then ask"):
        wait(airflow, start_or_join(airflow, DAYS, Told(StringIO())), Told(StringIO()))


def test_an_airflow_that_is_down_while_its_supervisor_lives_ends_with_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(rest, "PATIENCE_S", 0.0)
    knobs = Settings(data=tmp_path, airflow_port=9)
    prepare(find_home(knobs))

    with locks.hold(find_home(knobs).lock_file, 0):
        code = backfill(*DAYS, knobs, StringIO())

    told = capsys.readouterr().err
    assert (code, told.count("\n")) == (3, 1)
    assert "make up" in told


def test_without_airflow_the_days_are_taken_in_this_process_and_told_one_by_one(world: Run, one_worker: None) -> None:
    out = StringIO()

    code = backfill(*DAYS, world.settings, out)

    lines = out.getvalue().splitlines()
    assert code == 0
    assert [line[:10] for line in lines[1:4]] == KEYS
    assert re.match(r"Warehouse of .+ UTC, ledger position \d+\.", lines[-1])


def test_a_backfill_that_was_interrupted_goes_on_where_it_was(
    world: Run, one_worker: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    day = DAYS.first
    run = make_run(tmp_path / "halves")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.commands.showing.make_bar", interrupting_after(2))
        code = backfill(day, day, run.settings, StringIO())
    captured = count_events(run)

    again = backfill(day, day, run.settings, StringIO())

    told = "Interrupted: what was appended stays, and the same command goes on from there."
    assert (code, again) == (130, 0)
    assert told in capsys.readouterr().err.splitlines()
    assert "ArticleExtracted" not in captured
    assert count_events(run)["PageCaptured"] == captured["PageCaptured"]
    assert daily.find_days(run.settings, Days(day, day)) == daily.find_days(world.settings, Days(day, day))


def interrupting_after(steps: int) -> Callable[[str], AbstractContextManager[Progress]]:
    """A bar during which somebody presses Ctrl-C."""
    left = iter(range(steps))

    @contextmanager
    def bar(label: str) -> Iterator[Progress]:
        if next(left, None) is None:
            raise KeyboardInterrupt
        yield lambda done, total: None

    return bar


def test_the_error_that_ended_a_task_is_its_first_line_and_the_log_says_where_it_is() -> None:
    log = TaskLog(
        content=[
            LogLine(event="::group::Log message source details"),
            LogLine(event="/data/airflow/logs/dag_id=ingest/attempt=2.log"),
            LogLine(event="Task failed", level="error", error_detail=[{"exc_type": "E", "exc_value": "No\nmore"}]),
            LogLine(event="Done", level="info"),
        ]
    )

    assert (find_error(log), find_file(log)) == ("No", "/data/airflow/logs/dag_id=ingest/attempt=2.log")


def test_a_task_without_a_log_was_killed() -> None:
    assert (find_error(TaskLog(content=[])), find_file(TaskLog(content=[]))) == ("it was killed.", None)
