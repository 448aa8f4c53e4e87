"""A file of a user's own texts in, texts out: what `claimwire compare` and `claimwire trace` read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.settings import SettingsError

WANTED = '{"id": "..", "text": "..", "outlet": "..", "published_at": "2017-06-11T09:30:00Z"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """A text, who published it and when, if that is known; `is_day_only`: not at what hour."""

    text_id: str
    text: str
    outlet: str | None = None
    published_at: datetime | None = None
    is_day_only: bool = False


def read_own_texts(file: str) -> list[OwnText]:
    """The texts of a .jsonl or .parquet file. Raises SettingsError with the place of what cannot be used."""
    if not Path(file).is_file():
        raise SettingsError(f"{file} is no file: give a .jsonl or .parquet file of {WANTED}.")
    found: dict[str, OwnText] = {}
    for place, fields in read_parquet(file) if file.endswith(".parquet") else read_lines(file):
        text = to_text(fields, place)
        if text.text_id in found:
            raise SettingsError(f"{place}: the id {text.text_id!r} is there twice; each text needs its own.")
        found[text.text_id] = text
    return list(found.values())


def read_lines(file: str) -> Iterator[tuple[str, Any]]:
    """Each object of a .jsonl file and where it stands."""
    try:
        lines = Path(file).read_text("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is not UTF-8 at byte {error.start}: convert it first.") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield f"{file}:{number}", json.loads(line)
            except ValueError as error:
                raise SettingsError(f"{file}:{number} is no JSON ({error}); each line is {WANTED}.") from None


def read_parquet(file: str) -> Iterator[tuple[str, Any]]:
    """Each row of a parquet file and where it stands."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("set timezone = 'UTC'")
        try:
            result = connection.execute("select * from read_parquet($1)", [file])
        except duckdb.Error as error:
            raise SettingsError(f"{file} is no parquet file that can be read: {str(error).splitlines()[0]}") from None
        columns = [column[0] for column in result.description]
        for number, row in enumerate(result.fetchall(), 1):
            yield f"{file}, row {number}", dict(zip(columns, row, strict=True))


def to_text(fields: Any, place: str) -> OwnText:
    """One text of a file. Raises SettingsError when it has no id or no text, or a time that is none."""
    if not isinstance(fields, dict) or fields.get("id") is None or not isinstance(fields.get("text"), str):
        raise SettingsError(f"{place} has no id or no text; each is {WANTED}, the last two if known.")
    published_at, is_day_only = to_instant(fields.get("published_at"), place)
    return OwnText(
        text_id=str(fields["id"]),
        text=fields["text"].encode("utf-8", "replace").decode("utf-8"),
        outlet=str(fields["outlet"]) if fields.get("outlet") else None,
        published_at=published_at,
        is_day_only=is_day_only,
    )


def to_instant(value: Any, place: str) -> tuple[datetime | None, bool]:
    """The instant in UTC, and whether only its day is known. A time without a zone is taken for UTC.

    >>> to_instant("2017-06-11", "line 1")
    (datetime.datetime(2017, 6, 11, 0, 0, tzinfo=datetime.timezone.utc), True)
    """
    if value is None or value == "":
        return None, False
    try:
        if isinstance(value, str):
            value = date.fromisoformat(value) if len(value) == len("2017-06-11") else datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)), False
        return datetime(value.year, value.month, value.day, tzinfo=UTC), True
    except (ValueError, AttributeError, TypeError, OverflowError):
        raise SettingsError(f"{place}: published_at is {value!r}; write it like 2017-06-11T09:30:00Z.") from None
