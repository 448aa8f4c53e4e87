from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles.dates import EARLIEST, read_instant


@pytest.mark.parametrize(
    ("raw", "instant", "precision"),
    [
        ("2017-06-11T09:30:05Z", "2017-06-11T09:30:05Z", "exact"),
        ("2017-06-11T12:30:05.123+03:00", "2017-06-11T09:30:05.123000Z", "exact"),
        ("2017-06-11T12:30:05+0300", "2017-06-11T09:30:05Z", "exact"),
        ("2017-06-11T12:30:05+03", "2017-06-11T09:30:05Z", "exact"),
        ("2017-06-11 09:30:05 UTC", "2017-06-11T09:30:05Z", "exact"),
        ("20170611T093005Z", "2017-06-11T09:30:05Z", "exact"),
        ("2017-06-11T09:30Z", "2017-06-11T09:30:00Z", "minute"),
        ("2017-06-11", "2017-06-11T00:00:00Z", "day"),
        ("20170611", "2017-06-11T00:00:00Z", "day"),
        ("1497173405", "2017-06-11T09:30:05Z", "exact"),
        ("1497173405000", "2017-06-11T09:30:05Z", "exact"),
        ("Sun, 11 Jun 2017 05:30:05 EDT", "2017-06-11T09:30:05Z", "exact"),
        ("Sun Jun 11 2017 12:30:05 GMT+0300 (Arabian Time)", "2017-06-11T09:30:05Z", "exact"),
        ("June 11, 2017 at 9:30 pm UTC", "2017-06-11T21:30:00Z", "minute"),
        ("11 June 2017", "2017-06-11T00:00:00Z", "day"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", "exact"),
    ],
)
def test_a_stated_time_is_read_with_its_precision(raw: str, instant: str, precision: str) -> None:
    read = read_instant(raw)

    assert read is not None
    assert (str(read), read.precision) == (instant, precision)


@pytest.mark.parametrize("raw", ["2017-06-11T23:30:05", "2017-06-11 23:30", "Sun, 11 Jun 2017 23:30:05 IST"])
def test_a_time_without_a_known_zone_is_only_the_day_that_was_written(raw: str) -> None:
    read = read_instant(raw)

    assert read is not None
    assert (str(read), read.precision) == ("2017-06-11T00:00:00Z", "day")


@pytest.mark.parametrize(
    "raw",
    ["", "Sunday", "2017-02-31", "2017-06-11T25:00:00Z", "2017-06-11T10:00:00+99:00", "1497-01-01", "0000-00-00", "12"],
)
def test_what_is_no_time_is_not_read(raw: str) -> None:
    assert read_instant(raw) is None


@given(st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds are naive
def test_every_instant_survives_being_written_and_read(at: datetime) -> None:
    read = read_instant(at.isoformat(timespec="microseconds"))

    assert read is not None
    assert read.at == at


@given(st.text(max_size=70))
def test_any_words_are_a_time_from_1990_on_or_none(raw: str) -> None:
    read = read_instant(raw)

    assert read is None or read.at >= EARLIEST
