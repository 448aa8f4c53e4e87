"""What all claims of one article share, and the id of a claim."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.claims.gazetteer import Actor, Gazetteer, Mention
from pipeline.claims.located import Located
from pipeline.claims.names import Names
from pipeline.claims.sentences import Outline
from pipeline.keys import hash_key
from pipeline.values import Span


@dataclass(frozen=True, slots=True)
class Article:
    """What all claims of one article share.

    text    normalised, same offsets as the original; published_on: day of publication or None
    actors  those of the tables and of the text's own, by id
    """

    text: str
    revision_id: str
    published_on: date | None
    outline: Outline
    mentions: Located[Mention]
    gazetteer: Gazetteer
    actors: Mapping[str, Actor]
    names: Names


def claim_id(revision_id: str, content: Sequence[Span], cue: Sequence[Span]) -> str:
    """The id that the same claim keeps, whichever rules find it.

    >>> claim_id("r", [(0, 4)], [(5, 9)]) == claim_id("r", ((0, 4),), ((5, 9),))
    True
    """
    spans = [[list(span) for span in content], [list(span) for span in cue]]
    return hash_key(revision_id, json.dumps(spans, separators=(",", ":")))  # the canonical form of whole numbers
