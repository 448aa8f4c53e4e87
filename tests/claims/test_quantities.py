"""Counts of people harmed, against sentences labelled by hand."""

from datetime import date
from typing import Any

import pytest

from pipeline.claims.dates import Anchors
from pipeline.claims.parse import normalise
from pipeline.claims.quantities import find_quantities
from pipeline.values import DateReading, Quantity
from tests.claims.conftest import cases

COUNTED = cases("quantities")
NOT_COUNTED = cases("negatives")
ANCHORS = Anchors(date(2017, 6, 14), DateReading())


def find(text: str) -> tuple[Quantity, ...]:
    return find_quantities(normalise(text), [(0, len(text))], ANCHORS)


def label(quantity: Quantity) -> str:
    """A count in the words of the tables."""
    span = f"{quantity.low}+" if quantity.high is None else f"{quantity.low}-{quantity.high}"
    parts = [quantity.metric, span, quantity.victim_class or "-"]
    parts += [f"<{quantity.parent}"] if quantity.parent is not None else []
    parts += [f"~{quantity.superseded_low}"] if quantity.superseded_low is not None else []
    parts += [f"since={quantity.since.start}"] if quantity.is_cumulative and quantity.since else []
    return " ".join(parts)


@pytest.mark.parametrize("sentence", COUNTED)
def test_the_counts_of_a_sentence_are_those_of_its_label(sentence: dict[str, Any]) -> None:
    assert [label(quantity) for quantity in find(sentence["text"])] == sentence["counts"]


@pytest.mark.parametrize("sentence", NOT_COUNTED)
def test_what_does_not_count_people_harmed_is_no_count(sentence: dict[str, Any]) -> None:
    assert [label(quantity) for quantity in find(sentence["text"])] == sentence.get("counts", []), sentence["why"]


def test_the_span_of_a_bounded_count_holds_the_bound() -> None:
    text = "the fighting had left at least 12 fighters dead"

    (quantity,) = find(text)

    assert text[slice(*quantity.span)] == "at least 12"


def test_the_earlier_value_has_a_span_of_its_own() -> None:
    text = "strikes killed 24 civilians, up from an earlier toll of 13 people"

    (quantity,) = find(text)

    assert quantity.superseded_span is not None
    assert text[slice(*quantity.superseded_span)] == "13"


def test_numbers_of_two_sentences_in_one_quotation_do_not_mix() -> None:
    text = '"We buried 12 people who were killed. Then 30 trucks came."'

    assert [label(quantity) for quantity in find(text)] == ["killed 12-12 people"]
