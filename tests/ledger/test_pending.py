"""The rule of progress: which inputs wait, for whom, since when, and as which attempt."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.events import Event, PageCaptured, retry_at
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import Days, Selection, Shard
from tests.making import (
    NOON,
    make_article,
    make_capture_failure,
    make_claims,
    make_comparison,
    make_entry,
    make_extraction_failure,
    make_page,
)

OLD, CURRENT = "extract-1-0000000000", "extract-2-0000000000"
CAPTURE = Selection(step="capture", producer="capture-2-0000000000", now=NOON)
EXTRACT = Selection(step="extract", producer=CURRENT, now=NOON)
MINUTE = timedelta(minutes=1)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Attempt(NamedTuple):
    """One outcome in the past of an input: by which rules, and whether it read, failed for good or is to be retried."""

    producer: str
    ended: str


attempts = st.builds(Attempt, st.sampled_from([OLD, CURRENT]), st.sampled_from(["read", "failed", "retry"]))


def start_anew(ledger: Ledger) -> None:
    """Empty the ledger: a property is tried many times with one fixture."""
    shutil.rmtree(ledger.folder, ignore_errors=True)
    ledger.heads_file.unlink(missing_ok=True)


def outcomes(page: PageCaptured, past: list[Attempt]) -> list[Event]:
    """The events of a past, with attempts counted for each of the two rules; nothing follows a reading."""
    numbers = {OLD: count(1), CURRENT: count(1)}
    done: list[Event] = []
    for attempt in past:
        same: dict[str, Any] = {"producer": attempt.producer, "attempt": next(numbers[attempt.producer])}
        if attempt.ended == "read":
            return [*done, make_article(page, **same)]
        due = NOON + MINUTE if attempt.ended == "retry" else None
        done.append(make_extraction_failure(page, **same, retry_at=due))
    return done


def expected(past: list[Attempt], selection: Selection) -> int | None:
    """The rule in plain Python: the attempt that an input waits for, or None if it waits for none."""
    known = [one for one in past if one.producer == selection.producer or not selection.is_backfill]
    if any(one.ended == "read" for one in known):
        return None
    last = [[one for one in known if one.producer == producer][-1:] for producer in (OLD, CURRENT)]
    ends = {one.ended for found in last for one in found}
    is_waiting = "failed" not in ends and ("retry" not in ends or selection.now >= NOON + MINUTE)
    if not (is_waiting or selection.retry_failed):
        return None
    return 1 + sum(one.producer == selection.producer for one in past)


@settings(FEW, max_examples=15)
@given(
    pasts=st.lists(st.lists(attempts, max_size=4), min_size=1, max_size=12),
    is_backfill=st.booleans(),
    retry_failed=st.booleans(),
    now=st.sampled_from([NOON, NOON + MINUTE]),
)
def test_an_input_waits_for_its_next_attempt_until_rules_that_count_have_settled_it(
    ledger: Ledger, pasts: list[list[Attempt]], is_backfill: bool, retry_failed: bool, now: datetime
) -> None:
    start_anew(ledger)
    for past in pasts:  # nothing follows a reading
        del past[next((number for number, one in enumerate(past) if one.ended == "read"), len(past)) + 1 :]
    pages = [make_page(make_entry(number)) for number in range(len(pasts))]
    ledger.append(pages)
    ledger.append([event for page, past in zip(pages, pasts, strict=True) for event in outcomes(page, past)])
    selection = replace(EXTRACT, is_backfill=is_backfill, retry_failed=retry_failed, now=now)

    found = dict(ledger.pending_positions(selection))

    positions = dict(ledger.query("select event_id, position from ledger.events where event_type = 'PageCaptured'"))
    wanted = {positions[page.event_id]: expected(past, selection) for page, past in zip(pages, pasts, strict=True)}
    assert found == {position: attempt for position, attempt in wanted.items() if attempt}


def test_a_transient_failure_comes_back_when_it_is_due_and_not_before(ledger: Ledger) -> None:
    seen = make_entry(1)
    due = NOON + timedelta(minutes=15)
    ledger.append([seen, make_capture_failure(seen, reason="timeout", retry_at=due)])

    before = ledger.pending_positions(replace(CAPTURE, now=due - timedelta(microseconds=1)))
    after = ledger.pending_positions(replace(CAPTURE, now=due))

    assert (before, after) == ([], [(2, 2)])  # a CaptureFailed stands before its EntrySeen within a batch


def test_the_fifth_transient_failure_is_final(ledger: Ledger) -> None:
    seen = make_entry(1)
    ledger.append([seen])
    now = NOON
    taken = []

    while pending := ledger.pending_positions(replace(CAPTURE, now=now)):
        ((_, attempt),) = pending
        taken.append(attempt)
        due = retry_at(attempt, now)
        ledger.append([make_capture_failure(seen, attempt, reason="timeout", occurred_at=now, retry_at=due)])
        now = due or now + timedelta(days=400)

    assert taken == [1, 2, 3, 4, 5]


def test_a_permanent_failure_is_taken_again_only_when_asked_for(ledger: Ledger) -> None:
    seen = make_entry(1)
    ledger.append([seen])
    ledger.append([make_capture_failure(seen)])
    much_later = replace(CAPTURE, now=NOON + timedelta(days=4000))

    assert ledger.pending_positions(much_later) == []
    assert ledger.pending_positions(replace(much_later, is_backfill=True)) == []
    assert ledger.pending_positions(replace(CAPTURE, retry_failed=True)) == [(1, 2)]


def test_a_failure_that_was_retried_stands_as_its_last_attempt_ended(ledger: Ledger) -> None:
    seen = make_entry(1)
    due = NOON + timedelta(hours=1)
    ledger.append([seen])
    ledger.append([make_capture_failure(seen, 1)])
    ledger.append([make_capture_failure(seen, 2, reason="timeout", retry_at=due)])

    assert ledger.pending_positions(CAPTURE) == []
    assert ledger.pending_positions(replace(CAPTURE, now=due)) == [(1, 3)]


def test_a_run_leaves_what_older_rules_have_read_and_a_backfill_reads_it_again(ledger: Ledger) -> None:
    page = make_page(make_entry(1))
    ledger.append([page])
    ledger.append([make_article(page, producer=OLD)])

    assert ledger.pending_positions(EXTRACT) == []
    assert ledger.pending_positions(replace(EXTRACT, is_backfill=True)) == [(1, 1)]


def test_a_page_is_captured_once_whatever_the_rules(ledger: Ledger) -> None:
    seen = make_entry(1)
    ledger.append([seen])
    ledger.append([make_page(seen, producer="capture-1-0000000000")])

    assert ledger.pending_positions(replace(CAPTURE, is_backfill=True)) == []


def test_a_page_that_two_sources_list_is_one_input(ledger: Ledger) -> None:
    ledger.append([make_entry(1)])
    ledger.append([make_entry(1, source="herald")])

    assert len(ledger.pending_positions(CAPTURE)) == 1


def test_an_entry_without_a_link_is_no_page(ledger: Ledger) -> None:
    ledger.append([make_entry(1, url=None, url_key=None)])

    assert ledger.pending_positions(CAPTURE) == []


@pytest.mark.parametrize("step", ["compare", "claim"])
def test_a_second_capture_with_the_same_text_is_no_new_input(ledger: Ledger, step: str) -> None:
    seen = make_entry(1)
    first, second = make_page(seen), make_page(seen, attempt=2)
    selection = Selection(step=step, producer=f"{step}-1-0000000000", now=NOON)
    make = {"compare": make_comparison, "claim": make_claims}[step]
    read, again = make_article(first), make_article(second)
    ledger.append([first, second])
    ledger.append([read])
    ledger.append([again])

    unread = ledger.pending_positions(selection)
    ledger.append([make(read)])

    assert unread == [(3, 1)]
    assert ledger.pending_positions(selection) == []
    assert ledger.pending_positions(replace(selection, is_backfill=True)) == []


@pytest.mark.parametrize("step", ["compare", "claim"])
def test_a_second_capture_with_another_text_is_a_new_input(ledger: Ledger, step: str) -> None:
    seen = make_entry(1)
    first, second = make_page(seen), make_page(seen, attempt=2)
    ledger.append([make_article(first), make_article(second, "Raids killed 31 civilians.")])

    assert len(ledger.pending_positions(Selection(step=step, producer="x", now=NOON))) == 2


@FEW
@given(entries=st.sets(st.integers(1, 60), max_size=20), shards=st.integers(1, 5))
def test_shards_part_the_inputs_without_a_rest(ledger: Ledger, entries: set[int], shards: int) -> None:
    start_anew(ledger)
    ledger.append([make_entry(number) for number in entries])

    parts = [ledger.pending_positions(replace(CAPTURE, shard=Shard(number, shards))) for number in range(shards)]

    assert sorted(found for part in parts for found in part) == ledger.pending_positions(CAPTURE)


@FEW
@given(first=st.integers(8, 13), length=st.integers(0, 5))
def test_only_pages_of_the_days_asked_for_wait(ledger: Ledger, first: int, length: int) -> None:
    start_anew(ledger)
    ledger.append([make_entry(number, day=number) for number in range(8, 14)])
    days = Days(date(2017, 6, first), date(2017, 6, first + length))

    found = ledger.pending_positions(replace(CAPTURE, days=days))

    assert len(found) == min(13, first + length) - first + 1


def test_inputs_wait_in_the_order_of_the_ledger(ledger: Ledger) -> None:
    for number in (9, 3, 7):
        ledger.append([make_entry(number, day=number)])

    assert [position for position, _ in ledger.pending_positions(CAPTURE)] == [1, 2, 3]


@pytest.mark.parametrize("is_backfill", [False, True])
def test_a_withdrawn_input_waits_no_more(ledger: Ledger, is_backfill: bool) -> None:
    page = make_page(make_entry(1))
    ledger.append([page])
    with ledger.connect() as connection:
        connection.execute("update ledger.events set payload = null")

    assert ledger.pending_positions(replace(EXTRACT, is_backfill=is_backfill, retry_failed=True)) == []


def test_a_ledger_that_is_not_there_yet_has_no_pending_inputs(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "new" / "ledger", run_id="run", now=lambda: NOON)

    assert ledger.pending_positions(CAPTURE) == []
