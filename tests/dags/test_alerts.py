import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.watch.scheduled import read_alerts
from pipeline.web.hosts import NetworkBusy

Context = dict[str, Any]


@pytest.fixture(scope="module")
def alerts(data: object) -> ModuleType:
    return import_module("dags.operating.alerts")  # brings Airflow, which then reads its environment


@pytest.fixture(scope="module")
def remedies(alerts: ModuleType) -> ModuleType:
    return import_module("dags.operating.remedies")


@pytest.fixture
def alert(alerts: ModuleType) -> Any:
    return alerts.Alert(
        kind="failed",
        at="2017-06-11T12:00:00+00:00",
        dag_id="poll",
        run_id="scheduled__2017-06-11",
        day=None,
        task_id="capture",
        map_index=-1,
        try_number=4,
        error="No space left on device.",
        next="Make room.",
        log="http://127.0.0.1:8080/dags/poll",
    )


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "alerts.jsonl"


def read(file: Path) -> list[Context]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def make_context(error: BaseException | None, **changed: Any) -> Context:
    """What Airflow hands to a failure callback, as far as it is read."""
    ti = SimpleNamespace(task_id="capture", map_index=-1, try_number=4, log_url="http://127.0.0.1:8080/log")
    dag = SimpleNamespace(dag_id="poll")
    return {"dag": dag, "ti": ti, "run_id": "run", "params": {}, "exception": error} | changed


def late_run(**changed: Any) -> Context:
    """A run as Airflow's API shows it."""
    run = {"dag_id": "publish", "dag_run_id": "run", "run_type": "scheduled", "state": "running"}
    return {"dag_run": run | changed, "deadline": {}}


def test_a_failed_task_makes_one_line_that_says_what_failed_and_what_to_do(
    alerts: ModuleType, remedies: ModuleType, file: Path
) -> None:
    alerts.alert_task(make_context(OSError(28, "No space left on device")))

    (line,) = read(file)

    assert datetime.fromisoformat(line.pop("at")).utcoffset() is not None
    assert line == {
        "kind": "failed",
        "dag_id": "poll",
        "run_id": "run",
        "day": None,
        "task_id": "capture",
        "map_index": -1,
        "try_number": 4,
        "error": "OSError: [Errno 28] No space left on device.",
        "next": remedies.MACHINE.next,
        "log": "http://127.0.0.1:8080/log",
    }


def test_only_its_owner_can_read_the_file(alerts: ModuleType, alert: Any, file: Path) -> None:
    alerts.write(alert)

    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("again", ["alert_task", "alert_run"])
def test_a_try_that_is_told_twice_makes_one_line(alerts: ModuleType, again: str, file: Path) -> None:
    alerts.alert_task(make_context(OSError(28, "No space left on device")))
    getattr(alerts, again)(make_context(None))

    assert [line["error"][:7] for line in read(file)] == ["OSError"]


def test_a_task_that_was_killed_is_told_by_the_callback_of_its_run(
    alerts: ModuleType, remedies: ModuleType, file: Path
) -> None:
    alerts.alert_run(make_context(None))

    assert [(line["task_id"], line["next"]) for line in read(file)] == [("capture", remedies.KILLED.next)]


def test_a_run_that_failed_without_a_task_is_told_with_the_page_of_the_run(alerts: ModuleType, file: Path) -> None:
    alerts.alert_run(make_context(None, ti=None))

    assert [(line["task_id"], line["log"].endswith("/dags/poll/runs/run")) for line in read(file)] == [(None, True)]


@pytest.mark.parametrize(
    "other",
    [
        {"try_number": 5},
        {"map_index": 1},
        {"task_id": "poll"},
        {"run_id": "next"},
        {"dag_id": "ingest"},
        {"kind": "late"},
    ],
)
def test_another_try_or_task_or_run_makes_a_line_of_its_own(
    alerts: ModuleType, other: dict[str, Any], alert: Any, file: Path
) -> None:
    assert alerts.write(alert)
    assert alerts.write(replace(alert, **other))

    assert len(read(file)) == 2


def test_alerts_written_at_once_are_whole_lines_and_each_is_there_once(
    alerts: ModuleType, alert: Any, file: Path
) -> None:
    told = [replace(alert, map_index=number // 2, error="Raqqa: الرقة. " * 200) for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(alerts.write, told))

    assert sorted(line["map_index"] for line in read(file)) == list(range(20))


def test_a_line_that_was_cut_short_spoils_no_other(alerts: ModuleType, alert: Any, file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"kind": "failed", "dag_')

    alerts.write(alert)

    assert json.loads(file.read_text().splitlines()[-1])["task_id"] == "capture"


def test_a_callback_never_raises(
    alerts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path / "file" / "data"))

    alerts.alert_task(make_context(None))
    alerts.alert_run({})
    alerts.alert_late(late_run(), within="30 min")


def test_a_wrong_setting_does_not_silence_the_alert_about_it(
    alerts: ModuleType, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv("CLAIMWIRE_SPACING", "1")

    alerts.alert_task(make_context(None))

    assert file.exists()


def test_a_run_that_is_late_makes_one_line(alerts: ModuleType, remedies: ModuleType, file: Path) -> None:
    for _ in range(2):
        alerts.alert_late(late_run(), within="30 min")

    assert [(line["kind"], line["error"], line["next"]) for line in read(file)] == [
        ("late", "Not ended within 30 min.", remedies.LATE.next)
    ]


@pytest.mark.parametrize("changed", [{"run_type": "backfill"}, {"state": "failed"}, {"state": "success"}])
def test_a_backfill_that_waits_its_turn_and_a_run_that_has_ended_are_not_late(
    alerts: ModuleType, changed: dict[str, str], file: Path
) -> None:
    alerts.alert_late(late_run(**changed), within="6 h")

    assert read(file) == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NetworkBusy("another run is capturing (process 12). Wait."), "another run is capturing (process 12)."),
        (ValueError("expected a day\nTraceback"), "ValueError: expected a day."),
        (RuntimeError(""), "RuntimeError: no message."),
        (RuntimeError("ledger.duckdb is 1.5 times too large"), "RuntimeError: ledger.duckdb is 1.5 times too large."),
    ],
)
def test_the_error_is_told_in_its_first_sentence(alerts: ModuleType, error: Exception, sentence: str) -> None:
    assert alerts.tell_error(error) == sentence


@pytest.mark.parametrize(
    ("context", "day"),
    [
        ({"partition_key": "2017-06-11", "params": {"day": "2017-06-10"}}, "2017-06-11"),
        ({"params": {"day": "2017-06-10"}}, "2017-06-10"),
        ({"params": {"day": None}, "logical_date": datetime(2017, 6, 9, 23, 59, tzinfo=UTC)}, "2017-06-09"),
        ({"params": {}, "logical_date": datetime(2017, 6, 9, tzinfo=UTC)}, None),
        ({}, None),
    ],
)
def test_the_day_is_the_one_that_the_run_stands_for(alerts: ModuleType, context: Context, day: str | None) -> None:
    assert alerts.find_day(context) == day


def succeed(**changed: Any) -> Context:
    """What Airflow hands to a success callback."""
    return make_context(None, **({"run_id": "next"} | changed))


@pytest.mark.parametrize(
    ("line", "success", "is_mended"),
    [
        ({}, {}, True),
        ({}, {"run_id": "scheduled__2017-06-11"}, True),  # the same try again, cleared by hand
        ({"map_index": 3}, {"run_id": "scheduled__2017-06-11"}, False),  # another shard of the same run
        ({"map_index": 3}, {}, True),
        ({"task_id": "extract"}, {}, False),
        ({"dag_id": "ingest"}, {}, False),
        ({"kind": "late", "task_id": None}, {}, True),
        ({"kind": "late", "task_id": None}, {"run_id": "scheduled__2017-06-11"}, False),  # it is not over
        ({"run_id": "backfill__a", "day": "2017-06-09"}, {}, False),
        ({"run_id": "backfill__a", "day": "2017-06-09"}, {"partition_key": "2017-06-10"}, False),
        ({"run_id": "backfill__a", "day": "2017-06-09"}, {"partition_key": "2017-06-09"}, True),
    ],
)
def test_a_later_success_of_the_same_task_clears_what_was_said(
    alerts: ModuleType, alert: Any, line: Context, success: Context, is_mended: bool
) -> None:
    alerts.write(replace(alert, **line))

    alerts.clear_task(succeed(**success))
    alerts.clear_task(succeed(**success))

    told = [one["kind"] for one in read(alerts.find_file())]
    assert told == [line.get("kind", "failed")] + ["cleared"] * is_mended


def test_a_success_makes_no_file(alerts: ModuleType, file: Path) -> None:
    alerts.clear_task(succeed())

    assert not file.exists()


def ring(**changed: Any) -> SimpleNamespace:
    """What the warehouse finds."""
    told = {"kind": "source_silent", "subject": "wire", "what": "wire is silent.", "next": "Look."}
    return SimpleNamespace(**(told | {"since": datetime(2017, 6, 11, tzinfo=UTC)} | changed))


def test_what_a_publish_finds_is_told_once_while_it_lasts_and_once_when_it_is_over(
    alerts: ModuleType, file: Path
) -> None:
    rounds: list[list[SimpleNamespace]] = [[], [ring()], [ring()], [ring(), ring(subject="herald")], [], [], [ring()]]
    for found in rounds:
        alerts.tell_ringing(found)

    assert [line["subject"] if "subject" in line else line["cleared"]["subject"] for line in read(file)] == [
        "wire", "herald", "wire", "herald", "wire",
    ]  # fmt: skip
    assert [line["subject"] for line in alerts.find_open(read(file))] == ["wire"]


def test_the_two_readers_of_the_file_agree_on_what_still_holds(alerts: ModuleType, alert: Any, file: Path) -> None:
    alerts.write(alert)
    alerts.write(replace(alert, run_id="other", task_id="extract"))
    alerts.tell_ringing([ring()])
    alerts.clear_task(succeed())

    settings = Settings(data=file.parent)
    recent = read_alerts(settings, datetime(2017, 6, 11, 13, tzinfo=UTC)).recent
    assert [one.task_id for one in recent] == ["extract"]
