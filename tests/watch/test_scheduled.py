"""What Airflow leaves behind: alerts, whole or torn, and a lock that tells whether it runs."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import locks
from pipeline.settings import Settings
from pipeline.watch.scheduled import (
    KEY,
    TAIL_BYTES,
    Alerts,
    find_supervisor,
    read_alert,
    read_alerts,
    to_alert,
)
from tests.newsroom import NOON

LINE: dict[str, object] = {
    "kind": "failed", "at": "2017-06-11T11:00:00+00:00", "dag_id": "poll", "task_id": "capture", "day": None,
    "run_id": "r", "error": "LedgerError: full", "next": "Make room.", "log": "/logs/1.log",
}  # fmt: skip


def read(folder: Path, content: bytes) -> Alerts:
    settings = Settings(data=folder)
    settings.alerts_file.write_bytes(content)
    return read_alerts(settings, NOON)


def lines(*changes: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(LINE | dict(change)).encode() + b"\n" for change in changes)


def test_no_file_is_no_alert(tmp_path: Path) -> None:
    assert read_alerts(Settings(data=tmp_path), NOON) == Alerts()


def test_an_alert_is_read_as_it_was_written(tmp_path: Path) -> None:
    (alert,) = read(tmp_path, lines({})).recent

    assert (alert.dag_id, alert.task_id, alert.day, alert.kind) == ("poll", "capture", None, "failed")
    assert (alert.error, alert.next, alert.log) == ("LedgerError: full", "Make room.", "/logs/1.log")
    assert alert.at == NOON - timedelta(hours=1)


def test_those_of_the_last_day_are_recent_the_newest_first(tmp_path: Path) -> None:
    days = [{"at": f"2017-06-{day}T13:00:00Z", "dag_id": str(day)} for day in ("09", "10", "11")]

    found = read(tmp_path, lines(*days))

    assert [alert.dag_id for alert in found.recent] == ["11", "10"]
    assert found.total == 3


@pytest.mark.parametrize(
    "torn",
    [
        b'{"at": "2017-',
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"dag_id": "poll"}',
        b'{"at": 3}',
        b"[" * 100_000,
        b'{"at": "soon"}',
    ],
)
def test_a_damaged_line_is_counted_and_hides_no_other(tmp_path: Path, torn: bytes) -> None:
    found = read(tmp_path, lines({}) + torn + b"\n" + lines({}) + torn)

    assert (len(found.recent), found.total, found.damaged) == (2, 4, 2)


def test_of_a_long_file_only_the_end_is_read(tmp_path: Path) -> None:
    number = TAIL_BYTES // len(lines({})) + 10

    found = read(tmp_path, lines({}) * number)

    assert (found.total, found.damaged, len(found.recent)) == (number, 0, 20)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    Settings(data=tmp_path).alerts_file.mkdir()

    assert "cannot be read" in (read_alerts(Settings(data=tmp_path), NOON).problem or "")


def test_an_alert_that_a_later_line_cleared_is_gone_until_it_comes_again(tmp_path: Path) -> None:
    cleared = {"kind": "cleared", "cleared": {name: LINE.get(name) for name in KEY}}
    other = {"run_id": "other"}

    assert [len(read(tmp_path, lines(*told)).recent) for told in ([{}, cleared], [{}, other, cleared], [cleared, {}])] == [
        0, 1, 1,
    ]  # fmt: skip


def test_what_a_publish_found_is_told_by_the_warehouse_not_here(tmp_path: Path) -> None:
    assert read(tmp_path, lines({"kind": "source_silent", "subject": "wire"})).recent == ()


@settings(max_examples=100)
@given(error=st.text(), line=st.binary(max_size=200))
def test_no_line_breaks_the_terminal(error: str, line: bytes) -> None:
    told = read_alert(json.dumps(LINE | {"error": error}).encode())
    read_alert(line)

    assert told is not None
    alert = to_alert(told)
    assert not {"\n", "\x1b", "\x00", "\r"} & set(alert.error or "")


def test_a_supervisor_runs_while_it_holds_its_lock(tmp_path: Path) -> None:
    data = Settings(data=tmp_path)

    with locks.hold(data.supervisor_lock, 0):
        found = find_supervisor(data)

    assert (found.state, found.process_id is not None) == ("running", True)


def test_a_supervisor_that_never_was_is_off(tmp_path: Path) -> None:
    assert find_supervisor(Settings(data=tmp_path)).state == "off"


def test_a_supervisor_that_leaves_its_process_id_behind_has_died(tmp_path: Path) -> None:
    data = Settings(data=tmp_path)
    with locks.hold(data.supervisor_lock, 0):
        pass

    assert find_supervisor(data).state == "died"


@pytest.mark.parametrize("end", [Path.unlink, lambda lock: os.truncate(lock, 0)], ids=["removed", "emptied"])
def test_a_supervisor_that_cleared_its_lock_was_stopped_in_order(tmp_path: Path, end: Callable[[Path], object]) -> None:
    data = Settings(data=tmp_path)
    with locks.hold(data.supervisor_lock, 0):
        end(data.supervisor_lock)

    assert find_supervisor(data).state == "off"
