"""Keys of texts in, which of them may share something out."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.comparison import searching
from pipeline.comparison.blocks import Block, cut, join, to_block, to_row
from pipeline.comparison.searching import Candidates, collect, find_pairs, group, to_pairs

NEAR = [0, 1, 2, 1 << 10, (1 << 10) + 1, (1 << 32) - 2, (1 << 32) - 1]  # keys with the same upper bits, the ends
KEYS = st.sampled_from([*NEAR, *range(357_913_941, 1 << 32, 715_827_882)])
TEXTS = st.lists(st.sets(KEYS, max_size=6), max_size=9)

Pairs = list[tuple[int, int]]


def block_all(texts: list[set[int]]) -> list[Block]:
    """A block a text."""
    keys = [np.array(sorted(keys), dtype=np.uint32) for keys in texts]
    return [to_block([to_row([10 * number], [one])]) for number, one in enumerate(keys)]


def search(here: list[Block], known: list[list[Block]]) -> Pairs:
    return unpack(find_pairs(join(here), map(join, known)))


def unpack(pairs: searching.Pairs) -> Pairs:
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]


def expected(texts: list[set[int]]) -> Pairs:
    numbers = range(len(texts))
    return [(10 * a, 10 * b) for a in numbers for b in numbers if b < a and len(texts[a] & texts[b]) >= 2]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 4))
def test_the_pairs_are_those_that_share_two_keys_the_lower_position_there(texts: list[set[int]], size: int) -> None:
    blocks = block_all(texts)

    assert search(blocks, [blocks[at : at + size] for at in range(0, len(blocks), size)]) == expected(texts)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_joining_few_keys_at_a_time_changes_nothing(texts: list[set[int]]) -> None:
    blocks = block_all(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "JOINED_KEYS", 2)

        assert search(blocks, [blocks]) == expected(texts)


def test_nothing_to_look_for_finds_nothing() -> None:
    assert search([], [block_all([{1, 2}])]) == search(block_all([{1, 2}]), []) == []


def test_pairs_of_two_searches_are_united() -> None:
    first, second = to_pairs([(30, 10), (20, 10)]), to_pairs([(20, 10), (30, 20)])

    grouped = group(collect([first, second]))

    assert {here: there.tolist() for here, there in grouped.items()} == {20: [10], 30: [10, 20]}


def test_positions_of_too_many_pairs_are_searched_in_parts_and_nothing_is_lost() -> None:
    alike = [np.array([1, 2], dtype=np.uint32)] * 40
    block = to_block([to_row(range(1, 41), alike)])
    parts: list[int] = []

    def search_some(positions: Sequence[int], at_most: float) -> searching.Pairs:
        found = find_pairs(block.keep(np.isin(block.positions, positions)), [block], at_most)
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
    candidates = Candidates(lambda positions, _: to_pairs([(position, position - 1) for position in positions]))
    candidates.plan([5, 6])

    found = [some for wanted in ([5], [9], [6]) for some in candidates.find(wanted)]

    assert [{here: there.tolist() for here, there in some.items()} for some in found] == [{5: [4]}, {9: [8]}, {6: [5]}]


def test_no_texts_make_no_blocks() -> None:
    assert list(cut([])) == []
