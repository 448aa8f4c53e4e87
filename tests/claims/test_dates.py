"""Date expressions with their rule and anchor, against a table labelled by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.dates import Anchors, Expression, resolve
from pipeline.values import DateReading
from tests.claims.conftest import cases
from tests.measuring.sentences_read import find_date

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@pytest.mark.parametrize("row", cases("dates"))
def test_an_expression_means_the_days_of_its_label(row: dict[str, Any]) -> None:
    reading = find_date(row)

    if row.get("none"):
        assert reading is None
        return
    assert reading is not None
    assert str(reading.start or "") == row.get("start", "")
    assert str(reading.end or "") == row.get("end", "")
    assert reading.reason == row.get("reason")
    assert reading.rule == row.get("rule", reading.rule)
    assert reading.anchor == row.get("anchor", reading.anchor)


def test_without_a_publication_date_a_weekday_is_null_with_a_reason() -> None:
    reading = resolve(Expression("weekday", "Sunday", (0, 6)), Anchors(None, DateReading()))

    assert (reading.start, reading.reason) == (None, "the article has no publication date")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(WEEKDAYS))
@settings(max_examples=60, deadline=None)
def test_a_weekday_is_never_in_the_future_and_less_than_a_week_back(published: date, name: str) -> None:
    reading = resolve(Expression("weekday", name, (0, len(name))), Anchors(published, DateReading()))

    assert reading.start is not None
    assert timedelta(0) <= published - reading.start < timedelta(7)
    assert WEEKDAYS[reading.start.weekday()] == name
