"""The data folder in, what it weighs and for how long the disk lasts out. No state is kept for it.

The archive's growth is what was written to it in the last 7 days, by the time stamps of its files. The ledger's, the
index's and the warehouse's is their size, times the share of the ledger's events that were recorded in that time.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.amounts import duration
from pipeline.run import Run
from pipeline.settings import Settings
from pipeline.warehouse.status import stopped_file
from pipeline.warehouse.warehouse import COPIES, SPARE_BYTES

WINDOW = timedelta(days=7)
SHORTEST = timedelta(days=1)  # the first fill of a new ledger says nothing about an ordinary day
# One row a batch, so that no event is looked at.
RECORDED = """
select
    min(recorded_at),
    coalesce(sum(events), 0)::bigint,
    coalesce(sum(events) filter (recorded_at >= $since), 0)::bigint,
from ledger.batches
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What one store weighs.

    grown_bytes   of them, what came in the time that the growth is measured over
    bytes_a_day   how much a day that is; None while it is too early to say
    """

    store: str
    size_bytes: int
    grown_bytes: int
    bytes_a_day: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk that holds some of the stores.

    free_bytes      that are left on it
    reserved_bytes  of these, what the next publish and the next append want to be free before they begin
    bytes_a_day     by which the stores on it grow, with what a publish wants beside them; None: too early to say
    days_left       until something is refused for want of room; None if nothing grows or it is too early to say
    """

    stores: tuple[str, ...]
    free_bytes: int
    reserved_bytes: int
    bytes_a_day: float | None
    days_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What everything weighs.

    base        the time that the growth is measured over, in words: "over the last 7 days"
    base_s      the same in seconds; 0 before the first event
    is_known    whether that is long enough to speak of a day
    """

    base: str
    base_s: float
    is_known: bool
    stores: tuple[Store, ...]
    disks: tuple[Disk, ...]


def find_growth(run: Run) -> Growth:
    """What the stores of a run weigh, and how long their disks last."""
    now = run.now()
    [(first_at, events, new_events)] = run.ledger.query(RECORDED, {"since": now - WINDOW})
    seen = max(now - first_at, timedelta()) if first_at else timedelta()
    base = min(seen, WINDOW)
    share = new_events / events if events else 0.0
    stores = tuple(
        Store(
            store=name,
            size_bytes=sum(size for size, _ in files),
            grown_bytes=grown,
            bytes_a_day=grown / (base / timedelta(days=1)) if base >= SHORTEST else None,
        )
        for name, files in find_files(run.settings).items()
        for grown in [find_grown(name, files, now - WINDOW, share)]
    )
    return Growth(
        base=describe_base(seen, has_events=bool(first_at)),
        base_s=base.total_seconds(),
        is_known=base >= SHORTEST,
        stores=stores,
        disks=tuple(find_disks(run.settings, stores)),
    )


def describe_base(seen: timedelta, *, has_events: bool) -> str:
    """The time that growth is measured over, in words.

    >>> describe_base(timedelta(hours=30), has_events=True), describe_base(timedelta(days=99), has_events=True)
    ('since the first event, 30 hours ago', 'over the last 7 days')
    """
    if not has_events:
        return "nothing is recorded yet"
    return "over the last 7 days" if seen >= WINDOW else f"since the first event, {duration(seen)} ago"


def find_grown(store: str, files: Sequence[tuple[int, float]], since: datetime, share: float) -> int:
    """The bytes of a store that came since then: of the archive by its files, else by the share of events."""
    if store == "archive":
        return sum(size for size, modified in files if modified >= since.timestamp())
    return round(share * sum(size for size, _ in files))


def find_files(settings: Settings) -> dict[str, list[tuple[int, float]]]:
    """The files of each store: bytes and time stamp (seconds) of each."""
    warehouse, stopped = settings.warehouse_file, stopped_file(settings)
    return {
        "ledger": list(read_folder(settings.ledger_folder)),
        "archive": list(read_folder(settings.archive_folder)),
        "comparison": list(read_folder(settings.index_file.parent)),
        "warehouse": [
            (size, modified)
            for path in (warehouse, stopped)
            if path.exists()
            for size, modified in [(path.stat().st_size, path.stat().st_mtime)]
        ],
    }


def read_folder(folder: Path) -> Iterator[tuple[int, float]]:
    """Bytes and time stamp of each file in a folder; one that goes away meanwhile has none."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    found = entry.stat()
                except FileNotFoundError:
                    continue
                if entry.is_file():
                    yield found.st_size, found.st_mtime
    except FileNotFoundError:
        return


def find_disks(settings: Settings, stores: Sequence[Store]) -> Iterator[Disk]:
    """The disks that the stores are on, mostly one."""
    folders = {
        "ledger": settings.ledger_folder,
        "archive": settings.archive_folder,
        "comparison": settings.index_file.parent,
        "warehouse": settings.data,
    }
    by_disk: dict[int, list[Store]] = {}
    for store in stores:
        by_disk.setdefault(existing(folders[store.store]).stat().st_dev, []).append(store)
    for held in by_disk.values():
        free = shutil.disk_usage(existing(folders[held[0].store])).free
        is_published_on = "warehouse" in {store.store for store in held}
        yield make_disk(free, held, SPARE_BYTES + (publish_room(settings) if is_published_on else 0))


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def publish_room(settings: Settings) -> int:
    """The bytes that a publish wants to be free, as `warehouse.check_disk` has it: it builds a copy beside the last file."""
    if settings.warehouse_file.exists():
        return COPIES * settings.warehouse_file.stat().st_size
    return COPIES * sum(size for size, _ in read_folder(settings.ledger_folder))


def make_disk(free_bytes: int, held: Sequence[Store], reserved_bytes: int) -> Disk:
    """A disk and how long it lasts: what a publish wants to be free grows with the warehouse.

    >>> stores = [Store(store="ledger", size_bytes=90, grown_bytes=70, bytes_a_day=10.0)]
    >>> make_disk(200, stores, 100).days_left, make_disk(99, stores, 100).days_left
    (10.0, 0.0)
    """
    rates = {store.store: store.bytes_a_day for store in held if store.bytes_a_day is not None}
    total = sum(rates.values()) + COPIES * rates.get("warehouse", 0.0) if len(rates) == len(held) else None
    # Less than a byte a day is no growth.
    lasts = (free_bytes - reserved_bytes) / total if total and total >= 1 else None
    return Disk(
        stores=tuple(store.store for store in held),
        free_bytes=free_bytes,
        reserved_bytes=reserved_bytes,
        bytes_a_day=total,
        days_left=0.0 if free_bytes < reserved_bytes else lasts,
    )
