import os
import sqlite3
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dags.operating import cleaning
from dags.operating.home import find_own_home
from pipeline.settings import Settings

OLD = datetime(2017, 6, 11, tzinfo=UTC)
HIDDEN = "airflow-db-not-allowed:///"  # what Airflow puts in place of the database's address, for tasks


@pytest.fixture(scope="module")
def maintenance(runs: ModuleType) -> Any:
    return import_module("dags.maintenance").maintenance()


@pytest.fixture
def database(data: Path) -> Path:
    return find_own_home(Settings(data=data)).database_file


def execute(database: Path, statement: str, *values: object) -> list[Any]:
    with sqlite3.connect(database, timeout=30) as connection:
        return [found[0] for found in connection.execute(statement, values)]


def run_without_cleaning(maintenance: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run of the DAG that keeps all; its id."""
    monkeypatch.setenv("CLAIMWIRE_AIRFLOW_KEEP_DAYS", "0")
    ended = maintenance.test()
    assert ended.state == "success"
    return str(ended.run_id)


def make_old(database: Path, run_id: str, run_type: str, day: int) -> None:
    """Let a run have been in June 2017."""
    at = OLD.replace(day=day).strftime("%Y-%m-%d %H:%M:%S.%f")
    execute(database, "update dag_run set start_date = ?, run_type = ? where run_id = ?", at, run_type, run_id)
    execute(database, "update task_instance set start_date = ? where run_id = ?", at, run_id)


def test_a_run_deletes_what_is_old_and_keeps_what_is_new_and_the_newest_scheduled_run(
    maintenance: Any, database: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [run_without_cleaning(maintenance, monkeypatch) for _ in range(3)]
    make_old(database, runs[0], "scheduled", 8)
    make_old(database, runs[1], "scheduled", 9)
    execute(database, "insert into log (dttm, event) values (?, 'old')", OLD.strftime("%Y-%m-%d %H:%M:%S.%f"))
    logs = find_own_home(Settings(data=data)).logs
    (logs / "dag_processor").mkdir(exist_ok=True)
    for name, at in (("old.log", OLD.timestamp()), ("new.log", None)):
        (logs / "dag_processor" / name).touch()
        if at:
            os.utime(logs / "dag_processor" / name, (at, at))
    monkeypatch.setenv("CLAIMWIRE_AIRFLOW_KEEP_DAYS", "30")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", HIDDEN)

    ended = maintenance.test()

    kept = execute(database, "select run_id from dag_run where dag_id = 'maintenance'")
    with_tasks = execute(database, "select distinct run_id from task_instance where dag_id = 'maintenance'")
    assert ended.state == "success"
    assert set(kept) == {runs[1], runs[2], ended.run_id}
    assert runs[0] not in with_tasks
    assert execute(database, "select count(*) from log where event = 'old'") == [0]
    assert execute(database, "select name from sqlite_master where name like '_airflow_deleted%'") == []
    assert [file.name for file in (logs / "dag_processor").glob("*.log")] == ["new.log"]


def test_a_database_that_is_not_found_is_told_and_not_passed_over(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}

    with pytest.raises(cleaning.CleaningError, match=r"^airflow db clean finds no database: give its address in"):
        cleaning.clean_database(OLD, environment | {"AIRFLOW_HOME": str(tmp_path)})


@given(ages=st.lists(st.integers(-50, 50), max_size=8))
def test_exactly_the_logs_that_are_old_go_and_with_them_the_folders_that_are_empty_then(
    tmp_path_factory: pytest.TempPathFactory, ages: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    for number, days in enumerate(ages):
        file = folder / f"dag_id=poll/run_id={number % 3}/attempt={number}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        at = (OLD + timedelta(days=days)).timestamp()
        os.utime(file, (at, at))

    removed = cleaning.remove_logs(folder, OLD)

    kept = {number for number, days in enumerate(ages) if days >= 0}
    assert removed == len(ages) - len(kept)
    assert {file.stem for file in folder.rglob("*.log")} == {f"attempt={number}" for number in kept}
    assert {run.name for run in folder.glob("dag_id=poll/*")} == {f"run_id={number % 3}" for number in kept}
    assert (folder / "dag_id=poll").exists() is bool(ages)


def test_a_link_to_the_newest_logs_and_files_that_are_no_logs_stay(tmp_path: Path) -> None:
    for name in ("dag_processor/2017-06-11", "dag_processor/secret.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / "latest.log").symlink_to(tmp_path / "dag_processor/2017-06-11")

    assert cleaning.remove_logs(tmp_path, OLD) == 0
    assert (tmp_path / "latest.log").is_symlink()


def test_a_full_file_of_alerts_is_put_aside_and_one_before_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    for text in ("first", "second"):
        file.write_text(text)
        assert not cleaning.turn_alerts(file, most_bytes=6)
        assert cleaning.turn_alerts(file, most_bytes=4)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"alerts.previous.jsonl": "second"}
    assert not cleaning.turn_alerts(file)
