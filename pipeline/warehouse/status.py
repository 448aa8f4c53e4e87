"""How the last publish went: a small file beside the warehouse in, what to tell the reader out."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from pipeline.settings import Settings
from pipeline.warehouse.building import Failure

PRIVATE = ".warehouse-"  # names of files that only a publish uses begin so


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseStatus:
    """How the last publish went, kept beside the warehouse.

    position       last ledger position that the published file holds, ledger_hash the hash of its batch
    head_position  the ledger's end at the last try
    published_at   when the file was published, or None if none ever was; tried_at: the last try
    is_stopped     whether a test of severity `stop` stopped the last try: then the file is an older one
    failures       tests that selected rows at the last try
    quarantined    events set aside
    models_digest  of sql/; producers: of the code that published, per step
    file_bytes     size and time stamp of the published file: another size or time means that somebody changed it
    """

    position: int
    head_position: int
    ledger_hash: str
    published_at: datetime | None
    tried_at: datetime
    is_stopped: bool
    failures: tuple[Failure, ...]
    quarantined: int
    models_digest: str
    producers: dict[str, str]
    file_bytes: int
    file_mtime_ns: int


def status_file(settings: Settings) -> Path:
    """Tells how the last publish went."""
    return settings.warehouse_file.with_suffix(".status.json")


def stopped_file(settings: Settings) -> Path:
    """What a stopped publish had built: to look at, not to use."""
    return settings.warehouse_file.with_suffix(".stopped.duckdb")


def read_status(settings: Settings) -> WarehouseStatus | None:
    """How the last publish went, or None if there was none (or its note cannot be read)."""
    try:
        return msgspec.json.decode(status_file(settings).read_bytes(), type=WarehouseStatus)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_status(settings: Settings, status: WarehouseStatus) -> None:
    """Replace the status file in one step."""
    file = status_file(settings)
    unfinished = file.with_name(f"{PRIVATE}{os.getpid()}.status.building")
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(status), indent=2) + b"\n")
    unfinished.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def describe(status: WarehouseStatus | None) -> str:
    """One line on how fresh the warehouse is."""
    if status is None or status.published_at is None:
        return "It is not known when this warehouse was published: run `claimwire publish`."
    told = f"Warehouse of {status.published_at:%Y-%m-%d %H:%M} UTC, ledger position {status.position}"
    if status.is_stopped:
        failing = ", ".join(failure.test for failure in status.failures if failure.severity == "stop")
        return f"{told}; a later publish was stopped by {failing}."
    if status.failures:
        return f"{told}; warnings: {', '.join(f'{failure.test} ({failure.rows})' for failure in status.failures)}."
    return f"{told}."
