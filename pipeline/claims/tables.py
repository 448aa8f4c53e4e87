"""The CSV files of seeds/ in, checked rows out: an error names the file, the line and the reason."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SeedsError(ValueError):
    """A table in seeds/ cannot be read: one sentence with file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    file, line  where it stands, for messages
    cells       column name to text, edge space stripped
    """

    file: Path
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell, or a SeedsError if it is empty."""
        if not self.cells[column]:
            raise self.error(f"the column {column!r} must not be empty")
        return self.cells[column]

    def parts(self, column: str) -> tuple[str, ...]:
        """What the cell lists, separated by |."""
        return tuple(part.strip() for part in self.cells[column].split("|") if part.strip())

    def choice(self, column: str, allowed: frozenset[str]) -> str:
        """The cell, or a SeedsError if it is none of `allowed`."""
        if self.cells[column] not in allowed:
            raise self.error(f"{column} must be one of {', '.join(sorted(allowed))}, not {self.cells[column]!r}")
        return self.cells[column]

    def error(self, reason: str) -> SeedsError:
        """What is wrong with this line."""
        return SeedsError(f"{self.file}, line {self.line}: {reason}.")


def read_table(path: Path, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """All rows of a CSV file that has exactly these columns and whose first column is unique or repeated on purpose.

    Raises SeedsError on a missing file, other columns, a line with too many or too few cells, or text that is not UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SeedsError(f"{path} cannot be read ({error.strerror}); restore it from the repository.") from error
    except UnicodeDecodeError as error:
        raise SeedsError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8.") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    header = tuple(next(reader, []))
    if header != columns:
        raise SeedsError(f"{path}, line 1: the columns must be {','.join(columns)}, not {','.join(header)}.")
    return tuple(read_row(path, reader.line_num, columns, cells) for cells in reader if cells)


def read_row(path: Path, line: int, columns: tuple[str, ...], cells: list[str]) -> Row:
    """One line; raises SeedsError if it has another number of cells than there are columns."""
    if len(cells) != len(columns):
        raise SeedsError(f"{path}, line {line}: expected {len(columns)} cells, got {len(cells)}.")
    return Row(path, line, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))
