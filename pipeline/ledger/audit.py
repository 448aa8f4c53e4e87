"""A ledger in, a verdict out: whether it is as it was written, and if not, where it was touched.

On one disk this shows accidents and careless edits. Somebody who can rewrite the ledger and heads.log together is only found by
a head hash that was kept elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from pipeline.ledger import chain
from pipeline.ledger.appending import Head, read_head
from pipeline.ledger.chain import Batch, Row
from pipeline.ledger.ledger import Ledger

ROWS_AT_ONCE = 20_000
ALL_BYTES = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What `verify` found.

    problem    None if the ledger is whole; else altered | missing | reordered | repeated | cut_tail | batch | head
    position   of the first event (or, for a batch, of its first event) that is not as written
    message    one sentence
    events     how many were checked; withdrawn: how many of them hold no payload any more, and why that is right
    """

    problem: str | None
    position: int | None
    message: str
    events: int
    withdrawn: int


class Found(Exception):  # carries the first problem out of nested loops; never seen outside
    """The first problem."""

    def __init__(self, problem: str, position: int | None, message: str) -> None:
        super().__init__(message)
        self.problem, self.position = problem, position


def verify(ledger: Ledger) -> Verdict:
    """Check every payload, leaf, batch and link, and that the last head written to heads.log is in the chain."""
    head, batches, withdrawn = read_skeleton(ledger)
    checked = 0
    try:
        check_links(batches)
        for last_position in check_events(ledger, batches, withdrawn):
            checked = last_position
        check_end(ledger, head, batches)
    except Found as found:
        return Verdict(
            problem=found.problem, position=found.position, message=str(found), events=checked, withdrawn=len(withdrawn)
        )
    note = f", {len(withdrawn)} of them withdrawn" if withdrawn else ""
    message = f"{checked} events in {len(batches)} batches are as they were written{note}; head {head.hash}."
    return Verdict(problem=None, position=None, message=message, events=checked, withdrawn=len(withdrawn))


def read_skeleton(ledger: Ledger) -> tuple[Head, list[Batch], dict[str, int]]:
    """The head, all batches, and for each withdrawn event's id the position of the event that withdrew it."""
    with ledger.connect() as connection:
        head = read_head(connection)
        rows = connection.execute("select * from ledger.batches order by batch, first_position").fetchall()
        withdrawn = connection.execute(
            "select unnest(from_json(payload -> '$.withdrawn_ids', '[\"VARCHAR\"]')), position from ledger.events "
            "where event_type = 'ContentWithdrawn' order by position desc"
        ).fetchall()
    return head, [Batch(*row)._replace(recorded_at=row[-1].astimezone(UTC)) for row in rows], dict(withdrawn)


def check_links(batches: Sequence[Batch]) -> None:
    """Raise Found unless each batch names the hash of the one before it and goes on where that ended."""
    previous_hash, position = chain.NO_HASH, 0
    for number, batch in enumerate(batches, 1):
        if batch.batch != number or batch.first_position != position + 1:
            raise Found("missing", position + 1, f"Batch {number}, which begins at event {position + 1}, is missing.")
        is_counted = batch.events == batch.last_position - batch.first_position + 1
        if batch.previous_hash != previous_hash or chain.hash_batch(batch) != batch.hash or not is_counted:
            span = f"events {batch.first_position} to {batch.last_position}"
            raise Found(
                "batch", batch.first_position, f"Batch {number} ({span}) was altered: it does not fit its hash."
            )
        previous_hash, position = batch.hash, batch.last_position


def check_events(ledger: Ledger, batches: Sequence[Batch], withdrawn: dict[str, int]) -> Iterator[int]:
    """Raise Found at the first event that is not as it was written; yield the last position of each batch that is whole."""
    expected = 1
    leaves: list[str] = []
    ends = {batch.last_position: batch for batch in batches}
    last = batches[-1].last_position if batches else 0
    for rows in read_rows(ledger, last):
        for row in rows:
            check_row(row, expected, rows, withdrawn)
            leaves.append(row.leaf)
            if batch := ends.get(expected):
                check_root(batch, leaves)
                yield expected
                leaves = []
            expected += 1
    if expected <= last:
        raise Found("missing", expected, f"Event {expected} is missing: the batches go to event {last}.")


def check_root(batch: Batch, leaves: list[str]) -> None:
    """Raise Found unless these leaves are those that the batch was sealed with."""
    if chain.hash_tree(leaves) != batch.merkle_root:
        span = f"events {batch.first_position} to {batch.last_position}"
        raise Found("altered", batch.first_position, f"One of {span} was altered together with its leaf.")


def read_rows(ledger: Ledger, last: int) -> Iterator[list[Row]]:
    """The rows up to a position, in order and in chunks; the ledger is closed between them."""
    for first in range(1, last + 1, ROWS_AT_ONCE):
        end = min(first + ROWS_AT_ONCE - 1, last)
        rows = ledger.query(
            f"select * from ledger.events where position between {first} and {end} order by position, event_id"
        )
        yield [
            row._replace(occurred_at=row.occurred_at.astimezone(UTC), recorded_at=row.recorded_at.astimezone(UTC))
            for row in (Row(*columns) for columns in rows)
        ]


def check_row(row: Row, expected: int, rows: Sequence[Row], withdrawn: dict[str, int]) -> None:
    """Raise Found unless this row is the expected one, as it was written."""
    if row.position < expected:
        raise Found("repeated", row.position, f"Event {row.position} stands in the ledger twice.")
    if row.position > expected:
        raise Found("missing", expected, f"Event {expected} is missing.")
    if chain.hash_leaf(row) != row.leaf:
        raise explain_leaf(row, rows)
    if row.payload is None:
        if str(row.event_id) not in withdrawn:
            raise Found("altered", row.position, f"Event {row.position} has no payload, and no event withdrew it.")
    elif chain.hash_payload(row.payload) != row.payload_sha256:
        raise Found(
            "altered",
            row.position,
            f"Event {row.position} ({row.event_type}) was altered: its payload does not fit its hash.",
        )


def explain_leaf(row: Row, rows: Sequence[Row]) -> Found:
    """Why a row's columns do not fit its leaf: it was moved here from another place, or changed."""
    fits = next(
        (other.position for other in rows if chain.hash_leaf(row._replace(position=other.position)) == row.leaf), None
    )
    if fits is None:
        return Found(
            "altered",
            row.position,
            f"Event {row.position} ({row.event_type}) was altered: its columns do not fit its leaf.",
        )
    if any(chain.hash_leaf(other._replace(position=row.position)) == other.leaf for other in rows):
        return Found(
            "reordered", row.position, f"Events were reordered: what stands at {row.position} was written at {fits}."
        )
    return Found(
        "missing", row.position, f"Event {row.position} is missing: what was written at {fits} took its place."
    )


def check_end(ledger: Ledger, head: Head, batches: Sequence[Batch]) -> None:
    """Raise Found unless the ledger ends where the head and heads.log say that it ended."""
    end = Head(batches[-1].last_position, batches[-1].batch, batches[-1].hash) if batches else Head(0, 0, chain.NO_HASH)
    if head.position > end.position:
        raise Found(
            "cut_tail",
            end.position + 1,
            f"The tail was cut: the head names event {head.position}, the last is {end.position}.",
        )
    if head != end:
        raise Found("head", end.position, f"The head was altered: it does not name the last batch, {end.batch}.")
    (beyond, events, ids) = ledger.query(
        "select count(*) filter (position > $1), count(*), count(distinct event_id) from ledger.events", [end.position]
    )[0]
    if beyond:
        raise Found("batch", end.position + 1, f"Events from {end.position + 1} on belong to no batch.")
    if events != end.position:
        raise Found("repeated", 0, f"The ledger holds {events} events, but its positions go from 1 to {end.position}.")
    if ids != events:
        raise Found("repeated", None, f"{events - ids} events stand in the ledger twice, under different positions.")
    check_noted_heads(ledger, {batch.hash for batch in batches})


def check_noted_heads(ledger: Ledger, hashes: set[str]) -> None:
    """Raise Found unless every head that heads.log names is in the chain, not only the last: a cut tail may have grown again."""
    last = 0
    for noted in ledger.read_noted_heads(ALL_BYTES):
        if noted.hash not in hashes:
            message = (
                f"The tail was cut after event {last}: heads.log names event {noted.position}, which is not in the chain. "
                "If you put the ledger back from a copy yourself, move heads.log aside."
            )
            raise Found("cut_tail", last + 1, message)
        last = noted.position
