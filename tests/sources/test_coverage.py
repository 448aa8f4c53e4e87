"""What is new in a listing, how dense it is, and what may have been missed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.keys import hash_key
from pipeline.sources.coverage import Listing, find_gap, find_half, find_new, find_rhythm, to_window
from pipeline.values import Gap, PollState

NOON = datetime(2017, 6, 11, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def keys(*numbers: int) -> tuple[str, ...]:
    return tuple(hash_key(str(number)) for number in numbers)


def dated(*hours: int | None) -> Listing:
    """Entries that were published so many hours before noon."""
    return Listing(keys(*range(len(hours))), tuple(None if hour is None else NOON - hour * HOUR for hour in hours))


@given(st.sets(st.integers(0, 300), max_size=60), st.sets(st.integers(0, 300), max_size=60))
def test_what_a_window_has_is_not_new_and_all_else_is(before: set[int], after: set[int]) -> None:
    listed = sorted(after)

    new = find_new(keys(*listed), to_window(keys(*sorted(before))))

    assert {listed[place] for place in new} == after - before


def test_a_listing_of_a_thousand_that_is_still_the_same_has_nothing_new() -> None:
    listed = keys(*range(1000))

    assert find_new(listed, to_window(listed)) == []
    assert len(to_window(listed)) == 1600


def test_a_gap_ends_with_the_oldest_entry_that_came_after_it() -> None:
    assert find_gap(dated(1, 2), NOON - 9 * HOUR, NOON) == Gap(from_at=NOON - 9 * HOUR, until_at=NOON - 2 * HOUR)


@pytest.mark.parametrize("hours", [(1, None), (1, 30), (1, -1)], ids=["undated", "older than the gap", "of tomorrow"])
def test_a_gap_whose_entries_do_not_say_ends_with_the_poll(hours: tuple[int | None, ...]) -> None:
    assert find_gap(dated(*hours), NOON - 9 * HOUR, NOON) == Gap(from_at=NOON - 9 * HOUR, until_at=NOON)


def test_half_of_the_entries_are_younger() -> None:
    assert find_half(dated(1, 2, 3, 4, 5, 600), 6, PollState(), NOON) == NOON - 3 * HOUR


def test_the_rhythm_of_a_dated_feed_is_known_at_its_first_poll() -> None:
    half_at = find_half(dated(*range(1, 21)), 20, PollState(), NOON)

    assert find_rhythm(half_at, 20, NOON) == HOUR.total_seconds()


def test_the_rhythm_of_an_undated_feed_is_that_of_its_new_entries() -> None:
    before = PollState(window=to_window(keys(1, 2, 3)), confirmed_at=NOON - 6 * HOUR)

    half_at = find_half(dated(None, None, None, None), 3, before, NOON)

    assert find_rhythm(half_at, 4, NOON) == 2 * HOUR.total_seconds()


def test_silence_slows_the_rhythm() -> None:
    half_at = NOON - 10 * HOUR

    assert find_rhythm(half_at, 20, NOON + 10 * HOUR) == 2 * find_rhythm(half_at, 20, NOON)
