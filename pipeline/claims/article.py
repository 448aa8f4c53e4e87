"""What all claims of one article share, and the id of a claim."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.claims.gazetteer import Actor, Gazetteer, Mention
from pipeline.claims.located import Located
from pipeline.claims.names import Names
from pipeline.claims.preambles import find_page_stamp
from pipeline.claims.sentences import Outline
from pipeline.keys import hash_key
from pipeline.values import Span

BARE_IS_OFF_DAYS = 3  # a date that does not say that it is the page's may be one of what the page tells
STAMP_IS_OFF_DAYS = 366  # a date farther from publication is what the text is about, as in a list of events by date


@dataclass(frozen=True, slots=True)
class Article:
    """What all claims of one article share.

    text      normalised, same offsets as the original; published_on: day of publication or None
    dated_by  published_at | page_stamp: where that day is from
    actors    those of the tables and of the text's own, by id
    """

    text: str
    revision_id: str
    published_on: date | None
    dated_by: str
    outline: Outline
    mentions: Located[Mention]
    gazetteer: Gazetteer
    actors: Mapping[str, Actor]
    names: Names


def day_of_article(text: str, published_at: datetime | None) -> tuple[date | None, str]:
    """The day of an article and where it is from: the stamp at the head of its text, unless that is far off.

    >>> day_of_article("Published June 10, 2017\\n\\nIt rained.", None)
    (datetime.date(2017, 6, 10), 'page_stamp')
    """
    published_on = published_at.date() if published_at else None
    stamp = find_page_stamp(text)
    if stamp is None or stamp.day is None:
        return published_on, "published_at"
    off_days = STAMP_IS_OFF_DAYS if stamp.is_called else BARE_IS_OFF_DAYS
    if published_on and abs((stamp.day - published_on).days) > off_days:
        return published_on, "published_at"
    return stamp.day, "page_stamp"


def claim_id(revision_id: str, content: Sequence[Span], cue: Sequence[Span]) -> str:
    """The id that the same claim keeps, whichever rules find it.

    >>> claim_id("r", [(0, 4)], [(5, 9)]) == claim_id("r", ((0, 4),), ((5, 9),))
    True
    """
    spans = [[list(span) for span in content], [list(span) for span in cue]]
    return hash_key(revision_id, json.dumps(spans, separators=(",", ":")))  # the canonical form of whole numbers
