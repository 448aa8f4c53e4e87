"""Keys of new texts and of known ones in, which of them may share something out: each known text is looked at once.

Two keys must be shared: a single one is mostly a stock phrase, and a key has only 32 bits. What is shared by how many texts
does not matter, nor does their order.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.blocks import Block, Numbers, Owners
from pipeline.comparison.fingerprints import Keys, distinct, once

JOINED_KEYS = 4_000_000  # at a time: some 100 MB
ROW_BITS = 22  # of a key, which lead to its row: tables of 4 and 16 MB, of 5 keys that are not wanted one is passed on
PAIRS_AT_MOST = 16_000_000  # at a time, of several texts: some 400 MB while they are put in order
HALF = np.uint64(32)

Rows = NDArray[np.int32]
Pairs = NDArray[np.uint64]  # two positions each, here in the upper half, there in the lower
Search = Callable[[Sequence[int], float], Pairs]  # the pairs of some positions, or TooManyPairs


class TooManyPairs(Exception):  # a turn in the search, not an error
    """There are more pairs than may be in memory."""


class Wanted:
    """Keys that are looked for, each once and in order, with the owners of each.

    owners  those of a key together; begins: where those of a key begin, counts: how many there are
    may_be  of the upper bits of a key, whether it may be among them
    rows    of the upper bits of a key, the first wanted key that is not below them

    Behind the last key stands the largest that can be, which nobody owns: no key is looked for beyond it.
    """

    def __init__(self, block: Block) -> None:
        packed = np.sort(pack(block.keys, block.owners))
        in_order = upper(packed)
        self.owners, self.positions = lower(packed), block.positions
        begins = np.flatnonzero(np.diff(in_order.astype(np.int64), prepend=-1))
        keys = in_order[begins]
        self.keys = np.append(keys, np.uint32(0xFFFFFFFF))
        self.begins = np.append(begins, 0).astype(np.int32)
        self.counts = np.append(np.diff(begins, append=len(in_order)), 0).astype(np.int32)
        with_bits = np.bincount(upper_bits(keys), minlength=1 << ROW_BITS)
        self.may_be = with_bits > 0
        self.rows = (np.cumsum(with_bits) - with_bits).astype(np.int32)

    def find(self, keys: Keys) -> tuple[Owners, Rows]:
        """Of those `keys` that are wanted: which they are, and the row of the one like it here."""
        may_be = np.flatnonzero(self.may_be.take(upper_bits(keys)))
        packed = np.sort(pack(keys.take(may_be), may_be))  # in order they are looked up in half the time
        wanted = upper(packed)
        rows = self.rows.take(upper_bits(wanted))
        behind = np.flatnonzero(self.keys.take(rows) < wanted)
        while len(behind):
            rows[behind] += 1
            behind = behind[self.keys.take(rows.take(behind)) < wanted.take(behind)]
        is_here = np.flatnonzero(self.keys.take(rows) == wanted)
        return lower(packed).take(is_here), rows.take(is_here)

    def find_sharing(self, known: Block) -> Iterator[Pairs]:
        """Yield the pairs, here and there, of texts that share two keys; those there are lower."""
        places, rows = self.find(known.keys)
        joined = int(self.counts.take(rows).sum(dtype=np.int64))
        halves = known.split() if joined > JOINED_KEYS else None
        if halves:
            for half in halves:
                yield from self.find_sharing(half)
            return
        shared = self.join(known.owners.take(places), rows, len(known.positions))
        shared.sort()
        twice = once(shared[1:][shared[1:] == shared[:-1]])
        there, here = np.divmod(twice, max(len(self.positions), 1))
        here_at, there_at = self.positions.take(here), known.positions.take(there)
        is_lower = there_at < here_at
        yield pack(here_at[is_lower], there_at[is_lower])

    def join(self, there: Owners, rows: Rows, texts: int) -> NDArray[np.unsignedinteger[Any]]:
        """One number for each text here that has the key of a text there, the same for the same two texts.

        there, rows  for each key of a text there the text's number and the key's row
        texts        how many there are
        """
        here = len(self.positions)
        # The smaller ones are sorted in half the time.
        number = np.dtype(np.uint32) if here * texts < 1 << 32 else np.dtype(np.uint64)
        counts = self.counts.take(rows)
        owners = np.repeat(self.begins.take(rows) - np.cumsum(counts, dtype=np.int32) + counts, counts)
        owners += np.arange(len(owners), dtype=np.int32)
        joined = np.repeat(np.multiply(there, here, dtype=number), counts)
        joined += self.owners.take(owners)
        return joined


class Candidates:
    """What positions may share something with. State: a sentence that all texts have makes all of them pairs.

    search   finds the pairs of positions, those there lower
    found    of some positions those there
    waiting  other positions, in parts that are searched together, the next one last
    """

    def __init__(self, search: Search) -> None:
        self.search = search
        self.found: dict[int, Numbers] = {}
        self.waiting: list[list[int]] = []

    def plan(self, positions: Sequence[int]) -> None:
        """Search these together when one of them is asked for, as far as memory allows; forget all others."""
        self.found, self.waiting = {}, [list(positions)]

    def find(self, positions: Sequence[int]) -> Iterator[dict[int, Numbers]]:
        """Yield the candidates of the positions, of as many as are known at a time."""
        wanted = set(positions)
        while wanted:
            found = {position: self.found[position] for position in wanted if position in self.found}
            if found:
                yield found
                wanted -= found.keys()
            else:
                self.search_part(wanted)

    def search_part(self, wanted: set[int]) -> None:
        """Search the next part that has a wanted position, or cut it in halves."""
        planned = (part for part in reversed(self.waiting) if not wanted.isdisjoint(part))
        part = next(planned, None) or sorted(wanted)
        self.waiting = [other for other in self.waiting if other is not part]
        try:
            pairs = self.search(part, PAIRS_AT_MOST if len(part) > 1 else math.inf)
        except TooManyPairs:
            middle = len(part) // 2
            self.waiting += [part[middle:], part[:middle]]
        else:
            nothing = np.zeros(0, dtype=np.int64)
            self.found = dict.fromkeys(part, nothing) | group(pairs)


def find_pairs(here: Block, known: Iterable[Block], at_most: float = math.inf) -> Pairs:
    """Return the pairs of texts that may share something, here and there, each once; those there are lower.

    Raises TooManyPairs when there are more than `at_most`.
    """
    wanted = Wanted(here)
    return collect((pairs for block in known for pairs in wanted.find_sharing(block)), at_most)


def collect(found: Iterable[Pairs], at_most: float = math.inf) -> Pairs:
    """Return all pairs, in order and each once. Raises TooManyPairs as soon as there are more than `at_most`."""
    kept, count = [np.zeros(0, dtype=np.uint64)], 0
    for pairs in found:
        kept.append(pairs)
        count += len(pairs)
        if count > at_most:
            raise TooManyPairs
    return distinct(np.concatenate(kept))


def group(pairs: Pairs) -> dict[int, Numbers]:
    """Return for each position here those there.

    >>> group(to_pairs([(7, 1), (7, 3), (9, 3)]))
    {7: array([1, 3]), 9: array([3])}
    """
    here, there = upper(pairs), lower(pairs).astype(np.int64)
    begin = np.flatnonzero(np.diff(here.astype(np.int64), prepend=-1))
    parts = np.split(there, begin[1:])
    return {int(here[first]): part for first, part in zip(begin, parts, strict=False)}


def turn_round(candidates: Mapping[int, Numbers]) -> dict[int, Numbers]:
    """Return for each position there those here.

    >>> turn_round({7: np.array([1, 3]), 9: np.array([3])})
    {1: array([7]), 3: array([7, 9])}
    """
    return group(collect(pack(there, np.full_like(there, here)) for here, there in candidates.items()))


def to_pairs(rows: Sequence[tuple[int, int]]) -> Pairs:
    """Return rows of positions, here and there, as pairs.

    >>> [(pair >> 32, pair & 0xFFFFFFFF) for pair in to_pairs([(9, 3), (7, 1)]).tolist()]
    [(7, 1), (9, 3)]
    """
    here, there = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return distinct(pack(here, there))


def pack(upper_half: NDArray[np.integer[Any]], lower_half: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """Return two columns of numbers below 2^32 as one, so that they are sorted together.

    >>> pack(np.array([1]), np.array([2])).tolist()
    [4294967298]
    """
    packed = upper_half.astype(np.uint64)
    packed <<= HALF
    packed |= lower_half.astype(np.uint64, copy=False)
    return packed


def upper(packed: NDArray[np.uint64]) -> Owners:
    """The first of two columns that were packed."""
    return (packed >> HALF).astype(np.uint32)


def lower(packed: NDArray[np.uint64]) -> Owners:
    """The second one."""
    return packed.astype(np.uint32)


def upper_bits(keys: Keys) -> Numbers:
    """Return the bits of keys that lead to their rows."""
    return (keys >> np.uint32(32 - ROW_BITS)).astype(np.int64)
