"""Sources and pages in, events out: the two steps that touch the network, `poll` and `capture`.

Both archive bytes first and append the events that refer to them after, every 200 records or 60 seconds, so that a killed
run loses little and no event points to bytes that are not there.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from pipeline.archive import Archive, Record
from pipeline.articles.exchange import READ_FEED
from pipeline.articles.worker import Worker, WorkerFailure
from pipeline.events import CaptureFailed, EntrySeen, Event, PageCaptured, Pending, SourcePolled, retry_at
from pipeline.keys import canonical
from pipeline.settings import Settings
from pipeline.sources import documents, entries, polls
from pipeline.sources.judging import NOT_MODIFIED
from pipeline.sources.known import find_address, find_known, find_validators
from pipeline.sources.listing import Reading
from pipeline.sources.registry import Source, SourcesError
from pipeline.text import clean
from pipeline.values import RecordRef
from pipeline.web.answers import Answer, Refusal, find_max_age, find_retry_after
from pipeline.web.gather import Got, Request, Routes, gather, host_of
from pipeline.web.hosts import Times
from pipeline.web.urls import URL_KEY_VERSION

CAPTURE_RULES = 1
DETAIL_CHARACTERS = 500

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


def poll(
    network: Network, due: Sequence[Source], last: Mapping[str, SourcePolled], worker: Worker
) -> Iterator[list[Event]]:
    """Batches of `SourcePolled`, each with the entries it lists; the bytes are in the archive.

    A feed whose host is left alone for now has no `SourcePolled`: it stays due, and comes before those polled since.
    """
    asked = {source.id: last[source.id].polled_at.timestamp() if source.id in last else 0.0 for source in due}
    due = sorted(due, key=lambda source: asked[source.id])
    for source in due:
        if source.kind == "documents":
            yield record_poll(source, read_folder(source, network.now()), last.get(source.id), network.settings)
    feeds = [ask(source, last.get(source.id), network.now()) for source in due if source.kind == "feed"]
    for batch in batches(gather(feeds, routes(network), network.settings, network.now), network.settings):
        recorded: list[Event] = []
        for got, ref in zip(batch, archive_feeds(network, batch, last), strict=True):
            source = network.sources[got.request.subject]
            before = last.get(source.id)
            met = read_poll(got, ref, find_known(source, before), worker)
            recorded += record_poll(source, met, before, network.settings)
        yield recorded


def record_poll(source: Source, poll: polls.Poll, last: SourcePolled | None, settings: Settings) -> list[Event]:
    """The events of one poll."""
    producer = entries.producer(settings)
    if source.kind == "feed" and poll.reading:
        poll = replace(poll, listing=entries.list_entries(poll.reading, poll.polled_at))
    polled = polls.polled(source, poll, last=last, producer=producer)
    listed = poll.reading or Reading()
    seen = entries.see(source, listed, polled_at=poll.polled_at, caused_by=polled.event_id, producer=producer)
    return [polled, *seen]


def read_folder(source: Source, polled_at: datetime) -> polls.Poll:
    """What a folder of documents lists. A mistake in its metadata is a failed poll, and the run goes on."""
    assert source.folder
    try:
        return polls.Poll(polled_at=polled_at, reading=documents.list_documents(source.folder))
    except SourcesError as error:
        return polls.Poll(polled_at=polled_at, reason="documents", detail=str(error))


def ask(source: Source, last: SourcePolled | None, now: datetime) -> Request[str]:
    """The request for a feed, conditional if the last answers allow it."""
    etag, last_modified = find_validators(source, last, now)
    headers = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
    return Request(
        url=find_address(source, last),
        subject=source.id,
        is_feed=True,
        headers=tuple((name, value) for name, value in headers if value),
    )


def archive_feeds(
    network: Network, batch: Sequence[Got[str]], last: Mapping[str, SourcePolled]
) -> Iterator[RecordRef | None]:
    """Where each answer's body is kept: nowhere if there is none or the last poll got the same."""
    records: dict[int, Record] = {}
    for number, got in enumerate(batch):
        before = last.get(got.request.subject)
        if got.answer.body and not (before and before.body_sha256 == digest(got.answer.body)):
            records[number] = to_record(got)
    refs = dict(zip(records, network.archive.write(list(records.values())), strict=True))
    return (refs.get(number) for number in range(len(batch)))


def read_poll(got: Got[str], ref: RecordRef | None, known: SourcePolled | None, worker: Worker) -> polls.Poll:
    """What an answer says: parsed in the worker, unless it is the body of the last poll again."""
    answer = got.answer
    if isinstance(answer, Refusal):
        return polls.Poll(
            polled_at=got.at,
            status=answer.status,
            reason=answer.reason,
            detail=answer.detail,
            retry_after_s=find_retry_after(answer.all_headers, got.at),
            is_transient=answer.is_transient,
            is_conditional=bool(got.request.headers),
            body=ref,
        )
    met = polls.Poll(
        polled_at=got.at,
        status=answer.status,
        moved_to=answer.moved_to,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        body_sha256=digest(answer.body) if answer.body else None,
        body_bytes=len(answer.body),
        body=ref,
        max_age_s=find_max_age(answer.headers, got.at),
        is_conditional=bool(got.request.headers),
    )
    if answer.status == NOT_MODIFIED and not met.is_conditional:
        return replace(met, reason="not_feed", detail="status 304 to a request that was not conditional")
    if not answer.body and answer.status != NOT_MODIFIED:
        return replace(met, reason="not_feed", detail="empty body")
    if not answer.body or (known and known.state and known.body_sha256 == met.body_sha256):
        return met
    reading = worker.call(
        READ_FEED, answer.body, answer.content_type, answer.final_url, worker.settings.feed_entries, returns=Reading
    )
    if isinstance(reading, WorkerFailure):
        return replace(met, reason=reading.reason, detail=reading.detail)
    return replace(met, reading=reading)


def capture(network: Network, inputs: Sequence[Pending[EntrySeen]]) -> Iterator[list[Event]]:
    """Batches of outcomes, one for each page; their bytes are in the archive.

    A page whose host is left alone for now, because it asked for that or because its domain has had its time in this
    run, has no outcome: it stays pending and loses no attempt.
    """
    filed = [one for one in inputs if one.cause.event.document]
    for start in range(0, len(filed), network.settings.archive_records):
        yield capture_documents(network, filed[start : start + network.settings.archive_records])
    pages = [Request(url=one.cause.event.url or "", subject=one) for one in inputs if one.cause.event.document is None]
    for batch in batches(gather(pages, routes(network), network.settings, network.now), network.settings):
        kept = [got for got in batch if got.answer.body is not None]
        refs = dict(zip(map(id, kept), network.archive.write([to_record(got) for got in kept]), strict=True))
        yield [captured(got, refs.get(id(got)), producer(network.settings)) for got in batch]


def captured(got: Got[Pending[EntrySeen]], ref: RecordRef | None, producer: str) -> Event:
    """The outcome of asking for a page."""
    pending, answer = got.request.subject, got.answer
    same = outcome_fields(pending, got.at, producer)
    if isinstance(answer, Answer):
        assert ref, "a captured page has its bytes in the archive"
        return PageCaptured(
            **same,
            final_url=answer.final_url,
            redirects=answer.redirects,
            status=answer.status,
            content_type=clean(answer.content_type) if answer.content_type else None,
            headers={clean(name): clean(value) for name, value in answer.headers.items()},
            body_bytes=len(answer.body),
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
        Record(url=document.url, captured_at=at, body=document.body, content_type=document.content_type)
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
    }


def to_record(got: Got[Any]) -> Record:
    """What the archive keeps of an answer, or of a refusal with a body."""
    answer = got.answer
    return Record(
        url=answer.final_url or answer.requested_url,
        captured_at=got.at,
        body=answer.body or b"",
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
    """Answers in batches of at most `archive_records`, none older than `archive_s` seconds; without what was not asked."""
    batch: list[Got[T]] = []
    opened = time.monotonic()
    for got in answers:
        if got is not None and (isinstance(got.answer, Answer) or got.answer.was_asked):
            batch.append(got)
        if len(batch) >= settings.archive_records or (batch and time.monotonic() - opened > settings.archive_s):
            yield batch
            batch = []
        if not batch:
            opened = time.monotonic()
    if batch:
        yield batch


def digest(body: bytes) -> str:
    """Hex sha256."""
    return hashlib.sha256(body).hexdigest()
