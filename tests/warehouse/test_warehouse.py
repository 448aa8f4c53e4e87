"""Publishing: what is built when, what stays when it fails, and who may read meanwhile."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import locks
from pipeline.events import Event
from pipeline.ledger.ledger import Ledger
from pipeline.settings import Settings
from pipeline.warehouse import warehouse
from pipeline.warehouse.status import read_status, stopped_file
from pipeline.warehouse.warehouse import Published, PublishError, QueryError, query
from tests import newsroom
from tests.newsroom import NOON
from tests.running import write_few_models

PRODUCERS = {"extract": "extract-1-aaaaaaaaaa", "claim": "claim-2-aaaaaaaaaa"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", ledger_wait_s=0.2)


@pytest.fixture
def few_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models that is built in no time: one staging table and one mart."""
    folder = write_few_models(tmp_path / "sql")
    monkeypatch.setattr(warehouse, "SQL", folder)
    return folder


def open_ledger(settings: Settings) -> Ledger:
    return Ledger(folder=settings.ledger_folder, run_id="test", now=lambda: NOON, wait_s=settings.ledger_wait_s)


def publish(settings: Settings, *events: Event, hours: int = 0) -> Published:
    ledger = open_ledger(settings)
    ledger.append(events)
    return warehouse.publish(ledger, settings, now=NOON + timedelta(hours=hours), producers=PRODUCERS)


def story(path: str, rules: str = "1") -> list[Event]:
    """A page from its entry to its claims."""
    entry = newsroom.entry(path)
    capture = newsroom.capture(entry)
    article = newsroom.article(capture, f"{newsroom.TEXT} Correspondent {path}.")
    quantity = newsroom.quantity(article, "24 civilians", 24, superseded_low=13)
    claim = newsroom.claim(article, "Raids on Raqqa killed 24 civilians", "the Observatory", quantities=(quantity,))
    return [entry, capture, article, newsroom.comparison(article), newsroom.claims(article, claim, rules=rules)]


def tables(settings: Settings, *hidden: str) -> dict[str, list[str]]:
    """All rows of all tables, without the columns that are hidden."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        shown = f"columns(lambda name: name not in {('', *hidden)})"
        contents = {name: connection.execute(f"select {shown} from {name}").fetchall() for name in names}
    return {name: sorted(str(row) for row in rows) for name, rows in contents.items()}


def test_publishing_again_does_nothing(settings: Settings) -> None:
    first = publish(settings, *story("a"))
    before = settings.warehouse_file.stat()

    second = publish(settings, *story("a"), hours=1)

    assert (first.is_new, first.is_full, first.events) == (True, True, 5)
    assert (second.is_new, second.position) == (False, first.position)
    assert settings.warehouse_file.stat() == before
    status = read_status(settings)
    assert status
    assert (status.published_at, status.tried_at) == (NOON, NOON + timedelta(hours=1))


def test_piece_by_piece_gives_what_a_rebuild_gives_whatever_the_order(settings: Settings, tmp_path: Path) -> None:
    groups = [story("a"), story("b", rules="2"), [newsroom.poll(), *story("c"), *story("a", rules="2")]]
    pieces = [publish(settings, *group) for group in groups]
    rebuilt, shuffled = Settings(data=tmp_path / "rebuilt"), Settings(data=tmp_path / "shuffled")
    whole = warehouse.publish(open_ledger(settings), rebuilt, now=NOON, producers=PRODUCERS)
    everything = [event for group in groups for event in group]
    random.Random(0).shuffle(everything)
    for start in (0, 7, 14):
        open_ledger(shuffled).append(everything[start : start + 7])
    publish(shuffled, *everything[21:])

    assert [piece.is_full for piece in pieces] == [True, False, False]
    assert (whole.is_full, whole.events) == (True, sum(piece.events for piece in pieces))
    assert tables(settings) == tables(rebuilt)
    positions = ("position", "first_position", "last_position")
    assert tables(settings, *positions) == tables(shuffled, *positions)


def test_a_warehouse_that_cannot_be_built_upon_is_built_anew(settings: Settings, few_models: Path) -> None:
    def rebuilt_after_a_change_of_the_file() -> bool:
        os.utime(settings.warehouse_file)
        return publish(settings, newsroom.entry("b")).is_full

    def rebuilt_after_a_change_of_a_model() -> bool:
        with (few_models / "marts/events_by_type.sql").open("a") as model:
            model.write(" -- changed")
        return publish(settings, newsroom.entry("c")).is_full

    def rebuilt_on_a_new_ledger() -> bool:
        shutil.rmtree(settings.ledger_folder)
        return publish(settings, *(newsroom.entry(path) for path in "xyzuv")).is_full

    publish(settings, newsroom.entry("a"))

    assert rebuilt_after_a_change_of_the_file()
    assert rebuilt_after_a_change_of_a_model()
    assert rebuilt_on_a_new_ledger()
    assert query(settings, "from events_by_type").rows == [("EntrySeen", 5)]


@pytest.mark.usefixtures("few_models")
def test_a_new_promoted_producer_is_published_without_a_rebuild(settings: Settings) -> None:
    publish(settings, newsroom.entry("a"))

    published = warehouse.publish(open_ledger(settings), settings, now=NOON, producers={"claim": "claim-9-bbbbbbbbbb"})

    assert (published.is_new, published.is_full, published.events) == (True, False, 0)
    assert query(settings, "from meta_promoted").rows == [("claim", "claim-9-bbbbbbbbbb")]


@pytest.mark.usefixtures("few_models")
def test_a_session_of_a_user_blocks_nothing_and_keeps_what_it_has_open(settings: Settings) -> None:
    code = (
        "import duckdb, sys; open = duckdb.connect(sys.argv[1], read_only=True); ask = 'select sum(events) from events_by_type'\n"
        "for line in sys.stdin: print(*open.execute(ask).fetchone(), flush=True)"
    )
    publish(settings, newsroom.entry("a"))
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.warehouse_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as session:
        assert session.stdin
        assert session.stdout
        session.stdin.write("ask\n")
        before = session.stdout.readline()
        published = publish(settings, newsroom.entry("b"))
        session.stdin.write("ask\n")
        after = session.stdout.readline()
        session.stdin.close()

    assert (before, after) == ("1\n", "1\n")
    assert published.is_new
    assert query(settings, "select sum(events)::integer from events_by_type").rows == [(2,)]


@pytest.mark.usefixtures("few_models")
def test_what_a_user_wrote_into_the_file_is_not_replayed_into_the_next(settings: Settings) -> None:
    code = (
        "import duckdb, os, sys; written = duckdb.connect(sys.argv[1]); written.execute('set checkpoint_threshold = \"1GB\"')\n"
        "written.execute('drop table events_by_type'); written.execute('create table mine as select 1'); os.kill(os.getpid(), 9)"
    )
    publish(settings, newsroom.entry("a"))
    subprocess.run([sys.executable, "-c", code, str(settings.warehouse_file)], check=False)
    stray = settings.warehouse_file.with_name("warehouse.duckdb.wal")
    was_there = stray.exists()

    publish(settings, newsroom.entry("b"))

    assert was_there
    assert not stray.exists()
    assert query(settings, "from events_by_type").rows == [("EntrySeen", 2)]


def test_a_stop_test_keeps_the_last_good_file_and_the_status_tells(settings: Settings, few_models: Path) -> None:
    publish(settings, newsroom.entry("a"))
    before = settings.warehouse_file.read_bytes()
    planted = few_models / "tests/no_polls.sql"
    planted.write_text(
        "-- no_polls: a poll.\n-- severity: stop\n-- model: events_by_type\n"
        "select event_type from events_by_type where event_type = 'SourcePolled'"
    )

    with pytest.raises(
        PublishError, match=r"Nothing was published, the last good warehouse stays: no_polls \(1\) must"
    ):
        publish(settings, newsroom.poll(), hours=1)

    status = read_status(settings)
    assert status
    assert (status.is_stopped, status.position, status.head_position) == (True, 1, 2)
    (failure,) = status.failures
    with duckdb.connect(str(stopped_file(settings)), read_only=True) as stopped:
        assert stopped.execute(failure.query).fetchall() == [("SourcePolled",)]
    assert settings.warehouse_file.read_bytes() == before
    assert query(settings, "select 1").note.endswith("a later publish was stopped by no_polls.")
    planted.unlink()
    assert publish(settings, hours=2).is_new
    assert not stopped_file(settings).exists()


def test_a_warning_is_told_and_published(settings: Settings, few_models: Path) -> None:
    (few_models / "tests/few.sql").write_text(
        "-- few: a type with few events.\n-- severity: warn\n-- model: events_by_type\nfrom events_by_type where events < 9"
    )

    published = publish(settings, newsroom.entry("a"))

    assert [failure.test for failure in published.failures] == ["few"]
    assert query(settings, "from events_by_type").note.endswith("; warnings: few (1).")


def test_a_publish_killed_half_way_leaves_nothing_and_the_next_one_succeeds(settings: Settings) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC; from pipeline.warehouse import warehouse\n"
        "from pipeline.ledger.ledger import Ledger; from pipeline.settings import Settings\n"
        "settings = Settings(data=Path(sys.argv[1])); ledger = Ledger(settings.ledger_folder, 'x', lambda: None)\n"
        "warehouse.publish(ledger, settings, now=datetime.now(UTC), producers={'claim': 'other'})"
    )
    publish(settings, *story("a"))
    before = settings.warehouse_file.read_bytes()
    open_ledger(settings).append(story("b"))

    child = subprocess.Popen([sys.executable, "-c", code, str(settings.data)])
    while child.poll() is None and not list(settings.data.glob(".warehouse-*.building*")):
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait()
    left = list(settings.data.glob(".warehouse-*.building*"))
    intact = settings.warehouse_file.read_bytes() == before
    published = publish(settings)

    assert (bool(left), intact) == (True, True)
    assert published.events == 5
    assert sorted(path.name for path in settings.data.iterdir()) == [
        ".warehouse-lock", "heads.log", "ledger", "warehouse.duckdb", "warehouse.status.json"
    ]  # fmt: skip


def test_a_disk_that_fills_up_while_publishing_keeps_the_last_good_file(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=small_disk / "data")
    publish(settings, *story("a"))
    before = settings.warehouse_file.read_bytes()
    open_ledger(settings).append(story("b"))
    fill(small_disk, free_bytes=30 << 20)
    with pytest.raises(PublishError, match=r"has 30 MB free and publishing wants \d+ MB: make room"):
        publish(settings)
    monkeypatch.setattr(warehouse, "SPARE_BYTES", 0)
    monkeypatch.setattr(warehouse, "COPIES", 0)

    for free_bytes in (1 << 20, settings.warehouse_file.stat().st_size + (1 << 20)):
        fill(small_disk, free_bytes=free_bytes)
        with pytest.raises(PublishError, match="is full: make room and publish again; the last good warehouse stays"):
            publish(settings)
        assert settings.warehouse_file.read_bytes() == before
        assert list(settings.data.glob("*.building*")) == []

    (small_disk / "filling").unlink()
    assert publish(settings).events == 5


def fill(disk: Path, free_bytes: int) -> None:
    """Leave so many bytes free on a disk."""
    filling = disk / "filling"
    filling.unlink(missing_ok=True)
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - free_bytes)


@pytest.mark.usefixtures("few_models")
def test_two_publishes_do_not_race(settings: Settings) -> None:
    settings.data.mkdir()
    with (
        locks.hold(settings.data / ".warehouse-lock", 0),
        pytest.raises(PublishError, match=rf"Process {os.getpid()} is publishing, waited 0.2 s"),
    ):
        publish(settings, newsroom.entry("a"))


@pytest.mark.usefixtures("few_models")
def test_the_file_does_not_grow_with_each_publish(settings: Settings) -> None:
    publish(settings, *(newsroom.entry(f"page-{number}") for number in range(500)))
    sizes = []
    for number in range(500, 506):
        publish(settings, newsroom.entry(f"page-{number}"))
        sizes.append(settings.warehouse_file.stat().st_size)

    assert max(sizes[3:]) <= max(sizes[:3])


def test_no_warehouse_gives_one_sentence_with_the_remedy(settings: Settings) -> None:
    with pytest.raises(QueryError, match=r"^There is no warehouse at .* yet: run `claimwire publish`"):
        query(settings, "select 1")


@pytest.mark.usefixtures("few_models")
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("selec 1", r"Parser Error: syntax error at or near \"selec\"$"),
        (
            "select missing from events_by_type",
            r"Binder Error: Referenced column \"missing\" not found in FROM clause!$",
        ),
        ("delete from events_by_type", r"attached in read-only mode!$"),
    ],
)
def test_a_bad_question_gives_one_sentence(settings: Settings, sql: str, reason: str) -> None:
    publish(settings, newsroom.entry("a"))

    with pytest.raises(QueryError, match=rf"^The warehouse cannot answer that: .*{reason}"):
        query(settings, sql)


@pytest.mark.usefixtures("few_models")
def test_an_answer_has_columns_rows_and_a_note(settings: Settings, tmp_path: Path) -> None:
    publish(settings, newsroom.entry("a"))
    copied = tmp_path / "copied.csv"

    answer: Any = query(settings, "select event_type, occurred_at from stg_events")
    query(settings, f"copy (from events_by_type) to '{copied}'")

    assert answer.columns == ("event_type", "occurred_at")
    assert answer.rows == [("EntrySeen", NOON)]
    assert answer.note == "Warehouse of 2017-06-11 12:00 UTC, ledger position 1."
    assert copied.read_text() == "event_type,events\nEntrySeen,1\n"
