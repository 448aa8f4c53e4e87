from collections.abc import Callable
from datetime import UTC, date, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

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
