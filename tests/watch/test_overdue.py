"""Which sources should have been asked by now."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.registry import Source
from pipeline.watch.overdue import Overdue, SourcesStanding, find_sources, judge
from tests.newsroom import NOON, poll
from tests.running import make_run

HOUR = timedelta(hours=1)  # the interval of `poll`


def make_source(**changes: Any) -> Source:
    fields = {"id": "wire", "kind": "feed", "name": "Wire", "outlet": "Wire", "url": "https://wire.example/feed"}
    return Source(**(fields | changes))


def stand(source: Source, now: datetime, *, live: bool = False, **polled: Any) -> SourcesStanding:
    """Where one source stands that was polled at noon."""
    return judge([source], {"wire": poll(**polled)}, now, live=live)


@pytest.mark.parametrize(("after", "is_overdue"), [(0.5, False), (1.5, False), (2, False), (2.1, True), (50, True)])
def test_a_source_is_overdue_when_it_is_due_for_longer_than_its_interval(after: float, is_overdue: bool) -> None:
    assert bool(stand(make_source(), NOON + after * HOUR).overdue) is is_overdue


def test_an_overdue_source_is_told_with_how_long_it_is_due() -> None:
    (overdue,) = stand(make_source(), NOON + 5 * HOUR).overdue

    assert overdue == Overdue(source_id="wire", due_at=NOON + HOUR, interval_s=3_600, overdue_s=4 * 3_600)


def test_a_source_that_asks_to_be_left_alone_for_a_day_has_a_day_more() -> None:
    day: dict[str, Any] = {"next_poll_at": NOON + timedelta(days=1)}

    stands = [stand(make_source(), NOON + timedelta(hours=hours), **day) for hours in (30, 49)]

    assert [len(standing.overdue) for standing in stands] == [0, 1]


@pytest.mark.parametrize(
    "source",
    [
        make_source(enabled=False),
        make_source(enabled="live"),
        make_source(window=(date(2017, 6, 1), date(2017, 6, 11))),
        make_source(url="https://wire.example/new"),
    ],
    ids=["switched off", "live in a run that asks no live ones", "window over", "url changed"],
)
def test_what_is_not_to_be_asked_is_not_overdue(source: Source) -> None:
    assert stand(source, NOON + timedelta(days=3)).overdue == ()


@pytest.mark.parametrize(
    ("source", "polled", "is_awaited"),
    [
        (make_source(), {}, True),
        (make_source(), {"outcome": "failed", "reason": "dns"}, True),
        (make_source(url="https://wire.example/new"), {"status": 410}, True),
        (make_source(), {"status": 410}, False),
        (make_source(enabled=False), {}, False),
        (make_source(enabled="live"), {}, False),
        (make_source(window=(date(2017, 6, 1), date(2017, 6, 11))), {}, False),
    ],
    ids=["polled", "failing", "moved", "gone", "switched off", "live in a run that asks no live ones", "window over"],
)
def test_a_source_is_awaited_while_it_may_list_something_new(
    source: Source, polled: dict[str, Any], *, is_awaited: bool
) -> None:
    assert bool(stand(source, NOON + timedelta(days=3), **polled).awaited) is is_awaited


def test_a_source_that_is_gone_is_not_overdue() -> None:
    assert stand(make_source(), NOON + timedelta(days=3), outcome="failed", status=410, next_poll_at=None).overdue == ()


def test_a_live_source_is_overdue_where_live_ones_are_asked() -> None:
    source = make_source(enabled="live")

    assert len(stand(source, NOON + timedelta(days=3), live=True).overdue) == 1
    assert stand(source, NOON + timedelta(days=3)).live_off == 1


def test_of_a_source_that_was_never_asked_it_is_not_known_since_when() -> None:
    found = judge([make_source()], {}, NOON, live=False)

    assert (found.never_asked, found.overdue) == (("wire",), ())


def test_the_longest_overdue_comes_first() -> None:
    sources = [make_source(id=source_id, url=f"https://{source_id}.example/feed") for source_id in ("a", "b")]
    last = {"a": poll("a"), "b": poll("b", at=NOON - 3 * HOUR)}

    found = judge(sources, last, NOON + timedelta(days=1), live=False)

    assert [one.source_id for one in found.overdue] == ["b", "a"]


def test_a_mistake_in_the_file_is_told_and_hides_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text("[[source]]\nid = 3\n")

    found = find_sources(make_run(tmp_path / "data", sources=file))

    assert found.problem is not None
    assert "sources.toml:" in found.problem
