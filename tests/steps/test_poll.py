"""Hours of polling in small: real requests to feeds whose publications are known, every tick from the ledger alone."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.measuring.day_polled import Day, Result, judge, poll_day
from tests.measuring.publishing import MIDNIGHT, Feed, make_feeds, publish

HOUR = timedelta(hours=1)
PLAIN = Feed(number=0, published=tuple(publish(1_800, random.Random(1))), listed=15)
LYING = replace(PLAIN, number=101, lies_from=MIDNIGHT + HOUR)
MOVING = replace(PLAIN, number=102, moves_at=MIDNIGHT + HOUR)
ENDING = replace(PLAIN, number=103, ends_at=MIDNIGHT + HOUR)
FAILING = replace(PLAIN, number=104, fails=(MIDNIGHT + HOUR, MIDNIGHT + 4 * HOUR))
FULL = replace(PLAIN, number=105, published=tuple(publish(180, random.Random(2))), listed=5)
FEEDS = (*make_feeds(10)[5:], LYING, MOVING, ENDING, FAILING, FULL)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return poll_day(FEEDS, tmp_path_factory.mktemp("day"), hours=7)


@pytest.fixture(scope="module")
def result(day: Day) -> Result:
    return judge(day)


def test_every_entry_of_a_feed_is_seen_where_the_window_allows_it(day: Day) -> None:
    assert {len(day.missed(feed)) for feed in FEEDS if feed.is_window_enough()} == {0}


def test_every_entry_that_was_missed_is_in_a_gap(day: Day, result: Result) -> None:
    assert day.missed(FULL)
    assert result.untold == 0


def test_two_fifths_of_the_requests_of_every_15_minutes_are_enough(result: Result) -> None:
    assert result.requests <= 0.4 * result.requests_fixed


def test_most_polls_without_news_cost_no_parsing(result: Result) -> None:
    assert result.quiet_cheap > 0.6 * result.quiet


def test_a_server_that_lies_is_found_out(result: Result) -> None:
    assert (result.lying, result.distrusted) == (1, 1)


def test_a_source_that_moved_is_followed(result: Result) -> None:
    assert (result.moved, result.followed) == (1, 1)


def test_a_source_that_is_gone_is_asked_no_more(day: Day) -> None:
    assert len([poll for poll in day.polled[ENDING.id] if poll.at >= MIDNIGHT + HOUR]) == 1


def test_a_source_that_asked_to_wait_is_left_alone_for_that_time(day: Day) -> None:
    asked = [poll.at for poll in day.polled[FAILING.id] if MIDNIGHT + HOUR <= poll.at < MIDNIGHT + 4 * HOUR]

    assert len(asked) > 1
    assert all(after - before >= HOUR / 2 for before, after in pairwise(asked))
