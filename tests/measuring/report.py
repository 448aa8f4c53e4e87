"""Rows in, a table out: for the terminal and, between two marker comments, for the README."""

from collections.abc import Sequence
from pathlib import Path

Table = Sequence[tuple[str, ...]]


def to_table(rows: Table) -> str:
    """The rows as a Markdown table whose columns line up; the first row is its head.

    >>> print(to_table([("what", "F1"), ("claims", "70.1")]))
    | what   | F1   |
    | ------ | ---- |
    | claims | 70.1 |
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def write_between(file: Path, marker: str, text: str) -> bool:
    """Put the text between `<!-- marker -->` and `<!-- /marker -->` of a file; False if it does not have both."""
    begin, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    whole = file.read_text() if file.exists() else ""
    before, found, rest = whole.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        return False
    file.write_text(f"{before}{begin}\n{text}\n{end}{after}")
    return True
