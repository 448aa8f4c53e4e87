"""What rings, what does not, and that it ends by itself: rows in, rows out."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pipeline.events import Event
from pipeline.own.judging import ask, models_of, to_row
from pipeline.warehouse.building import build_in_memory
from tests import newsroom

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = newsroom.NOON - timedelta(days=6)  # 5 June 2017, noon


class Alerting:
    """A ledger in memory, and what rings in it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def publish(self, now: datetime, *events: Event) -> list[tuple[str, str]]:
        """Which alerts stand when these were written at `now`, after what there was before."""
        for event in events:
            known = {"caused_by": str(event.caused_by) if event.caused_by else None, "recorded_at": now.isoformat()}
            self.rows.append(to_row(event, len(self.rows) + 1) | known)
        return [(row["kind"], row["subject"]) for row in self.ask("from alerts order by kind, subject")]

    def ask(self, question: str) -> list[dict[str, Any]]:
        with build_in_memory(json.dumps(self.rows), models_of(frozenset({"alerts"})), {}) as connection:
            connection.execute("set timezone = 'UTC'")
            return ask(connection, question)

    def row(self) -> dict[str, Any]:
        (only,) = self.ask("from alerts")
        return only


@pytest.fixture
def alerting() -> Alerting:
    return Alerting()


def polls(until: datetime, every: timedelta = HOUR, source_id: str = "wire", **changed: Any) -> Iterator[Event]:
    """News every so often for 12 days."""
    times = int(12 * DAY / every)
    for ago in range(times):
        yield newsroom.poll(source_id, at=until - ago * every, entries_new=1, **changed)


def quiet(at: datetime, source_id: str = "wire", **changed: Any) -> Event:
    return newsroom.poll(source_id, at=at, outcome=changed.pop("outcome", "not_modified"), **changed)


@pytest.mark.parametrize(("hours", "rings"), [(5, False), (6.5, True)])
def test_a_source_rings_after_twice_its_usual_silence_and_six_hours(
    alerting: Alerting, hours: float, rings: bool
) -> None:
    now = MONDAY + hours * HOUR

    assert bool(alerting.publish(now, *polls(MONDAY), quiet(now))) is rings


def test_a_silent_source_tells_since_when_and_whether_it_answers(alerting: Alerting) -> None:
    now = MONDAY + 8 * HOUR

    alerting.publish(now, *polls(MONDAY), quiet(now, outcome="failed", reason="dns"))

    row = alerting.row()
    assert (row["since"], row["measured"], row["usual"], row["threshold"]) == (MONDAY, 8.0, 1.0, 6.0)
    assert row["what"] == "wire has had nothing new for 8 hours; 1.0 are usual, and its last poll failed: dns."


def test_news_end_a_silence(alerting: Alerting) -> None:
    now = MONDAY + 9 * HOUR
    assert alerting.publish(now, *polls(MONDAY), quiet(now))

    assert alerting.publish(now + HOUR, newsroom.poll(at=now + HOUR, entries_new=1)) == []


@pytest.mark.parametrize("changed", [{"next_poll_at": None}, {"next_poll_at": MONDAY + 9 * HOUR}])
def test_a_source_that_is_not_asked_any_more_does_not_ring(alerting: Alerting, changed: dict[str, Any]) -> None:
    events = [*polls(MONDAY), quiet(MONDAY + 8 * HOUR, **changed)]

    assert alerting.publish(MONDAY + 3 * DAY, *events, newsroom.poll("other", at=MONDAY + 3 * DAY)) == []


def test_weekends_are_usual(alerting: Alerting) -> None:
    monday = MONDAY + 28 * DAY
    days = [MONDAY + number * DAY for number in range(28)]
    worked = [day for day in days if day.isoweekday() < 6]
    news = [newsroom.poll(at=day + hour * HOUR, entries_new=1) for day in worked for hour in range(9)]

    assert alerting.publish(monday, *news, quiet(monday)) == []


def test_with_few_times_of_news_no_silence_is_usual(alerting: Alerting) -> None:
    news = [newsroom.poll(at=MONDAY + number * HOUR, entries_new=1) for number in range(10)]

    assert alerting.publish(MONDAY + 5 * DAY, *news, quiet(MONDAY + 5 * DAY)) == []
    assert alerting.ask("select usual_silence_s from source_health") == [{"usual_silence_s": None}]


def entries(day: date, number: int, source_id: str = "wire", **changed: Any) -> Iterator[Event]:
    """So many entries of a day."""
    for one in range(number):
        yield newsroom.entry(f"{source_id}-{day}-{one}", source_id, at=newsroom.NOON, event_date=day, **changed)


def listed(counts: list[int], source_id: str = "wire", **changed: Any) -> tuple[datetime, list[Event]]:
    """A Saturday, and a source that listed so many entries on each day before, the last on Friday; polled since."""
    now = MONDAY + 33 * DAY  # Saturday
    days = [now.date() - timedelta(days=ago) for ago in range(len(counts), 0, -1)]
    seen = [one for day, count in zip(days, counts, strict=True) for one in entries(day, count, source_id, **changed)]
    first = newsroom.poll(source_id, at=now - (len(counts) + 1) * DAY)
    return now, [first, *seen, newsroom.poll(source_id, at=now)]


@pytest.mark.parametrize(
    ("counts", "rings"),
    [
        ([30] * 11 + [9], True),
        ([30] * 11 + [10], False),
        ([9] * 11 + [0], False),  # too few to tell
        ([30] * 3 + [0], False),  # too few days
        ([30, 30, 30, 0, 0, 30, 30, 30, 30, 30, 0, 0, 30, 30, 30, 30, 12], False),  # Friday as on other working days
        ([300] * 2 + [30] * 9 + [20], False),  # of days that are unlike the others the median knows nothing
    ],
)
def test_a_source_rings_when_a_day_has_under_a_third_of_its_usual(
    alerting: Alerting, counts: list[int], rings: bool
) -> None:
    now, events = listed(counts)

    assert (alerting.publish(now, *events) == [("source_volume", "wire")]) is rings


def test_a_weekend_is_compared_with_weekends(alerting: Alerting) -> None:
    now, events = listed([30, 30, 30, 30, 30, 3, 3] * 3 + [30, 30, 30, 30, 30])  # up to Friday
    sunday = [*entries((now).date(), 3), newsroom.poll(at=now + DAY)]

    assert alerting.publish(now + DAY, *events, *sunday) == []


def test_a_low_volume_tells_its_figures_and_ends_when_the_rest_comes_in(alerting: Alerting) -> None:
    now, events = listed([30] * 11 + [6])
    alerting.publish(now, *events)

    row = alerting.row()
    assert (row["measured"], row["usual"], row["threshold"], row["unit"]) == (6, 30, 10, "entries")
    assert row["what"] == "wire has 6 entries of 2017-07-07; 30 are usual on such a day."
    late = [newsroom.entry(f"late-{number}", event_date=now.date() - DAY) for number in range(4)]
    assert alerting.publish(now + HOUR, *late) == []


def test_a_language_rings_where_each_source_is_too_small_to_tell(alerting: Alerting) -> None:
    sources = [listed([8] * 11 + [1], name, language="ar") for name in ("one", "two", "three")]

    found = alerting.publish(sources[0][0], *(event for _, events in sources for event in events))

    assert found == [("language_volume", "ar")]


def captured(number: int, failed: int, reason: str = "timeout") -> Iterator[Event]:
    for one in range(number):
        entry = newsroom.entry(f"p{one}")
        yield entry
        yield newsroom.capture_failure(entry, reason=reason) if one < failed else newsroom.capture(entry)


@pytest.mark.parametrize(("number", "failed", "rings"), [(25, 6, True), (25, 5, False), (19, 19, False)])
def test_a_step_rings_when_over_a_fifth_of_a_days_inputs_fail(
    alerting: Alerting, number: int, failed: int, rings: bool
) -> None:
    found = alerting.publish(MONDAY, *captured(number, failed))

    assert found == ([("step_failing", "capture")] if rings else [])


def test_a_failing_step_says_why_and_ends_after_a_day_or_when_it_is_mended(alerting: Alerting) -> None:
    alerting.publish(MONDAY, *captured(30, 10))
    row = alerting.row()
    assert row["what"] == "capture failed for 10 of 30 inputs of the last 24 hours (33%), mostly for timeout."

    assert alerting.publish(MONDAY + 2 * DAY, newsroom.poll(at=MONDAY + 2 * DAY)) == []


def test_inputs_that_a_later_attempt_read_do_not_count(alerting: Alerting) -> None:
    alerting.publish(MONDAY, *captured(30, 10))

    again = [newsroom.capture(newsroom.entry(f"p{one}"), attempt=2) for one in range(10)]
    assert alerting.publish(MONDAY + HOUR, *again) == []


def test_a_language_that_is_not_read_is_no_fault(alerting: Alerting) -> None:
    articles = [newsroom.article(newsroom.capture(newsroom.entry(f"p{one}"))) for one in range(25)]

    assert alerting.publish(MONDAY, *map(newsroom.claims_failure, articles)) == []


def test_a_ledger_without_sources_has_no_alerts(alerting: Alerting) -> None:
    assert alerting.publish(MONDAY, newsroom.entry("a")) == []


@pytest.mark.parametrize("reason", ["robots", "status_404", "status_410"])
def test_what_a_site_answers_is_no_fault(alerting: Alerting, reason: str) -> None:
    assert alerting.publish(MONDAY, *captured(30, 8, reason)) == []


def test_trying_old_inputs_again_is_no_failure_of_today(alerting: Alerting) -> None:
    assert alerting.publish(MONDAY - 30 * DAY, *captured(30, 30))
    pages = [newsroom.entry(f"new{one}") for one in range(20)]
    again = [newsroom.capture_failure(newsroom.entry(f"p{one}"), attempt=2, reason="timeout") for one in range(30)]

    assert alerting.publish(MONDAY, *pages, *map(newsroom.capture, pages), *again) == []


@pytest.mark.parametrize(("failed", "rings"), [(30, False), (49, False), (51, True)])
def test_a_step_does_not_ring_for_what_is_usual_unless_over_half_fails(
    alerting: Alerting, failed: int, rings: bool
) -> None:
    alerting.publish(MONDAY, *captured(100, 30, "status_403"))
    pages = [newsroom.entry(f"new{one}") for one in range(100)]
    outcomes = [
        newsroom.capture_failure(page, reason="status_403") if n < failed else newsroom.capture(page)
        for n, page in enumerate(pages)
    ]

    found = alerting.publish(MONDAY + 2 * DAY, *pages, *outcomes)

    assert found == ([("step_failing", "capture")] if rings else [])
