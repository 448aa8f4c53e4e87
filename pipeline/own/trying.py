"""A user's own texts in, their claims out, without a ledger: what `claimwire claims` does."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.claims.read import read_claims
from pipeline.keys import hash_key
from pipeline.settings import Settings, SettingsError
from pipeline.text import clean
from pipeline.values import Claim, Quantity, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to read, and when it was published, if that is known."""

    doc_id: str
    text: str
    published_at: datetime | None = None


def read_inputs(file: str, published: datetime | None) -> Iterator[Document]:
    """The documents of a text file, of a .jsonl file, or of standard input (-) in either form.

    Raises SettingsError on a file that cannot be read, with the line of a .jsonl file that is wrong.
    """
    name = "standard input" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}; give a text file, a .jsonl file or -.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name} is not UTF-8 at byte {error.start}: convert it first.") from None
    if file.endswith(".jsonl") or (file == "-" and text.lstrip().startswith('{"')):
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield read_line(line, f"{name}:{number}")
        return
    at = published.replace(tzinfo=UTC) if published else None
    yield Document(doc_id=Path(file).stem if file != "-" else "-", text=clean(text), published_at=at)


def read_line(line: str, place: str) -> Document:
    """One document of a .jsonl file. Offsets count the characters of its text as given."""
    try:
        given = json.loads(line)
        published = given.get("published_at")
        at = datetime.fromisoformat(published) if published else None
        return Document(
            doc_id=str(given["doc_id"]),
            text=given["text"].encode("utf-8", "replace").decode("utf-8"),
            published_at=at and (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        wanted = '{"doc_id": "..", "text": "..", "published_at": "2017-06-11"}'
        raise SettingsError(
            f"{place} is no document ({error}); each line is {wanted}, the last key if known."
        ) from None


def find_claims(document: Document, settings: Settings, *, has_narrator: bool) -> tuple[Claim, ...]:
    """The claims of a document in the order of its text."""
    found = read_claims(
        document.text,
        published_at=document.published_at,
        revision_id=hash_key(document.doc_id, document.text),
        language_model=settings.language_model,
        seeds=settings.seeds,
    )
    return tuple(claim for claim in found if has_narrator or claim.attribution != "narrator")


def to_line(document: Document, claims: tuple[Claim, ...]) -> dict[str, Any]:
    """One line of `claims --json`."""
    return {"doc_id": document.doc_id, "claims": [to_fields(claim) for claim in claims]}


def to_fields(claim: Claim) -> dict[str, Any]:
    """A claim as programs read it; spans are lists of [start, end)."""
    return {
        "content": spans(claim.content),
        "cue": spans(claim.cue) or None,
        "source": spans(claim.source) or None,
        "attribution": claim.attribution,
        "claim_type": claim.claim_type,
        "modality": claim.modality,
        "speakers": [
            {"name": one.name, "speaker_id": one.speaker_id, "speaks_for_id": one.speaks_for_id, "span": list(one.span)}
            for one in claim.speakers
        ],
        "said_on": [str(claim.said_on.start or ""), str(claim.said_on.end or "")] if claim.said_on.start else None,
        "occurred_on": dates(claim),
        "quantities": [to_quantity(quantity) for quantity in claim.quantities],
        "confidence": claim.confidence,
        "rule": claim.rule,
    }


def dates(claim: Claim) -> dict[str, Any] | None:
    """When it happened, as the text says, or None."""
    reading = claim.occurred_on
    if reading.start is None and reading.end is None:
        return None
    return {"start": str(reading.start or ""), "end": str(reading.end or ""), "rule": reading.rule}


def to_quantity(quantity: Quantity) -> dict[str, Any]:
    """A quantity as programs read it."""
    return {
        "metric": quantity.metric,
        "low": quantity.low,
        "high": quantity.high,
        "bound": quantity.bound,
        "superseded": quantity.superseded_low,
        "is_cumulative": quantity.is_cumulative,
        "since": str(quantity.since.start) if quantity.since and quantity.since.start else None,
        "victim_class": quantity.victim_class,
        "parent": quantity.parent,
        "span": list(quantity.span),
    }


def spans(found: tuple[Span, ...]) -> list[list[int]]:
    """Spans as JSON has them."""
    return [list(span) for span in found]
