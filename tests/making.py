"""Events made by hand, for tests that need some."""

from datetime import UTC, date, datetime

from pipeline.events import (
    ArticleCompared,
    ArticleExtracted,
    CaptureFailed,
    ClaimsExtracted,
    EntrySeen,
    ExtractionFailed,
    PageCaptured,
)
from pipeline.keys import hash_key
from pipeline.values import RecordRef

NOON = datetime(2017, 6, 14, 12, tzinfo=UTC)


def make_entry(number: int, day: int = 11, source: str = "wire", **changes: object) -> EntrySeen:
    """An entry of June 2017; the same number is the same page."""
    fields: dict[str, object] = {
        "event_date": date(2017, 6, day),
        "occurred_at": NOON,
        "producer": "poll-1-0000000000",
        "source_id": source,
        "entry_key": f"guid-{number}",
        "url": f"http://wire.example/{number}",
        "url_key": f"http://wire.example/{number}",
        "outlet": "Wire",
        "owner": None,
        "language": "en",
        "title": f"Story {number}",
        "title_raw": f"Story {number}",
        "day_rule": "published",
        "content_sha256": f"{number:064x}",
    }
    return EntrySeen(**(fields | changes))  # type: ignore[arg-type]


def make_page(entry: EntrySeen, **changes: object) -> PageCaptured:
    """The capture of an entry's page."""
    assert entry.url
    assert entry.url_key
    fields: dict[str, object] = {
        "event_date": entry.event_date,
        "occurred_at": NOON,
        "producer": "capture-1-0000000000",
        "caused_by": entry.event_id,
        "url_key": entry.url_key,
        "requested_url": entry.url,
        "attempt": 1,
        "final_url": entry.url,
        "status": 200,
        "content_type": "text/html",
        "headers": {},
        "body_bytes": 4,
        "body": RecordRef(file="a.warc.gz", offset=0, sha256="00"),
    }
    return PageCaptured(**(fields | changes))  # type: ignore[arg-type]


def make_capture_failure(entry: EntrySeen, attempt: int = 1, **changes: object) -> CaptureFailed:
    """A failed attempt to get an entry's page: for good, unless `retry_at` is given."""
    assert entry.url
    assert entry.url_key
    fields: dict[str, object] = {
        "event_date": entry.event_date,
        "occurred_at": NOON,
        "producer": "capture-1-0000000000",
        "caused_by": entry.event_id,
        "url_key": entry.url_key,
        "requested_url": entry.url,
        "attempt": attempt,
        "reason": "status_404",
        "detail": "status 404 Not Found",
    }
    return CaptureFailed(**(fields | changes))  # type: ignore[arg-type]


def make_article(page: PageCaptured, text: str = "Raids killed 24 civilians.", **changes: object) -> ArticleExtracted:
    """What was read out of a capture; the same text on the same page is the same revision."""
    article_id = hash_key(page.url_key)
    fields: dict[str, object] = {
        "event_date": page.event_date,
        "occurred_at": page.occurred_at,
        "producer": "extract-1-0000000000",
        "caused_by": page.event_id,
        "article_id": article_id,
        "url_key": page.url_key,
        "source_id": "wire",
        "outlet": "Wire",
        "owner": None,
        "attempt": 1,
        "revision_id": hash_key(article_id, "", text),
        "url": page.final_url,
        "canonical_url": None,
        "title": None,
        "text": text,
        "language": "en",
        "language_probability": 1.0,
        "published_at": None,
        "published_precision": None,
        "published_rule": "none",
        "words": len(text.split()),
    }
    return ArticleExtracted(**(fields | changes))  # type: ignore[arg-type]


def make_extraction_failure(page: PageCaptured, attempt: int = 1, **changes: object) -> ExtractionFailed:
    """A failed attempt to read a capture: for good, unless `retry_at` is given."""
    fields: dict[str, object] = {
        "event_date": page.event_date,
        "occurred_at": page.occurred_at,
        "producer": "extract-1-0000000000",
        "caused_by": page.event_id,
        "article_id": hash_key(page.url_key),
        "url_key": page.url_key,
        "source_id": "wire",
        "outlet": "Wire",
        "owner": None,
        "attempt": attempt,
        "reason": "no_text",
        "detail": "no readable text",
    }
    return ExtractionFailed(**(fields | changes))  # type: ignore[arg-type]


def make_claims(article: ArticleExtracted, **changes: object) -> ClaimsExtracted:
    """No claims, out of an article."""
    return ClaimsExtracted(**(reading_of(article, "claim-1-0000000000") | {"claims": ()} | changes))  # type: ignore[arg-type]


def make_comparison(article: ArticleExtracted, **changes: object) -> ArticleCompared:
    """An article that shares nothing with another."""
    measured: dict[str, object] = {"words": article.words, "normal_sha256": hash_key(article.text)}
    return ArticleCompared(**(reading_of(article, "compare-1-0000000000") | measured | changes))  # type: ignore[arg-type]


def reading_of(article: ArticleExtracted, producer: str) -> dict[str, object]:
    """What outcomes of `compare` and `claim` have in common."""
    return {
        "event_date": article.event_date,
        "occurred_at": article.occurred_at,
        "producer": producer,
        "caused_by": article.event_id,
        "article_id": article.article_id,
        "revision_id": article.revision_id,
        "attempt": 1,
    }
