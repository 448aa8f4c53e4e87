"""Captures in, articles or failures out: one outcome for each, whatever the bytes are. A worker parses them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Protocol

from pipeline.articles.dates import read_instant
from pipeline.articles.exchange import READ_ARTICLE, Page, PageReading, ReadArticle
from pipeline.articles.worker import Worker, WorkerFailure
from pipeline.events import ArticleExtracted, EntrySeen, ExtractionFailed, PageCaptured, Pending, retry_at
from pipeline.keys import canonical, hash_key
from pipeline.settings import Settings
from pipeline.values import RecordRef
from pipeline.web.urls import URL_KEY_VERSION, url_key

RULES_VERSION = 2  # to be raised with every change of the rules in this folder that can change an outcome
LIBRARIES = ("charset-normalizer", "htmldate", "jusText", "lxml", "lxml_html_clean", "py3langid", "trafilatura")


class ArchivedBody(Protocol):
    """What the archive gives back for a capture."""

    @property
    def body(self) -> bytes:
        """The bytes of the page."""


@cache
def producer(settings: Settings) -> str:
    """The name of these rules: a digest over versions and the limit that shapes a text."""
    versions = [[library, version(library)] for library in LIBRARIES]
    digest = sha256(canonical([versions, RULES_VERSION, URL_KEY_VERSION, settings.html_bytes])).hexdigest()
    return f"extract-{RULES_VERSION}-{digest[:10]}"


def extract(
    inputs: Iterable[Pending[PageCaptured]],
    *,
    read: Callable[[RecordRef], ArchivedBody | WorkerFailure],
    worker: Worker,
    producer: str,
) -> Iterator[ArticleExtracted | ExtractionFailed]:
    """One outcome for each capture, in order, those that the archive has no more at the end.

    While the worker reads one, the next is got from the archive.
    """
    asked: deque[Pending[PageCaptured]] = deque()
    lost: list[ExtractionFailed] = []

    def calls() -> Iterator[tuple[Page]]:
        for pending in inputs:
            archived = read(pending.cause.event.body)
            if isinstance(archived, WorkerFailure):
                lost.append(failed(pending, archived, producer))
            else:
                asked.append(pending)
                yield (page_of(pending, archived, worker.settings.html_bytes),)

    for reading in worker.map(READ_ARTICLE, calls(), returns=PageReading):
        yield outcome(asked.popleft(), reading, producer)
    yield from lost


def page_of(pending: Pending[PageCaptured], archived: ArchivedBody, html_bytes: int) -> Page:
    """What the worker needs to know of a capture."""
    capture, entry = pending.cause.event, entry_of(pending)
    stated = read_instant(entry.published_raw or "")
    is_day = stated is not None and stated.precision == "day" and entry.published_at is not None
    return Page(
        body=archived.body,
        content_type=capture.content_type,
        url=capture.final_url,
        requested_url=capture.requested_url,
        captured_at=capture.occurred_at,
        html_bytes=html_bytes,
        outlet=entry.outlet,
        entry_title=entry.title or None,
        entry_authors=entry.authors,
        entry_language=entry.language,
        # A feed reader takes a time without a zone, or with one that it does not know, for UTC: only its day is known.
        entry_published_at=stated.at if stated and is_day else entry.published_at,
        entry_precision=stated.precision if stated else "exact",
        entry_origin="document" if entry.document else "entry",
    )


def entry_of(pending: Pending[PageCaptured]) -> EntrySeen:
    """The entry behind a capture. Raises ValueError where the caller left it out."""
    if pending.entry is None:
        raise ValueError(f"expected the entry behind the capture {pending.cause.event_id}, got None")
    return pending.entry


def outcome(
    pending: Pending[PageCaptured], reading: PageReading | WorkerFailure, producer: str
) -> ArticleExtracted | ExtractionFailed:
    """The event that records what became of one capture."""
    if isinstance(reading, WorkerFailure):
        return failed(pending, reading, producer)
    if reading.article is None:
        assert reading.reason is not None
        return failed(pending, WorkerFailure(reading.reason, reading.detail, False), producer)
    return extracted(pending, reading.article, producer)


def extracted(pending: Pending[PageCaptured], article: ReadArticle, producer: str) -> ArticleExtracted:
    """The event of an article."""
    capture, entry = pending.cause.event, entry_of(pending)
    key = key_of(capture)
    article_id = hash_key(key)
    return ArticleExtracted(
        event_date=capture.event_date,
        occurred_at=capture.occurred_at,
        caused_by=pending.cause.event_id,
        producer=producer,
        article_id=article_id,
        url_key=key,
        source_id=entry.source_id,
        outlet=entry.outlet,
        owner=entry.owner,
        attempt=pending.attempt,
        revision_id=hash_key(article_id, article.title or "", article.text),
        url=capture.final_url,
        canonical_url=article.canonical_url,
        title=article.title,
        text=article.text,
        authors=article.authors,
        language=article.language,
        language_probability=article.language_probability,
        published_at=article.published_at,
        published_precision=article.published_precision,
        published_rule=article.published_rule,
        candidates=article.candidates,
        words=article.words,
        unread_bytes=article.unread_bytes,
    )


def failed(pending: Pending[PageCaptured], failure: WorkerFailure, producer: str) -> ExtractionFailed:
    """The event of a failure. Delays count from the capture, since a step has no clock."""
    capture, entry = pending.cause.event, entry_of(pending)
    key = key_of(capture)
    return ExtractionFailed(
        event_date=capture.event_date,
        occurred_at=capture.occurred_at,
        caused_by=pending.cause.event_id,
        producer=producer,
        article_id=hash_key(key),
        url_key=key,
        source_id=entry.source_id,
        outlet=entry.outlet,
        owner=entry.owner,
        attempt=pending.attempt,
        reason=failure.reason,
        detail=failure.detail,
        retry_at=retry_at(pending.attempt, capture.occurred_at) if failure.is_transient else None,
    )


def key_of(capture: PageCaptured) -> str:
    """The key of the page that answered: of the final URL, or of the one asked for where that has none."""
    return url_key(capture.final_url) or capture.url_key
