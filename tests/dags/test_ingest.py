import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from pipeline import run as shell
from pipeline.locks import hold

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

SelectDay = Callable[[str | None, str | None, datetime | None], date]
LATE = datetime(2017, 6, 9, 23, 59, tzinfo=UTC)


@pytest.fixture
def select_day(runs: ModuleType) -> SelectDay:
    return runs.ingest.select_day  # type: ignore[no-any-return]


def test_the_partition_key_decides_the_day(select_day: SelectDay) -> None:
    assert select_day("2017-06-11", "2017-06-10", LATE) == date(2017, 6, 11)


def test_without_a_partition_key_the_parameter_decides(select_day: SelectDay) -> None:
    assert select_day(None, "2017-06-10", LATE) == date(2017, 6, 10)


def test_without_both_the_logical_date_decides(select_day: SelectDay) -> None:
    assert select_day(None, None, LATE) == date(2017, 6, 9)


def test_a_run_that_stands_for_no_day_is_refused_in_one_sentence(select_day: SelectDay) -> None:
    with pytest.raises(
        ValueError, match=r'^This run stands for no day: trigger it with \{"day": "YYYY-MM-DD"\} or .*\.$'
    ):
        select_day(None, None, None)


def test_unless_told_otherwise_a_run_takes_more_than_its_day(bag: "DagBag") -> None:
    assert bag.dags["ingest"].params.dump() == {"day": None, "only_day": False}


def test_the_partition_keys_of_a_range_are_exactly_its_days(bag: "DagBag") -> None:
    from airflow.serialization.encoders import coerce_to_core_timetable  # noqa: PLC0415  # after the environment is set

    timetable: Any = coerce_to_core_timetable(bag.dags["ingest"].timetable)
    runs = timetable.iter_partition_dagrun_infos(
        earliest=datetime(2017, 6, 8, tzinfo=UTC), latest=datetime(2017, 6, 13, tzinfo=UTC)
    )

    keys = [run.partition_key for run in runs]

    assert keys == [f"2017-06-{day:02}" for day in range(8, 14)]


def test_the_run_of_midnight_stands_for_the_day_that_ended(bag: "DagBag") -> None:
    from airflow.serialization.encoders import coerce_to_core_timetable  # noqa: PLC0415  # after the environment is set
    from airflow.timetables.base import TimeRestriction  # noqa: PLC0415  # the same

    timetable: Any = coerce_to_core_timetable(bag.dags["ingest"].timetable)
    start: Any = datetime(2017, 6, 8, tzinfo=UTC)

    run = timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=TimeRestriction(start, None, catchup=True))

    assert run.run_after == start
    assert run.partition_key == "2017-06-07"


@pytest.mark.parametrize(("dag_id", "due"), [("ingest", timedelta(0)), ("maintenance", timedelta(hours=4, minutes=30))])
def test_airflow_that_is_new_runs_nothing_daily_before_it_is_due_again(
    dag_id: str, due: timedelta, bag: "DagBag", monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.serialization.encoders import coerce_to_core_timetable  # noqa: PLC0415  # after the environment is set
    from airflow.timetables import trigger  # noqa: PLC0415  # the same
    from airflow.timetables.base import TimeRestriction  # noqa: PLC0415  # the same

    timetable: Any = coerce_to_core_timetable(bag.dags[dag_id].timetable)
    monkeypatch.setattr(trigger, "utcnow", lambda: datetime(2017, 6, 8, 0, 20, tzinfo=UTC) + due)

    run = timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=TimeRestriction(None, None, catchup=False))

    assert run.run_after == datetime(2017, 6, 9, tzinfo=UTC) + due


def test_a_backfill_does_not_leave_its_day_to_another_run(
    runs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path))
    monkeypatch.setenv("CLAIMWIRE_NETWORK_WAIT_S", "0")
    dag: Any = runs.DAGS["ingest"]()
    for task in dag.tasks:
        task.retries = 0  # dag.test() would sleep through the delay

    with hold(tmp_path / "network.lock", wait_s=0):
        ended = dag.test(logical_date=LATE, run_conf={"day": "2017-06-09", "only_day": True})

    (line,) = map(json.loads, (tmp_path / "alerts.jsonl").read_text().splitlines())
    assert ended.state == "failed"
    assert (line["task_id"], line["day"], line["error"][:28]) == ("poll", "2017-06-09", "another run is capturing (pr")


def test_a_backfill_waits_for_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path))
    is_held, is_waiting = Event(), Event()

    def hold_until_waited_for() -> None:
        with hold(tmp_path / "network.lock", wait_s=0):
            is_held.set()
            is_waiting.wait(timeout=30)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(hold_until_waited_for)
        assert is_held.wait(timeout=30)
        step = pool.submit(shell.run_step, "capture", day=date(2017, 6, 9), only_day=True)
        with pytest.raises(TimeoutError):
            step.result(timeout=1)  # it waits
        is_waiting.set()

        assert step.result(timeout=30) == {"appended": 0}
