"""A TOML file that a person wrote in, its tables with their line numbers out, each value checked when it is taken.

tomllib tells no lines, so they are looked up in the text; tables that repeat keep their order there.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

TEXT_CHARACTERS = 2_000  # in one value
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class SourcesError(ValueError):
    """A file that a person wrote cannot be used: FILE:LINE: one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Table:
    """One `[[name]]` table: its values, the line where it begins, and its lines as they stand in the file."""

    file: Path
    name: str
    values: Mapping[str, Any]
    line: int
    lines: Sequence[str]

    def error(self, reason: str, key: str | None = None) -> SourcesError:
        """The error to raise, at the line of the key or of the table."""
        at = self.line + find_key(key, self.lines) if key else self.line
        return SourcesError(f"{self.file}:{at}: {reason}")

    def check_keys(self, required: frozenset[str], optional: frozenset[str]) -> None:
        """Raise SourcesError on a key that is unknown or missing."""
        for key in self.values:
            if key not in required | optional:
                raise self.error(
                    f"{key} is no key of a {self.name}; known are {', '.join(sorted(required | optional))}.", key
                )
        for key in sorted(required - set(self.values)):
            raise self.error(f"this {self.name} has no {key}; add a line `{key} = ...`.")

    def text(self, key: str) -> str:
        """The value of a key as one line of text. Raises SourcesError on anything else."""
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self.error(f'{key} must be a text, such as {key} = "...", not {value!r}.', key)
        if UNPRINTABLE.search(value) or len(value) > TEXT_CHARACTERS:
            raise self.error(f"{key} must be one line of at most {TEXT_CHARACTERS:,} characters; shorten it.", key)
        return value.strip()

    def find_text(self, key: str) -> str | None:
        """The same for a key that may be missing."""
        return self.text(key) if key in self.values else None

    def flag(self, key: str, *, default: bool) -> bool:
        """The value of a key that is true or false. Raises SourcesError on anything else."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"{key} must be true or false, not {value!r}.", key)
        return value


def read_tables(path: Path, name: str) -> list[Table]:
    """Return the `[[name]]` tables of a TOML file in order. Raises SourcesError on a file that holds anything else."""
    text = read_text(path)
    lines = text.split("\n")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise SourcesError(
            f"{path}:{syntax_line(str(error), text)}: this is no TOML: {reason}; correct the line."
        ) from None
    for key in document:
        if key != name:
            line = find_line(key, lines)
            raise SourcesError(f"{path}:{line}: {key} does not belong here; each {name} begins with a line [[{name}]].")
    tables = document.get(name, [])
    starts = [number for number, line in enumerate(lines, start=1) if re.match(rf"\s*\[\[\s*{name}\s*\]\]", line)]
    if not isinstance(tables, list) or len(starts) != len(tables):
        raise SourcesError(
            f"{path}:{find_line(name, lines)}: each {name} must begin with a line [[{name}]]; rewrite it."
        )
    ends = [*starts, len(lines) + 1][1:]
    return [
        Table(path, name, values, start, lines[start - 1 : end - 1])
        for values, start, end in zip(tables, starts, ends, strict=True)
    ]


def read_text(path: Path) -> str:
    """The text of a file. Raises SourcesError when there is none or it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourcesError(f"{path}:{line}: this is not UTF-8; save the file in that encoding.") from None
    except OSError as error:
        raise SourcesError(f"{path}:1: cannot be read ({error.strerror}); name a file that is there.") from None


def syntax_line(message: str, text: str) -> int:
    """The line that tomllib's message names, else the last one: "(at end of document)"."""
    named = re.search(r"at line (\d+)", message)
    return int(named[1]) if named else max(1, len(text.rstrip().split("\n")))


def find_line(key: str, lines: list[str]) -> int:
    """The number of the first line that begins with a key or the header of its table, 1 if none does."""
    start = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}\b")
    return next((number for number, line in enumerate(lines, start=1) if start.match(line)), 1)


def find_key(key: str, lines: Sequence[str]) -> int:
    """How many lines below the header of its table a key stands; 0 if it is not found."""
    start = re.compile(rf"\s*([\"']?){re.escape(key)}\1\s*[=.]")
    return next((number for number, line in enumerate(lines) if number and start.match(line)), 0)


def as_day(value: object) -> date | None:
    """The day of a TOML date or of a text such as "2017-06-11", or None of anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
