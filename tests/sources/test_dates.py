"""What a feed writes as a date, and the instant it names; None rather than a wrong one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.dates import AHEAD, plausible, read_instant

NINE_THIRTY = datetime(2017, 6, 11, 9, 30, tzinfo=UTC)
POLLED_AT = datetime(2017, 6, 13, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Sun, 11 Jun 2017 09:30:00 GMT",
        "Sun, 11 Jun 2017 09:30:00 +0000 (UTC)",
        "Sun, 11 Jun 2017 09:30 Z",
        "11 June 2017 12:30:00 +0300",
        "Sunday, 11-Jun-17 09:30:00 UTC",
        "Sun, 11 Jun 2017 12:30:00 GMT+03:00",
        "Sun Jun 11 09:30:00 2017",
        "Sun Jun 11 12:30:00 +0300 2017",
        "June 11, 2017, 9:30 AM",
        "Sun, Jun 11, 2017 at 9:30 a.m. UTC",
        "2017-06-11T09:30:00Z",
        "2017-06-11T09:30Z",
        "2017-06-11 09:30:00.000",
        "2017-06-11T15:00:00+0530",
        "2017-06-11T05:30:00.000-04:00",
        "20170611T093000Z",
        "1497173400",
        "1497173400000",
    ],
)
def test_all_these_name_the_same_instant(written: str) -> None:
    assert read_instant(written) == NINE_THIRTY


@pytest.mark.parametrize(
    ("zone", "hours"), [("BST", 1), ("CEST", 2), ("EEST", 3), ("EET", 2), ("MSK", 3), ("EDT", -4), ("PST", -8)]
)
def test_a_zone_with_one_meaning_is_counted_in(zone: str, hours: int) -> None:
    assert read_instant(f"Sun, 11 Jun 2017 09:30:00 {zone}") == NINE_THIRTY - timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["AST", "IST", "ET", "GST", "A", "Asia/Damascus", "+9900", "local"])
def test_a_zone_with_more_than_one_meaning_or_none_gives_no_date(zone: str) -> None:
    assert read_instant(f"Sun, 11 Jun 2017 09:30:00 {zone}") is None


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "yesterday",
            "11/06/2017",
            "Sun, 31 Jun 2017 09:30:00 GMT",
            "2017-06-11T25:00:00Z",
            "2017-06-11T09:61:00Z",
        ),
        *("Wed, 30 Nov -0001 00:00:00 +0000", "0000-00-00 00:00:00", "9999-12-31T23:59:59-14:00", "1497", "٢٠١٧-٠٦-١١"),
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_instant(written) is None


def test_a_leap_second_is_the_second_before_it() -> None:
    assert read_instant("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_fractions_of_a_second_are_kept() -> None:
    assert read_instant("2017-06-11T09:30:00.25Z") == NINE_THIRTY + timedelta(milliseconds=250)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 # the zone is drawn
def test_what_python_writes_is_read_back(instant: datetime) -> None:
    whole = instant.replace(microsecond=0, fold=0).astimezone(UTC)

    assert read_instant(whole.strftime("%a, %d %b %Y %H:%M:%S +0000")) == whole
    assert read_instant(whole.isoformat()) == whole


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["Sun", ",", " ", "11", "Jun", "2017", "99", ":", "-", "T", "Z", "AM", "+", "é"])).map(
        "".join
    )
)
def test_any_text_is_read_or_refused_without_raising(written: str) -> None:
    instant = read_instant(written)

    assert instant is None or instant.tzinfo is UTC


@pytest.mark.parametrize(
    "instant",
    [
        *(None, datetime(1970, 1, 1, tzinfo=UTC), datetime(1497, 6, 1, tzinfo=UTC), datetime(1989, 12, 31, tzinfo=UTC)),
        POLLED_AT + AHEAD + timedelta(seconds=1),
    ],
)
def test_an_instant_before_1990_or_too_far_ahead_is_not_plausible(instant: datetime | None) -> None:
    assert plausible(instant, POLLED_AT) is None


@pytest.mark.parametrize("instant", [datetime(1990, 1, 1, tzinfo=UTC), POLLED_AT, POLLED_AT + AHEAD])
def test_an_instant_from_1990_to_two_days_ahead_is_plausible(instant: datetime) -> None:
    assert plausible(instant, POLLED_AT) == instant
