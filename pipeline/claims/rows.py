"""Claims in, the JSON rows of `claimwire claims --json` out: the form in which attributions are scored."""

from collections.abc import Sequence
from typing import Any

from pipeline.events import Claim, Quantity, Span


def row_of(doc_id: str, claims: Sequence[Claim], *, narrator: bool = False) -> dict[str, Any]:
    """One line for one text; the outlet's own claims only with `narrator`.

    >>> row_of("seed", [])
    {'doc_id': 'seed', 'claims': []}
    """
    shown = [claim for claim in claims if narrator or claim.attribution != "narrator"]
    return {"doc_id": doc_id, "claims": [cells_of(claim) for claim in shown]}


def cells_of(claim: Claim) -> dict[str, Any]:
    """One claim: spans as lists of [start, end), source and cue null when there is none."""
    return {
        "claim_id": claim.claim_id,
        "content": spans_of(claim.content),
        "cue": spans_of(claim.cue) or None,
        "source": spans_of(claim.source) or None,
        "attribution": claim.attribution,
        "type": claim.claim_type,
        "modality": claim.modality,
        "cue_class": claim.cue_class,
        "speakers": [
            {
                "id": speaker.speaker_id,
                "name": speaker.name,
                "speaks_for": speaker.speaks_for_id,
                "party": speaker.party,
                "candidates": list(speaker.candidates),
                "reason": speaker.reason,
            }
            for speaker in claim.speakers
        ],
        "via": [{"kind": via.kind, "id": via.actor_id, "name": via.name} for via in claim.via],
        "said_on": claim.said_on.start.isoformat() if claim.said_on.start else None,
        "occurred_on": claim.occurred_on.start.isoformat() if claim.occurred_on.start else None,
        "quantities": [quantity_cells(quantity) for quantity in claim.quantities],
        "places": [{"id": place.place_id, "name": place.name} for place in claim.places],
        "actors": [{"role": role.role, "id": role.actor_id, "name": role.name} for role in claim.actors],
        "confidence": claim.confidence,
        "rule": claim.rule,
    }


def quantity_cells(quantity: Quantity) -> dict[str, Any]:
    """One count of people; `superseded` is the earlier value or null."""
    since = quantity.since.start if quantity.since else None
    return {
        "metric": quantity.metric,
        "low": quantity.low,
        "high": quantity.high,
        "bound": quantity.bound,
        "span": list(quantity.span),
        "superseded": quantity.superseded_low,
        "is_cumulative": quantity.is_cumulative,
        "since": since.isoformat() if since else None,
        "victim_class": quantity.victim_class,
        "parent": quantity.parent,
    }


def spans_of(spans: Sequence[Span]) -> list[list[int]]:
    """Spans as lists."""
    return [list(span) for span in spans]
