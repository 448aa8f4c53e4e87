"""An event's id in, its content out of the ledger and the archive: texts are other people's, and witnesses have names.

The hashes stay, so the chain still holds and `verify` says by which event a payload was withdrawn. What was made from a page
can be made again from its archived bytes: therefore withdrawing anything of an article withdraws the capture it came from.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from pipeline.events import ContentWithdrawn
from pipeline.ledger.appending import Connection
from pipeline.ledger.ledger import BYTES_PER_PAYLOAD_BYTE, STORAGE_VERSION, Ledger, literal
from pipeline.values import RecordRef

# One step from some events to what goes with them: what was made from them; all else of the same article; its captures, and
# all else that became of their pages: a capture that was not read yet, or one that failed, would bring the words back.
ONE_STEP = """
with here as (
    select event_id, stream, caused_by from ledger.events
    where event_id in (select unnest(from_json($1, '["UUID"]')))
)

select events.event_id from ledger.events as events inner join here on events.caused_by = here.event_id
union
select events.event_id from ledger.events as events inner join here on events.stream = here.stream
where (here.stream like 'article/%' or here.stream like 'page/%') and events.event_type != 'ContentWithdrawn'
union
select events.event_id from ledger.events as events inner join here on events.event_id = here.caused_by
where here.stream like 'article/%' and events.event_type = 'PageCaptured'
"""

WITH_PAYLOAD = """
select event_id, payload -> '$.body' from ledger.events
where payload is not null and event_id in (select unnest(from_json($1, '["UUID"]')))
order by position
"""

LEFT_OVER = """
select position from ledger.events
where payload is not null and event_id::varchar in (
    select unnest(from_json(payload -> '$.withdrawn_ids', '["VARCHAR"]')) from ledger.events
    where event_type = 'ContentWithdrawn'
)
"""


class UnknownEventError(ValueError):
    """The ledger has no such event: one sentence with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What was withdrawn: how many events lost their payload and how many archived records were blanked."""

    events: int
    records: int


def withdraw(ledger: Ledger, event_id: uuid.UUID, reason: str, blank: Callable[[RecordRef], None]) -> Withdrawal:
    """Withdraw the payload of an event, of its article's captures and of all made from them; `blank` empties a WARC record.

    Running it again finishes what a killed one left. Raises UnknownEventError on an event that cannot be withdrawn.
    """
    found = ledger.query(
        "select event_type, stream, event_date from ledger.events where event_id = $1::uuid", [str(event_id)]
    )
    if not found:
        raise UnknownEventError(
            f"The ledger has no event {event_id}: copy an event_id from the marts articles or claims."
        )
    event_type, stream, day = found[0]
    if event_type in ("SourcePolled", "ContentWithdrawn"):
        raise UnknownEventError(
            f"Event {event_id} is a {event_type} and cannot be withdrawn: give an event of the article, or its EntrySeen."
        )
    with ledger.connect() as connection:
        if connection.execute(LEFT_OVER).fetchall():
            blank_payloads(connection)  # a killed call came so far
        rows = connection.execute(WITH_PAYLOAD, [to_json(find_related(connection, event_id))]).fetchall()
        ids = tuple(row[0] for row in rows)
        bodies = [body for _, body in rows if body not in (None, "null")]
        for body in bodies:
            blank(msgspec.json.decode(body, type=RecordRef))
        if ids:
            withdrawn = ContentWithdrawn(
                event_date=day,
                occurred_at=ledger.now(),
                caused_by=None,
                producer="withdraw-1",
                # Of an event withdrawn before, something was made meanwhile: a run had read it already.
                withdrawn_id=event_id if event_id in ids else ids[0],
                withdrawn_ids=ids,
                withdrawn_stream=stream,
                reason=reason,
            )
            ledger.append_to(connection, {withdrawn.event_id: withdrawn})
            blank_payloads(connection)
        rewrite(connection, ledger)
    return Withdrawal(events=len(ids), records=len(bodies))


def find_related(connection: Connection, event_id: uuid.UUID) -> set[uuid.UUID]:
    """The event, what was made from it, and of an article all revisions with the captures they came from."""
    related = frontier = {event_id}
    while frontier:
        found = {row[0] for row in connection.execute(ONE_STEP, [to_json(frontier)]).fetchall()}
        frontier = found - related
        related = related | found
    return related


def to_json(ids: Iterable[uuid.UUID]) -> str:
    """Ids as a JSON list."""
    return json.dumps(sorted(map(str, ids)))


def blank_payloads(connection: Connection) -> None:
    """Take every withdrawn payload out of the ledger's tables."""
    rows = connection.execute(
        "select payload ->> '$.withdrawn_ids' from ledger.events where event_type = 'ContentWithdrawn'"
    ).fetchall()
    ids = {event_id for (listed,) in rows for event_id in json.loads(listed)}
    connection.execute(
        "update ledger.events set payload = null where event_id in (select unnest(from_json($1, '[\"UUID\"]')))",
        [to_json(ids)],
    )


def rewrite(connection: Connection, ledger: Ledger) -> None:
    """Replace the ledger's file by a copy that holds only what its tables hold: freed blocks keep old bytes."""
    ledger.check_disk(ledger.file.stat().st_size // BYTES_PER_PAYLOAD_BYTE)
    copy = ledger.file.with_suffix(".rewritten")
    for leftover in (copy, copy.with_suffix(".rewritten.wal")):
        leftover.unlink(missing_ok=True)
    connection.execute(f"attach {literal(str(copy))} as rewritten (storage_version '{STORAGE_VERSION}')")
    connection.execute("copy from database ledger to rewritten")
    connection.execute("detach rewritten")
    connection.execute("checkpoint ledger")
    connection.execute("detach ledger")
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    copy.replace(ledger.file)
