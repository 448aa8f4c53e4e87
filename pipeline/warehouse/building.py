"""Models and the copied events in, a built and tested database file out.

The file holds the incremental tables of the publish before, or nothing yet; all other tables are made anew in it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline.ledger.ledger import literal
from pipeline.warehouse.agencies import Agency
from pipeline.warehouse.models import (
    BROKEN,
    EVENTS,
    QUARANTINE,
    Connection,
    Model,
    ModelError,
    Models,
    ModelTest,
    first_line,
)

EVENT_COLUMNS = """{
    "position": "UBIGINT", "event_id": "UUID", "event_type": "VARCHAR", "stream": "VARCHAR", "event_date": "DATE",
    "occurred_at": "TIMESTAMPTZ", "recorded_at": "TIMESTAMPTZ", "producer": "VARCHAR", "run_id": "VARCHAR",
    "caused_by": "UUID", "payload": "VARCHAR"
}"""
STORAGE_VERSION = "v1.4.0"  # from here on a stray write-ahead log names its database and is not replayed into another


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A test that selected rows; `query` shows them."""

    test: str
    severity: str
    meaning: str
    rows: int
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a warehouse says of itself: how far it goes, which producers are those of the code that published it."""

    position: int
    published_at: datetime
    producers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a build: how many events were added, how many are set aside all in all, which tests fail."""

    events: int
    quarantined: int
    failures: tuple[Failure, ...]


def build_file(building: Path, events_file: Path, models: Models, noted: Noted) -> Built:
    """Bring a file up to the copied events and test it."""
    with connect(building, events_file) as connection:
        drop_rebuilt(connection, models)
        note_publish(connection, noted)
        note_agencies(connection, models.agencies)
        build(connection, models)
        failures = find_failures(connection, models)
        connection.execute("checkpoint warehouse")
        return Built(
            events=count(connection, EVENTS, "*"),
            quarantined=count(connection, BROKEN, "distinct event_id"),
            failures=failures,
        )


@contextmanager
def connect(building: Path, events_file: Path) -> Iterator[Connection]:
    """A connection whose tables are those of the private file, with the copied events as the view `events`."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"set temp_directory = {literal(str(building.with_suffix('.tmp.building')))}")
        connection.execute(f"attach {literal(str(events_file))} as copied")
        connection.execute(f"attach {literal(str(building))} as warehouse (storage_version '{STORAGE_VERSION}')")
        connection.execute("use warehouse")
        connection.execute(f"create temporary view {EVENTS} as select * from copied.{EVENTS}")
        connection.execute("set enable_external_access = false")  # models read the ledger and nothing else
        yield connection
    finally:
        connection.close()


@contextmanager
def build_in_memory(events: str, models: Sequence[Model], producers: Mapping[str, str]) -> Iterator[Connection]:
    """A connection to models built in memory over events that are given as a JSON array of rows, no ledger behind them."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            f"create table {EVENTS} as select unnest(from_json($rows, '[{EVENT_COLUMNS}]'), recursive := false) as row",
            {"rows": events},
        )
        connection.execute(f"create or replace table {EVENTS} as select unnest(row) from {EVENTS}")
        note_promoted(connection, producers)
        note_agencies(connection, ())
        for model in models:
            execute(connection, model.file, f"create table {model.name} as\n{model.text}")
        yield connection
    finally:
        connection.close()


def drop_rebuilt(connection: Connection, models: Models) -> None:
    """Drop the tables that are rebuilt whole, so that the file does not grow with each publish."""
    incremental = {model.name for model in models.in_order if model.is_incremental}
    for name in sorted(table_names(connection) - incremental):
        connection.execute(f"drop table {name}")
    connection.execute("checkpoint warehouse")  # only now is their room free to be used again


def note_publish(connection: Connection, noted: Noted) -> None:
    """Write into the file which producers are promoted and how far it goes."""
    note_promoted(connection, noted.producers)
    connection.execute(
        "create table meta_warehouse as select $1::ubigint as position, $2::timestamptz as published_at",
        [noted.position, noted.published_at],
    )


def note_promoted(connection: Connection, producers: Mapping[str, str]) -> None:
    """Write down which producer of each step is that of the code that builds."""
    connection.execute("create table meta_promoted (step varchar, producer varchar)")
    for step, producer in sorted(producers.items()):
        connection.execute("insert into meta_promoted values ($1, $2)", [step, producer])


def note_agencies(connection: Connection, agencies: Sequence[Agency]) -> None:
    """Make the table of the agencies."""
    connection.execute("create table seed_agencies (name varchar, aliases varchar[], marks varchar[])")
    connection.execute(
        """insert into seed_agencies select unnest(from_json($rows,
        '[{"name": "VARCHAR", "aliases": ["VARCHAR"], "marks": ["VARCHAR"]}]'), recursive := true)""",
        {"rows": json.dumps([asdict(agency) for agency in agencies])},
    )


def count(connection: Connection, table: str, what: str) -> int:
    """How many rows or values a table has."""
    (found,) = connection.execute(f"select count({what}) from {table}").fetchone() or (0,)
    return int(found)


def build(connection: Connection, models: Models) -> None:
    """Add the rows of `events` to the incremental models, take withdrawn ones out, rebuild the rest."""
    existing = table_names(connection)
    for model in models.in_order:
        if model.is_incremental:
            verb = f"insert into {model.name}" if model.name in existing else f"create table {model.name} as"
            execute(connection, model.file, f"{verb}\n{model.text}")
    for model in models.in_order:
        if model.is_incremental and not model.keeps_all:
            forgotten = "select unnest(withdrawn_ids) from stg_content_withdrawn"
            connection.execute(f"delete from {model.name} where event_id in ({forgotten})")
    for model in models.in_order:
        if not model.is_incremental:
            execute(connection, model.file, f"create or replace table {model.name} as\n{model.text}")


def table_names(connection: Connection) -> set[str]:
    """The tables of the database in use, not those of others that are attached."""
    found = connection.execute("select table_name from duckdb_tables() where database_name = current_database()")
    return {name for (name,) in found.fetchall()}


def execute(connection: Connection, file: str, text: str) -> None:
    """Run the text of a file; what is wrong with the text is told with the file's name."""
    try:
        connection.execute(text)
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.PermissionException) as error:
        raise ModelError(f"{file}: {first_line(str(error))}") from error


def find_failures(connection: Connection, models: Models) -> tuple[Failure, ...]:
    """The tests of severity stop and warn that select rows, those of keys included."""
    tests = [key_test(model) for model in models.in_order] + [
        test for test in models.tests if test.severity != QUARANTINE
    ]
    failures = []
    for test in tests:
        (rows,) = connection.execute(f"select count(*) from (\n{test.text}\n)").fetchone() or (0,)
        if rows:
            failures.append(
                Failure(
                    test=test.name, severity=test.severity, meaning=test.meaning, rows=rows, query=test.text.strip()
                )
            )
    return tuple(failures)


def key_test(model: Model) -> ModelTest:
    """The test that the key in a model's header is unique and never null."""
    columns = ", ".join(model.key)
    missing = " or ".join(f"{column} is null" for column in model.key)
    return ModelTest(
        name=f"{model.name}_key",
        file=model.file,
        text=f"select {columns}, count(*) as rows from {model.name} group by all having count(*) > 1 or {missing}",
        meaning=f"a row of {model.name} whose key ({columns}) is null or there twice.",
        severity="stop",
        model=model.name,
        reads=frozenset({model.name}),
    )
