"""Words in, what stands for their numbers out."""

import pytest

from pipeline.comparison.numbers import find_numbers, mask


@pytest.mark.parametrize("word", ["24", "1st", "٢٤", "twelve", "hundred", "2017"])
def test_all_numbers_are_masked_alike(word: str) -> None:
    assert mask(word) == mask("13")


@pytest.mark.parametrize("word", ["may", "march", "raqqa", "second"])
def test_a_word_that_may_be_none_is_not_masked(word: str) -> None:
    assert mask(word) == word


def test_weekdays_and_months_are_masked_and_told_apart() -> None:
    assert mask("sunday") == mask("monday") != mask("june") == mask("july")


def test_the_time_of_a_post_on_a_live_page_is_no_number_of_its_sentence() -> None:
    assert find_numbers("11:35 It said 12 fighters died.") == ["12"]


def test_a_time_that_the_sentence_tells_is_one() -> None:
    assert find_numbers("The raid began at 11:35 on Sunday.") == ["11", "35"]
