"""Keys of texts in, which of them may share something out."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.comparison import searching
from pipeline.comparison.searching import Candidates, Numbers, Packed, find_pairs, group, to_block, unite

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

    grouped = group(unite([first, second]))

    assert {here: there.tolist() for here, there in grouped.items()} == {20: [10], 30: [10, 20]}


def test_positions_of_too_many_pairs_are_searched_in_parts_and_nothing_is_lost() -> None:
    keys = np.array([1, 2], dtype="<u4").tobytes()
    packed = [(position, keys) for position in range(1, 41)]
    parts: list[int] = []

    def search_some(positions: Sequence[int], at_most: float) -> tuple[Numbers, Numbers]:
        found = find_pairs(to_block([one for one in packed if one[0] in positions]), [to_block(packed)], at_most)
        parts.append(len(positions))
        return found

    candidates = Candidates(search_some)
    candidates.plan(range(1, 41))
    found: dict[int, list[int]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "PAIRS_AT_MOST", 100)
        for start in range(1, 41, 8):
            for some in candidates.find(range(start, start + 8)):
                found |= {position: there.tolist() for position, there in some.items()}

    assert found == {position: list(range(1, position)) for position in range(1, 41)}
    assert (sum(parts), max(parts)) == (40, 10)  # each was searched once, never too many together


def test_a_position_is_found_again_after_others_were_searched() -> None:
    candidates = Candidates(lambda positions, _: (np.array(positions), np.array(positions) - 1))
    candidates.plan([5, 6])

    found = [some for wanted in ([5], [9], [6]) for some in candidates.find(wanted)]

    assert [{here: there.tolist() for here, there in some.items()} for some in found] == [{5: [4]}, {9: [8]}, {6: [5]}]
