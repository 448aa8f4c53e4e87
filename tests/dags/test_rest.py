from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dags.operating.home import Home, prepare
from dags.operating.rest import AirflowRefused, AirflowSilent, Wanted, open_airflow
from pipeline.ledger.pending import Days

if TYPE_CHECKING:
    from dags.operating.rest import Airflow

WANTED = Wanted("ingest", Days(date(2017, 6, 9), date(2017, 6, 11)), 2, {"only_day": True})
KEYS = ["2017-06-09", "2017-06-10", "2017-06-11"]


def test_a_backfill_has_one_run_a_day_with_its_parameters(airflow: "Airflow") -> None:
    made = airflow.create(WANTED)

    runs = airflow.list_runs(made, "ingest")
    assert [run.partition_key for run in runs] == KEYS
    assert {run.state for run in runs} == {"queued"}
    assert made.dag_run_conf == {"only_day": True}
    assert made.days == WANTED.days


def test_a_backfill_is_active_until_it_is_closed(airflow: "Airflow") -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    made = airflow.create(WANTED)
    active = airflow.find_active("ingest")
    metadata.close_backfills()

    assert active == made
    assert airflow.find_active("ingest") is None


def test_a_second_backfill_is_refused_as_a_conflict(airflow: "Airflow") -> None:
    airflow.create(WANTED)

    with pytest.raises(AirflowRefused, match="There is already a running backfill for dag ingest") as refused:
        airflow.create(WANTED)

    assert refused.value.status == 409


def test_unfinished_runs_are_counted_whether_queued_or_running(airflow: "Airflow") -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    made = airflow.create(WANTED)
    metadata.end_runs(KEYS[0], state="running")
    metadata.end_runs(KEYS[1])

    assert airflow.count_unfinished(made, "ingest") == 2


def test_the_runs_of_an_earlier_backfill_of_the_same_days_are_left_out(airflow: "Airflow") -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    first = airflow.create(WANTED)
    metadata.end_runs(*KEYS)
    metadata.close_backfills()
    second = airflow.create(WANTED)

    ids = {run.dag_run_id for run in airflow.list_runs(second, "ingest")}
    assert len(ids) == 3
    assert first.id != second.id


def test_more_runs_than_airflow_hands_out_at_once_are_all_listed(airflow: "Airflow") -> None:
    days = Days(date(2016, 1, 1), date(2016, 5, 1))
    made = airflow.create(Wanted("ingest", days, 2, {}))

    keys = [run.partition_key for run in airflow.list_runs(made, "ingest")]

    assert (len(keys), keys[0], keys[-1]) == (122, "2016-01-01", "2016-05-01")


def test_a_day_whose_run_is_under_way_is_not_planned(airflow: "Airflow") -> None:
    from tests.dags import metadata  # noqa: PLC0415  # after the environment is set

    airflow.create(WANTED)
    metadata.end_runs(*KEYS[:2])
    metadata.close_backfills()

    assert airflow.plan(WANTED) == KEYS[:2]


def test_a_token_that_ran_out_is_got_anew(airflow: "Airflow") -> None:
    airflow.token = "old"

    assert not airflow.read_dag("ingest").is_paused
    assert airflow.token != "old"


def test_a_dag_that_airflow_has_not_read_is_told(airflow: "Airflow") -> None:
    with pytest.raises(AirflowSilent, match=r"^Airflow has not read the DAG sing: http://127.0.0.1:\d+ says why\.$"):
        airflow.read_dag("sing")


def test_a_server_that_is_not_there_is_told_with_its_address(tmp_path: Path) -> None:
    home = Home(tmp_path / "airflow", port=9)  # discard: nobody listens there
    prepare(home)

    with (
        open_airflow(home, lambda: False) as airflow,
        pytest.raises(AirflowSilent, match=r"^Airflow does not answer at http://127.0.0.1:9 \(.+\)\.$"),
    ):
        airflow.find_active("ingest")
