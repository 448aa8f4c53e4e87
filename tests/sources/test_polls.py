"""When a source is due: from its last `SourcePolled` alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.events import SourcePolled
from pipeline.ledger.payloads import from_payload, to_payload
from pipeline.sources.known import find_validators
from pipeline.sources.listing import Listed, Reading
from pipeline.sources.polls import Poll, can_list, is_due, is_wanted, polled
from pipeline.sources.registry import Source
from pipeline.values import PollState, RecordRef, Skips

WIRE = Source(id="wire", kind="feed", name="Wire", outlet="Wire", url="https://wire.example/rss")
BUNDLED = replace(WIRE, window=(date(2017, 6, 8), date(2017, 6, 13)))
PAPERS = replace(WIRE, kind="documents", url="papers", folder=Path("/srv/somewhere/papers"))
NOON = datetime(2017, 6, 13, 12, 0, tzinfo=UTC)
READ = Reading(entries=(Listed(guid="1"), Listed(guid="2")), ttl_s=3600)
MINUTES = timedelta(minutes=1)


def poll(source: Source = WIRE, last: SourcePolled | None = None, at: datetime = NOON, **met: Any) -> SourcePolled:
    return polled(source, Poll(polled_at=at, **met), last=last, producer="poll-1-0123456789")


def answered(source: Source = WIRE, last: SourcePolled | None = None, at: datetime = NOON, **met: Any) -> SourcePolled:
    body = {
        "status": 200,
        "etag": '"a"',
        "last_modified": "Sun",
        "body_sha256": "a" * 64,
        "body_bytes": 9,
        "reading": READ,
    }
    return poll(source, last, at, **(body | met))


def failed(last: SourcePolled | None = None, at: datetime = NOON, source: Source = WIRE, **met: Any) -> SourcePolled:
    return poll(source, last, at, **({"reason": "timeout", "detail": "no answer in 20 s"} | met))


def interval(event: SourcePolled) -> timedelta:
    assert event.next_poll_at is not None
    return event.next_poll_at - event.polled_at


def test_a_first_answer_is_a_change_with_all_that_was_learnt() -> None:
    ref = RecordRef(file="a.warc.gz", offset=0, sha256="a" * 64)
    reading = replace(
        READ, is_bozo=True, bozo_reason="not well-formed", is_truncated=True, detail="9 entries listed, 2 read"
    )

    assert answered(reading=reading, body=ref) == SourcePolled(
        event_date=date(2017, 6, 13),
        occurred_at=NOON,
        producer="poll-1-0123456789",
        source_id="wire",
        polled_at=NOON,
        url="https://wire.example/rss",
        outcome="changed",
        detail="9 entries listed, 2 read",
        status=200,
        etag='"a"',
        last_modified="Sun",
        body_sha256="a" * 64,
        body_bytes=9,
        body=ref,
        entries=2,
        is_bozo=True,
        bozo_reason="not well-formed",
        is_truncated=True,
        next_poll_at=NOON + 60 * MINUTES,
        paced_by="ttl",
        state=PollState(confirmed_at=NOON, listed_at=NOON, ttl_s=3600, interval_s=600.0),
    )


def test_the_same_body_is_unchanged() -> None:
    assert answered(last=answered(), at=NOON + 60 * MINUTES).outcome == "unchanged"


def test_a_304_keeps_what_is_known_of_the_body() -> None:
    event = poll(last=answered(), status=304)

    assert (event.outcome, event.etag, event.last_modified, event.body_sha256) == (
        "not_modified",
        '"a"',
        "Sun",
        "a" * 64,
    )


def test_a_failure_keeps_what_is_known_of_the_body() -> None:
    event = failed(answered(), status=500, etag='"error"')

    assert (event.outcome, event.reason, event.etag, event.body_sha256) == ("failed", "timeout", '"a"', "a" * 64)


def test_after_a_failure_the_same_body_is_still_unchanged() -> None:
    assert answered(last=failed(answered())).outcome == "unchanged"


def test_a_body_that_is_no_feed_is_a_failure_that_is_read_again() -> None:
    event = answered(reading=Reading(reason="not_feed", detail="the body is an HTML page"))

    assert (event.outcome, event.reason, event.etag, event.body_sha256) == ("failed", "not_feed", None, None)


def test_a_moved_source_starts_anew() -> None:
    moved = replace(WIRE, url="https://wire.example/new")

    assert is_due(moved, answered(), NOON)
    assert answered(moved, answered()).outcome == "changed"


def test_an_unchanged_folder_is_unchanged() -> None:
    reading = Reading(listing_sha256="b" * 64, listing_bytes=7)
    first = poll(PAPERS, reading=reading)
    second = poll(PAPERS, first, NOON + 15 * MINUTES, reading=reading)

    assert (first.outcome, second.outcome, second.body_bytes) == ("changed", "unchanged", 7)


def test_the_place_of_a_folder_does_not_enter_the_event() -> None:
    event = poll(PAPERS, reason="documents", detail="/srv/somewhere/papers/documents.toml:3: url must ...")

    assert event.detail == "papers/documents.toml:3: url must ..."


@pytest.mark.parametrize(
    ("met", "minutes", "paced_by"),
    [
        ({"reading": replace(READ, ttl_s=None)}, 10, "news"),
        ({"reading": replace(READ, ttl_s=60)}, 10, "news"),
        ({"reading": READ}, 60, "ttl"),
        ({"reading": READ, "max_age_s": 7200}, 120, "max_age"),
        ({"reading": replace(READ, ttl_s=10**9)}, 24 * 60, "ttl"),
    ],
)
def test_a_source_is_left_alone_as_long_as_it_asks_a_day_at_most(met: Any, minutes: int, paced_by: str) -> None:
    event = answered(**met)

    assert (interval(event), event.paced_by) == (minutes * MINUTES, paced_by)


def test_an_answer_that_was_not_read_is_left_alone_as_long_as_the_last_listing_asked() -> None:
    event = poll(last=answered(), status=304, is_conditional=True)

    assert (interval(event), event.paced_by) == (60 * MINUTES, "ttl")


def test_an_interval_in_the_sources_file_holds_against_the_rhythm_and_the_ttl() -> None:
    event = answered(replace(WIRE, interval_s=900.0))

    assert (interval(event), event.paced_by) == (15 * MINUTES, "override")


def test_failures_back_off_to_a_day() -> None:
    event, waits = failed(), []
    for _ in range(9):
        waits.append(interval(event) // MINUTES)
        event = failed(event)

    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_a_success_ends_the_back_off() -> None:
    assert interval(answered(last=failed(failed(failed())), reading=replace(READ, ttl_s=None))) == 10 * MINUTES


def test_a_failure_waits_as_long_as_it_is_told_to() -> None:
    assert interval(failed(retry_after_s=3600, status=503)) == 60 * MINUTES


def test_a_source_is_due_when_its_time_has_come() -> None:
    last = answered()

    assert not is_due(WIRE, last, NOON + 59 * MINUTES)
    assert is_due(WIRE, last, NOON + 60 * MINUTES)


def test_a_source_that_was_never_polled_is_due() -> None:
    assert is_due(WIRE, None, NOON)


def test_a_source_that_is_switched_off_is_never_due() -> None:
    assert not is_due(replace(WIRE, enabled=False), None, NOON)


def test_a_source_that_is_gone_is_never_due_again() -> None:
    last = failed(status=410, reason="status_410")

    assert last.next_poll_at is None
    assert not is_due(WIRE, last, NOON + timedelta(days=365))


@pytest.mark.parametrize("met", [{}, {"status": 304, "reading": None}])
def test_a_window_that_was_polled_after_its_end_is_never_due_again(met: dict[str, Any]) -> None:
    last = answered(BUNDLED, at=datetime(2017, 6, 14, tzinfo=UTC), **met)

    assert last.next_poll_at is None
    assert not is_due(BUNDLED, last, datetime(2027, 1, 1, tzinfo=UTC))


def test_a_window_that_was_polled_before_its_end_is_due_again() -> None:
    last = answered(BUNDLED, at=datetime(2017, 6, 13, 23, 59, tzinfo=UTC))

    assert is_due(BUNDLED, last, datetime(2017, 6, 14, 1, 0, tzinfo=UTC))


def test_a_window_whose_poll_failed_is_due_again() -> None:
    last = failed(at=datetime(2017, 6, 14, tzinfo=UTC), source=BUNDLED)

    assert is_due(BUNDLED, last, datetime(2017, 6, 14, 0, 15, tzinfo=UTC))


def test_a_window_that_was_made_longer_is_due_again() -> None:
    last = answered(BUNDLED, at=datetime(2017, 6, 14, tzinfo=UTC))
    longer = replace(BUNDLED, window=(date(2017, 6, 8), date(2017, 6, 30)))

    assert is_due(longer, last, datetime(2017, 6, 14, tzinfo=UTC))


JUNE, MAY = (date(2017, 6, 8), date(2017, 6, 13)), (date(2017, 5, 1), date(2017, 5, 31))


@pytest.mark.parametrize(("before", "after"), [(None, JUNE), (JUNE, MAY), (JUNE, None)])
@pytest.mark.parametrize("is_failure", [False, True])
def test_a_sitemap_with_another_window_starts_anew_once(before: Any, after: Any, is_failure: bool) -> None:
    at = datetime(2017, 7, 1, tzinfo=UTC)
    sitemap = replace(WIRE, kind="sitemap", window=before)
    last = answered(sitemap, at=at)
    moved = replace(sitemap, window=after)

    again = failed(last, at, moved) if is_failure else answered(moved, last, at)

    assert not is_due(sitemap, last, at)
    assert is_due(moved, last, at)
    assert find_validators(moved, last, at) == (None, None)
    assert again.outcome == ("failed" if is_failure else "changed")
    assert not is_due(moved, again, at)


def test_a_sitemap_whose_window_is_as_it_was_goes_on_from_the_ledger() -> None:
    sitemap = replace(WIRE, kind="sitemap", window=JUNE)
    last = answered(sitemap, at=datetime(2017, 7, 1, tzinfo=UTC))
    kept = from_payload(
        "SourcePolled", to_payload(last), event_date=last.event_date, occurred_at=last.occurred_at, caused_by=None,
        producer=last.producer,
    )  # fmt: skip

    assert kept == last
    assert not is_due(sitemap, last, datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("enabled", "live", "wanted"),
    [(True, False, True), ("live", False, False), ("live", True, True), (False, True, False)],
)
def test_live_sources_are_wanted_only_when_asked_for(enabled: Any, live: bool, wanted: bool) -> None:  # parametrized
    assert is_wanted(replace(WIRE, enabled=enabled), live=live) is wanted


@pytest.mark.parametrize(
    ("source", "day", "can"),
    [
        (PAPERS, date(1982, 2, 2), True),
        (BUNDLED, date(2017, 6, 8), True),
        (BUNDLED, date(2017, 6, 13), True),
        (BUNDLED, date(2017, 6, 14), False),
        (WIRE, date(2017, 6, 13), False),
    ],
)
def test_only_folders_and_windows_can_list_a_past_day(source: Source, day: date, can: bool) -> None:  # parametrized
    assert can_list(source, day) is can


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1e12), st.integers(0, 10**9)), max_size=8))
def test_a_source_without_a_window_is_always_due_between_10_minutes_and_a_day_later(
    polls: list[tuple[bool, float, int]],
) -> None:
    last = None
    for is_failure, asked_s, ttl_s in polls:
        if is_failure:
            last = failed(last, retry_after_s=asked_s)
        else:
            last = answered(last=last, max_age_s=asked_s, reading=replace(READ, ttl_s=ttl_s))
        assert 10 * MINUTES <= interval(last) <= timedelta(days=1)


NIGHT = replace(READ, skips=Skips(hours=(13, 14)))


def test_a_feed_is_not_asked_in_the_hours_that_it_names() -> None:
    first = answered(reading=NIGHT)
    again = poll(WIRE, first, NOON + timedelta(hours=3), status=304)

    assert (first.next_poll_at, first.paced_by) == (NOON + timedelta(hours=3), "skip")
    assert again.state is not None
    assert again.state.skips == NIGHT.skips


def test_a_feed_whose_turn_was_missed_waits_until_it_may_be_asked() -> None:
    first = answered(at=NOON - timedelta(hours=4), reading=NIGHT)
    assert first.next_poll_at is not None

    assert [is_due(WIRE, first, NOON + timedelta(hours=hours)) for hours in (0, 1, 2.9, 3)] == [
        True,
        False,
        False,
        True,
    ]


def test_the_interval_of_the_sources_file_stands_above_the_hours_that_a_feed_names() -> None:
    own = replace(WIRE, interval_s=5400.0)
    first = answered(own, reading=NIGHT)

    assert interval(first) == timedelta(minutes=90)
    assert is_due(own, first, NOON + timedelta(hours=2))
