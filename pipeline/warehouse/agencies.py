"""seeds/agencies.csv in, news agencies out, with the names and marks that credit them: what models read as `seed_agencies`."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.claims.tables import Row, read_table

FILE = "agencies.csv"
COLUMNS = ("name", "aliases", "marks", "origin")
MARK_CHARACTERS = 4
NO_WORD = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency: a row of agencies.csv.

    aliases  other names under which it is credited: in brackets in a dateline, or as the byline
    marks    other strings at the beginning or the end of a text that credit it: /TASS/
    """

    name: str
    aliases: tuple[str, ...]
    marks: tuple[str, ...]


def read_agencies(seeds: Path) -> tuple[Agency, ...]:
    """The agencies of the folder `seeds`. Raises SeedsError on the first line that is wrong, with the reason."""
    owners: dict[str, str] = {}
    agencies = []
    for row in read_table(seeds / FILE, COLUMNS):
        agency = read_agency(row)
        for known in {known.lower() for known in (agency.name, *agency.aliases, *agency.marks)}:
            if known in owners:
                raise row.error(f"{known!r} already belongs to {owners[known]!r}: take it out of one of the two rows")
            owners[known] = agency.name
        agencies.append(agency)
    return tuple(agencies)


def read_agency(row: Row) -> Agency:
    """One row. A mark needs a sign that is no letter, or half of all texts would be credited to somebody."""
    row.text("origin")
    for mark in row.parts("marks"):
        if len(mark) < MARK_CHARACTERS or not NO_WORD.search(mark):
            raise row.error(
                f"the mark {mark!r} needs {MARK_CHARACTERS} characters and a sign such as / or (: write /TASS/"
            )
    return Agency(row.text("name"), row.parts("aliases"), row.parts("marks"))
