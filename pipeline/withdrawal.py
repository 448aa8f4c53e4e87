"""An event's id in, its content out of the ledger and the archive: texts are other people's, and witnesses have names.

The hashes stay, so the chain still holds and `verify` says by which event a payload was withdrawn. What was made from a page
can be made again from its archived bytes: therefore withdrawing anything of an article withdraws the capture it came from.
"""

import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from pipeline.events import ContentWithdrawn
from pipeline.ledger import STORAGE_VERSION, Connection, Ledger, literal
from pipeline.values import RecordRef

# From an event of an article up to the capture, then down to all that was made from it.
MADE_FROM = """
with recursive up as (
    select event_id, event_type, caused_by from ledger.events where event_id = $1::uuid
    union
    select parents.event_id, parents.event_type, parents.caused_by
    from ledger.events as parents
    inner join up on parents.event_id = up.caused_by
    where parents.event_type != 'EntrySeen' and parents.event_type != 'SourcePolled'
),
down as (
    select event_id from up
    union
    select children.event_id
    from ledger.events as children
    inner join down on children.caused_by = down.event_id
)

select events.event_id, events.payload -> '$.body'
from ledger.events as events
inner join down using (event_id)
where events.payload is not null
order by events.position
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
    """Withdraw the payload of an event, of the capture behind it and of all made from it; `blank` empties a WARC record.

    Running it again finishes what a killed one left. Raises UnknownEventError when the ledger has no such event.
    """
    found = ledger.query("select stream, event_date from ledger.events where event_id = $1::uuid", [str(event_id)])
    if not found:
        raise UnknownEventError(
            f"The ledger has no event {event_id}: copy an event_id from the marts articles or claims."
        )
    if ledger.query(LEFT_OVER):  # by a killed call: what was made meanwhile is then found as what is left
        blank_payloads(ledger)
    rows = ledger.query(MADE_FROM, [str(event_id)])
    ids = tuple(row[0] for row in rows)
    for _, body in rows:
        if body not in (None, "null"):
            blank(msgspec.json.decode(body, type=RecordRef))
    if ids:
        stream, day = found[0]
        ledger.append(
            [
                ContentWithdrawn(
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
            ]
        )
    blank_payloads(ledger)
    return Withdrawal(events=len(ids), records=sum(body not in (None, "null") for _, body in rows))


def blank_payloads(ledger: Ledger) -> None:
    """Take every withdrawn payload out of the ledger's file, not only out of its tables."""
    with ledger.connect() as connection:
        rows = connection.execute(
            "select payload ->> '$.withdrawn_ids' from ledger.events where event_type = 'ContentWithdrawn'"
        ).fetchall()
        ids = sorted({event_id for (listed,) in rows for event_id in json.loads(listed)})
        connection.execute(
            "update ledger.events set payload = null where event_id in (select unnest(from_json($1, '[\"UUID\"]')))",
            [json.dumps(ids)],
        )
        rewrite(connection, ledger)


def rewrite(connection: Connection, ledger: Ledger) -> None:
    """Replace the ledger's file by a copy that holds only what its tables hold: freed blocks keep old bytes."""
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
