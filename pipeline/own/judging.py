"""A user's own texts in, how they are related out, without a ledger: the same measures and the same models as a run.

The texts become events in memory and the models of sql/ are built over them, so that nothing is judged in two ways.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid5

from pipeline.comparison import measures
from pipeline.comparison.compare import compare
from pipeline.comparison.index import open_index
from pipeline.events import ArticleCompared, ArticleExtracted, Event, Pending, Recorded
from pipeline.keys import NAMESPACE
from pipeline.ledger.payloads import to_payload
from pipeline.own.own_texts import OwnText
from pipeline.settings import SQL
from pipeline.warehouse.building import build_in_memory
from pipeline.warehouse.models import Connection, Model, read_models

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # a text needs some moment of capture; no rule reads it
READER = "extract-0-own-texts"
BATCH = 200


QUESTIONS = {
    "relations": (
        "select article_id as a, other_article_id as b, relation, round(longer_coverage, 4) as coverage_longer, "
        "round(shorter_coverage, 4) as coverage_shorter from int_relations_named order by a, b"
    ),
    "families": "select article_id as id, family_id from int_families_joined order by id",
    "stitched": (
        "select article_id as id, sources, round(reused_share, 4) as reused_share, "
        "round(best_source_share, 4) as best_source_share from int_articles_stitched order by id"
    ),
    "sentences": (
        "select article_id as id, sentence_number as number, [sentence_start, sentence_end] as span, "
        "use, origin_article_id as origin, score, is_boilerplate from sentence_origins order by id, number"
    ),
}
MODELS = frozenset({"int_relations_named", "int_families_joined", "int_articles_stitched", "sentence_origins"})

Answers = dict[str, list[dict[str, Any]]]


def judge(texts: Sequence[OwnText]) -> Answers:
    """How the texts are related: relations, families, stitched texts, and where each sentence comes from."""
    with judged([to_article(text) for text in texts], MODELS) as connection:
        return {name: ask(connection, question) for name, question in QUESTIONS.items()}


def ask(connection: Connection, question: str) -> list[dict[str, Any]]:
    """The rows of an answer."""
    result = connection.execute(question)
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def to_article(own: OwnText) -> ArticleExtracted:
    """A text as if it had been read from a page of its own. Texts without an outlet are taken for one outlet's."""
    precision = "day" if own.is_day_only else "exact"
    return ArticleExtracted(
        event_date=(own.published_at or UNDATED).date(),
        occurred_at=own.published_at or UNDATED,
        caused_by=uuid5(NAMESPACE, own.text_id),
        producer=READER,
        article_id=own.text_id,
        revision_id=own.text_id,
        url_key=own.text_id,
        url=own.text_id,
        source_id="",
        outlet=own.outlet or "",
        owner=None,
        attempt=1,
        canonical_url=None,
        title=None,
        text=own.text,
        language=None,
        language_probability=0.0,
        published_at=own.published_at,
        published_precision=precision if own.published_at else None,
        published_rule="given",
        words=len(own.text.split()),
    )


def measure(articles: Sequence[ArticleExtracted]) -> list[ArticleCompared]:
    """Measure every text against those before it."""
    recorded = [
        Recorded(position=number, event_id=article.event_id, event=article)
        for number, article in enumerate(articles, 1)
    ]
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-compare-") as folder,
        open_index(Path(folder) / "index", lambda positions: [recorded[at - 1] for at in positions]) as index,
    ):
        index.bring_up_to([recorded[at : at + BATCH] for at in range(0, len(recorded), BATCH)], len(recorded), "")
        index.look_up([one.position for one in recorded])
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
    with build_in_memory(rows, models_of(wanted), producers) as connection:
        yield connection


@cache
def models_of(wanted: frozenset[str]) -> tuple[Model, ...]:
    """The wanted models and all that they read."""
    return read_models(SQL).needed_for(wanted)


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
