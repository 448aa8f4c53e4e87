"""Events and the end of the ledger in, the next batch out: what an append writes. `ledger.py` opens the ledger for it."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from pipeline.events import ArticleCompared, CaptureOutcome, ClaimsExtracted, ClaimsFailed, EntrySeen, Event
from pipeline.ledger import chain
from pipeline.ledger.chain import Batch, Row
from pipeline.ledger.payloads import to_payload

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Connection: TypeAlias = "DuckDBPyConnection"
FIRST_SIGHTING = "first_sighting"
# An entry takes the day of its page's first sighting; a revision may come from captures of two days.
ON_ANY_DAY = (EntrySeen, ArticleCompared, ClaimsExtracted, ClaimsFailed)
ANY_DAY_TYPES = tuple(kind.__name__ for kind in ON_ANY_DAY)
# Rows go in as one JSON text: given Python lists, DuckDB looks for pandas once per value, some 200 times slower.
INSERT_EVENTS = """
insert into ledger.events
select unnest(from_json($1, '[{
    "position": "UBIGINT", "event_id": "UUID", "event_type": "VARCHAR", "schema_version": "INTEGER", "stream": "VARCHAR",
    "event_date": "DATE", "occurred_at": "TIMESTAMPTZ", "recorded_at": "TIMESTAMPTZ", "producer": "VARCHAR",
    "run_id": "VARCHAR", "caused_by": "UUID", "batch": "UBIGINT", "payload": "VARCHAR", "payload_sha256": "VARCHAR",
    "leaf": "VARCHAR"
}]'), recursive := true)
"""


class Head(NamedTuple):
    """The end of the ledger: the last position, the last batch and its hash. An empty ledger has (0, 0, 64 zeros)."""

    position: int
    batch: int
    hash: str


def settle_days(connection: Connection, events: dict[uuid.UUID, Event]) -> dict[uuid.UUID, Event]:
    """The same events, each `EntrySeen` moved to the day of its page: that of the first sighting."""
    streams = {event.stream() for event in events.values() if isinstance(event, EntrySeen)}
    if not streams:
        return events
    days: dict[str, date] = dict(
        connection.execute(
            "select stream, arg_min(event_date, position) from ledger.events where event_type = 'EntrySeen' "
            "and stream in (select unnest(from_json($1, '[\"VARCHAR\"]'))) group by stream",
            [json.dumps(sorted(streams))],
        ).fetchall()
    )
    return {event_id: settle_day(event, days) for event_id, event in events.items()}


def settle_day(event: Event, days: dict[str, date]) -> Event:
    """The event on the day of its page; `days` learns the day of a page that is new."""
    if not isinstance(event, EntrySeen):
        return event
    day = days.setdefault(event.stream(), event.event_date)
    return event if day == event.event_date else replace(event, event_date=day, day_rule=FIRST_SIGHTING)


def known_ids(connection: Connection, events: dict[uuid.UUID, Event]) -> set[uuid.UUID]:
    """The ids among these that the ledger has, looked for among their days only where an event can have no other day."""
    known: set[uuid.UUID] = set()
    for is_anywhere in (True, False):
        days = {key: event.event_date for key, event in events.items() if isinstance(event, ON_ANY_DAY) is is_anywhere}
        if not days:
            continue
        # Dates are literals so that row groups are skipped.
        bounds = f"event_date between date '{min(days.values())}' and date '{max(days.values())}'"
        known |= find_ids(connection, f"event_type in {ANY_DAY_TYPES}" if is_anywhere else bounds, days)
    return known


def withdrawn_causes(connection: Connection, events: dict[uuid.UUID, Event]) -> set[uuid.UUID]:
    """The ids among these of events that were made from something whose content was withdrawn meanwhile.

    So is a new capture of a page of which one was withdrawn: it was asked for before that.
    """
    causes = {event.caused_by for event in events.values() if event.caused_by}
    withdrawn = find_ids(connection, "payload is null", causes) if causes else set()
    pages = {event.stream() for event in events.values() if isinstance(event, CaptureOutcome)}
    blanked = find_blanked(connection, pages) if pages else set()
    return {event_id for event_id, event in events.items() if event.caused_by in withdrawn or event.stream() in blanked}


def find_blanked(connection: Connection, streams: Iterable[str]) -> set[str]:
    """The streams among these of which something was withdrawn."""
    rows = connection.execute(
        "select distinct stream from ledger.events where payload is null "
        "and stream in (select unnest(from_json($1, '[\"VARCHAR\"]')))",
        [json.dumps(sorted(streams))],
    )
    return {stream for (stream,) in rows.fetchall()}


def find_ids(connection: Connection, condition: str, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The ids among these of events that satisfy a condition of ours."""
    rows = connection.execute(
        f"select event_id from ledger.events where {condition} "
        "and event_id in (select unnest(from_json($1, '[\"UUID\"]')))",
        [json.dumps([str(event_id) for event_id in ids])],
    )
    return {event_id for (event_id,) in rows.fetchall()}


def to_rows(events: dict[uuid.UUID, Event], head: Head, run_id: str, recorded_at: datetime) -> list[Row]:
    """The rows that record events after the head, in the one order that a batch has."""
    ordered = sorted(events.items(), key=lambda item: (item[1].event_date, type(item[1]).__name__, item[0]))
    rows = []
    for position, (event_id, event) in enumerate(ordered, head.position + 1):
        payload = to_payload(event)
        row = Row(
            position=position,
            event_id=event_id,
            event_type=type(event).__name__,
            schema_version=event.SCHEMA_VERSION,
            stream=event.stream(),
            event_date=event.event_date,
            occurred_at=event.occurred_at,
            recorded_at=recorded_at,
            producer=event.producer,
            run_id=run_id,
            caused_by=event.caused_by,
            batch=head.batch + 1,
            payload=payload,
            payload_sha256=chain.hash_payload(payload),
            leaf="",
        )
        rows.append(row._replace(leaf=chain.hash_leaf(row)))
    return rows


def insert(connection: Connection, rows: list[Row]) -> Batch:
    """Insert rows as the next batch and move the head, in one transaction."""
    connection.execute("begin")
    head = read_head(connection)
    assert rows[0].position == head.position + 1, "positions are gapless"
    batch = chain.seal(rows, head.hash)
    connection.execute(INSERT_EVENTS, [msgspec.json.encode([row._asdict() for row in rows]).decode()])
    connection.execute("insert into ledger.batches values ($1, $2, $3, $4, $5, $6, $7, $8)", list(batch))
    connection.execute("delete from ledger.head")
    connection.execute("insert into ledger.head values ($1, $2, $3)", [batch.last_position, batch.batch, batch.hash])
    connection.execute("commit")
    return batch


def read_head(connection: Connection) -> Head:
    """The end of the ledger, seen through an open connection."""
    rows = connection.execute("select position, batch, hash from ledger.head").fetchall()
    assert len(rows) <= 1, "the ledger has one head"
    return Head(*rows[0]) if rows else Head(0, 0, chain.NO_HASH)
