"""Verify: a ledger that somebody touched with plain DuckDB, and the first event that it names."""

import shutil
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import duckdb
import pytest

from pipeline.ledger import chain
from pipeline.ledger.audit import verify
from pipeline.ledger.ledger import Ledger
from tests.making import NOON, make_entry

ZEROS = "'" + "0" * 64 + "'"
# Three batches: events 1 to 4, 5 to 8, 9 to 12.
COLUMNS = {
    "event_id": "uuid()",
    "event_type": "'SourcePolled'",
    "schema_version": "99",
    "stream": "'entry/0'",
    "event_date": "event_date + 1",
    "occurred_at": "occurred_at + interval 1 microsecond",
    "recorded_at": "recorded_at - interval 1 microsecond",
    "producer": "'poll-9-0000000000'",
    "run_id": "'another'",
    "caused_by": "uuid()",
    "batch": "1",
    "payload": "replace(payload, 'Story', 'Storm')",
    "payload_sha256": ZEROS,
    "leaf": ZEROS,
}
# What was done, and the first problem with its position.
EDITS = {
    "delete from events where position = 6": ("missing", 6),
    "delete from events where position = 6; update events set position = position - 1 where position > 6": (
        "missing",
        6,
    ),
    "update events set position = if(position = 6, 7, 6) where position in (6, 7)": ("reordered", 6),
    "update events set position = if(position = 3, 10, 3) where position in (3, 10)": ("reordered", 3),
    "insert into events from events where position = 6": ("repeated", 6),
    "insert into events select * replace (13 as position) from events where position = 6": ("batch", 13),
    "update events set payload = null where position = 6": ("altered", 6),
    "delete from batches where batch = 2": ("missing", 5),
    "delete from batches where batch = 1": ("missing", 1),
    "update batches set recorded_at = recorded_at + interval 1 second where batch = 2": ("batch", 5),
    f"update batches set merkle_root = {ZEROS} where batch = 2": ("batch", 5),
    f"update batches set previous_hash = {ZEROS} where batch = 2": ("batch", 5),
    f"update batches set hash = {ZEROS} where batch = 3": ("batch", 9),
    "update batches set events = 3 where batch = 2": ("batch", 5),
    "update batches set last_position = 9 where batch = 2": ("batch", 5),
    f"update head set hash = {ZEROS}": ("head", 12),
    "update head set batch = 2": ("head", 12),
    "delete from head": ("head", 12),
    "update head set position = 20": ("cut_tail", 13),
    "delete from events where position > 8": ("missing", 9),
    "delete from events where position > 8; delete from batches where batch > 2": ("cut_tail", 9),
    "delete from events where position > 8; delete from batches where batch > 2; "
    "update head set position = 8, batch = 2, hash = (select hash from batches where batch = 2)": ("cut_tail", 9),
    "delete from events; delete from batches; delete from head": ("cut_tail", 1),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger of three batches."""
    ledger = Ledger(tmp_path_factory.mktemp("written") / "ledger", run_id="run", now=lambda: NOON, wait_s=0.2)
    for first in (1, 5, 9):
        ledger.append([make_entry(number) for number in range(first, first + 4)])
    return ledger


@pytest.fixture
def copied(written: Ledger, tmp_path: Path) -> Ledger:
    shutil.copytree(written.folder.parent, tmp_path / "data")
    return replace(written, folder=tmp_path / "data" / "ledger")


def edit(ledger: Ledger, statements: str) -> None:
    """What somebody does who has a DuckDB shell."""
    with duckdb.connect(str(ledger.file)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(statements)


def test_an_untouched_ledger_is_whole(written: Ledger) -> None:
    verdict = verify(written)

    assert (verdict.problem, verdict.events, verdict.withdrawn) == (None, 12, 0)
    assert written.head().hash in verdict.message


def test_a_new_ledger_is_whole(ledger: Ledger) -> None:
    assert verify(ledger).problem is None


@pytest.mark.parametrize(("column", "value"), COLUMNS.items(), ids=list(COLUMNS))
def test_every_column_that_changes_is_found_at_its_event(copied: Ledger, column: str, value: str) -> None:
    edit(copied, f"update events set {column} = {value} where position = 7")

    verdict = verify(copied)

    assert (verdict.problem, verdict.position) == ("altered", 7)


@pytest.mark.parametrize(("statements", "found"), EDITS.items(), ids=list(EDITS))
def test_the_first_touched_event_is_named(copied: Ledger, statements: str, found: tuple[str, int]) -> None:
    edit(copied, statements)

    verdict = verify(copied)

    assert (verdict.problem, verdict.position) == found


def test_an_event_changed_together_with_its_hashes_is_found_by_its_batch(copied: Ledger) -> None:
    (columns,) = copied.query("select * from ledger.events where position = 7")
    row = chain.Row(*columns)._replace(payload="{}", payload_sha256=chain.hash_payload("{}"))
    row = row._replace(occurred_at=row.occurred_at.astimezone(UTC), recorded_at=row.recorded_at.astimezone(UTC))
    leaf = chain.hash_leaf(row)
    edit(copied, f"update events set payload = '{{}}', payload_sha256 = '{row.payload_sha256}' where position = 7")
    edit(copied, f"update events set leaf = '{leaf}' where position = 7")

    verdict = verify(copied)

    assert (verdict.problem, verdict.position) == ("altered", 5)  # the batch goes from 5 to 8


def test_of_several_problems_the_first_is_named(copied: Ledger) -> None:
    edit(copied, "update events set payload = '{}' where position in (11, 3, 7)")

    assert verify(copied).position == 3


def test_a_torn_last_line_of_heads_log_is_no_problem(copied: Ledger) -> None:
    whole = copied.heads_file.read_text()
    copied.heads_file.write_text(whole + "2017-06-14T12:00:00+00:00 16 4 8d0f")

    assert verify(copied).problem is None


def test_an_append_after_a_torn_line_is_still_noted(copied: Ledger) -> None:
    copied.heads_file.write_text(copied.heads_file.read_text() + "2017-06-14T12:00:00+00:00 16 4 8d0f")
    copied.append([make_entry(13)])
    head = copied.head()
    edit(copied, "delete from events where position > 12; delete from batches where batch > 3")
    edit(copied, "update head set position = 12, batch = 3, hash = (select hash from batches where batch = 3)")

    verdict = verify(copied)

    assert head.position == 13
    assert (verdict.problem, verdict.position) == ("cut_tail", 13)


def test_a_cut_tail_is_still_found_when_the_ledger_has_grown_again(copied: Ledger) -> None:
    edit(copied, "delete from events where position > 8; delete from batches where batch > 2")
    edit(copied, "update head set position = 8, batch = 2, hash = (select hash from batches where batch = 2)")
    copied.append([make_entry(13), make_entry(14)])

    verdict = verify(copied)

    assert (verdict.problem, verdict.position) == ("cut_tail", 9)


def test_an_event_outside_the_positions_is_found(copied: Ledger) -> None:
    edit(copied, "insert into events select * replace (0 as position) from events where position = 1")

    assert verify(copied).problem == "repeated"


def test_a_head_that_was_not_noted_is_no_problem(copied: Ledger) -> None:
    lines = copied.heads_file.read_text().splitlines(keepends=True)
    copied.heads_file.write_text("".join(lines[:-1]))  # killed between the commit and the note

    assert verify(copied).problem is None


def test_a_ledger_in_place_of_another_is_found_by_heads_log(copied: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "other" / "ledger", run_id="run", now=lambda: NOON)
    other.append([make_entry(1)])
    shutil.copy(other.file, copied.file)

    assert verify(copied).problem == "cut_tail"
