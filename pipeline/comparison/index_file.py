"""A path in, the index's database out: of this version, undamaged, without room that nothing fills."""

import shutil
from pathlib import Path

import duckdb

from pipeline.comparison.measures import producer
from pipeline.comparison.statements import SCHEMA

SCHEMA_VERSION = 5
# The index is searched block by block and holds no large hash table: this is for its cache, and for taking in.
CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "1GB", "preserve_insertion_order": False}
# DuckDB writes the last group of rows anew whenever it is written to: of 2,048 blocks, 64 MB at most. The default is 122,880.
ROW_GROUP = 2_048
SPARE_BYTES = 64 << 20  # a smaller file is left as it is
LOOSE = 1.15
DAMAGE = (duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
DAMAGE_MESSAGES = ("checksum", "Corrupt", "not a valid DuckDB database file", "Could not read enough bytes")


class IndexUnusableError(RuntimeError):
    """The index cannot be used now; a later try may find it free. The message says why and what to do."""


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to an index of this version."""
    if path.exists() and not is_usable(path):
        set_aside(path)
    is_new = not path.exists()
    connection = attach(path)
    path.chmod(0o600)
    if is_new:
        connection.execute(f"begin; {SCHEMA} insert into checkpoint values ('{version()}', 0, ''); commit")
    return connection


def attach(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that has the file as its database. Only a file that is attached has groups of rows of our size."""
    connection = duckdb.connect(":memory:", config=CONFIG)
    try:
        connection.execute(f"attach {quote(path)} as kept (row_group_size {ROW_GROUP}); use kept")
    except BaseException:
        connection.close()
        raise
    return connection


def quote(path: Path) -> str:
    """Return a path as SQL writes it."""
    return "'" + str(path).replace("'", "''") + "'"


def is_usable(path: Path) -> bool:
    """Whether the file is an index of this version, as far as opening it shows."""
    try:
        with attach(path) as connection:
            return connection.execute("select version from checkpoint").fetchall() == [(version(),)]
    except duckdb.CatalogException:  # killed before it had tables
        return False
    except duckdb.Error as error:
        if tells_damage(error):
            return False
        raise IndexUnusableError(f"{path} cannot be opened: close what has it open and run again. ({error})") from error


def version() -> str:
    """Return what an index must have been made with: its keys and grams are of no use to other rules."""
    return f"{SCHEMA_VERSION}-{producer()}"


def tells_damage(error: duckdb.Error) -> bool:
    """Whether the error says that the file is no longer what DuckDB wrote."""
    return isinstance(error, DAMAGE) or any(message in str(error) for message in DAMAGE_MESSAGES)


def set_aside(path: Path) -> None:
    """Move the index and its log out of the way; what was set aside before is replaced."""
    path.replace(path.with_name(f"{path.name}.set-aside"))
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def is_large(path: Path) -> bool:
    """Whether the file is so large that room in it matters."""
    return path.stat().st_size > SPARE_BYTES


def has_room(path: Path, live_bytes: float) -> bool:
    """Whether the file is far larger than what is in it, for each time it is closed it keeps half empty blocks.

    On a disk that has no place for another one it is left as it is.
    """
    size = path.stat().st_size
    return is_large(path) and size > LOOSE * live_bytes and shutil.disk_usage(path.parent).free > 2 * size


def compact(path: Path) -> None:
    """Write the closed index anew, without room. A killed process leaves the old one."""
    tight = path.with_name(f"{path.name}.tight")
    tight.unlink(missing_ok=True)
    with attach(path) as connection:
        connection.execute(f"attach {quote(tight)} as tight (row_group_size {ROW_GROUP})")
        connection.execute("copy from database kept to tight")
    tight.chmod(0o600)
    tight.replace(path)
