"""The line that tells how fresh a warehouse is."""

from dataclasses import replace
from pathlib import Path

from pipeline.settings import Settings
from pipeline.warehouse.building import Failure
from pipeline.warehouse.status import WarehouseStatus, describe, read_status, status_file, write_status
from tests.newsroom import NOON

STATUS = WarehouseStatus(
    position=7,
    head_position=7,
    ledger_hash="ab",
    published_at=NOON,
    tried_at=NOON,
    is_stopped=False,
    failures=(),
    quarantined=0,
    models_digest="cd",
    producers={"claim": "claim-1-aaaaaaaaaa"},
    file_bytes=1,
    file_mtime_ns=2,
)
WARNING = Failure(test="events_quarantined", severity="warn", meaning="set aside", rows=3, query="from quarantine")
STOP = replace(WARNING, test="claims_key", severity="stop")


def test_a_status_is_read_as_it_was_written(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    write_status(settings, replace(STATUS, failures=(WARNING,)))

    assert read_status(settings) == replace(STATUS, failures=(WARNING,))
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.status.json"]


def test_a_missing_or_damaged_status_is_none(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    missing = read_status(settings)
    status_file(settings).write_text('{"position": ')

    assert (missing, read_status(settings)) == (None, None)


def test_a_line_tells_warnings_and_stopped_publishes() -> None:
    lines = [describe(status) for status in (STATUS, replace(STATUS, failures=(WARNING,)), None)]
    stopped = describe(replace(STATUS, failures=(STOP, WARNING), is_stopped=True))

    assert lines == [
        "Warehouse of 2017-06-11 12:00 UTC, ledger position 7.",
        "Warehouse of 2017-06-11 12:00 UTC, ledger position 7; warnings: events_quarantined (3).",
        "It is not known when this warehouse was published: run `claimwire publish`.",
    ]
    assert stopped == "Warehouse of 2017-06-11 12:00 UTC, ledger position 7; a later publish was stopped by claims_key."
