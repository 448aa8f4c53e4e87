"""Sources that are due in, `SourcePolled` and `EntrySeen` out; the bytes are in the archive before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from pipeline.archive import Record
from pipeline.articles.exchange import READ_FEED
from pipeline.articles.worker import Worker, WorkerFailure, open_worker
from pipeline.events import Event, SourcePolled
from pipeline.ledger.ledger import Ledger
from pipeline.packing import EMPTY
from pipeline.settings import Settings
from pipeline.sources import documents, entries, polls
from pipeline.sources.judging import NOT_MODIFIED
from pipeline.sources.known import find_address, find_known, find_validators
from pipeline.sources.listing import Reading
from pipeline.sources.registry import Source, SourcesError
from pipeline.steps.network import Network, batches, open_network, routes, to_record
from pipeline.steps.sitemapping import Index, SitemapReader, ask_sitemaps
from pipeline.values import RecordRef
from pipeline.web.answers import Answer, Refusal, find_max_age, find_retry_after
from pipeline.web.gather import Got, Request, gather

if TYPE_CHECKING:
    from pipeline.run import Run

Reader = Callable[[Answer], Reading | WorkerFailure]

producer = entries.producer


def take(run: "Run") -> Iterator[list[Event]]:
    """Ask the sources that are due, or in a backfill those that can list its days, for their entries."""
    sources = polls.wanted_sources(run.settings)
    with open_network(run, sources) as network, open_worker(run.settings) as worker:
        last = last_polls(run.ledger)  # under the lock: another run may just have polled
        due = [source for source in sources.values() if is_asked(run, source, last.get(source.id))]
        yield from poll_sources(network, due, last, worker)


def is_asked(run: "Run", source: Source, last: SourcePolled | None) -> bool:
    """Whether this run polls a source: if it is due, and in a backfill only if it can list one of the days."""
    if run.failed is not None:
        return last is not None and last.outcome == "failed" and run.failed.has(last.reason, source.id, last.event_id)
    if run.is_backfill and run.days and not any(polls.can_list(source, day) for day in run.days.each()):
        return False
    return polls.is_due(source, last, run.now())


def last_polls(ledger: Ledger) -> dict[str, SourcePolled]:
    """The last poll of each source: all the state that polling has."""
    positions = ledger.query(
        "select max(position), 1 from ledger.events where event_type = 'SourcePolled' group by stream"
    )
    polled = [found.cause.event for found in ledger.read_pending(positions)] if positions else []
    return {event.source_id: event for event in polled}


def poll_sources(
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
    listings = [ask(source, last.get(source.id), network) for source in due if source.kind != "documents"]
    indexes: list[Index] = []
    for batch in batches(gather(listings, routes(network), network.settings, network.now), network.settings):
        recorded: list[Event] = []
        for got, ref in zip(batch, archive_listings(network, batch, last), strict=True):
            source = network.sources[got.request.subject]
            before = last.get(source.id)
            met = read_poll(got, ref, find_known(source, before), make_reader(source, worker))
            if met.reading and met.reading.sitemaps:
                indexes.append(Index(source=source, poll=met, before=find_known(source, before)))
            else:
                recorded += record_poll(source, met, before, network.settings)
        yield recorded
    # After the rest: spacing counts by request, not by thread.
    for index, met in ask_sitemaps(network, indexes, worker):
        yield record_poll(index.source, met, last.get(index.source.id), network.settings)


def record_poll(source: Source, poll: polls.Poll, last: SourcePolled | None, settings: Settings) -> list[Event]:
    """The events of one poll."""
    producer = entries.producer(settings)
    if source.kind != "documents" and poll.reading:
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


def ask(source: Source, last: SourcePolled | None, network: Network) -> Request[str]:
    """The request for a feed or a sitemap, conditional if the last answers allow it."""
    etag, last_modified = find_validators(source, last, network.now())
    headers = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
    return Request(
        url=find_address(source, last),
        subject=source.id,
        is_feed=True,
        headers=tuple((name, value) for name, value in headers if value),
        limit_bytes=network.settings.sitemap_bytes if source.kind == "sitemap" else None,
    )


def archive_listings(
    network: Network, batch: Sequence[Got[str]], last: Mapping[str, SourcePolled]
) -> Iterator[RecordRef | None]:
    """Where each answer's body is kept: nowhere if there is none or the last poll got the same.

    The body of an index whose sitemaps are asked each time stays where it was.
    """
    records: dict[int, Record] = {}
    kept: dict[int, RecordRef] = {}
    for number, got in enumerate(batch):
        before = last.get(got.request.subject)
        content = got.answer.content or EMPTY
        if before and before.body and content.size_bytes and before.body.sha256 == content.sha256:
            kept[number] = before.body
        elif content.size_bytes and not (before and before.body_sha256 == content.sha256):
            records[number] = to_record(got)
    refs = kept | dict(zip(records, network.archive.write(list(records.values())), strict=True))
    return (refs.get(number) for number in range(len(batch)))


def make_reader(source: Source, worker: Worker) -> Reader:
    """What reads the body of an answer of this source: in the worker."""
    if source.kind == "sitemap":
        return SitemapReader(worker, worker.settings.sitemap_bytes, source.window)
    return partial(read_feed, worker=worker)


def read_feed(answer: Answer, worker: Worker) -> Reading | WorkerFailure:
    """What a feed lists."""
    arguments = (answer.body, answer.content_type, answer.final_url, worker.settings.feed_entries)
    return worker.call(READ_FEED, *arguments, returns=Reading)


def read_poll(got: Got[str], ref: RecordRef | None, known: SourcePolled | None, read: Reader) -> polls.Poll:
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
        body_sha256=answer.content.sha256 if answer.content.size_bytes else None,
        body_bytes=answer.content.size_bytes,
        body=ref,
        max_age_s=find_max_age(answer.headers, got.at),
        is_conditional=bool(got.request.headers),
    )
    if answer.status == NOT_MODIFIED and not met.is_conditional:
        return replace(met, reason="not_feed", detail="status 304 to a request that was not conditional")
    if not met.body_bytes and answer.status != NOT_MODIFIED:
        return replace(met, reason="not_feed", detail="empty body")
    if not met.body_bytes or (known and known.state and known.body_sha256 == met.body_sha256):
        return met
    reading = read(answer)
    if isinstance(reading, WorkerFailure):
        return replace(met, reason=reading.reason, detail=reading.detail)
    return replace(met, reading=reading)
