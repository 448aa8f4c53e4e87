"""Patterns that look through a text in lower case: the same is found whatever the case, at the offsets of the text itself."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.dates import find_expressions
from pipeline.claims.hedges import find_hedges
from pipeline.claims.kinds import read_type
from pipeline.text import lowered

SENTENCE = (
    "Shelling may have killed 24 on Sunday, June 11, and on 12 October 2016; a day earlier 30 fled the stronghold."
)


@given(st.text())
def test_lower_case_keeps_every_character_at_its_place(text: str) -> None:
    assert lowered(text) == lowered(lowered(text))
    assert len(lowered(text)) == len(text)


@pytest.mark.parametrize("written", [str.upper, str.title, lambda words: f"İ{words}"])
def test_dates_hedges_and_types_do_not_depend_on_the_case(written: Callable[[str], str]) -> None:
    text = written(SENTENCE)
    before = len(text) - len(SENTENCE)

    dates = [(found.kind, found.span) for found in find_expressions(text, before, len(text))]
    hedges = find_hedges(text, [(before, len(text))])

    plain = find_expressions(SENTENCE, 0, len(SENTENCE))
    assert dates == [(found.kind, (found.span[0] + before, found.span[1] + before)) for found in plain]
    assert [kind for kind, _ in hedges] == ["possible"]
    assert read_type(text, [(before, len(text))], (), (None, "asserted")) == "casualty"


def test_the_words_of_a_date_are_those_of_the_text() -> None:
    assert [found.words for found in find_expressions("KILLED ON SUNDAY", 0, 16)] == ["SUNDAY"]
