"""Events in, events out, for good: the only code that opens the ledger.

One connection per append or read, kept short, under an exclusive lock: a kept connection dies for good on a full disk, a short
one recovers, and any open session, even a read-only one, blocks writers.
"""

import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline import locks
from pipeline.events import EntrySeen, Event, Pending, Recorded
from pipeline.ledger import pending
from pipeline.ledger.appending import (
    Connection,
    Head,
    insert,
    known_ids,
    read_head,
    settle_days,
    to_rows,
    withdrawn_causes,
)
from pipeline.ledger.payloads import from_payload
from pipeline.settings import SQL

STORAGE_VERSION = "v1.4.0"  # never another: re-attaching with a different value upgrades the file, silently
SPARE_BYTES = 64 << 20
TAIL_BYTES = 4096  # of heads.log: holds its last lines
BYTES_PER_PAYLOAD_BYTE = 8  # the database, its write-ahead log and the checkpoint's copy, with a margin


class LedgerError(RuntimeError):
    """The ledger cannot be used now: one sentence with the remedy."""


class LedgerUnreadableError(RuntimeError):
    """The ledger's file is damaged or not to be opened: one sentence with the remedy."""


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
        """Append what the ledger does not have yet, as one batch; return how many events that were."""
        return len(self.append_new(events))

    def append_new(self, events: Iterable[Event]) -> list[Event]:
        """Append what the ledger does not have yet, as one batch, and return it.

        What was made from something that was withdrawn meanwhile is left out. Raises LedgerError when the disk is nearly
        full or another process holds the ledger for too long.
        """
        given = {event.event_id: event for event in events}
        if not given:
            return []
        with self.connect() as connection:
            return self.append_to(connection, given)

    def append_to(self, connection: Connection, given: dict[uuid.UUID, Event]) -> list[Event]:
        """The same through an open connection."""
        left_out = known_ids(connection, given) | withdrawn_causes(connection, given)
        new = {event_id: event for event_id, event in given.items() if event_id not in left_out}
        if new:
            new = settle_days(connection, new)
            rows = to_rows(new, read_head(connection), self.run_id, self.now())
            self.check_disk(sum(len(row.payload or "") for row in rows))
            insert(connection, rows)
            self.note_heads(connection)
        return list(new.values())

    def check_disk(self, payload_bytes: int) -> None:
        """Raise LedgerError unless an append of this size surely fits."""
        needed = BYTES_PER_PAYLOAD_BYTE * payload_bytes + SPARE_BYTES
        if (free := shutil.disk_usage(self.folder).free) < needed:
            raise LedgerError(
                f"The disk of {self.folder} has {free >> 20} MB free, and this append wants {needed >> 20} MB: "
                "make room and run again; nothing was lost."
            )

    def note_heads(self, connection: Connection) -> None:
        """Write the heads that heads.log lacks: the new one, and any that a killed process did not come to write."""
        noted = self.read_noted_heads()
        batches = connection.execute(
            "select recorded_at, last_position, batch, hash from ledger.batches where batch > $1 order by batch",
            [min(noted[-1].batch if noted else 0, read_head(connection).batch - 1)],
        ).fetchall()
        lines = "".join(
            f"{at.astimezone(UTC).isoformat()} {last} {batch} {digest}\n" for at, last, batch, digest in batches
        )
        with self.heads_file.open("ab+") as heads:
            if heads.tell():
                heads.seek(-1, os.SEEK_END)
                lines = lines if heads.read(1) == b"\n" else f"\n{lines}"  # a power cut tore the last one
            heads.write(lines.encode())
            heads.flush()
            os.fsync(heads.fileno())

    def read_noted_heads(self, last_bytes: int = TAIL_BYTES) -> list[Head]:
        """The whole lines in the last bytes of heads.log."""
        if not self.heads_file.exists():
            return []
        with self.heads_file.open("rb") as heads:
            heads.seek(max(0, self.heads_file.stat().st_size - last_bytes))
            lines = [line.split() for line in heads.read().decode(errors="replace").splitlines()]
        return [Head(int(line[1]), int(line[2]), line[3]) for line in lines if len(line) == 4 and len(line[3]) == 64]

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
            except duckdb.Error as error:
                connection.close()
                if "Could not set lock" not in str(error):
                    raise LedgerUnreadableError(
                        f"{self.file} cannot be opened: put it back from a copy. DuckDB says: {first_line(error)}"
                    ) from error
                if time.monotonic() >= deadline:
                    found = re.search(r"PID (\d+)", str(error))
                    raise LedgerError(held_message(int(found[1]) if found else None, self.wait_s)) from None
                time.sleep(locks.POLL_S)
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
            return [(position, attempt) for position, attempt, *_ in connection.execute(query, parameters).fetchall()]

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

    def read_at(self, positions: Sequence[int]) -> list[Recorded[Any]]:
        """The events at these positions, in order, withdrawn ones left out."""
        with self.connect() as connection:
            return read_events(connection, f"position in ({numbers(positions)})")

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


def first_line(error: Exception) -> str:
    """The first line of what an error says."""
    return str(error).strip().partition("\n")[0]
