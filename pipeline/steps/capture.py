"""Pages in, `PageCaptured`, `PageUnchanged` or `CaptureFailed` out; the bytes are in the archive before."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.archive import Record
from pipeline.events import CaptureFailed, EntrySeen, Event, PageCaptured, PageUnchanged, Pending, retry_at
from pipeline.keys import canonical
from pipeline.packing import content_of
from pipeline.settings import Settings
from pipeline.sources import documents, polls
from pipeline.sources.judging import NOT_MODIFIED
from pipeline.sources.registry import Source, SourcesError
from pipeline.steps import recaptures
from pipeline.steps.network import Network, batches, in_batches, open_network, routes, to_record
from pipeline.text import clean
from pipeline.values import RecordRef
from pipeline.web.answers import Answer, refuse
from pipeline.web.gather import Got, Request, gather
from pipeline.web.urls import URL_KEY_VERSION

if TYPE_CHECKING:
    from pipeline.run import Run

CAPTURE_RULES = 2
DETAIL_CHARACTERS = 500
PAGES_AT_ONCE = 2_000  # asked for together, so that one slow host does not hold up the others

Read = tuple[Pending[EntrySeen], documents.Document | SourcesError]


def producer(settings: Settings) -> str:
    """The version of all that shapes what `capture` appends."""
    shaped_by = [str(URL_KEY_VERSION), str(settings.page_bytes)]
    return f"capture-{CAPTURE_RULES}-{hashlib.sha256(canonical(shaped_by)).hexdigest()[:10]}"


def take(run: "Run") -> Iterator[list[Event]]:
    """Get the bytes of the pages that are pending, of sources that are switched on: the others' wait.

    Those that are young are asked for again after that, so that new pages come first.
    """
    sources = polls.wanted_sources(run.settings)
    taken: Counter[str] = Counter()
    with open_network(run, sources) as network:
        for chunk in pending_pages(run, sources):
            kept = [
                one for one in chunk if is_within_limit(run.settings, sources.get(one.cause.event.source_id), taken)
            ]
            yield from capture_pages(network, kept)


def pending_pages(run: "Run", sources: Mapping[str, Source]) -> Iterator[list[Pending[EntrySeen]]]:
    """The inputs of `capture`: pages that were never had, then those that are due to be asked for again."""
    selection = run.selection("capture")
    yield from run.ledger.pending_chunks(selection, chunk=PAGES_AT_ONCE)
    if run.failed is not None:  # a retry takes what has failed, nothing else
        return
    owed = recaptures.find_owed(run.ledger, selection, run.settings.recapture_hours, sources)
    for start in range(0, len(owed), PAGES_AT_ONCE):
        yield recaptures.read_owed(run.ledger, owed[start : start + PAGES_AT_ONCE])


def is_within_limit(settings: Settings, source: Source | None, taken: Counter[str]) -> bool:
    """Whether one more page of a source may be taken, and count it; only live sources have a limit."""
    if source is None:
        return False
    taken[source.id] += 1
    return not settings.pages_per_source or source.enabled != "live" or taken[source.id] <= settings.pages_per_source


def capture_pages(network: Network, inputs: Sequence[Pending[EntrySeen]]) -> Iterator[list[Event]]:
    """Batches of outcomes, one for each page; their bytes are in the archive.

    A page whose host is left alone for now, because it asked for that or because its domain has had its time in this
    run, has no outcome: it stays pending and loses no attempt.
    """
    filed = [one for one in inputs if one.cause.event.document]
    for read in in_batches(read_documents(network, filed), network.settings):
        yield captured_documents(network, read)
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


def read_documents(network: Network, inputs: Sequence[Pending[EntrySeen]]) -> Iterator[tuple[Read, int]]:
    """Each document, or why it cannot be read, and its bytes."""
    open_folder = cache(documents.open_folder)  # one reading of its metadata serves all its documents
    for pending in inputs:
        entry = pending.cause.event
        source = network.sources.get(entry.source_id)
        try:
            if source is None or source.folder is None:
                raise SourcesError(f"the sources file has no folder {entry.source_id} any more")
            found = open_folder(source.folder).read(entry.document or "")
        except SourcesError as error:
            yield (pending, error), 0
        else:
            yield (pending, found), len(found.body)


def captured_documents(network: Network, read: Sequence[Read]) -> list[Event]:
    """The outcomes of a batch; the bytes are in the archive."""
    at, version = network.now(), producer(network.settings)
    had = [(pending, found) for pending, found in read if isinstance(found, documents.Document)]
    refs = network.archive.write(
        [
            Record(url=one.url, captured_at=at, content=content_of(one.body), content_type=one.content_type)
            for _, one in had
        ]
    )
    failed = [
        CaptureFailed(
            **outcome_fields(pending, at, version),
            reason="document",
            detail=str(error),
            retry_at=retry_at(pending.attempt, at),
        )
        for pending, error in read
        if isinstance(error, SourcesError)
    ]
    captured = [
        PageCaptured(
            **outcome_fields(pending, at, version),
            final_url=one.url,
            status=200,
            content_type=one.content_type,
            headers={},
            body_bytes=len(one.body),
            body=ref,
        )
        for (pending, one), ref in zip(had, refs, strict=True)
    ]
    return [*failed, *captured]


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
