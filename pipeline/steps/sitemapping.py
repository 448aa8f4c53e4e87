"""Polled indexes of sitemaps in, their polls with what the chosen sitemaps list out. The bytes are in the archive before.

An index tells of its sitemaps when each has changed. Only where it does so to the minute for all that were asked, and all
were had, does its own being unchanged mean that nothing is new; else the next poll asks for them again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.articles.exchange import READ_SITEMAP
from pipeline.articles.worker import Worker, WorkerFailure
from pipeline.events import SourcePolled
from pipeline.keys import canonical
from pipeline.packing import EMPTY
from pipeline.settings import Settings
from pipeline.sources.encodings import unpack
from pipeline.sources.listing import ListedSitemap, Reading
from pipeline.sources.polls import Poll, is_window_over
from pipeline.sources.registry import Source
from pipeline.sources.sitemaps import SITEMAPS_ASKED, merge
from pipeline.sources.windows import Days
from pipeline.steps.network import Network, batches, routes, to_record
from pipeline.values import PolledSitemap, RecordRef
from pipeline.web.answers import Answer, Refusal
from pipeline.web.gather import Got, Request, gather

Place = tuple[int, int]  # of an index among those of a run, and of a sitemap in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index that was polled: its poll has the sitemaps to ask, and as its digest that of its own body."""

    source: Source
    poll: Poll
    before: SourcePolled | None

    @property
    def sitemaps(self) -> tuple[ListedSitemap, ...]:
        """The sitemaps to ask."""
        assert self.poll.reading
        return self.poll.reading.sitemaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """What one sitemap came to."""

    polled: PolledSitemap
    reading: Reading | None = None
    detail: str = ""
    is_transient: bool = True


@dataclass(frozen=True, slots=True)
class SitemapReader:
    """Reads the bodies of sitemaps in the worker, packed or not; with a window only what may be of its days."""

    worker: Worker
    limit_bytes: int
    window: Days | None

    def __call__(self, answer: Answer) -> Reading | WorkerFailure:
        """What a sitemap lists."""
        body = unpack(answer.body, self.limit_bytes + 1)
        if len(body) > self.limit_bytes:
            return Reading(reason="too_large", detail=f"more than {self.limit_bytes} bytes unpacked")
        arguments = (body, answer.content_type, answer.final_url, self.worker.settings.feed_entries, self.window)
        return self.worker.call(READ_SITEMAP, *arguments, returns=Reading)


def ask_sitemaps(network: Network, indexes: Sequence[Index], worker: Worker) -> Iterator[tuple[Index, Poll]]:
    """Each index with its poll, as soon as its sitemaps have answered; a host that is left alone for now fails its own."""
    limit_bytes = network.settings.sitemap_bytes // SITEMAPS_ASKED
    requests = [
        Request(url=sitemap.url, subject=(number, place), is_feed=True, limit_bytes=limit_bytes)
        for number, index in enumerate(indexes)
        for place, sitemap in enumerate(index.sitemaps)
    ]
    waiting = dict(enumerate(indexes))
    had: defaultdict[int, dict[int, Had]] = defaultdict(dict)
    for batch in batches(gather(requests, routes(network), network.settings, network.now), network.settings):
        for got, ref in zip(batch, archive_bodies(network, batch, indexes), strict=True):
            number, place = got.request.subject
            had[number][place] = read_answer(
                got, ref, SitemapReader(worker, limit_bytes, indexes[number].source.window)
            )
            if len(had[number]) == len(indexes[number].sitemaps):
                yield indexes[number], conclude(waiting.pop(number), had.pop(number), network.settings)
    for number, index in waiting.items():
        yield index, conclude(index, had[number], network.settings)


def archive_bodies(network: Network, batch: Sequence[Got[Place]], indexes: Sequence[Index]) -> list[RecordRef | None]:
    """Where each answer's body is kept: one that the last poll got too is where it was."""
    refs: list[RecordRef | None] = []
    contents = [got.answer.content or EMPTY for got in batch]
    for got, content in zip(batch, contents, strict=True):
        before = indexes[got.request.subject[0]].before
        kept = {(one.url, one.body.sha256): one.body for one in before.sitemaps if one.body} if before else {}
        refs.append(kept.get((got.request.url, content.sha256)))
    new = [number for number, content in enumerate(contents) if content.size_bytes and refs[number] is None]
    written = network.archive.write([to_record(batch[number]) for number in new])
    for number, ref in zip(new, written, strict=True):
        refs[number] = ref
    return refs


def read_answer(got: Got[Place], ref: RecordRef | None, read: SitemapReader) -> Had:
    """What the answer of one sitemap says."""
    answer, url = got.answer, got.request.url
    if isinstance(answer, Refusal):
        polled = PolledSitemap(url=url, reason=answer.reason, body=ref)
        return Had(polled=polled, detail=answer.detail, is_transient=answer.is_transient)
    reading = read(answer)
    if isinstance(reading, WorkerFailure) or reading.reason:
        polled = PolledSitemap(url=url, reason=reading.reason, body=ref)
        return Had(polled=polled, detail=reading.detail or "", is_transient=reading.reason != "too_large")
    if reading.sitemaps:
        polled = PolledSitemap(url=url, reason="not_sitemap", body=ref)
        return Had(polled=polled, detail="an index inside an index", is_transient=False)
    return Had(polled=PolledSitemap(url=url, entries=len(reading.entries), body=ref), reading=reading)


def conclude(index: Index, had: dict[int, Had], settings: Settings) -> Poll:
    """The poll of an index, with the pages of its sitemaps: a failure only when none of them could be had.

    A window that is past is asked again as long as waiting may bring one of its sitemaps.
    """
    all_had = [had.get(place) or not_asked(sitemap) for place, sitemap in enumerate(index.sitemaps)]
    failed = [one for one in all_had if one.reading is None]
    polled = tuple(one.polled for one in all_had)
    faults = "; ".join(f"{one.polled.url}: {one.polled.reason}: {one.detail}" for one in failed)
    is_transient = any(one.is_transient for one in failed)
    if len(failed) == len(all_had):
        poll = replace(index.poll, reading=None, reason=failed[0].polled.reason, detail=faults, sitemaps=polled)
        return replace(poll, is_transient=is_transient)
    assert index.poll.reading
    merged = merge([one.reading for one in all_had if one.reading], settings.feed_entries, index.source.window)
    told = "; ".join(filter(None, [index.poll.reading.detail, merged.detail, faults]))
    is_incomplete = is_transient and is_window_over(index.source, index.poll.polled_at)
    poll = replace(index.poll, reading=replace(merged, detail=told), sitemaps=polled, is_incomplete=is_incomplete)
    if not failed and all(sitemap.is_timed for sitemap in index.sitemaps):
        return poll
    bodies = [[one.url, one.reason, one.body.sha256 if one.body else None] for one in polled]
    of_all = hashlib.sha256(canonical([poll.body_sha256, *bodies])).hexdigest()
    return replace(poll, etag=None, last_modified=None, body_sha256=of_all)


def not_asked(sitemap: ListedSitemap) -> Had:
    """What came of a sitemap whose host is left alone for now."""
    return Had(polled=PolledSitemap(url=sitemap.url, reason="held"), detail="its host is left alone for now")
