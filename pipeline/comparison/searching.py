"""Keys of new texts and of known ones in, which of them may share something out: each known text is looked at once.

Two keys must be shared: a single one is mostly a stock phrase, and a key has only 32 bits. What is shared by how many texts
does not matter, nor does their order.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.fingerprints import Keys, distinct

KEY = np.dtype("<u4")
JOINED_KEYS = 4_000_000  # at a time: some 100 MB
TABLE_BITS = (
    24  # of a key, which say whether it may be a wanted one: 16 MB, and of 20 keys that are not, one is passed on
)
PAIRS_AT_MOST = 4_000_000  # at a time, of several texts: some 300 MB while they are united
HALF = np.uint64(32)
LOWER_HALF = np.uint64(0xFFFFFFFF)

Numbers = NDArray[np.int64]
Packed = Sequence[tuple[int, bytes]]  # of several texts the position and the keys
Pairs = tuple[Numbers, Numbers]
Search = Callable[[Sequence[int], float], Pairs]  # the pairs of some positions, or TooManyPairs


class TooManyPairs(Exception):  # a turn in the search, not an error
    """There are more pairs than may be in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The keys of several texts, one after another.

    owners     for each key the number of its text in the block
    positions  of each text
    """

    keys: Keys
    owners: Numbers
    positions: Numbers

    def split(self) -> "tuple[Block, Block] | None":
        """The block in two halves of whole texts; None if it is a single one."""
        if not len(self.owners) or self.owners[0] == self.owners[-1]:
            return None
        middle = int(np.searchsorted(self.owners, self.owners[len(self.owners) // 2])) or int(
            np.searchsorted(self.owners, self.owners[0], side="right")
        )
        return (
            Block(self.keys[:middle], self.owners[:middle], self.positions),
            Block(self.keys[middle:], self.owners[middle:], self.positions),
        )


def to_block(texts: Packed) -> Block:
    """The keys of texts as an index keeps them.

    >>> block = to_block([(7, np.array([3, 5], dtype="<u4").tobytes())])
    >>> block.keys.tolist(), block.owners.tolist(), block.positions.tolist()
    ([3, 5], [0, 0], [7])
    """
    keys = np.frombuffer(b"".join(packed for _, packed in texts), dtype=KEY)
    counts = [len(packed) // KEY.itemsize for _, packed in texts]
    positions = np.array([position for position, _ in texts], dtype=np.int64)
    return Block(keys, np.repeat(np.arange(len(texts)), counts), positions)


class Wanted:
    """Keys that are looked for, each once, with the owners of each.

    owners  those of a key together; begins: where those of a key begin, counts: how many there are
    may_be  of the upper bits of a key, whether it may be among them
    """

    def __init__(self, block: Block) -> None:
        order = np.argsort(block.keys, kind="stable")
        in_order = block.keys[order]
        self.owners, self.positions = block.owners[order], block.positions
        self.keys, self.begins, self.counts = np.unique(in_order, return_index=True, return_counts=True)
        self.may_be = np.zeros(1 << TABLE_BITS, dtype=bool)
        self.may_be[to_row(self.keys)] = True

    def find(self, keys: Keys) -> tuple[Numbers, Numbers, Numbers]:
        """Of those `keys` that are wanted: which they are, the place of the first like it here, and how many there are."""
        may_be = np.flatnonzero(self.may_be[to_row(keys)])
        packed = np.sort(pack(keys[may_be], may_be))  # in order they are looked up in half the time
        wanted = (packed >> HALF).astype(np.uint32)
        rows = np.searchsorted(self.keys, wanted)
        is_here = self.keys.take(rows, mode="clip") == wanted if len(self.keys) else np.zeros(len(wanted), dtype=bool)
        rows = rows[is_here]
        return (packed[is_here] & LOWER_HALF).astype(np.int64), self.begins[rows], self.counts[rows]

    def find_sharing(self, known: Block) -> Iterator[Pairs]:
        """Yield the positions, here and there, of texts that share two keys; those there are lower."""
        places, begin, counts = self.find(known.keys)
        halves = known.split() if counts.sum() > JOINED_KEYS else None
        if halves:
            for half in halves:
                yield from self.find_sharing(half)
            return
        skipped = np.repeat(begin - np.cumsum(counts) + counts, counts)
        here = self.owners[np.arange(len(skipped)) + skipped]
        there = np.repeat(known.owners[places], counts)
        is_lower = known.positions[there] < self.positions[here]
        shared = np.sort(pack(here[is_lower], there[is_lower]))
        twice = distinct(shared[1:][shared[1:] == shared[:-1]])
        yield self.positions[(twice >> HALF).astype(np.int64)], known.positions[(twice & LOWER_HALF).astype(np.int64)]


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
    """Return the positions of the texts that may share something, here and there, each pair once; those there are lower.

    Raises TooManyPairs when there are more than `at_most`.
    """
    wanted = Wanted(here)
    return collect((pairs for block in known for pairs in wanted.find_sharing(block)), at_most)


def collect(found: Iterable[Pairs], at_most: float = math.inf) -> Pairs:
    """Return the pairs, each once, by position. Raises TooManyPairs as soon as there are more than `at_most`."""
    kept, count = [], 0
    for pairs in found:
        kept.append(pairs)
        count += len(pairs[0])
        if count > at_most:
            raise TooManyPairs
    return unite(kept)


def unite(found: Sequence[Pairs]) -> Pairs:
    """Return the pairs, each once, by position."""
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    here, there = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((there, here))
    here, there = here[order], there[order]
    is_new = np.ones(len(here), dtype=bool)
    is_new[1:] = (here[1:] != here[:-1]) | (there[1:] != there[:-1])
    return here[is_new], there[is_new]


def group(pairs: Pairs) -> dict[int, Numbers]:
    """Return for each position here those there.

    >>> group((np.array([7, 7, 9]), np.array([1, 3, 3])))
    {7: array([1, 3]), 9: array([3])}
    """
    here, there = pairs
    begin = np.flatnonzero(np.diff(here, prepend=-1))
    parts = np.split(there, begin[1:])
    return {int(here[first]): part for first, part in zip(begin, parts, strict=False)}


def turn_round(candidates: Mapping[int, Numbers]) -> dict[int, Numbers]:
    """Return for each position there those here.

    >>> turn_round({7: np.array([1, 3]), 9: np.array([3])})
    {1: array([7]), 3: array([7, 9])}
    """
    return group(unite([(there, np.full_like(there, here)) for here, there in candidates.items()]))


def to_columns(rows: Sequence[tuple[int, int]]) -> Pairs:
    """Return rows of pairs as two columns.

    >>> [column.tolist() for column in to_columns([(7, 1), (9, 3)])]
    [[7, 9], [1, 3]]
    """
    here, there = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return here, there


def pack(upper: NDArray[np.integer], lower: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Return two columns as one, so that they are sorted together.

    >>> pack(np.array([1]), np.array([2])).tolist()
    [4294967298]
    """
    return upper.astype(np.uint64) << HALF | lower.astype(np.uint64)


def to_row(keys: Keys) -> Keys:
    """Return the upper bits of keys."""
    return keys >> np.uint32(32 - TABLE_BITS)
