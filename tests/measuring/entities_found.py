"""Documents with marked places, organisations and dates in, how many of them the tables and patterns find out.

The data is dstl's re3d: 71 documents on Syria and Iraq. Nothing is tuned to it, though some aliases of seeds/ were taken from
its list of synonyms, and say so in their origin.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.claims.aliases import find_local
from pipeline.claims.dates import find_expressions
from pipeline.claims.definitions import find_definitions
from pipeline.claims.gazetteer import Gazetteer, Mention, load_gazetteer
from pipeline.claims.located import locate
from pipeline.claims.offices import find_offices
from pipeline.claims.parse import normalise
from pipeline.claims.places import find_places
from pipeline.claims.wider import find_names
from pipeline.settings import SEEDS
from pipeline.values import Span
from tests.measuring.report import Table
from tests.measuring.scores import score, show

SURE = 0.5  # of the annotators; the rest is marked as doubtful


@dataclass(frozen=True, slots=True)
class Marked:
    """A document with what its annotators marked: spans by kind, and pairs of names for one thing."""

    text: str
    spans: dict[str, list[Span]]
    synonyms: list[tuple[Span, Span]]


def score_entities(folder: Path) -> Table:
    """Precision, recall and F1 of places, organisations and dates (a shared character counts), and of aliases."""
    documents = list(read_marked(folder / "claims" / "re3d"))
    gazetteer = load_gazetteer(SEEDS)
    kinds = {"Location": "places", "Organisation": "organisations", "Temporal": "dates"}
    found = [find_all(document.text, gazetteer) for document in documents]
    rows: list[tuple[str, ...]] = []
    for kind, called in kinds.items():
        pairs = [(one[kind], document.spans.get(kind, [])) for one, document in zip(found, documents, strict=True)]
        right = sum(touches(span, wanted) for ours, wanted in pairs for span in ours)
        reached = sum(touches(span, ours) for ours, wanted in pairs for span in wanted)
        counted = score(sum(len(ours) for ours, _ in pairs), right, sum(len(wanted) for _, wanted in pairs), reached)
        rows.append((f"re3d, {called}, P / R / F1", show(counted)))
    return [*rows, *score_aliases(documents, gazetteer)]


def read_marked(folder: Path) -> Iterator[Marked]:
    """The documents of all parts of the data."""
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        entities, relations = read_lines(part / "entities.json"), read_lines(part / "relations.json")
        for document in read_lines(part / "documents.json"):
            spans: dict[str, list[Span]] = {}
            for entity in entities:
                if entity["documentId"] == document["_id"] and entity["confidence"] >= SURE:
                    spans.setdefault(entity["type"], []).append((entity["begin"], entity["end"]))
            same = [
                ((one["sourceBegin"], one["sourceEnd"]), (one["targetBegin"], one["targetEnd"]))
                for one in relations
                if one["documentId"] == document["_id"] and one["type"] == "IsSynonymOf" and one["confidence"] >= SURE
            ]
            yield Marked(document["text"], spans, same)


def read_lines(file: Path) -> list[dict[str, Any]]:
    """One JSON object a line."""
    return [json.loads(line) for line in file.read_text("utf-8-sig").splitlines() if line.strip()]


def find_all(text: str, gazetteer: Gazetteer) -> dict[str, list[Span]]:
    """What the rules find in a text, by the annotators' names of kinds."""
    normal = normalise(text)
    mentions = find_local(normal, find_names(normal, gazetteer), gazetteer).mentions
    places = find_places(normal, [(0, len(normal))], locate(mentions, lambda mention: mention.span))
    spans = {place.span for place in places}
    bodies = [mention.span for mention in mentions if is_body(mention) and mention.span not in spans]
    dates = [expression.span for expression in find_expressions(normal, 0, len(normal))]
    return {"Location": sorted(spans), "Organisation": bodies, "Temporal": dates}


def is_body(mention: Mention) -> bool:
    """Whether a name is that of an organisation, a state or a group."""
    return mention.actor is not None and mention.actor.kind != "person"


def touches(span: Span, others: Sequence[Span]) -> bool:
    """Whether one of the others shares a character with the span."""
    return any(start < span[1] and span[0] < end for start, end in others)


def score_aliases(documents: Sequence[Marked], gazetteer: Gazetteer) -> Table:
    """Pairs of names that the texts mark as one: those that the rules join, and those that a text's own words define.

    Joined: both names have one id, or a definition joins them; precision is of the marked pairs whose names are both known.
    Defined: precision is of all pairs that the rules take for definitions, in the texts that have any marked pair.
    """
    known = joined = pairs = found = right = 0
    for document in documents:
        text = normalise(document.text)
        marked = {(min(pair), max(pair)) for pair in document.synonyms}
        defined = [
            (min(one.short, one.long), max(one.short, one.long))
            for one in (*find_definitions(text), *find_offices(text))
        ]
        mentions = find_local(text, find_names(text, gazetteer), gazetteer).mentions
        for pair in marked:
            ids = [ids_at(span, mentions) for span in pair]
            is_defined = any(is_pair(pair, other) for other in defined)
            known += is_defined or bool(ids[0] and ids[1])
            joined += is_defined or bool(ids[0] & ids[1])
        pairs += len(marked)
        found += len(defined) if marked else 0
        right += sum(any(is_pair(one, other) for other in marked) for one in defined) if marked else 0
    return [
        ("re3d, aliases of one thing, P / R / F1", show(score(known, joined, pairs))),
        ("  definitions in the text, P / R / F1", show(score(found, right, pairs))),
    ]


def is_pair(one: tuple[Span, Span], other: tuple[Span, Span]) -> bool:
    """Whether two pairs of names are the same: each shares a character with its like."""
    return touches(one[0], [other[0]]) and touches(one[1], [other[1]])


def ids_at(span: Span, mentions: Sequence[Mention]) -> set[str]:
    """The ids of the known names inside a span."""
    inside = [mention for mention in mentions if span[0] < mention.span[1] and mention.span[0] < span[1]]
    actors = {mention.actor.actor_id for mention in inside if mention.actor}
    return actors | {mention.place.place_id for mention in inside if mention.place}
