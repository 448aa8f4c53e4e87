"""When a feed asks to be left alone, and that it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.feeds import read_feed
from pipeline.sources.skipping import find_open, find_skips, is_skipped
from pipeline.values import Skips

SKIPS = st.builds(
    lambda hours, days: Skips(hours=tuple(sorted(hours)), days=tuple(sorted(days))),
    st.sets(st.integers(0, 23), max_size=23),
    st.sets(st.integers(1, 7), max_size=6),
)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the zone is given


def days(*names: str) -> str:
    return f"<skipDays>{''.join(f'<day>{name}</day>' for name in names)}</skipDays>"


@pytest.mark.parametrize(
    ("text", "skips"),
    [
        ("<rss/>", None),
        ("<SKIPHOURS>\n<Hour> 3 </Hour></SkipHours>", Skips(hours=(3,))),
        ("<skipHours><hour>25</hour><hour>x</hour></skipHours>", None),
        (days("sunday", "Someday") + "<skipHours><hour>23</hour></skipHours>", Skips(hours=(23,), days=(7,))),
        (days("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), None),
        ("<skipHours><hour>1</hour>", None),
        ("<skipHours>" * 100_000, None),
    ],
)
def test_what_a_feed_names_is_read_and_what_leaves_no_time_is_not_meant(text: str, skips: Skips | None) -> None:
    assert find_skips(text) == skips


@given(at=INSTANTS, skips=SKIPS)
def test_a_feed_may_be_asked_when_it_is_asked_and_not_an_hour_earlier(at: datetime, skips: Skips) -> None:
    found = find_open(at, skips)

    assert not is_skipped(found, skips)
    assert found == at or is_skipped(max(at, found - timedelta(seconds=1)), skips)


def test_the_reading_of_a_feed_has_them() -> None:
    body = f"<rss version='2.0'><channel><title>a</title>{days('Sunday')}<item><title>b</title></item></channel></rss>"

    assert read_feed(body.encode(), None, "http://wire.example/rss", 10).skips == Skips(days=(7,))
