"""Pages in, events out: the step `capture`, and what it shares with `poll` (polling.py), the other that touches the network.

Both archive bytes first and append the events that refer to them after, every 500 records, 64 MB or 30 seconds, so that
a killed run loses little and no event points to bytes that are not there. An append costs 40 ms however small it is.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from pipeline.archive import Archive, Record
from pipeline.events import CaptureFailed, EntrySeen, Event, PageCaptured, PageUnchanged, Pending, retry_at
from pipeline.keys import canonical
from pipeline.packing import EMPTY, content_of
from pipeline.settings import Settings
from pipeline.sources import documents
from pipeline.sources.judging import NOT_MODIFIED
from pipeline.sources.registry import Source, SourcesError
from pipeline.text import clean
from pipeline.values import RecordRef
from pipeline.web.answers import Answer, Refusal, refuse
from pipeline.web.gather import Got, Request, Routes, gather, host_of
from pipeline.web.hosts import Times
from pipeline.web.urls import URL_KEY_VERSION

CAPTURE_RULES = 2
DETAIL_CHARACTERS = 500
BATCH_BYTES = 64 << 20  # of bodies: a sitemap may have 20 MB

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What polling and capturing need.

    sources  those of the sources file that are wanted, by id
    now      the wall clock, UTC
    times    when this run may ask each domain: what one chunk of pages learns holds for the next
    """

    settings: Settings
    sources: Mapping[str, Source]
    archive: Archive
    now: Callable[[], datetime]
    times: Times = field(default_factory=Times)


def producer(settings: Settings) -> str:
    """The version of all that shapes what `capture` appends."""
    shaped_by = [str(URL_KEY_VERSION), str(settings.page_bytes)]
    return f"capture-{CAPTURE_RULES}-{hashlib.sha256(canonical(shaped_by)).hexdigest()[:10]}"


def capture(network: Network, inputs: Sequence[Pending[EntrySeen]]) -> Iterator[list[Event]]:
    """Batches of outcomes, one for each page; their bytes are in the archive.

    A page whose host is left alone for now, because it asked for that or because its domain has had its time in this
    run, has no outcome: it stays pending and loses no attempt.
    """
    filed = [one for one in inputs if one.cause.event.document]
    for start in range(0, len(filed), network.settings.archive_records):
        yield capture_documents(network, filed[start : start + network.settings.archive_records])
    pages = [ask_page(one) for one in inputs if one.cause.event.document is None]
    for answered in batches(gather(pages, routes(network), network.settings, network.now), network.settings):
        batch = [refuse_empty_304(got) for got in answered]
        kept = [got for got in batch if got.answer.content is not None and not is_unchanged(got)]
        refs = dict(zip(map(id, kept), network.archive.write([to_record(got) for got in kept]), strict=True))
        yield [captured(got, refs.get(id(got)), producer(network.settings)) for got in batch]


def ask_page(pending: Pending[EntrySeen]) -> Request[Pending[EntrySeen]]:
    """The request for a page: conditional if it was captured before.

    Not at the last due time, so that an edit which a wrong 304 has hidden is found in the end, and not after a failure.
    """
    headers: tuple[tuple[str, str], ...] = ()
    if pending.again and not pending.again.is_last and pending.attempt == 1:
        had = pending.again.last.event.headers
        names = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
        headers = tuple((name, had[validator]) for name, validator in names if validator in had)
    return Request(url=pending.cause.event.url or "", subject=pending, headers=headers)


def refuse_empty_304(got: Got[Pending[EntrySeen]]) -> Got[Pending[EntrySeen]]:
    """The same, but for a 304 that was not asked for, or of another address than was captured: it says nothing of the page."""
    answer, again = got.answer, got.request.subject.again
    if not isinstance(answer, Answer) or answer.status != NOT_MODIFIED:
        return got
    if got.request.headers and again and answer.final_url == again.last.event.final_url:
        return got
    refusal = refuse(answer.requested_url, "bad_answer", "status 304, but not of what was captured before")
    return replace(got, answer=replace(refusal, final_url=answer.final_url, status=answer.status))


def is_unchanged(got: Got[Pending[EntrySeen]]) -> bool:
    """Whether a page that was asked for again is what it was."""
    answer, again = got.answer, got.request.subject.again
    if again is None or not isinstance(answer, Answer):
        return False
    return answer.status == NOT_MODIFIED or answer.content.sha256 == again.last.event.body.sha256


def captured(got: Got[Pending[EntrySeen]], ref: RecordRef | None, producer: str) -> Event:
    """The outcome of asking for a page; `ref` is where its bytes are, or None if there are no new ones."""
    pending, answer = got.request.subject, got.answer
    same = outcome_fields(pending, got.at, producer)
    if isinstance(answer, Answer) and ref is None:
        assert pending.again, "a page that is asked for the first time has its bytes in the archive"
        same_as = pending.again.last.event_id
        return PageUnchanged(**same, final_url=answer.final_url, status=answer.status, same_as=same_as)
    if isinstance(answer, Answer):
        assert ref
        return PageCaptured(
            **same,
            final_url=answer.final_url,
            redirects=answer.redirects,
            status=answer.status,
            content_type=clean(answer.content_type) if answer.content_type else None,
            headers={clean(name): clean(value) for name, value in answer.headers.items()},
            body_bytes=answer.content.size_bytes,
            body=ref,
        )
    again = retry_at(pending.attempt, got.at) if answer.is_transient else None
    asked = timedelta(seconds=min(answer.retry_after_s or 0, 86_400))
    return CaptureFailed(
        **same,
        reason=answer.reason,
        detail=clean(answer.detail)[:DETAIL_CHARACTERS],
        final_url=clean(answer.final_url) if answer.final_url else None,
        status=answer.status,
        retry_at=max(again, got.at + asked) if again else None,
        body=ref,
    )


def capture_documents(network: Network, inputs: Sequence[Pending[EntrySeen]]) -> list[Event]:
    """The outcomes of reading documents from their folders."""
    outcomes: list[Event] = []
    found: list[tuple[Pending[EntrySeen], documents.Document]] = []
    open_folder = cache(documents.open_folder)  # one reading of its metadata serves all its documents
    at = network.now()
    for pending in inputs:
        entry = pending.cause.event
        source = network.sources.get(entry.source_id)
        try:
            if source is None or source.folder is None:
                raise SourcesError(f"the sources file has no folder {entry.source_id} any more")
            found.append((pending, open_folder(source.folder).read(entry.document or "")))
        except SourcesError as error:
            same = outcome_fields(pending, at, producer(network.settings))
            outcomes.append(
                CaptureFailed(**same, reason="document", detail=str(error), retry_at=retry_at(pending.attempt, at))
            )
    records = [
        Record(url=document.url, captured_at=at, content=content_of(document.body), content_type=document.content_type)
        for _, document in found
    ]
    for (pending, document), ref in zip(found, network.archive.write(records), strict=True):
        outcomes.append(
            PageCaptured(
                **outcome_fields(pending, at, producer(network.settings)),
                final_url=document.url,
                status=200,
                content_type=document.content_type,
                headers={},
                body_bytes=len(document.body),
                body=ref,
            )
        )
    return outcomes


def outcome_fields(pending: Pending[EntrySeen], at: datetime, producer: str) -> dict[str, Any]:
    """What all outcomes of `capture` have."""
    entry = pending.cause.event
    assert entry.url
    assert entry.url_key
    return {
        "event_date": entry.event_date,
        "occurred_at": at,
        "caused_by": pending.cause.event_id,
        "producer": producer,
        "url_key": entry.url_key,
        "requested_url": entry.url,
        "attempt": pending.attempt,
        "due_at": pending.again.due_at if pending.again else None,
    }


def to_record(got: Got[Any]) -> Record:
    """What the archive keeps of an answer, or of a refusal with a body."""
    answer = got.answer
    return Record(
        url=answer.final_url or answer.requested_url,
        captured_at=got.at,
        content=answer.content or EMPTY,
        status=answer.status,
        phrase=answer.phrase,
        headers=tuple(answer.all_headers),
        is_truncated=isinstance(answer, Refusal) and answer.is_body_cut,
    )


def routes(network: Network) -> Routes:
    """How the sources' hosts are reached: bundled worlds on loopback, the rest by DNS."""
    sources = network.sources.values()
    return Routes(
        worlds=tuple(sorted({source.world for source in sources if source.world})),
        doors={host_of(source.url): source.connect_to for source in sources if source.connect_to and not source.world},
        spacings={host_of(source.url): source.spacing_s for source in sources if source.spacing_s is not None},
        times=network.times,
    )


def batches(answers: Iterable[Got[T] | None], settings: Settings) -> Iterator[list[Got[T]]]:
    """Answers in batches of at most `archive_records`, none older than `archive_s` seconds; without what was not asked.

    A batch whose bodies come to BATCH_BYTES is full too: it is all kept in memory.
    """
    batch: list[Got[T]] = []
    body_bytes = 0
    opened = time.monotonic()
    for got in answers:
        if got is not None and (isinstance(got.answer, Answer) or got.answer.was_asked):
            batch.append(got)
            body_bytes += len(got.answer.content.stored) if got.answer.content else 0
        is_full = len(batch) >= settings.archive_records or body_bytes >= BATCH_BYTES
        if is_full or (batch and time.monotonic() - opened > settings.archive_s):
            yield batch
            batch, body_bytes = [], 0
        if not batch:
            opened = time.monotonic()
    if batch:
        yield batch
