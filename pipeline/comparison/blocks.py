"""Keys of texts in, blocks of them out: the keys of several texts one after another, so that a search handles few arrays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.fingerprints import Keys

KEY = np.dtype("<u4")  # as an index keeps them
COUNT = np.dtype("<u4")
POSITION = np.dtype("<u8")
BLOCK_KEYS = 8_192  # of a block in the index, of both kinds: some 32 texts, 32 KB

Numbers = NDArray[np.int64]
Owners = NDArray[np.uint32]  # numbers of texts in a block
Row = tuple[bytes, bytes, bytes]  # positions, counts and keys as an index keeps them


@dataclass(frozen=True, slots=True, eq=False)
class Keyed:
    """A text by its position in the ledger, with its keys of both kinds."""

    position: int
    fingerprints: Keys
    sentence_keys: Keys


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The keys of several texts, of one kind, one text after another.

    counts     how many keys each text has
    positions  of each text
    """

    keys: Keys
    counts: Numbers
    positions: Numbers

    @property
    def owners(self) -> Owners:
        """For each key the number of its text in the block."""
        return np.repeat(np.arange(len(self.counts), dtype=np.uint32), self.counts)

    def keep(self, is_kept: NDArray[np.bool_]) -> "Block":
        """The block of some of the texts."""
        return Block(self.keys[np.repeat(is_kept, self.counts)], self.counts[is_kept], self.positions[is_kept])

    def split(self) -> "tuple[Block, Block] | None":
        """The block in two halves of whole texts; None if it is a single one."""
        if len(self.counts) < 2:
            return None
        is_first = np.arange(len(self.counts)) < len(self.counts) // 2
        return self.keep(is_first), self.keep(~is_first)


def to_block(rows: Sequence[Row]) -> Block:
    """The keys of texts as an index keeps them, as one block.

    >>> row = np.uint64([7, 9]).tobytes(), np.uint32([1, 2]).tobytes(), np.uint32([3, 3, 5]).tobytes()
    >>> block = to_block([row])
    >>> block.positions.tolist(), block.counts.tolist(), block.keys.tolist(), block.owners.tolist()
    ([7, 9], [1, 2], [3, 3, 5], [0, 1, 1])
    """
    positions, counts, keys = (b"".join(column) for column in zip(*rows, strict=True)) if rows else (b"", b"", b"")
    return Block(
        np.frombuffer(keys, dtype=KEY),
        np.frombuffer(counts, dtype=COUNT).astype(np.int64),
        np.frombuffer(positions, dtype=POSITION).astype(np.int64),
    )


def join(blocks: Iterable[Block]) -> Block:
    """Return several blocks as one."""
    parts = [to_block([]), *blocks]
    return Block(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "counts", "positions")))


def to_row(positions: Sequence[int], keys: Sequence[Keys]) -> Row:
    """Return the keys of texts as an index keeps them.

    >>> to_block([to_row([7], [np.array([3, 5], dtype=np.uint32)])]).keys.tolist()
    [3, 5]
    """
    packed = np.concatenate([np.zeros(0, dtype=KEY), *keys])
    counts = [len(one) for one in keys]
    return (
        np.array(positions, dtype=POSITION).tobytes(),
        np.array(counts, dtype=COUNT).tobytes(),
        packed.astype(KEY, copy=False).tobytes(),
    )


def cut(texts: Sequence[Keyed]) -> Iterator[Sequence[Keyed]]:
    """Yield the texts in parts of some BLOCK_KEYS keys, whole texts each."""
    if not texts:
        return
    ends = np.cumsum([len(text.fingerprints) + len(text.sentence_keys) for text in texts], dtype=np.int64)
    starts = np.flatnonzero(np.diff(ends // BLOCK_KEYS, prepend=-1))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(texts)], strict=True):
        yield texts[start:end]
