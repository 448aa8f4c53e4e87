"""Sentences as words in, keys and matches out."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.comparison import sentences
from pipeline.comparison.fingerprints import hash_and_mask, hash_words
from pipeline.comparison.sentences import (
    COMPARED_SENTENCES,
    KEYS_PER_SENTENCE,
    SENTENCE_WORDS,
    SentenceGrams,
    find_keys,
    gram_sentences,
    match,
)

Sentences = list[list[str]]
# A golden vector: if the keys change, raise SENTENCE_VERSION, then re-pin.
GOLDEN_KEYS = ["31ec3192", "47357eab", "4a3853c4", "57f77061", "6239ab3d", "69873027", "70ab9869", "88544c6d"]
SENTENCES = st.lists(st.lists(st.sampled_from("a b c".split()), max_size=10), max_size=8)


def grams_of(text: Sentences) -> SentenceGrams:
    counts = [len(words) for words in text]
    return gram_sentences(hash_words(list(chain.from_iterable(text))), counts)


def keys_of(text: Sentences) -> list[int]:
    counts = [len(words) for words in text]
    return list(map(int, find_keys(hash_and_mask(list(chain.from_iterable(text)))[1], counts)))


def words(sentence: str) -> list[str]:
    return sentence.split()


def bigrams(sentence: list[str]) -> set[tuple[str, ...]]:
    return {tuple(sentence[start : start + 2]) for start in range(len(sentence) - 1)}


def test_the_keys_of_a_sentence_never_change() -> None:
    keys = keys_of([words("air strikes on the village of jazra killed at least 24 civilians")])

    assert [f"{key:08x}" for key in keys] == GOLDEN_KEYS


def test_a_sentence_has_the_same_keys_in_any_text() -> None:
    sentence = words("air strikes on the village of jazra killed at least 24 civilians")

    assert set(keys_of([sentence])) <= set(
        keys_of([words("rain is expected on the coast"), sentence, words("he left")])
    )


def test_a_sentence_has_the_same_keys_however_its_numbers_are_written() -> None:
    first = words("the raids on the village of jazra killed 1 500 civilians in may")

    assert keys_of([first]) == keys_of([words("the raids on the village of jazra killed 24 civilians in may")])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 7))
def test_a_sentence_of_eight_words_shares_two_keys_after_one_of_them_changed(place: int) -> None:
    sentence = words("engineers reopened the northern road after two weeks")
    changed = [*sentence[:place], "elsewhere", *sentence[place + 1 :]]

    assert len(set(keys_of([sentence])) & set(keys_of([changed]))) >= 2


def test_a_sentence_that_is_not_compared_has_no_keys() -> None:
    assert keys_of([words("he did not elaborate further")]) == []


@settings(max_examples=50, deadline=None)
@given(SENTENCES)
def test_a_sentence_has_at_most_its_number_of_keys(text: Sentences) -> None:
    assert len(keys_of(text)) <= KEYS_PER_SENTENCE * len(text)


@settings(max_examples=50, deadline=None)
@given(SENTENCES, SENTENCES)
def test_the_score_is_the_jaccard_of_the_word_bigrams(here: Sentences, there: Sentences) -> None:
    for number, other, score in match(grams_of(here), grams_of(there)):
        first, second = bigrams(here[number]), bigrams(there[other])
        assert score == len(first & second) / len(first | second)


@settings(max_examples=50, deadline=None)
@given(SENTENCES, SENTENCES)
def test_each_sentence_is_matched_once_and_no_better_match_is_left(here: Sentences, there: Sentences) -> None:
    matched = match(grams_of(here), grams_of(there))

    scores_here = {number: score for number, _, score in matched}
    scores_there = {other: score for _, other, score in matched}
    assert len(scores_here) == len(scores_there) == len(matched)
    for number, sentence in enumerate(here):
        for other, second in enumerate(there):
            if min(len(sentence), len(second)) >= SENTENCE_WORDS:
                first_grams, second_grams = bigrams(sentence), bigrams(second)
                score = len(first_grams & second_grams) / len(first_grams | second_grams)
                best = max(scores_here.get(number, 0), scores_there.get(other, 0))
                assert score < sentences.MINIMUM_SCORE or score <= best


@settings(max_examples=50, deadline=None)
@given(SENTENCES, SENTENCES)
def test_the_matches_are_the_same_from_the_other_text(here: Sentences, there: Sentences) -> None:
    mirrored = sorted((number, other, score) for other, number, score in match(grams_of(there), grams_of(here)))

    assert match(grams_of(here), grams_of(there)) == mirrored


def test_of_equal_scores_the_pair_nearest_to_the_beginnings_wins() -> None:
    repeated = words("the road to homs stays closed today")

    assert match(grams_of([repeated, repeated]), grams_of([["so"], repeated, repeated])) == [(0, 1, 1.0), (1, 2, 1.0)]


def test_a_sentence_of_few_words_is_not_compared() -> None:
    short = words("he did not elaborate further")

    assert match(grams_of([short]), grams_of([short])) == []


def test_a_page_of_very_many_rows_is_compared_at_its_beginning() -> None:
    rows = [words("a b c d e f g")] * (COMPARED_SENTENCES + 5)

    matched = match(grams_of(rows), grams_of(rows))

    assert [number for number, _, _ in matched] == list(range(COMPARED_SENTENCES))


def test_the_grams_are_joined_in_parts_without_changing_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    text = [[f"w{(number * step) % 7}" for number in range(9)] for step in range(1, 9)]
    here, there = grams_of(text), grams_of(text[::-1])
    at_once = sentences.count_shared(here, there).tolist()

    monkeypatch.setattr(sentences, "JOINED_GRAMS", 5)

    assert sentences.count_shared(here, there).tolist() == at_once
