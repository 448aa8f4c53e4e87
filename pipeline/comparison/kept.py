"""Positions in, the keys of their texts out: the blocks that the index's database keeps, in the order of the ledger."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.comparison import statements
from pipeline.comparison.blocks import Block, Keyed, Numbers, cut, join, to_block, to_row

FETCHED_KEYS = 1 << 22  # of both kinds at a time, of some 16,000 texts: 16 MB

POSITIONS = 1 << 32  # a pair of two is packed into 64 bits (searching.pack)

Ask = Callable[[str, dict[str, Any]], list[tuple[Any, ...]]]  # the rows of a statement with its parameters


def add(ask: Ask, texts: Sequence[Keyed]) -> None:
    """Keep the keys of texts, which are in the order of their positions and stand behind all others."""
    assert not texts or texts[-1].position < POSITIONS, "expected a position that half of a packed pair can hold"
    assert all(text.position < other.position for text, other in pairwise(texts)), "expected the order of the ledger"
    ask(statements.INSERT_BLOCKS, {"blocks": write_blocks(texts)})


def read_keys(ask: Ask, column: str, positions: Sequence[int]) -> Block:
    """The keys of one kind of the texts at some positions."""
    wanted = np.array(positions, dtype=np.int64)
    known = find_blocks(ask, max(positions, default=-1) + 1)
    before = np.searchsorted(known[:, 0], min(positions, default=0), side="right")
    blocks = fetch(ask, column, known[max(before - 1, 0) :])
    return join(block.keep(np.isin(block.positions, wanted)) for block in blocks)


def read_blocks(ask: Ask, column: str, below: int) -> Iterator[Block]:
    """The keys of one kind of all texts below a position, and of some others."""
    return fetch(ask, column, find_blocks(ask, below))


def find_blocks(ask: Ask, below: int) -> Numbers:
    """All blocks that begin below a position, in order: the first position of each, and how many keys it has."""
    return np.array(ask(statements.BLOCKS_BELOW, {"below": below}), dtype=np.int64).reshape(-1, 2)


def fetch(ask: Ask, column: str, blocks: Numbers) -> Iterator[Block]:
    """The keys of one kind of neighbouring blocks, several as one."""
    parts = np.flatnonzero(np.diff(np.cumsum(blocks[:, 1]) // FETCHED_KEYS, prepend=0))
    for some in filter(len, np.split(blocks[:, 0], parts)):
        yield to_block(ask(statements.KEYS.format(column=column, lowest=int(some[0]), highest=int(some[-1])), {}))


def write_blocks(texts: Sequence[Keyed]) -> str:
    """Return the keys of texts, in the order of their positions, as INSERT_BLOCKS takes them."""
    return json.dumps([to_json_row(part) for part in cut(texts)])


def to_json_row(texts: Sequence[Keyed]) -> dict[str, str | int]:
    """Return the keys of texts as one row."""
    at = [text.position for text in texts]
    positions, counts, fingerprints = map(encode, to_row(at, [text.fingerprints for text in texts]))
    _, sentence_counts, sentence_keys = map(encode, to_row(at, [text.sentence_keys for text in texts]))
    return {
        "first": at[0],
        "keys": sum(len(text.fingerprints) + len(text.sentence_keys) for text in texts),
        "positions": positions,
        "fingerprints_counts": counts,
        "fingerprints": fingerprints,
        "sentence_keys_counts": sentence_counts,
        "sentence_keys": sentence_keys,
    }


def encode(packed: bytes) -> str:
    """Return bytes as JSON can hold them."""
    return b64encode(packed).decode()
