"""Runs for tests: a data folder in, the bundled world read into it out; and ways to look at what came of it."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipeline import STEPS
from pipeline import run as shell
from pipeline.ledger.pending import Days
from pipeline.run import Run
from pipeline.settings import SQL, Settings
from tests.making import NOON

DAYS = tuple(Days(date(2017, 6, 8), date(2017, 6, 13)).each())
MARTS = tuple(sorted(path.stem for path in (SQL / "marts").glob("*.sql")))


def make_run(data: Path, *, now: datetime = NOON, **settings: Any) -> Run:
    """A run whose clock stands still."""
    return Run(settings=Settings(data=data, spacing_s=0.0, ledger_wait_s=5.0, **settings), now=lambda: now)


def later(run: Run, after: timedelta) -> Run:
    """The same run at another time."""
    now = run.now() + after
    return replace(run, now=lambda: now)


def write_few_models(folder: Path) -> Path:
    """Models that are built in no time: one staging table and one mart."""
    for part in ("staging", "marts", "tests"):
        (folder / part).mkdir(parents=True)
    for name in ("staging/stg_events.sql", "staging/stg_content_withdrawn.sql"):
        shutil.copy(SQL / name, folder / name)
    (folder / "marts/events_by_type.sql").write_text(
        "-- events_by_type: one row per type of event.\n-- key: event_type\n"
        "select event_type, count(*) as events from stg_events group by all"
    )
    return folder


def on_days(run: Run, *days: date) -> Run:
    """A backfill of these days, from the first to the last."""
    return replace(run, days=Days(min(days), max(days)), is_backfill=True)


def take(run: Run, steps: Iterable[str] = STEPS) -> int:
    """Take the steps and return how many events they appended."""
    return sum(shell.take_step(run, step)["appended"] for step in steps)


def copy(run: Run, to: Path) -> Run:
    """The same run on a copy of its data folder."""
    shutil.copytree(run.settings.data, to)
    return replace(run, settings=replace(run.settings, data=to))


def ask(run: Run, question: str) -> list[tuple[Any, ...]]:
    """Rows from the warehouse."""
    with duckdb.connect(str(run.settings.warehouse_file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(question).fetchall()


def read_marts(run: Run) -> dict[str, list[str]]:
    """Every mart's rows, all columns, in an order that does not depend on how they came in."""
    return {mart: sorted(map(repr, ask(run, f"select * from {mart}"))) for mart in MARTS}


def count_events(run: Run) -> dict[str, int]:
    """How many events of each type the ledger has."""
    return dict(run.ledger.query("select event_type, count(*) from ledger.events group by all order by all"))


def read_contents(run: Run) -> list[tuple[Any, ...]]:
    """What the ledger says, apart from when and in which order it was said and where the archive keeps the bytes.

    Of a comparison only that it was made: which of two articles was measured against the other depends on their order.
    """
    rows = run.ledger.query(
        "select event_id, event_type, stream, event_date, occurred_at, producer, caused_by, payload from ledger.events"
    )
    return sorted((*map(str, row[:-1]), "" if row[1] == "ArticleCompared" else without_place(row[-1])) for row in rows)


def without_place(payload: str) -> str:
    """The payload without the file and the offset of its record, and without the server's clock."""
    fields = json.loads(payload)
    if fields.get("body"):
        fields["body"] = fields["body"]["sha256"]
    fields.get("headers", {}).pop("date", None)
    return json.dumps(fields, sort_keys=True)
