"""What the stores weigh, how fast they grow, and for how long the disk lasts."""

import math
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.run import Run
from pipeline.warehouse.warehouse import COPIES, SPARE_BYTES
from pipeline.watch.growth import Growth, Store, find_growth, make_disk
from tests.making import NOON, make_entry
from tests.running import later, make_run


def record(run: Run, at: datetime, numbers: range) -> None:
    """Append entries at a time."""
    replace(run, now=lambda: at).ledger.append([make_entry(number) for number in numbers])


def archive(run: Run, name: str, size_bytes: int, at: datetime) -> None:
    """A file of the archive, written at a time."""
    run.settings.archive_folder.mkdir(exist_ok=True)
    file = run.settings.archive_folder / name
    file.write_bytes(b"x" * size_bytes)
    os.utime(file, (at.timestamp(), at.timestamp()))


def by_store(growth: Growth) -> dict[str, Store]:
    return {store.store: store for store in growth.stores}


def test_before_the_first_event_nothing_is_promised(tmp_path: Path) -> None:
    growth = find_growth(make_run(tmp_path))

    assert (growth.base, growth.base_s, growth.is_known) == ("nothing is recorded yet", 0, False)
    assert [disk.days_left for disk in growth.disks] == [None]
    assert {store.bytes_a_day for store in growth.stores} == {None}


@pytest.mark.parametrize("hours", [0, 2, 23])
def test_a_ledger_of_less_than_a_day_says_nothing_of_a_day(tmp_path: Path, hours: int) -> None:
    run = make_run(tmp_path)
    record(run, NOON, range(3))

    growth = find_growth(later(run, timedelta(hours=hours)))

    assert (growth.is_known, by_store(growth)["ledger"].bytes_a_day) == (False, None)
    assert growth.base.startswith("since the first event, ")


def test_the_base_is_the_time_since_the_first_event_until_that_is_a_week(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    record(run, NOON, range(3))

    bases = [find_growth(later(run, timedelta(days=days))).base for days in (3, 6.9, 7, 400)]

    assert bases == [
        "since the first event, 3 days ago", "since the first event, 6 days ago",
        "over the last 7 days", "over the last 7 days",
    ]  # fmt: skip


def test_a_clock_that_was_put_back_is_no_growth(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    record(run, NOON, range(3))

    growth = find_growth(later(run, -timedelta(days=3)))

    assert (growth.base, growth.is_known) == ("since the first event, 0 seconds ago", False)


def test_the_ledger_grows_by_the_share_of_events_of_the_last_week(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    record(run, NOON - timedelta(days=30), range(30))
    record(run, NOON - timedelta(days=3), range(100, 110))

    ledger = by_store(find_growth(run))["ledger"]

    assert ledger.grown_bytes == round(ledger.size_bytes / 4)
    assert ledger.bytes_a_day == ledger.grown_bytes / 7


def test_the_archive_grows_by_its_files_of_the_last_week(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    record(run, NOON - timedelta(days=30), range(1))
    archive(run, "old.warc.gz", 5_000, NOON - timedelta(days=8))
    archive(run, "new.warc.gz", 700, NOON - timedelta(days=6))

    found = by_store(find_growth(run))["archive"]

    assert (found.size_bytes, found.grown_bytes, found.bytes_a_day) == (5_700, 700, 100)


def test_nothing_that_grows_lasts_for_ever(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    record(run, NOON - timedelta(days=30), range(30))

    (disk,) = find_growth(run).disks

    assert (disk.bytes_a_day, disk.days_left) == (0, None)


def test_the_room_that_a_publish_wants_is_not_counted_as_free(stages: dict[str, Run]) -> None:
    run = stages["publish"]

    (disk,) = find_growth(run).disks

    assert disk.reserved_bytes == SPARE_BYTES + COPIES * run.settings.warehouse_file.stat().st_size


def test_a_folder_that_is_not_there_yet_is_measured_by_the_disk_above_it(tmp_path: Path) -> None:
    run = make_run(tmp_path / "not" / "there")

    (disk,) = find_growth(run).disks

    assert disk.stores == ("ledger", "archive", "comparison", "warehouse")


def test_stores_on_two_disks_are_told_apart(tmp_path: Path, small_disk: Path) -> None:
    run = make_run(tmp_path / "data")
    run.settings.data.mkdir()
    (run.settings.data / "archive").symlink_to(small_disk)

    disks = {disk.stores: disk for disk in find_growth(run).disks}

    assert disks[("archive",)].free_bytes == 100 << 20
    assert ("ledger", "comparison", "warehouse") in disks


@settings(max_examples=100)
@given(
    free=st.integers(0, 1 << 45),
    reserved=st.integers(0, 1 << 40),
    rates=st.lists(st.floats(0, 1e12), min_size=1, max_size=4),
)
def test_days_left_are_never_negative_nor_infinite(free: int, reserved: int, rates: list[float]) -> None:
    stores = [
        Store(store=f"s{number}", size_bytes=1, grown_bytes=0, bytes_a_day=rate) for number, rate in enumerate(rates)
    ]

    disk = make_disk(free, stores, reserved)

    assert disk.days_left is None or 0 <= disk.days_left < math.inf
    assert free >= reserved or disk.days_left == 0


def test_a_growing_warehouse_takes_its_own_room_and_that_of_the_next_copies() -> None:
    store = Store(store="warehouse", size_bytes=1, grown_bytes=1, bytes_a_day=10.0)

    assert make_disk(300, [store], 0).days_left == 300 / (10 + COPIES * 10)
