"""What a poll means, given the one before: new entries, gaps, lies, moves. Each poll is a `SourcePolled`, the only state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.events import SourcePolled
from pipeline.keys import hash_key
from pipeline.ledger.payloads import from_payload, to_payload
from pipeline.sources.coverage import Listing
from pipeline.sources.judging import Poll
from pipeline.sources.known import AUDIT_AFTER, MOVED_FAILURES, find_address, find_validators
from pipeline.sources.listing import Listed, Reading
from pipeline.sources.polls import is_due, polled
from pipeline.sources.registry import Source
from pipeline.values import Gap, PollState

WIRE = Source(id="wire", kind="feed", name="Wire", outlet="Wire", url="https://wire.example/rss")
NEW_PLACE = "https://wire.example/new"
NOON = datetime(2017, 6, 13, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRODUCER = "poll-2-0123456789"


def poll(last: SourcePolled | None, at: datetime = NOON, **met: Any) -> SourcePolled:
    return polled(WIRE, Poll(polled_at=at, **met), last=last, producer=PRODUCER)


def listed(last: SourcePolled | None, *numbers: int, at: datetime = NOON, **met: Any) -> SourcePolled:
    """A feed that lists these entries; entry N was published N hours after the beginning of June."""
    june = datetime(2017, 6, 1, tzinfo=UTC)
    body = {
        "status": 200,
        "etag": f'"{max(numbers)}"',
        "body_sha256": hash_key(str(numbers)),
        "reading": Reading(entries=tuple(Listed(guid=str(number)) for number in numbers)),
        "listing": Listing(
            tuple(hash_key(str(number)) for number in numbers), tuple(june + number * HOUR for number in numbers)
        ),
    }
    return poll(last, at, **(body | met))


def not_modified(last: SourcePolled, at: datetime = NOON) -> SourcePolled:
    return poll(last, at, status=304, is_conditional=True)


def failed(last: SourcePolled | None, at: datetime = NOON, **met: Any) -> SourcePolled:
    return poll(last, at, **({"reason": "timeout"} | met))


def state(event: SourcePolled) -> PollState:
    assert event.state
    return event.state


def test_entries_that_the_reading_before_did_not_list_are_counted() -> None:
    first = listed(None, 3, 2, 1)

    assert [event.entries_new for event in (first, listed(first, 5, 4, 3))] == [3, 2]


def test_a_listing_without_an_entry_of_the_reading_before_leaves_a_gap() -> None:
    first = listed(None, 250, 249, at=NOON)
    second = listed(first, 308, 307, at=NOON + 9 * HOUR)

    assert second.gap == Gap(from_at=NOON, until_at=datetime(2017, 6, 13, 19, tzinfo=UTC))
    assert second.paced_by == "turned_over"


def test_a_gap_begins_with_the_last_poll_that_succeeded() -> None:
    first = listed(None, 2, 1)
    silent = failed(not_modified(first, NOON + HOUR), NOON + 2 * HOUR)

    gap = listed(silent, 9, 8, at=NOON + 9 * HOUR, is_conditional=True).gap

    assert gap == Gap(from_at=NOON + HOUR, until_at=NOON + 9 * HOUR)


@pytest.mark.parametrize("numbers", [(3, 2), (2, 1), (2,)])
def test_a_listing_that_shares_an_entry_with_the_reading_before_leaves_none(numbers: tuple[int, ...]) -> None:
    assert listed(listed(None, 2, 1), *numbers, at=NOON + HOUR).gap is None


def test_a_source_whose_url_was_changed_leaves_no_gap() -> None:
    elsewhere = replace(listed(None, 2, 1), url="https://wire.example/old")

    assert listed(elsewhere, 9, 8, at=NOON + HOUR).gap is None


def test_a_listing_that_is_empty_for_once_does_not_hide_a_gap() -> None:
    empty = poll(listed(None, 2, 1), NOON + HOUR, status=200, body_sha256="0" * 64, reading=Reading())

    assert listed(empty, 9, 8, at=NOON + 2 * HOUR).gap is not None


def test_both_validators_are_sent() -> None:
    assert find_validators(WIRE, listed(None, 1, last_modified="Sun"), NOON) == ('"1"', "Sun")


def many_304s(last: SourcePolled, count: int = AUDIT_AFTER, every: timedelta = timedelta(minutes=1)) -> SourcePolled:
    for _ in range(count):
        last = not_modified(last, last.polled_at + every)
    return last


def test_after_many_304s_the_body_is_asked_for() -> None:
    first = listed(None, 2, 1)

    asked = [find_validators(WIRE, many_304s(first, count), NOON + HOUR) for count in (AUDIT_AFTER - 1, AUDIT_AFTER)]

    assert asked == [('"2"', None), (None, None)]


def test_before_half_of_the_listing_can_have_been_replaced_the_body_is_asked_for() -> None:
    first = listed(None, 299, 297, 295, 293, at=NOON)  # half of them in the last three hours
    silent = not_modified(first, NOON + HOUR)

    asked = [find_validators(WIRE, silent, NOON + hours * HOUR)[0] for hours in (2, 4)]

    assert asked == ['"299"', None]


def test_an_audit_that_finds_what_the_304s_said_is_followed_by_conditional_requests() -> None:
    audit = listed(many_304s(listed(None, 2, 1)), 2, 1, at=NOON + HOUR)

    assert (audit.is_audit, audit.outcome, audit.gap) == (True, "unchanged", None)
    assert find_validators(WIRE, audit, NOON + HOUR) == ('"2"', None)


@pytest.mark.parametrize(
    "met", [{"etag": '"2"'}, {"etag": '"other"'}], ids=["the same etag", "older than the 304 that denied it"]
)
def test_a_server_whose_304s_were_lies_is_trusted_no_more(met: dict[str, Any]) -> None:
    lied = listed(many_304s(listed(None, 2, 1)), 3, 2, at=NOON + HOUR, **met)

    assert (lied.is_audit, state(lied).is_304_trusted) == (True, False)
    assert find_validators(WIRE, listed(lied, 4, 3, at=NOON + 2 * HOUR), NOON + 2 * HOUR) == (None, None)


def test_a_server_whose_news_come_only_when_304s_are_audited_is_trusted_no_more() -> None:
    last, trusted = listed(None, 299, 298), []
    for number in (300, 301, 302, 303):
        last = listed(many_304s(last), number, number - 1, at=last.polled_at + HOUR)
        trusted.append(state(last).is_304_trusted)

    assert trusted == [True, True, True, False]


def test_a_server_that_shows_news_to_a_conditional_request_is_trusted_on() -> None:
    last = listed(None, 299, 298)
    for number in (300, 302, 304, 306):
        audit = listed(many_304s(last), number, number - 1, at=last.polled_at + HOUR)
        last = listed(audit, number + 1, number, at=audit.polled_at + HOUR, is_conditional=True)

    assert state(last).is_304_trusted


def test_news_since_the_last_304_is_no_lie() -> None:
    last = many_304s(listed(None, 299, 298))

    audit = listed(last, 301, 300, 299, at=NOON + HOUR)

    assert (audit.is_audit, state(audit).is_304_trusted) == (True, True)


def test_a_gap_that_an_audit_finds_begins_with_the_last_body() -> None:
    gap = listed(many_304s(listed(None, 2, 1)), 9, 8, at=NOON + HOUR).gap

    assert gap == Gap(from_at=NOON, until_at=NOON + HOUR)


def test_a_source_that_moved_is_asked_at_its_new_place() -> None:
    moved = listed(None, 1, moved_to=NEW_PLACE)

    assert find_address(WIRE, moved) == NEW_PLACE
    assert find_address(WIRE, not_modified(moved)) == NEW_PLACE
    assert moved.url == WIRE.url


@pytest.mark.parametrize(
    "there", [None, WIRE.url, "http://wire.example/new", "https://me:secret@wire.example/new"],
    ids=["nowhere", "where it is", "without TLS", "with a password"],
)  # fmt: skip
def test_a_source_is_not_followed(there: str | None) -> None:
    assert find_address(WIRE, listed(None, 1, moved_to=there)) == WIRE.url


def test_a_move_to_a_failure_is_not_followed() -> None:
    assert find_address(WIRE, failed(listed(None, 1), moved_to=NEW_PLACE)) == WIRE.url


def test_a_new_place_that_fails_again_and_again_is_given_up_for_the_old_one() -> None:
    last, asked = listed(None, 1, moved_to=NEW_PLACE), []
    for _ in range(MOVED_FAILURES + 1):
        asked.append(find_address(WIRE, last))
        last = failed(last)

    assert asked == [NEW_PLACE] * MOVED_FAILURES + [WIRE.url]


def test_a_new_place_that_is_gone_does_not_end_the_source() -> None:
    gone = failed(listed(None, 1, moved_to=NEW_PLACE), status=410, reason="status_410")

    assert find_address(WIRE, gone) == WIRE.url
    assert is_due(WIRE, gone, NOON + 24 * HOUR)


def test_with_a_source_that_is_gone_goes_what_it_listed_since() -> None:
    gone = failed(listed(None, 1), NOON + HOUR, status=410, reason="status_410")

    assert (gone.next_poll_at, gone.gap) == (None, Gap(from_at=NOON, until_at=NOON + HOUR))


def test_what_will_not_change_soon_is_asked_less_often() -> None:
    waits = [
        failed(None, is_transient=is_transient).next_poll_at for is_transient in (True, False)
    ]  # fmt: skip

    assert waits == [NOON + HOUR / 4, NOON + HOUR]


def test_after_an_event_of_schema_1_the_source_is_read_anew() -> None:
    old = replace(listed(None, 2, 1), state=None)

    event = listed(old, 2, 1, at=NOON + HOUR)

    assert find_validators(WIRE, old, NOON + HOUR) == (None, None)
    assert (event.outcome, event.entries_new, event.gap) == ("changed", 2, None)
    assert state(event).window
    assert state(event).is_304_trusted


ANSWERS = st.one_of(
    st.builds(lambda status, wait: {"status": status, "reason": "status_500", "retry_after_s": wait},
              st.sampled_from([404, 410, 429, 500, 503]), st.none() | st.floats(0, 1e6)),
    st.just({"status": 304, "is_conditional": True}),
    st.builds(lambda first, count, to: {"numbers": tuple(range(first + count, first, -1)), "moved_to": to},
              st.integers(1, 300), st.integers(1, 30), st.sampled_from([None, NEW_PLACE])),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3 * 86_400), ANSWERS), max_size=12))
def test_the_last_event_as_the_ledger_has_it_is_all_the_state_there_is(met: list[tuple[int, dict[str, Any]]]) -> None:
    at, kept, read_back = NOON, None, None
    for after_s, answer in met:
        at += timedelta(seconds=after_s)
        kept, read_back = answer_with(kept, at, **answer), answer_with(through_ledger(read_back), at, **answer)
        assert through_ledger(read_back) == through_ledger(kept)
        assert find_validators(WIRE, through_ledger(kept), at) == find_validators(WIRE, kept, at)


def answer_with(last: SourcePolled | None, at: datetime, numbers: tuple[int, ...] = (), **met: Any) -> SourcePolled:
    return listed(last, *numbers, at=at, **met) if numbers else poll(last, at, **met)


def through_ledger(event: SourcePolled | None) -> SourcePolled | None:
    """The event as it comes back from its payload."""
    if event is None:
        return None
    envelope = {name: getattr(event, name) for name in ("event_date", "occurred_at", "caused_by", "producer")}
    found = from_payload("SourcePolled", to_payload(event), **envelope)
    assert isinstance(found, SourcePolled)
    return found
