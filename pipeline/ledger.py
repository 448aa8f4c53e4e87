"""Events in, events out, for good: the only code that opens the ledger.

One connection per append or read, kept short, under an exclusive lock: a kept connection dies for good on a full disk, a short
one recovers, and any open session, even a read-only one, blocks writers.
"""

import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipeline import chain, locks, pending
from pipeline.chain import Batch, Row
from pipeline.events import EntrySeen, Event, Pending, Recorded
from pipeline.payloads import from_payload, to_payload
from pipeline.settings import SQL

STORAGE_VERSION = "v1.4.0"  # never another: re-attaching with a different value upgrades the file, silently
SPARE_BYTES = 64 << 20
BYTES_PER_PAYLOAD_BYTE = 8  # the database, its write-ahead log and the checkpoint's copy, with a margin
FIRST_SIGHTING = "first_sighting"
# Rows go in as one JSON text: given Python lists, DuckDB looks for pandas once per value, 2,000 times slower.
INSERT_EVENTS = """
insert into ledger.events
select unnest(from_json($1, '[{
    "position": "UBIGINT", "event_id": "UUID", "event_type": "VARCHAR", "schema_version": "INTEGER", "stream": "VARCHAR",
    "event_date": "DATE", "occurred_at": "TIMESTAMPTZ", "recorded_at": "TIMESTAMPTZ", "producer": "VARCHAR",
    "run_id": "VARCHAR", "caused_by": "UUID", "batch": "UBIGINT", "payload": "VARCHAR", "payload_sha256": "VARCHAR",
    "leaf": "VARCHAR"
}]'), recursive := true)
"""
Connection = duckdb.DuckDBPyConnection


class LedgerError(RuntimeError):
    """The ledger cannot be used now: one sentence with the remedy."""


class Head(NamedTuple):
    """The end of the ledger: the last position, the last batch and its hash. An empty ledger has (0, 0, 64 zeros)."""

    position: int
    batch: int
    hash: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger in `folder`, for one run.

    run_id  names the run in each event
    now     the wall clock, UTC
    wait_s  how long to wait for another process
    """

    folder: Path
    run_id: str
    now: Callable[[], datetime]
    wait_s: float = 60.0

    @property
    def file(self) -> Path:
        """The database: to be copied only while closed and under the lock."""
        return self.folder / "ledger.duckdb"

    @property
    def heads_file(self) -> Path:
        """One line per appended batch, kept beside the ledger: shows a cut tail."""
        return self.folder.parent / "heads.log"

    def append(self, events: Iterable[Event]) -> int:
        """Append what the ledger does not have yet, as one batch; return how many events that were.

        Raises LedgerError when the disk is nearly full or another process holds the ledger for too long.
        """
        given = {event.event_id: event for event in events}
        if not given:
            return 0
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.connect() as connection:
            known = known_ids(connection, given)
            new = {event_id: event for event_id, event in given.items() if event_id not in known}
            if not new:
                return 0
            rows = to_rows(settle_days(connection, new), read_head(connection), self.run_id, self.now())
            self.check_disk(sum(len(row.payload or "") for row in rows))
            batch = insert(connection, rows)
        self.note_head(batch)
        return len(new)

    def check_disk(self, payload_bytes: int) -> None:
        """Raise LedgerError unless an append of this size surely fits."""
        needed = BYTES_PER_PAYLOAD_BYTE * payload_bytes + SPARE_BYTES
        if (free := shutil.disk_usage(self.folder).free) < needed:
            raise LedgerError(
                f"The disk of {self.folder} has {free >> 20} MB free, and this append wants {needed >> 20} MB: "
                "make room and run again; nothing was lost."
            )

    def note_head(self, batch: Batch) -> None:
        """Write the new head to heads.log."""
        line = f"{batch.recorded_at.isoformat()} {batch.last_position} {batch.batch} {batch.hash}\n"
        with self.heads_file.open("ab+") as heads:
            if heads.tell():
                heads.seek(-1, os.SEEK_END)
                line = line if heads.read(1) == b"\n" else f"\n{line}"  # a power cut tore the last one
            heads.write(line.encode())
            heads.flush()
            os.fsync(heads.fileno())

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection with the ledger attached as `ledger`, under the lock. Keep it short."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        deadline = time.monotonic() + self.wait_s
        try:
            with locks.hold(self.folder / "ledger.lock", self.wait_s):
                connection = self.attach(deadline)
                try:
                    yield connection
                finally:
                    connection.close()
        except locks.Busy as busy:
            raise LedgerError(held_message(busy.holder, self.wait_s)) from None

    def attach(self, deadline: float) -> Connection:
        """Open the database, waiting until the deadline (monotonic seconds) for an outsider that has it open."""
        while True:
            connection = duckdb.connect(":memory:")
            try:
                connection.execute("set timezone = 'UTC'")
                connection.execute(f"attach {literal(str(self.file))} as ledger (storage_version '{STORAGE_VERSION}')")
                connection.execute((SQL / "ledger.sql").read_text())
            except duckdb.IOException as error:
                connection.close()
                if "lock" not in str(error):
                    raise
                if time.monotonic() >= deadline:
                    found = re.search(r"PID (\d+)", str(error))
                    raise LedgerError(held_message(int(found[1]) if found else None, self.wait_s)) from None
                time.sleep(locks.POLL_S)
            except BaseException:
                connection.close()
                raise
            else:
                return connection

    def head(self) -> Head:
        """The end of the ledger."""
        with self.connect() as connection:
            return read_head(connection)

    def pending_positions(self, selection: pending.Selection) -> list[tuple[int, int]]:
        """(position, attempt) of every pending input of a step, oldest first."""
        query, parameters = pending.pending_query(selection)
        with self.connect() as connection:
            return connection.execute(query, parameters).fetchall()

    def pending_chunks(self, selection: pending.Selection, *, chunk: int = 200) -> Iterator[list[Pending[Any]]]:
        """The pending inputs of a step, at most `chunk` at once; the ledger is closed whenever a chunk is handed out."""
        positions = self.pending_positions(selection)
        for start in range(0, len(positions), chunk):
            yield self.read_pending(positions[start : start + chunk], has_entries=selection.step == "extract")

    def read_pending(self, positions: Sequence[tuple[int, int]], *, has_entries: bool = False) -> list[Pending[Any]]:
        """The inputs at these (position, attempt), for `extract` with the entry that led to each."""
        attempts = dict(positions)
        with self.connect() as connection:
            causes = read_events(connection, f"position in ({numbers(attempts)})")
            entries = {}
            if has_entries:
                ids = {cause.event.caused_by for cause in causes}
                entries = {found.event_id: found.event for found in read_ids(connection, ids)}
        return [
            Pending(
                cause=cause,
                attempt=attempts[cause.position],
                entry=as_entry(entries.get(cause.event.caused_by)) if has_entries else None,
            )
            for cause in causes
        ]

    def read(self, event_types: Sequence[str], *, after: int = 0, chunk: int = 1000) -> Iterator[list[Recorded[Any]]]:
        """The events of these types after a position, in order, withdrawn ones left out, at most `chunk` at once."""
        names = ", ".join(literal(name) for name in event_types)
        while True:
            with self.connect() as connection:
                found = read_events(connection, f"position > {after} and event_type in ({names})", limit=chunk)
            if not found:
                return
            yield found
            after = found[-1].position

    def query(self, text: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a question about the ledger's tables."""
        with self.connect() as connection:
            return connection.execute(text, parameters).fetchall()

    def copy_events(self, into: Path, *, after: int) -> int:
        """Write the events after a position to the table `events` of a new database file; return the last position."""
        with self.connect() as connection:
            connection.execute(f"attach {literal(str(into))} as copied (storage_version '{STORAGE_VERSION}')")
            connection.execute(
                f"create table copied.events as select * from ledger.events where position > {after} order by position"
            )
            return read_head(connection).position


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
    """The ids among these that the ledger has. Outcomes are looked for among their days only, entries among all."""
    known: set[uuid.UUID] = set()
    for are_entries in (True, False):
        days = {
            event_id: event.event_date
            for event_id, event in events.items()
            if isinstance(event, EntrySeen) is are_entries
        }
        if not days:
            continue
        first, last = min(days.values()), max(days.values())
        # An entry may have been seen under another day. Dates are literals so that row groups are skipped.
        bounds = "event_type = 'EntrySeen'" if are_entries else f"event_date between date '{first}' and date '{last}'"
        rows = connection.execute(
            f"select event_id from ledger.events where {bounds} "
            "and event_id in (select unnest(from_json($1, '[\"UUID\"]')))",
            [json.dumps([str(event_id) for event_id in days])],
        )
        known.update(event_id for (event_id,) in rows.fetchall())
    return known


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
    connection.execute(INSERT_EVENTS, [json.dumps([row._asdict() for row in rows], default=str)])
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


def read_events(connection: Connection, condition: str, limit: int | None = None) -> list[Recorded[Any]]:
    """The events that satisfy a condition of ours, by position, withdrawn ones left out."""
    rows = connection.execute(
        "select position, event_id, event_type, payload, event_date, occurred_at, caused_by, producer from ledger.events "
        f"where payload is not null and {condition} order by position" + (f" limit {limit}" if limit else "")
    ).fetchall()
    return [
        Recorded(
            position=position,
            event_id=event_id,
            event=from_payload(
                event_type,
                payload,
                event_date=event_date,
                occurred_at=occurred_at.astimezone(UTC),
                caused_by=caused_by,
                producer=producer,
            ),
        )
        for position, event_id, event_type, payload, event_date, occurred_at, caused_by, producer in rows
    ]


def read_ids(connection: Connection, ids: Iterable[uuid.UUID | None]) -> list[Recorded[Any]]:
    """The events with these ids."""
    listed = ", ".join(f"'{event_id}'" for event_id in sorted(filter(None, ids)))
    return read_events(connection, f"event_id in ({listed})") if listed else []


def as_entry(event: Event | None) -> EntrySeen | None:
    """The event, which must be an entry."""
    assert event is None or isinstance(event, EntrySeen), "a capture is caused by an entry"
    return event


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as SQL."""
    return ", ".join(str(value) for value in values)


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def held_message(holder: int | None, waited_s: float) -> str:
    """What a user should know when another process holds the ledger."""
    name = ""
    if holder:
        try:
            name = f" ({Path(f'/proc/{holder}/comm').read_text().strip()})"
        except OSError:
            name = ""
    return (
        f"The ledger is held by process {holder or 'unknown'}{name}, waited {waited_s:g} s: end it or let it finish, "
        "and query the warehouse instead (claimwire sql), which never blocks a run."
    )
