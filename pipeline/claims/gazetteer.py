"""The folder seeds/ in, the names that the rules know out: actors, places, cues and one pattern that finds them."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from pipeline.claims.cues import CueTable, read_cues
from pipeline.claims.tables import Row, read_table
from pipeline.claims.transliteration import skeleton
from pipeline.keys import canonical
from pipeline.values import Span

FILES = ("actors.csv", "places.csv", "cues.csv", "geonames.csv")
SPELT_FREELY = frozenset("SY IQ LB YE SD PS JO LY EG".split())  # countries whose names reach Latin letters in many ways
ACTOR_COLUMNS = ("actor_id", "name", "kind", "aliases", "parent", "speaks_for", "party", "conflict", "origin")
PLACE_COLUMNS = ("place_id", "name", "aliases", "country", "parent", "geonames_id", "origin")
KINDS = frozenset(
    (
        "agency",
        "armed_group",
        "coalition",
        "government",
        "military",
        "monitor",
        "organisation",
        "outlet",
        "person",
        "state",
    )
)
CARRIERS = frozenset(("agency", "outlet"))  # they pass on what others say


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who can speak, act or suffer: a row of actors.csv."""

    actor_id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    parent: str | None
    speaks_for: str | None
    party: str | None
    conflict: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A row of places.csv."""

    place_id: str
    name: str
    aliases: tuple[str, ...]
    country: str | None
    parent: str | None
    is_sure: bool = True  # whether it stands in places.csv


@dataclass(frozen=True, slots=True)
class Mention:
    """A known name in a text. A name such as Turkey can be both an actor and a place: its role decides.

    span           half-open [start, end) character offsets
    defined, rule  the words of the text that define the name, and how; None for a name of the tables
    candidates     ids of all that the text gives this name to, where it is more than one; then it is nobody
    """

    span: Span
    alias: str
    actor: Actor | None
    place: Place | None
    defined: Span | None = None
    rule: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All that seeds/ knows; `digest` is over the files' bytes.

    openings     the aliases by their first word, the longest first
    wide_places  places of geonames.csv by name; spellings: places by the form that spellings of a name share
    """

    actors: Mapping[str, Actor]
    places: Mapping[str, Place]
    cues: CueTable
    actor_aliases: Mapping[str, Actor]
    place_aliases: Mapping[str, Place]
    openings: Mapping[str, tuple[str, ...]]
    wide_places: Mapping[str, Place]
    spellings: Mapping[str, Place]
    digest: str


T = TypeVar("T", Actor, Place)
WORD = re.compile(r"(?<![\w-])\w+")
GLUED = re.compile(r"\w|-\w")


def load_gazetteer(seeds: Path) -> Gazetteer:
    """Everything in the tables of the folder `seeds`, read anew when a file's bytes changed.

    Raises SeedsError, a ValueError of one sentence, on the first line that is wrong.
    """
    return build_gazetteer(seeds, digest_files(seeds))


def digest_files(seeds: Path) -> str:
    """Hex sha256 over the contents of the tables; a missing one counts as such and is refused when read."""
    contents = {name: (seeds / name).read_bytes() if (seeds / name).is_file() else b"" for name in FILES}
    return hashlib.sha256(
        canonical({name: hashlib.sha256(body).hexdigest() for name, body in contents.items()})
    ).hexdigest()


@cache
def build_gazetteer(seeds: Path, digest: str) -> Gazetteer:
    """The gazetteer of files that have this digest."""
    actors = unique(seeds / FILES[0], ACTOR_COLUMNS, read_actor)
    places = unique(seeds / FILES[1], PLACE_COLUMNS, read_place)
    actor_aliases = {alias: actor for actor in actors.values() for alias in actor.aliases}
    place_aliases = {alias: place for place in places.values() for alias in place.aliases}
    wide = unique(seeds / FILES[3], PLACE_COLUMNS, read_place)
    wide_places = {alias: place for place in wide.values() for alias in place.aliases if alias not in place_aliases}
    return Gazetteer(
        actors=actors,
        places=places,
        cues=read_cues(seeds / FILES[2]),
        actor_aliases=actor_aliases,
        place_aliases=place_aliases,
        openings=by_first_word({*actor_aliases, *place_aliases}),
        wide_places=wide_places,
        spellings=by_spelling([*places.values(), *wide.values()]),
        digest=digest,
    )


def unique(path: Path, columns: tuple[str, ...], read: Callable[[Row], T]) -> dict[str, T]:
    """Rows by id; raises SeedsError where an id or an alias is given twice, or a reference leads nowhere."""
    rows = read_table(path, columns)
    ids = {row.cells[columns[0]] for row in rows}
    found: dict[str, T] = {}
    owners: dict[str, str] = {}
    for row in rows:
        key = row.text(columns[0])
        if key in found:
            raise row.error(f"{columns[0]} {key!r} stands twice; remove one of the two lines")
        found[key] = read(row)
        for alias in row.parts("aliases"):
            if owners.setdefault(alias, key) != key:
                raise row.error(f"the alias {alias!r} already belongs to {owners[alias]!r}; give it to one of them")
        for column in {"parent", "speaks_for"} & set(columns):
            if row.cells[column] and row.cells[column] not in ids:
                raise row.error(f"{column} {row.cells[column]!r} is no {columns[0]} of this file")
    return found


def read_actor(row: Row) -> Actor:
    """One actor."""
    return Actor(
        actor_id=row.text("actor_id"),
        name=row.text("name"),
        kind=row.choice("kind", KINDS),
        aliases=row.parts("aliases") or (row.text("name"),),
        parent=row.cells["parent"] or None,
        speaks_for=row.cells["speaks_for"] or None,
        party=row.cells["party"] or None,
        conflict=row.cells["conflict"] or None,
    )


def read_place(row: Row) -> Place:
    """One place."""
    return Place(
        place_id=row.text("place_id"),
        name=row.text("name"),
        aliases=row.parts("aliases") or (row.text("name"),),
        country=row.cells["country"] or None,
        parent=row.cells["parent"] or None,
        is_sure=row.file.name == FILES[1],
    )


def by_first_word(aliases: set[str]) -> dict[str, tuple[str, ...]]:
    """Aliases by their first word, the longest first.

    >>> by_first_word({"IS", "Raqqa", "Raqqa city"})["Raqqa"]
    ('Raqqa city', 'Raqqa')
    """
    found: dict[str, list[str]] = {}
    for alias in sorted(aliases, key=lambda alias: (-len(alias), alias)):
        if first := WORD.match(alias):
            found.setdefault(first.group(), []).append(alias)
    return {first: tuple(longest_first) for first, longest_first in found.items()}


def by_spelling(places: Sequence[Place]) -> dict[str, Place]:
    """Places by the form that spellings of a name share; a form that several places share is left out."""
    found: dict[str, Place | None] = {}
    for place in places:
        for name in {place.name, *place.aliases} if place.country in SPELT_FREELY else ():
            known = found.setdefault(skeleton(name), place)
            if known is not None and known.place_id != place.place_id:
                found[skeleton(name)] = known if known.is_sure and not place.is_sure else None
    return {form: place for form, place in found.items() if place is not None}


def find_mentions(text: str, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Known names in a normalised text, in order and without overlaps.

    A generic alias in lower case ("coalition") counts only where another name of the same conflict stands in the text.
    """
    found = [mention_of(span, text[slice(*span)], gazetteer) for span in find_aliases(text, gazetteer.openings)]
    conflicts = {named.actor.conflict for named in found if named.actor and not named.alias.islower()}
    others = {
        named.actor.actor_id
        for named in found
        if named.actor and named.actor.kind == "coalition" and " " in named.alias
    }
    return tuple(named for named in found if not named.alias.islower() or is_generic_meant(named, conflicts, others))


def is_generic_meant(mention: Mention, conflicts: set[str | None], coalitions: set[str]) -> bool:
    """Whether the conflict of a lower-case name is the article's, and no other coalition is named."""
    actor = mention.actor
    if actor is None or " " in mention.alias:
        return True
    return actor.conflict in conflicts and coalitions <= {actor.actor_id}


def find_aliases(text: str, openings: Mapping[str, tuple[str, ...]]) -> Iterator[Span]:
    """Places of aliases as whole words, in order and without overlaps.

    "US-backed" is not the United States speaking or acting: a name that is glued to a hyphen is part of another word.
    """
    free = 0
    for word in WORD.finditer(text):
        longest_first = openings.get(word.group())
        if longest_first is None or word.start() < free:
            continue
        start = word.start()
        for alias in longest_first:
            end = start + len(alias)
            if text.startswith(alias, start) and not GLUED.match(text, end):
                yield start, end
                free = end
                break


def mention_of(span: Span, alias: str, gazetteer: Gazetteer) -> Mention:
    """The mention that an alias is."""
    return Mention(span, alias, gazetteer.actor_aliases.get(alias), gazetteer.place_aliases.get(alias))
