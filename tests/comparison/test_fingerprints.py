"""Words in, fingerprints out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import text
from pipeline.comparison.fingerprints import (
    FINGERPRINT_WORDS,
    MULTIPLIER,
    WINDOW_GRAMS,
    find_fingerprints,
    hash_grams,
    hash_word,
    hash_words,
    winnow,
)

SENTENCE = (
    "Air strikes on the village of Jazra killed at least 24 civilians on Saturday, the Observatory said on Sunday, and "
    "engineers who had come to mend the water station walked back to the city with the people who could still walk."
)
ARABIC = "قتل أربعة وعشرون مدنيا في غارات جوية على قرية جزرة غرب الرقة"
GOLDEN_WORDS = ["ac8b5eda8d9b2fe6", "e9857af78e1b8ffb", "f37fc0cdf726b490", "768135b82f61b944"]
GOLDEN_SENTENCE = ["0bc711f7", "0c452f6e"]
GOLDEN_ARABIC = ["4588c621"]
FEW_WORDS = st.lists(st.sampled_from("a b c d e".split()), max_size=60)
ANY_WORDS = st.lists(st.text(min_size=1, max_size=6), max_size=30)


def fingerprints_of(words: str) -> list[str]:
    return [f"{value:08x}" for value in find_fingerprints(hash_words(text.words(words))).tolist()]


# Golden vectors: an index in use holds these values. If one of these tests fails, raise FINGERPRINT_VERSION, then re-pin.
def test_the_hashes_of_words_never_change() -> None:
    assert [f"{hash_word(word):016x}" for word in ("raqqa", "24", "الرقة", "sohr's")] == GOLDEN_WORDS


def test_the_fingerprints_of_a_sentence_never_change() -> None:
    assert fingerprints_of(SENTENCE) == GOLDEN_SENTENCE


def test_the_fingerprints_of_an_arabic_sentence_never_change() -> None:
    assert fingerprints_of(ARABIC) == GOLDEN_ARABIC


def test_the_fingerprints_are_those_of_the_normal_form() -> None:
    assert fingerprints_of(SENTENCE.upper().replace(",", " —")) == fingerprints_of(SENTENCE)


@settings(max_examples=50, deadline=None)
@given(ANY_WORDS, st.integers(1, 6))
def test_a_gram_is_hashed_as_a_polynomial_of_its_words(words: list[str], size: int) -> None:
    hashes = hash_words(words)

    expected = [mix_slowly(polynomial(hashes[start : start + size].tolist())) for start in range(len(words) - size + 1)]

    assert hash_grams(hashes, size).tolist() == expected


def polynomial(word_hashes: list[int]) -> int:
    value = 0
    for word_hash in word_hashes:
        value = (value * int(MULTIPLIER) + word_hash) % 2**64
    return value


def mix_slowly(value: int) -> int:
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB % 2**64
    return value ^ (value >> 31)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=40))
def test_winnowing_keeps_the_smallest_of_every_window(values: list[int]) -> None:
    grams = np.array(values, dtype=np.uint64)

    windows = [values[start : start + WINDOW_GRAMS] for start in range(max(1, len(values) - WINDOW_GRAMS + 1))]

    assert winnow(grams).tolist() == [min(window) for window in windows if window]


@settings(max_examples=50, deadline=None)
@given(FEW_WORDS, FEW_WORDS, FEW_WORDS, FEW_WORDS)
def test_two_texts_that_share_a_long_enough_run_share_a_fingerprint(
    before: list[str], after: list[str], other_before: list[str], other_after: list[str]
) -> None:
    run = [f"word{number}" for number in range(FINGERPRINT_WORDS + WINDOW_GRAMS - 1)]

    first = find_fingerprints(hash_words([*before, *run, *after]))
    second = find_fingerprints(hash_words([*other_before, *run, *other_after]))

    assert len(np.intersect1d(first, second)) > 0


def test_a_text_of_fewer_words_than_a_fingerprint_has_none() -> None:
    assert fingerprints_of("Four words, no more.") == []
