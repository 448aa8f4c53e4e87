"""Counts of people harmed, against sentences labelled by hand."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.quantities import LONGEST_CLAUSE, cut
from tests.claims.conftest import cases
from tests.measuring.sentences_read import SENTENCES, find_counts, is_counted_right, label, read_table

COUNTED = cases("quantities")
NOT_COUNTED = cases("negatives")
FEWEST_RIGHT = 0.97
HELD_OUT = "1ff768c850853961"
FEWEST_HELD_OUT_RIGHT = 95  # of 100; may rise, never fall unseen


@pytest.mark.parametrize("sentence", COUNTED)
def test_the_counts_of_a_sentence_are_those_of_its_label(sentence: dict[str, Any]) -> None:
    assert [label(quantity) for quantity in find_counts(sentence["text"])] == sentence["counts"]


@pytest.mark.parametrize("sentence", NOT_COUNTED)
def test_what_does_not_count_people_harmed_is_no_count(sentence: dict[str, Any]) -> None:
    assert [label(quantity) for quantity in find_counts(sentence["text"])] == sentence.get("counts", []), sentence[
        "why"
    ]


def test_the_span_of_a_bounded_count_holds_the_bound() -> None:
    text = "the fighting had left at least 12 fighters dead"

    (quantity,) = find_counts(text)

    assert text[slice(*quantity.span)] == "at least 12"


def test_the_earlier_value_has_a_span_of_its_own() -> None:
    text = "strikes killed 24 civilians, up from an earlier toll of 13 people"

    (quantity,) = find_counts(text)

    assert quantity.superseded_span is not None
    assert text[slice(*quantity.superseded_span)] == "13"


def test_numbers_of_two_sentences_in_one_quotation_do_not_mix() -> None:
    text = '"We buried 12 people who were killed. Then 30 trucks came."'

    assert [label(quantity) for quantity in find_counts(text)] == ["killed 12-12 people"]


def test_nearly_all_own_sentences_are_counted_exactly() -> None:
    rows = [*read_table("quantities"), *read_table("negatives")]

    assert sum(map(is_counted_right, rows)) >= FEWEST_RIGHT * len(rows)


def test_as_many_held_out_sentences_as_before_are_counted_exactly() -> None:
    rows = read_table("held_out")

    assert hashlib.sha256((SENTENCES / "held_out.toml").read_bytes()).hexdigest()[:16] == HELD_OUT, (
        "they are left alone"
    )
    assert len(rows) == 100
    assert sum(map(is_counted_right, rows)) >= FEWEST_HELD_OUT_RIGHT


def test_a_list_without_end_loses_at_most_the_count_that_a_cut_falls_on() -> None:
    text = "24 people were killed in Raqqa and " * 250

    counts = find_counts(text)

    assert {(count.metric, count.low) for count in counts} == {("killed", 24)}
    assert len(counts) >= 250 - len(text) // LONGEST_CLAUSE


@given(st.text("a .", max_size=60), st.integers(1, 9))
def test_a_clause_is_cut_into_pieces_without_a_gap(text: str, longest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.claims.quantities.LONGEST_CLAUSE", longest)
        pieces = list(cut(text, 0, len(text)))

    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(0 < end - start <= longest for start, end in pieces)
