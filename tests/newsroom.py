"""Hand-made events, each made from the one before it: everything that a test does not name has a plain value."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.events import (
    ArticleCompared,
    ArticleExtracted,
    CaptureFailed,
    ClaimsExtracted,
    ClaimsFailed,
    EntrySeen,
    ExtractionFailed,
    PageCaptured,
    SourcePolled,
)
from pipeline.keys import hash_key
from pipeline.values import Claim, DateReading, MeasuredPair, Quantity, RecordRef, Span, Speaker

NOON = datetime(2017, 6, 11, 12, 0, tzinfo=UTC)
DAY = date(2017, 6, 11)
TEXT = (
    'Raids on Raqqa killed 24 civilians, up from 13, the Observatory said. "We will go on," the coalition warned.\n'
    "Shelling on Saturday wounded at least 5 people, witnesses said."
)


def poll(source_id: str = "wire", at: datetime = NOON, **changed: Any) -> SourcePolled:
    fields: dict[str, Any] = {
        "url": f"https://{source_id}.example/feed",
        "outcome": "changed",
        "entries": 1,
        "status": 200,
        "next_poll_at": at + timedelta(hours=1),
    }
    return SourcePolled(
        event_date=at.date(),
        occurred_at=at,
        producer="poll-1-aaaaaaaaaa",
        source_id=source_id,
        polled_at=at,
        **(fields | changed),
    )


def entry(path: str = "a", source_id: str = "wire", at: datetime = NOON, **changed: Any) -> EntrySeen:
    url = f"https://wire.example/{path}"
    fields: dict[str, Any] = {
        "entry_key": path,
        "url": url,
        "url_key": url,
        "outlet": source_id.title(),
        "owner": None,
        "language": "en",
        "title": f"Title of {path}",
        "title_raw": f"Title of {path}",
        "day_rule": "published",
        "content_sha256": hash_key(path),
        "event_date": DAY,
        "published_at": NOON - timedelta(hours=2),
    }
    return EntrySeen(occurred_at=at, producer="poll-1-aaaaaaaaaa", source_id=source_id, **(fields | changed))


def capture(seen: EntrySeen, attempt: int = 1, at: datetime = NOON) -> PageCaptured:
    assert seen.url
    assert seen.url_key
    return PageCaptured(
        event_date=seen.event_date,
        occurred_at=at + timedelta(minutes=5),
        caused_by=seen.event_id,
        producer="capture-1-aaaaaaaaaa",
        url_key=seen.url_key,
        requested_url=seen.url,
        attempt=attempt,
        final_url=seen.url,
        status=200,
        content_type="text/html",
        headers={"server": "test"},
        body_bytes=1000,
        body=RecordRef(file="a.warc.gz", offset=0, sha256="00"),
    )


def capture_failure(seen: EntrySeen, attempt: int = 1, **changed: Any) -> CaptureFailed:
    assert seen.url
    assert seen.url_key
    fields: dict[str, Any] = {"reason": "status_404", "detail": "not found", "occurred_at": NOON + timedelta(minutes=5)}
    return CaptureFailed(
        event_date=seen.event_date,
        caused_by=seen.event_id,
        producer="capture-1-aaaaaaaaaa",
        url_key=seen.url_key,
        requested_url=seen.url,
        attempt=attempt,
        **(fields | changed),
    )


def article(captured: PageCaptured, text: str = TEXT, rules: str = "1", **changed: Any) -> ArticleExtracted:
    article_id = hash_key(captured.url_key)
    fields: dict[str, Any] = {
        "article_id": article_id,
        "revision_id": hash_key(article_id, "Raids on Raqqa", text),
        "url_key": captured.url_key,
        "url": captured.final_url,
        "canonical_url": None,
        "source_id": "wire",
        "outlet": "Wire",
        "owner": None,
        "attempt": 1,
        "title": "Raids on Raqqa",
        "text": text,
        "language": "en",
        "language_probability": 0.99,
        "published_at": NOON - timedelta(hours=2),
        "published_precision": "exact",
        "published_rule": "json-ld",
        "words": len(text.split()),
    }
    return ArticleExtracted(
        event_date=captured.event_date,
        occurred_at=captured.occurred_at,
        caused_by=captured.event_id,
        producer=f"extract-{rules}-aaaaaaaaaa",
        **(fields | changed),
    )


def extraction_failure(captured: PageCaptured, rules: str = "1", **changed: Any) -> ExtractionFailed:
    fields: dict[str, Any] = {"attempt": 1, "reason": "no_text", "detail": "nothing to read"}
    return ExtractionFailed(
        event_date=captured.event_date,
        occurred_at=captured.occurred_at,
        caused_by=captured.event_id,
        producer=f"extract-{rules}-aaaaaaaaaa",
        article_id=hash_key(captured.url_key),
        url_key=captured.url_key,
        source_id="wire",
        outlet="Wire",
        owner=None,
        **(fields | changed),
    )


def comparison(read: ArticleExtracted, *pairs: MeasuredPair) -> ArticleCompared:
    return ArticleCompared(
        **reading(read, "compare-1-aaaaaaaaaa"),
        attempt=1,
        words=read.words,
        normal_sha256=hash_key(read.text),
        pairs=pairs,
    )


def pair(other: ArticleExtracted, **changed: Any) -> MeasuredPair:
    fields: dict[str, Any] = {
        "other_article_id": other.article_id,
        "other_revision_id": other.revision_id,
        "coverage_here": 1.0,
        "coverage_there": 1.0,
        "words_here": other.words,
        "words_there": other.words,
        "shared_words": other.words,
        "is_exact": True,
    }
    return MeasuredPair(**(fields | changed))


def claims(read: ArticleExtracted, *found: Claim, rules: str = "1", attempt: int = 1) -> ClaimsExtracted:
    return ClaimsExtracted(**reading(read, f"claim-{rules}-aaaaaaaaaa"), attempt=attempt, claims=found)


def claims_failure(read: ArticleExtracted, rules: str = "1", **changed: Any) -> ClaimsFailed:
    fields: dict[str, Any] = {"attempt": 1, "reason": "language", "detail": "ar"}
    return ClaimsFailed(**reading(read, f"claim-{rules}-aaaaaaaaaa"), **(fields | changed))


def reading(read: ArticleExtracted, producer: str) -> dict[str, Any]:
    """What all outcomes of a revision have in common."""
    return {
        "event_date": read.event_date,
        "occurred_at": read.occurred_at,
        "caused_by": read.event_id,
        "producer": producer,
        "article_id": read.article_id,
        "revision_id": read.revision_id,
    }


def claim(read: ArticleExtracted, content: str, speaker: str | None = None, **changed: Any) -> Claim:
    """A claim of one speaker, or of the narrator; parts of interrupted content are separated by ` ... `."""
    spans = tuple(find(read.text, part) for part in content.split(" ... "))
    speakers = (
        ()
        if speaker is None
        else (Speaker(span=find(read.text, speaker), speaker_id=hash_key(speaker), name=speaker, attribution="named"),)
    )
    fields: dict[str, Any] = {
        "claim_id": hash_key(read.revision_id, content),
        "content": spans,
        "cue": (),
        "source": tuple(named.span for named in speakers),
        "sentence": (spans[0][0], spans[-1][1]),
        "attribution": "named" if speaker else "narrator",
        "claim_type": "casualty",
        "modality": "asserted",
        "cue_class": None,
        "speakers": speakers,
        "said_on": DateReading(),
        "occurred_on": DateReading(),
        "confidence": "A",
        "rule": "complement",
    }
    return Claim(**(fields | changed))


def quantity(read: ArticleExtracted, words: str, low: int, **changed: Any) -> Quantity:
    fields: dict[str, Any] = {"metric": "killed", "low": low, "high": low, "bound": "exact", "rule": "number"}
    return Quantity(span=find(read.text, words), **(fields | changed))


def find(text: str, words: str) -> Span:
    """The span of some words in a text that must have them."""
    start = text.index(words)
    return start, start + len(words)
