"""A user's own texts in, how they are related out, without a ledger: the same measures and the same models as a run.

The texts become events in memory and the models of sql/ are built over them, so that nothing is judged in two ways.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid5

from pipeline.building import build_in_memory
from pipeline.comparison import measures
from pipeline.comparison.compare import compare
from pipeline.comparison.index import open_index
from pipeline.events import ArticleCompared, ArticleExtracted, Event, Pending, Recorded
from pipeline.keys import NAMESPACE
from pipeline.models import Connection, read_models
from pipeline.payloads import to_payload
from pipeline.settings import SQL

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # a text needs some moment of capture; no rule reads it
READER = "extract-0-own-texts"
BATCH = 200


def to_article(text_id: str, text: str, outlet: str | None, published_at: datetime | None) -> ArticleExtracted:
    """A text as if it had been read from a page of its own. Texts without an outlet are taken for one outlet's."""
    return ArticleExtracted(
        event_date=(published_at or UNDATED).date(),
        occurred_at=published_at or UNDATED,
        caused_by=uuid5(NAMESPACE, text_id),
        producer=READER,
        article_id=text_id,
        revision_id=text_id,
        url_key=text_id,
        url=text_id,
        source_id="",
        outlet=outlet or "",
        owner=None,
        attempt=1,
        canonical_url=None,
        title=None,
        text=text,
        language=None,
        language_probability=0.0,
        published_at=published_at,
        published_precision="exact" if published_at else None,
        published_rule="given",
        words=len(text.split()),
    )


def measure(articles: Sequence[ArticleExtracted]) -> list[ArticleCompared]:
    """Measure every text against those before it."""
    recorded = [
        Recorded(position=number, event_id=article.event_id, event=article)
        for number, article in enumerate(articles, 1)
    ]
    with tempfile.TemporaryDirectory(prefix="claimwire-compare-") as folder, open_index(Path(folder) / "index") as index:
        index.bring_up_to([recorded[at : at + BATCH] for at in range(0, len(recorded), BATCH)], len(recorded), "")
        waiting = [Pending(cause=one) for one in recorded]
        return [
            event
            for at in range(0, len(waiting), BATCH)
            for event in compare(waiting[at : at + BATCH], index, producer=measures.producer())
        ]


@contextmanager
def judged(articles: Sequence[ArticleExtracted], wanted: frozenset[str]) -> Iterator[Connection]:
    """A connection to the wanted models, and all that they read, over these articles."""
    events = [*articles, *measure(articles)]
    rows = json.dumps([to_row(event, position) for position, event in enumerate(events, 1)])
    producers = {"extract": READER, "compare": measures.producer()}
    with build_in_memory(rows, read_models(SQL).needed_for(wanted), producers) as connection:
        yield connection


def to_row(event: Event, position: int) -> dict[str, object]:
    """The event as the ledger would hold it, as far as models read it."""
    return {
        "position": position,
        "event_id": str(event.event_id),
        "event_type": type(event).__name__,
        "stream": event.stream(),
        "event_date": event.event_date.isoformat(),
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.occurred_at.isoformat(),
        "producer": event.producer,
        "caused_by": str(event.caused_by),
        "payload": to_payload(event),
    }
