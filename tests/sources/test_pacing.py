"""How long a source is left alone: the policy's table, and what the source asks for."""

from datetime import timedelta
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.pacing import LEAST, MOST, POLICY, Known, Outcome, find_pace
from pipeline.sources.registry import KINDS

HOUR = 3600.0
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def test_every_kind_and_outcome_has_a_rule() -> None:
    assert set(POLICY) == set(product(KINDS, OUTCOMES))


def test_after_news_a_feed_is_asked_three_times_as_often_as_it_publishes() -> None:
    assert find_pace("feed", "news", Known(rhythm_s=3 * HOUR, entries=20)).wait_s == HOUR


def test_silence_lengthens_the_interval() -> None:
    assert find_pace("feed", "quiet", Known(last_s=HOUR, rhythm_s=HOUR, entries=20)).wait_s == pytest.approx(1.3 * HOUR)


def test_silence_lengthens_the_interval_to_a_sixth_of_the_time_that_an_entry_stays_listed() -> None:
    assert find_pace("feed", "quiet", Known(last_s=HOUR, rhythm_s=HOUR / 2, entries=12)).wait_s == HOUR


def test_a_listing_that_turned_over_jumps_the_interval() -> None:
    assert find_pace("feed", "turned_over", Known(last_s=12 * HOUR)).wait_s == HOUR
    assert find_pace("feed", "turned_over", Known(last_s=HOUR)).wait_s == HOUR / 4


@pytest.mark.parametrize(("outcome", "first_s"), [("failed", 900.0), ("refused", HOUR)])
def test_failures_back_off_to_a_day_and_never_end(outcome: Outcome, first_s: float) -> None:
    waits = [find_pace("feed", outcome, Known(failures=failures)).wait_s for failures in (1, 2, 3, 1000)]

    assert waits == [first_s, 2 * first_s, 4 * first_s, 24 * HOUR]


def test_after_a_failure_the_rhythm_is_still_known() -> None:
    assert find_pace("feed", "failed", Known(failures=9, last_s=HOUR)).interval_s == HOUR


def test_a_source_that_is_gone_is_left_alone_for_ever() -> None:
    assert find_pace("feed", "gone", Known()).wait_s is None


def test_a_folder_is_listed_every_15_minutes() -> None:
    assert find_pace("documents", "quiet", Known(last_s=20 * HOUR)).wait_s == 900.0


@pytest.mark.parametrize("name", ["ttl_s", "max_age_s"])
def test_what_a_source_asks_for_is_a_floor_of_the_interval(name: str) -> None:
    known = {"rhythm_s": 60.0, "entries": 20, name: HOUR}

    assert find_pace("feed", "turned_over", Known(**known)).wait_s == HOUR  # type: ignore[arg-type]  # one of them


def test_an_interval_of_the_sources_file_does_not_shorten_what_a_failure_asks_for() -> None:
    assert find_pace("feed", "failed", Known(failures=1, wanted_s=600, retry_after_s=HOUR)).wait_s == HOUR


seconds = st.floats(0, 1e9)


@given(
    st.sampled_from([key for key in sorted(POLICY) if POLICY[key].basis != "never"]),
    st.builds(Known, last_s=seconds, rhythm_s=seconds, entries=st.integers(0, 1000), failures=st.integers(0, 10**6),
              wanted_s=st.just(0.0) | st.floats(600, 86_400), ttl_s=seconds, max_age_s=seconds, retry_after_s=seconds),
)  # fmt: skip
def test_every_wait_is_from_10_minutes_to_a_day(key: tuple[str, Outcome], known: Known) -> None:
    wait_s = find_pace(*key, known).wait_s

    assert wait_s is not None
    assert LEAST <= timedelta(seconds=wait_s) <= MOST
