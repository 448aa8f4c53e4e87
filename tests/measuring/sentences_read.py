"""Sentences labelled for this project in, the share whose counts and dates are read exactly out."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.claims.dates import Anchors, find_expressions, resolve
from pipeline.claims.parse import normalise
from pipeline.claims.quantities import find_quantities
from pipeline.values import DateReading, Quantity
from tests.measuring.report import Table
from tests.measuring.scores import share

SENTENCES = Path(__file__).parents[1] / "claims" / "sentences"
READ_ON = date(2017, 6, 14)  # a Wednesday


def read_table(name: str) -> list[dict[str, Any]]:
    """The labelled sentences of one table."""
    with (SENTENCES / f"{name}.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["sentence"]
    return found


def find_counts(text: str) -> tuple[Quantity, ...]:
    """The counts of one sentence, read on its own."""
    return find_quantities(normalise(text), [(0, len(text))], Anchors(READ_ON, DateReading()))


def label(quantity: Quantity) -> str:
    """A count in the words of the tables."""
    span = f"{quantity.low}+" if quantity.high is None else f"{quantity.low}-{quantity.high}"
    parts = [quantity.metric, span, quantity.victim_class or "-"]
    parts += [f"<{quantity.parent}"] if quantity.parent is not None else []
    parts += [f"~{quantity.superseded_low}"] if quantity.superseded_low is not None else []
    parts += [f"since={quantity.since.start}"] if quantity.is_cumulative and quantity.since else []
    return " ".join(parts)


def is_counted_right(row: dict[str, Any]) -> bool:
    """Whether a sentence is read as exactly the counts of its label, none more and none less."""
    wanted: list[str] = row.get("counts", [])
    return [label(quantity) for quantity in find_counts(row["text"])] == wanted


def find_date(row: dict[str, Any]) -> DateReading | None:
    """The first date of a labelled expression, as of its statement."""
    said = date.fromisoformat(row["said"]) if row.get("said") else None
    statement = DateReading(start=said, end=said, precision="day") if said else DateReading()
    found = list(find_expressions(row["text"], 0, len(row["text"])))
    return resolve(found[0], Anchors(READ_ON, statement, is_quoted=row.get("quoted", False))) if found else None


def is_dated_right(row: dict[str, Any]) -> bool:
    """Whether an expression is read as the days of its label, or as none with the reason of its label."""
    reading = find_date(row)
    if reading is None or row.get("none"):
        return reading is None and bool(row.get("none"))
    days = (str(reading.start or ""), str(reading.end or ""))
    return days == (row.get("start", ""), row.get("end", "")) and reading.reason == row.get("reason")


def score_sentences() -> Table:
    """How many of the project's own sentences are read exactly, and of those that were held out."""
    counted = [is_counted_right(row) for row in (*read_table("quantities"), *read_table("negatives"))]
    held_out = [is_counted_right(row) for row in read_table("held_out")]
    dated = [is_dated_right(row) for row in read_table("dates")]
    return [
        ("own sentences, tolls exact, where rules were fitted", share(sum(counted), len(counted))),
        ("  tolls exact, sentences held out", share(sum(held_out), len(held_out))),
        ("  dates exact, where rules were fitted", share(sum(dated), len(dated))),
    ]
