"""Events' columns in, hashes out: the leaf of an event, the root of a batch, the chain of batches.

The Merkle tree is that of RFC 6962, section 2.1: a leaf is hashed after a zero byte, an inner node after a one byte.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from pipeline.keys import canonical, utc

NO_HASH = "0" * 64  # what the first batch names as the previous one


class Row(NamedTuple):
    """One row of `ledger.events`, in the order of its columns."""

    position: int
    event_id: UUID
    event_type: str
    schema_version: int
    stream: str
    event_date: date
    occurred_at: datetime
    recorded_at: datetime
    producer: str
    run_id: str
    caused_by: UUID | None
    batch: int
    payload: str | None
    payload_sha256: str
    leaf: str


class Batch(NamedTuple):
    """One row of `ledger.batches`."""

    batch: int
    first_position: int
    last_position: int
    events: int
    merkle_root: str
    previous_hash: str
    hash: str
    recorded_at: datetime


def hash_payload(payload: str) -> str:
    """Hex digest of a payload: it stays when the payload is withdrawn.

    >>> hash_payload("{}")[:8]
    '44136fa3'
    """
    return hashlib.sha256(payload.encode()).hexdigest()


def hash_leaf(row: Row) -> str:
    """Hex digest of all columns but payload and leaf."""
    columns = {
        "position": row.position,
        "event_id": str(row.event_id),
        "event_type": row.event_type,
        "schema_version": row.schema_version,
        "stream": row.stream,
        "event_date": row.event_date.isoformat(),
        "occurred_at": utc(row.occurred_at),
        "recorded_at": utc(row.recorded_at),
        "producer": row.producer,
        "run_id": row.run_id,
        "caused_by": str(row.caused_by) if row.caused_by else None,
        "batch": row.batch,
        "payload_sha256": row.payload_sha256,
    }
    return hashlib.sha256(b"\x00" + canonical(columns)).hexdigest()


def hash_tree(leaves: Sequence[str]) -> str:
    """Merkle root (RFC 6962) of leaf digests, in hex.

    >>> one, two = "aa" * 32, "bb" * 32
    >>> hash_tree([one]) == one, hash_tree([one, two])[:8]
    (True, '2f65cc0c')

    Raises ValueError on no leaves: an empty batch is never appended.
    """
    if not leaves:
        raise ValueError("expected at least one leaf, got none")
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        # Pairing level by level, the odd one carried up, gives RFC 6962's split at the largest power of two.
        paired = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def hash_batch(batch: Batch) -> str:
    """Hex digest that chains a batch to the one before it; `batch.hash` and `batch.events` do not enter it."""
    columns = {
        "batch": batch.batch,
        "first_position": batch.first_position,
        "last_position": batch.last_position,
        "merkle_root": batch.merkle_root,
        "previous_hash": batch.previous_hash,
        "recorded_at": utc(batch.recorded_at),
    }
    return hashlib.sha256(canonical(columns)).hexdigest()


def seal(rows: Sequence[Row], previous_hash: str) -> Batch:
    """The batch that holds these rows, chained to the hash before it."""
    first, last = rows[0], rows[-1]
    unsealed = Batch(
        batch=first.batch,
        first_position=first.position,
        last_position=last.position,
        events=len(rows),
        merkle_root=hash_tree([row.leaf for row in rows]),
        previous_hash=previous_hash,
        hash="",
        recorded_at=first.recorded_at,
    )
    return unsealed._replace(hash=hash_batch(unsealed))
