"""Keys of texts in, which of them may share something out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.comparison import searching
from pipeline.comparison.searching import Packed, find_pairs, group, to_block, unite

TEXTS = st.lists(st.sets(st.integers(0, 12).map(lambda number: number * 357_913_941), max_size=6), max_size=9)

Pairs = list[tuple[int, int]]


def pack_all(texts: list[set[int]]) -> Packed:
    return [(10 * number, np.array(sorted(keys), dtype="<u4").tobytes()) for number, keys in enumerate(texts)]


def search(here: Packed, known: list[Packed]) -> Pairs:
    first, second = find_pairs(to_block(here), map(to_block, known))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def expected(texts: list[set[int]]) -> Pairs:
    numbers = range(len(texts))
    return [(10 * a, 10 * b) for a in numbers for b in numbers if b < a and len(texts[a] & texts[b]) >= 2]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 4))
def test_the_pairs_are_those_that_share_two_keys_the_lower_position_there(texts: list[set[int]], size: int) -> None:
    packed = pack_all(texts)

    assert search(packed, [packed[at : at + size] for at in range(0, len(packed), size)]) == expected(texts)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_joining_few_keys_at_a_time_changes_nothing(texts: list[set[int]]) -> None:
    packed = pack_all(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "JOINED_KEYS", 2)

        assert search(packed, [packed]) == expected(texts)


def test_nothing_to_look_for_finds_nothing() -> None:
    assert search([], [pack_all([{1, 2}])]) == search(pack_all([{1, 2}]), []) == []


def test_pairs_of_two_searches_are_united() -> None:
    first = np.array([30, 20]), np.array([10, 10])
    second = np.array([20, 30]), np.array([10, 20])

    assert group(unite([first, second])) == {20: [10], 30: [10, 20]}
