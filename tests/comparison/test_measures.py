"""Two texts in, what they share out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import text as characters
from pipeline.comparison.measures import (
    Measurement,
    Prepared,
    find_in,
    measure,
    prepare,
    producer,
    to_pair,
    to_sentences,
)
from pipeline.comparison.numbers import find_numbers
from tests.comparison.texts import reuse, write_text

SEEDS = st.integers(0, 10_000)
ANY_TEXT = st.text(alphabet=st.sampled_from("ab .\n‘’1٢İßﬁ"), max_size=60)


def prepared(text: str, name: str = "a") -> Prepared:
    return prepare(f"revision-{name}", f"article-{name}", text)


def measured(here: str, there: str) -> Measurement | None:
    return measure(prepared(here, "a"), prepared(there, "b"))


def mirror(measurement: Measurement | None) -> Measurement | None:
    if measurement is None:
        return None
    turned = (replace(shared, here=shared.there, there=shared.here) for shared in measurement.sentences)
    return replace(
        measurement,
        coverage_here=measurement.coverage_there,
        coverage_there=measurement.coverage_here,
        sentences=tuple(sorted(turned, key=lambda shared: shared.here)),
    )


def two_texts(seed: int) -> tuple[str, str]:
    first, second = write_text(seed), write_text(seed + 1)
    return first, reuse([first, second], seed)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_measuring_from_the_other_side_gives_the_mirror_image(seed: int) -> None:
    here, there = two_texts(seed)

    assert measured(there, here) == mirror(measured(here, there))


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_odd_texts_have_a_mirror_image_too(here: str, there: str) -> None:
    assert measured(there, here) == mirror(measured(here, there))


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT)
def test_the_words_of_the_sentences_are_the_words_of_the_text(text: str) -> None:
    assert prepared(text).words == len(characters.words(text))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_spans_are_the_shared_sentences(seed: int) -> None:
    here, there = two_texts(seed)
    measurement = measured(here, there)

    for shared in measurement.sentences if measurement else ():
        assert here[slice(*shared.here)] in here.split("\n")
        assert there[slice(*shared.there)] in there.split("\n")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 50), max_size=20), st.lists(st.integers(0, 50), max_size=20))
def test_find_in_says_what_is_among_the_others(values: list[int], others: list[int]) -> None:
    found = find_in(np.array(values, dtype=np.uint64), np.unique(np.array(others, dtype=np.uint64)))

    assert found.tolist() == [value in others for value in values]


def test_equal_normal_forms_are_exact() -> None:
    measurement = measured("Shells fell on “Homs” at dawn.", "SHELLS fell on 'Homs' at dawn")

    assert measurement is not None
    assert (measurement.is_exact, measurement.coverage_here, measurement.coverage_there) == (True, 1.0, 1.0)


def test_coverage_is_the_share_of_distinct_trigrams_that_the_other_text_has() -> None:
    shared = "Shells fell on the old bridge in Homs before dawn on Sunday."  # 12 words, 10 trigrams

    measurement = measured(shared, f"{shared} Residents fled towards Idlib.")  # 4 words more, 4 trigrams more

    assert measurement is not None
    assert (measurement.coverage_here, measurement.coverage_there) == (1.0, 10 / 14)
    assert measurement.shared_words == 12


def test_a_sentence_with_another_number_is_shared_but_its_digits_differ() -> None:
    first = "At least 13 people were killed in air strikes on the village of Jazra on Sunday."

    measurement = measured(first, first.replace("13", "24"))

    assert measurement is not None
    assert [shared.is_digits_equal for shared in measurement.sentences] == [False]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,500 people fled", "1500 people fled"),
        ("٢٤ قتيلا", "24 قتيلا"),
        ("by 2017, 24 died", "24 died by 2017"),
        ("thirteen died", "13 died"),
        ("11:35 It said 12 died.", "It said 12 died."),
    ],
)
def test_numbers_are_compared_by_their_digits(first: str, second: str) -> None:
    assert find_numbers(first) == find_numbers(second)


def test_texts_with_one_stock_phrase_in_common_are_not_recorded() -> None:
    phrase = "the Syrian Observatory for Human Rights said"

    assert measured(f"In Raqqa {phrase} on Sunday that 24 died.", f"Rebels left Homs, {phrase} after dawn.") is None


def test_texts_without_a_word_in_common_are_not_recorded() -> None:
    assert (
        measured("Shells fell on the old bridge in Homs.", "قتل أربعة وعشرون مدنيا في غارات جوية على قرية جزرة") is None
    )


@pytest.mark.parametrize("text", ["", " \n ", "…"])
def test_empty_texts_share_nothing(text: str) -> None:
    assert measured(text, text) is None


def test_two_revisions_of_one_article_are_recorded_even_when_all_was_rewritten() -> None:
    first = prepare("r1", "a1", "Shells fell on the old bridge in Homs.")
    second = prepare("r2", "a1", "Residents fled towards Idlib before dawn.")

    measurement = measure(second, first)

    assert measurement is not None
    assert measurement.coverage_here == 0


def test_arabic_texts_are_measured_like_any_other() -> None:
    text = "قتل أربعة وعشرون مدنيا في غارات جوية على قرية جزرة غرب الرقة"

    measurement = measured(text, f"عاجل: {text} أمس")

    assert measurement is not None
    assert measurement.coverage_here == 1


def test_the_recorded_pair_is_seen_from_here() -> None:
    here, there = prepared("Shells fell on Homs at dawn.", "a"), prepared("Shells fell on Homs at dawn on Sunday.", "b")
    measurement = measure(here, there)
    assert measurement is not None

    pair = to_pair(here, there, measurement)

    assert (pair.other_revision_id, pair.words_here, pair.words_there) == ("revision-b", 6, 8)
    assert (pair.coverage_here, pair.coverage_there) == (1.0, 4 / 6)


def test_the_producer_is_step_version_and_digest() -> None:
    step, version, digest = producer().split("-")

    assert (step, version.isdigit(), len(digest)) == ("compare", True, 10)


def test_a_sentence_with_one_word_in_ten_changed_is_shared() -> None:
    sentence = "Engineers reopened the northern road to the city after two weeks."

    measurement = measured(sentence, sentence.replace("reopened", "cleared"))

    assert measurement is not None
    assert [shared.is_digits_equal for shared in measurement.sentences] == [True]


def test_a_sentence_whose_numbers_all_changed_is_shared_as_revised() -> None:
    first = "Winds from the east at 13 to 40 miles per hour were followed by 3 inches of rain."

    measurement = measured(first, first.replace("13", "17").replace("40", "26").replace("3 inches", "two inches"))

    assert measurement is not None
    assert [(shared.score, shared.is_digits_equal) for shared in measurement.sentences] == [(1.0, False)]


def test_the_sentences_are_recorded_with_their_words() -> None:
    assert [(one.span, one.words) for one in to_sentences(prepared("Shells fell. ...\nHoms burned all night."))] == [
        ((0, 16), 2),
        ((17, 39), 4),
    ]
