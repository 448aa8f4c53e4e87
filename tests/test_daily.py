from datetime import date

import pytest

from pipeline import daily
from pipeline.daily import Day, DaysError, Missed, check_days, describe_days, describe_missed, find_days
from pipeline.ledger.pending import Days
from pipeline.run import Run
from tests.running import DAYS, ask

TODAY = date(2017, 7, 1)
WORLD = Days(DAYS[0], DAYS[-1])


def test_each_day_has_the_numbers_of_the_marts(world: Run) -> None:
    found = find_days(world.settings, WORLD)

    rows = ask(world, "select event_date, entries, articles, claims, pending from daily_summaries order by event_date")
    told = [(one.day, one.entries, one.articles, one.claims, one.pending) for one in found]
    assert told == [row for row in rows if row[0] in DAYS]


def test_each_page_of_a_day_is_captured_missed_or_pending(world: Run) -> None:
    pages = dict(ask(world, "select event_date, pages from daily_summaries"))

    for one in find_days(world.settings, WORLD):
        missed = sum(missed.inputs for missed in one.missed if missed.step == "capture" and not missed.is_retried)
        assert one.captured + missed + one.pending == pages[one.day]


def test_what_could_not_be_had_is_told_with_its_reason(world: Run) -> None:
    (found,) = find_days(world.settings, Days(date(2017, 6, 9), date(2017, 6, 9)))

    assert list(describe_missed(found)) == ["1 not captured: status_404"]


def test_a_day_that_no_source_can_list_is_told_as_such(world: Run) -> None:
    (found,) = find_days(world.settings, Days(date(2016, 2, 29), date(2016, 2, 29)))

    assert found == Day(day=date(2016, 2, 29), is_listable=False)
    assert list(describe_missed(found)) == ["no source can list this day"]


def test_what_will_be_tried_again_is_not_counted_as_pending_too() -> None:
    one = Day(day=TODAY, missed=(Missed("capture", "timeout", 2, is_retried=True),), pending=3)

    assert list(describe_missed(one)) == ["2 not captured: timeout (will be tried again)", "1 pending"]


def test_every_day_has_a_line_as_wide_as_its_heading() -> None:
    heading, line = describe_days([Day(day=TODAY, entries=1, captured=2, articles=3, claims=4, is_listable=False)])

    assert line.index("no source") == heading.index("could not")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, TODAY, "Which days?"),
        (TODAY, date(2017, 6, 30), "2017-07-01 is after 2017-06-30: swap them."),
        (TODAY, date(2017, 7, 2), "2017-07-02 is in the future: a backfill goes up to 2017-07-01 (UTC)."),
        (date(1989, 12, 31), TODAY, "1989-12-31 is before 1990-01-01"),
    ],
)
def test_days_that_make_no_range_are_refused_with_the_remedy(first: date | None, last: date, words: str) -> None:
    with pytest.raises(DaysError) as refused:
        check_days(first, last, TODAY)

    assert str(refused.value).startswith(words)


def test_today_can_be_backfilled() -> None:
    assert check_days(TODAY, TODAY, TODAY) == (TODAY, TODAY)


def test_only_sources_that_can_list_one_of_the_days_are_told_as_silent(world: Run) -> None:
    assert daily.find_silent_sources(world.settings, WORLD) == {}
