"""Places of the wide table: where a place stands, in any usual spelling, and nowhere else."""

import csv

import pytest

from pipeline.claims.gazetteer import load_gazetteer
from pipeline.claims.wider import find_names
from pipeline.settings import SEEDS

GAZETTEER = load_gazetteer(SEEDS)
CONFLICT_COUNTRIES = set("SY IQ UA IL PS LB YE SD".split())


def places(text: str) -> list[tuple[str, str | None]]:
    return [(found.alias, found.place.name if found.place else None) for found in find_names(text, GAZETTEER)]


def test_a_place_that_only_the_wide_table_knows_counts_where_a_place_stands() -> None:
    assert places("Shells fell near Saraqib.") == [("Saraqib", "Saraqib")]
    assert places("Saraqib smiled at his brother.") == []


def test_places_listed_with_one_are_places() -> None:
    assert [alias for alias, _ in places("They fled to camps in Saraqib, Binnish and Kharkiv.")] == [
        "Saraqib",
        "Binnish",
        "Kharkiv",
    ]


@pytest.mark.parametrize("spelling", ["Reqqa", "al-Reqqah", "Raqah"])
def test_a_spelling_that_no_table_lists_is_matched_by_rule(spelling: str) -> None:
    assert places(f"Raids in {spelling} killed two.") == [(spelling, "Raqqa")]


def test_part_of_a_longer_name_is_no_place() -> None:
    assert places("They met in Saraqib Smith Hall.") == []


def test_every_row_has_an_origin_and_a_country() -> None:
    with (SEEDS / "geonames.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert all(row["origin"].startswith("GeoNames") and row["country"] and row["geonames_id"] for row in rows)
    assert {row["country"] for row in rows} >= CONFLICT_COUNTRIES
