"""The ledger: append, days, chunks, locks, disk."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.events import Event
from pipeline.ledger.audit import verify
from pipeline.ledger.ledger import Ledger, LedgerError, LedgerUnreadableError
from pipeline.ledger.pending import Selection, Shard
from tests.making import NOON, make_article, make_claims, make_entry, make_page

HERE = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from pipeline.ledger.ledger import Ledger
from tests.making import NOON, make_entry
ledger = Ledger(Path(sys.argv[1]), run_id="run", now=lambda: NOON)
"""
CAPTURE = Selection(step="capture", producer="capture-1-0000000000", now=NOON)


def test_appending_the_same_events_twice_adds_nothing(ledger: Ledger) -> None:
    first = ledger.append([make_entry(1), make_entry(2)])
    head = ledger.head()

    again = ledger.append([make_entry(2), make_entry(1)])

    assert (first, again, ledger.head()) == (2, 0, head)


@given(batches=st.lists(st.lists(st.integers(1, 9), max_size=6), max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_positions_are_gapless_and_events_unique_whatever_the_batches(ledger: Ledger, batches: list[list[int]]) -> None:
    shutil.rmtree(ledger.folder, ignore_errors=True)
    ledger.heads_file.unlink(missing_ok=True)

    added = sum(ledger.append([make_entry(number) for number in batch]) for batch in batches)

    wanted = len({number for batch in batches for number in batch})
    rows = ledger.query("select position, event_id from ledger.events order by position")
    assert added == wanted
    assert [position for position, _ in rows] == list(range(1, wanted + 1))
    assert len({event_id for _, event_id in rows}) == wanted
    assert verify(ledger).problem is None


def test_a_later_sighting_with_another_date_keeps_the_day_of_the_page(ledger: Ledger) -> None:
    ledger.append([make_entry(1, day=9)])
    ledger.append([make_entry(1, day=12, source="herald")])

    rows = ledger.query("select event_date::varchar, payload ->> '$.day_rule' from ledger.events order by position")

    assert rows == [("2017-06-09", "published"), ("2017-06-09", "first_sighting")]


def test_an_outcome_of_one_attempt_is_recorded_once_whatever_it_is(ledger: Ledger) -> None:
    seen = make_entry(1)
    ledger.append([seen])
    ledger.append([make_page(seen)])

    assert ledger.append([make_page(seen, status=203)]) == 0


def test_chunks_hold_at_most_what_was_asked_and_the_ledger_is_closed_between_them(ledger: Ledger) -> None:
    ledger.append([make_entry(number) for number in range(5)])
    sizes = []

    for chunk in ledger.pending_chunks(CAPTURE, chunk=2):
        sizes.append(len(chunk))
        ledger.append([make_page(pending.cause.event) for pending in chunk])  # would wait for the lock and fail

    assert sizes == [2, 2, 1]
    assert ledger.pending_positions(CAPTURE) == []


def test_shards_part_the_pending_inputs(ledger: Ledger) -> None:
    ledger.append([make_entry(number) for number in range(7)])

    parts = [ledger.pending_positions(replace(CAPTURE, shard=Shard(number, 3))) for number in range(3)]

    assert sorted(position for part in parts for position, _ in part) == list(range(1, 8))


def test_what_was_read_is_what_was_appended(ledger: Ledger) -> None:
    instants = [NOON + timedelta(microseconds=microseconds) for microseconds in (0, 1, 100_000, 999_999)]
    events: list[Event] = [
        make_entry(number, title='"Überraschung" 🎉\u2028', occurred_at=at) for number, at in enumerate(instants)
    ]
    ledger.append(events)

    read = [found.event for chunk in ledger.read(["EntrySeen"], chunk=2) for found in chunk]

    assert sorted(read, key=lambda event: event.event_id) == sorted(events, key=lambda event: event.event_id)


def test_a_session_of_an_outsider_gives_a_message_with_its_process_id(
    ledger: Ledger, outsider: Callable[[Path], int]
) -> None:
    ledger.append([make_entry(1)])
    holder = outsider(ledger.file)

    with pytest.raises(LedgerError, match=f"held by process {holder} .*claimwire sql"):
        ledger.append([make_entry(2)])


def test_a_run_that_holds_the_lock_gives_a_message_with_its_process_id(ledger: Ledger) -> None:
    code = "import sys, time; from pathlib import Path; from pipeline.locks import hold\n"
    code += "with hold(Path(sys.argv[1]), 1): print('held', flush=True); time.sleep(60)"
    ledger.append([make_entry(1)])
    lock = str(ledger.folder / "ledger.lock")
    with subprocess.Popen([sys.executable, "-c", code, lock], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        with pytest.raises(LedgerError, match=f"held by process {child.pid} "):
            ledger.append([make_entry(2)])
        child.kill()

    assert ledger.append([make_entry(2)]) == 1


def test_a_full_disk_is_refused_in_one_sentence_and_the_next_append_works(small_disk: Path) -> None:
    ledger = Ledger(small_disk / "ledger", run_id="run", now=lambda: NOON)
    ledger.append([make_entry(1)])
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (40 << 20))

    with pytest.raises(LedgerError, match=r"MB free, and this append wants .* nothing was lost"):
        ledger.append([make_entry(2)])

    filler.unlink()
    assert ledger.append([make_entry(2)]) == 1
    assert verify(ledger).problem is None


def test_a_disk_that_fills_in_the_middle_of_an_append_loses_nothing(small_disk: Path) -> None:
    code = (
        CHILD
        + """
Ledger.check_disk = lambda self, payload_bytes: None
ledger.append([make_entry(number, summary="x" * 100_000) for number in range(900)])
"""
    )
    ledger = Ledger(small_disk / "ledger", run_id="run", now=lambda: NOON)
    ledger.append([make_entry(1)])
    (small_disk / "filler").write_bytes(os.urandom(60 << 20))

    failed = subprocess.run(
        [sys.executable, "-c", code, str(ledger.folder)], cwd=HERE, capture_output=True, text=True, check=False
    )

    (small_disk / "filler").unlink()
    assert failed.returncode != 0, failed.stderr
    assert "No space left" in failed.stderr or "could not" in failed.stderr.lower()
    assert verify(ledger).problem is None
    assert ledger.append([make_entry(1), make_entry(2)]) == 1


def test_a_process_killed_while_appending_leaves_whole_batches(ledger: Ledger) -> None:
    code = (
        CHILD
        + """
for start in range(0, 100_000, 500):
    ledger.append([make_entry(number) for number in range(start, start + 500)])
    print(start, flush=True)
"""
    )
    with subprocess.Popen([sys.executable, "-c", code, str(ledger.folder)], cwd=HERE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        child.stdout.readline()
        time.sleep(0.15)  # somewhere in the third append
        child.send_signal(signal.SIGKILL)

    verdict = verify(ledger)

    assert verdict.problem is None
    assert verdict.events % 500 == 0
    assert verdict.events >= 1000


def test_the_outcome_of_a_revision_that_came_from_captures_of_two_days_is_recorded_once(ledger: Ledger) -> None:
    entries = [make_entry(1, day=10), make_entry(2, day=11)]
    pages = [make_page(entry) for entry in entries]
    articles = [make_article(page, article_id="one", revision_id="same") for page in pages]
    for events in (entries, pages, articles):
        ledger.append(events)

    appended = [ledger.append([make_claims(article)]) for article in articles]

    assert appended == [1, 0]


def test_a_head_that_a_killed_process_did_not_note_is_noted_by_the_next_append(ledger: Ledger) -> None:
    ledger.append([make_entry(1)])
    noted = ledger.heads_file.read_text()
    ledger.append([make_entry(2)])
    ledger.heads_file.write_text(noted)

    ledger.append([make_entry(3)])

    assert [head.batch for head in ledger.read_noted_heads()] == [1, 2, 3]


def test_a_damaged_file_is_told_in_one_sentence(ledger: Ledger) -> None:
    ledger.append([make_entry(1)])
    ledger.file.write_bytes(b"clock" * 5000)

    with pytest.raises(LedgerUnreadableError, match="cannot be opened: put it back from a copy"):
        ledger.head()
