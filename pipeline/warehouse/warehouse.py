"""The ledger in, the file that people query out: `publish` builds it, tests it and puts it in place; `query` asks it.

The warehouse is a projection with a checkpoint. It is built in a private copy under a lock and renamed into place, so
readers never wait, and a build that is killed or stopped by a test leaves the last good file as it was.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline import locks
from pipeline.ledger.ledger import Ledger
from pipeline.settings import SQL, Settings
from pipeline.warehouse.agencies import read_agencies
from pipeline.warehouse.building import Built, Failure, Noted, build_file
from pipeline.warehouse.models import Models, first_line, read_models
from pipeline.warehouse.status import (
    PRIVATE,
    WarehouseStatus,
    describe,
    read_status,
    status_file,
    stopped_file,
    sync_folder,
    write_status,
)

SPARE_BYTES = 64 << 20
COPIES = 2  # the last file stays while the next is built
DISK_FULL = ("No space left", "File too large")


class PublishError(RuntimeError):
    """Nothing was published and the last good file stays: one sentence with the remedy."""


class PublishStopped(PublishError):
    """A test of severity `stop` selects rows: it would again. `failures` are those tests, each with its query."""

    def __init__(self, message: str, failures: tuple[Failure, ...]) -> None:
        super().__init__(message)
        self.failures = failures


class QueryError(ValueError):
    """A question that the warehouse cannot answer: one sentence with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publish did.

    is_new       False when the warehouse was up to date already
    is_full      whether it was rebuilt from the whole ledger
    events       taken from the ledger
    quarantined  events set aside, all in all
    failures     tests of severity `warn` that select rows
    """

    is_new: bool
    is_full: bool = False
    position: int
    events: int = 0
    quarantined: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """Columns and rows of an answer, and a note on how fresh the warehouse is."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one publish is to do.

    last   how the publish before went, if its file can be built upon; None: rebuild from the whole ledger
    tried  how the last try went, whatever became of it
    """

    models: Models
    producers: dict[str, str]
    last: WarehouseStatus | None
    tried: WarehouseStatus | None


def publish(ledger: Ledger, settings: Settings, *, now: datetime, producers: Mapping[str, str]) -> Published:
    """Bring the warehouse up to the ledger's head, unless it is there. `producers`: those of this code, per step.

    Raises PublishStopped when a `stop` test selects rows, PublishError on a full disk and when another publish does not end.
    """
    try:
        with locks.hold(settings.data / f"{PRIVATE}lock", settings.ledger_wait_s):
            remove_leftovers(settings.data)
            plan = make_plan(ledger, settings, dict(producers))
            head = ledger.head()
            last = plan.last
            if last and not last.is_stopped and (last.position, last.producers) == (head.position, plan.producers):
                write_status(settings, replace(last, tried_at=now))
                return Published(
                    is_new=False, position=head.position, quarantined=last.quarantined, failures=last.failures
                )
            check_disk(settings, plan)
            return publish_plan(ledger, settings, plan, now)
    except locks.Busy as busy:
        raise PublishError(
            f"Process {busy.holder or 'unknown'} is publishing, waited {settings.ledger_wait_s:g} s: try again later."
        ) from None
    except (OSError, duckdb.Error) as error:
        if not any(words in str(error) for words in DISK_FULL):
            raise
        raise PublishError(
            f"The disk of {settings.data} is full: make room and publish again; the last good warehouse stays."
        ) from error


def make_plan(ledger: Ledger, settings: Settings, producers: dict[str, str]) -> Plan:
    """Go on from the last publish if its file, sql/, the agencies and the ledger behind it are as they were, else start over."""
    models = read_models(SQL).with_agencies(read_agencies(settings.seeds))
    tried = read_status(settings)
    is_usable = (
        tried is not None
        and tried.models_digest == models.digest
        and is_as_published(settings.warehouse_file, tried)
        and is_in_ledger(ledger, tried)
        and not has_withdrawal(ledger, after=tried.position)
    )
    return Plan(models=models, producers=producers, last=tried if is_usable else None, tried=tried)


def has_withdrawal(ledger: Ledger, *, after: int) -> bool:
    """Whether content was withdrawn since: deleted rows leave their bytes in a file's free blocks, so it is built anew."""
    query = "select count(*) from ledger.events where position > $1 and event_type = 'ContentWithdrawn'"
    return bool(ledger.query(query, [after])[0][0])


def is_as_published(file: Path, last: WarehouseStatus) -> bool:
    """Whether the warehouse is there and nobody has changed it since it was published."""
    if not file.exists():
        return False
    found = file.stat()
    return (found.st_size, found.st_mtime_ns) == (last.file_bytes, last.file_mtime_ns)


def is_in_ledger(ledger: Ledger, last: WarehouseStatus) -> bool:
    """Whether the ledger that was published is the beginning of this one: not, when somebody started a new one."""
    return find_hash(ledger, last.position) == last.ledger_hash


def find_hash(ledger: Ledger, position: int) -> str:
    """The hash of the batch that ends at a position; empty when none does."""
    found = ledger.query("select hash from ledger.batches where last_position = $1", [position])
    return str(found[0][0]) if found else ""


def check_disk(settings: Settings, plan: Plan) -> None:
    """Raise PublishError unless what is to be built surely fits."""
    of_ledger = sum(file.stat().st_size for file in settings.ledger_folder.glob("*.duckdb*"))
    needed = SPARE_BYTES + COPIES * (plan.last.file_bytes if plan.last else of_ledger)
    if (free := shutil.disk_usage(settings.data).free) < needed:
        raise PublishError(
            f"The disk of {settings.data} has {free >> 20} MB free and publishing wants {needed >> 20} MB: "
            "make room and publish again; the last good warehouse stays."
        )


def publish_plan(ledger: Ledger, settings: Settings, plan: Plan, now: datetime) -> Published:
    """Build, test and put in place. The private files are gone afterwards, whatever happens."""
    building = settings.data / f"{PRIVATE}{os.getpid()}.building"
    try:
        if plan.last:
            shutil.copyfile(settings.warehouse_file, building)
        events_file = building.with_suffix(".events.building")
        noted = Noted(
            position=ledger.copy_events(events_file, after=plan.last.position if plan.last else 0),
            published_at=now,
            producers=plan.producers,
        )
        built = build_file(building, events_file, plan.models, noted)  # without the ledger: it is free again
        status = replace(make_status(plan, noted, built, building), ledger_hash=find_hash(ledger, noted.position))
        if any(failure.severity == "stop" for failure in built.failures):
            raise stop(settings, plan.tried, status, building)
        put_in_place(building, settings.warehouse_file)
        write_status(settings, status)
        stopped_file(settings).unlink(missing_ok=True)
    finally:
        remove_leftovers(settings.data)
    return Published(
        is_new=True,
        is_full=plan.last is None,
        position=noted.position,
        events=built.events,
        quarantined=built.quarantined,
        failures=built.failures,
    )


def make_status(plan: Plan, noted: Noted, built: Built, building: Path) -> WarehouseStatus:
    """How this publish goes, should it be put in place."""
    found = building.stat()
    return WarehouseStatus(
        position=noted.position,
        head_position=noted.position,
        ledger_hash="",
        published_at=noted.published_at,
        tried_at=noted.published_at,
        is_stopped=False,
        failures=built.failures,
        quarantined=built.quarantined,
        models_digest=plan.models.digest,
        producers=plan.producers,
        file_bytes=found.st_size,
        file_mtime_ns=found.st_mtime_ns,
    )


def stop(settings: Settings, before: WarehouseStatus | None, status: WarehouseStatus, building: Path) -> PublishStopped:
    """Note a publish that a test stopped, and keep what was built, so that the failing rows can be looked at."""
    building.replace(stopped_file(settings))
    nothing = replace(status, position=0, ledger_hash="", published_at=None, file_bytes=0, file_mtime_ns=0)
    write_status(
        settings,
        replace(
            before or nothing,
            is_stopped=True,
            head_position=status.head_position,
            tried_at=status.tried_at,
            failures=status.failures,
            quarantined=status.quarantined,
        ),
    )
    stopping = tuple(failure for failure in status.failures if failure.severity == "stop")
    told = ", ".join(f"{failure.test} ({failure.rows})" for failure in stopping)
    return PublishStopped(
        f"Nothing was published, the last good warehouse stays: {told} must select no rows; "
        f"the queries are in {status_file(settings)}, to be run on {stopped_file(settings)}.",
        stopping,
    )


def put_in_place(building: Path, file: Path) -> None:
    """Rename the finished file over the published one, durably. Sessions that have the old one open keep reading it."""
    building.chmod(0o444)
    descriptor = os.open(building, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    stray = file.with_name(file.name + ".wal")
    if stray.exists():  # left by a user's session on the old file: it would be looked at when the new one is opened
        stray.replace(stray.with_name(stray.name + ".aside"))
    building.replace(file)
    sync_folder(file.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove private files, those of killed publishes too: whoever holds the lock is the only one that publishes."""
    for path in folder.glob(f"{PRIVATE}*.building*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def query(settings: Settings, sql: str) -> QueryResult:
    """Ask the warehouse. It is opened read-only; COPY .. TO a file works, since the question is the user's own.

    Raises QueryError when there is no warehouse yet and when DuckDB cannot run the question.
    """
    file = settings.warehouse_file
    if not file.exists():
        raise QueryError(f"There is no warehouse at {file} yet: run `claimwire publish`, or `make run` for everything.")
    try:
        with duckdb.connect(str(file), read_only=True, config={"autoinstall_known_extensions": "false"}) as connection:
            connection.execute("set timezone = 'UTC'")
            answer = connection.execute(sql)
            columns = tuple(column[0] for column in answer.description or ())
            return QueryResult(columns=columns, rows=answer.fetchall(), note=describe(read_status(settings)))
    except duckdb.Error as error:
        raise QueryError(f"The warehouse cannot answer that: {first_line(str(error))}") from None
