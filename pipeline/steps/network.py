"""What the steps that touch the network share: requests in, batches of answers out, ready for the archive.

`poll` and `capture` archive bytes first and append the events that refer to them after, every 500 records, 64 MB or 30
seconds, so that a killed run loses little and no event points to bytes that are not there. An append costs 40 ms however
small it is.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.archive import Archive, Record
from pipeline.packing import EMPTY
from pipeline.settings import Settings
from pipeline.sources.registry import Source
from pipeline.web.answers import Refusal
from pipeline.web.gather import Got, Routes, host_of
from pipeline.web.hosts import Times, network_lock

if TYPE_CHECKING:
    from pipeline.run import Run

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


@contextmanager
def open_network(run: "Run", sources: Mapping[str, Source]) -> Iterator[Network]:
    """The network for one step of a run, held under the lock of the one process that may use it. Raises NetworkBusy."""
    with network_lock(run.settings.network_lock, run.network_wait_s):
        yield Network(settings=run.settings, sources=sources, archive=run.archive, now=run.now)


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
    """Answers in batches, without what was not asked."""
    return in_batches((sized(got) if got else None for got in answers), settings)


def sized(got: Got[T]) -> tuple[Got[T], int] | None:
    """An answer and the bytes of its body as it is stored, or None if nobody was asked."""
    if isinstance(got.answer, Refusal) and not got.answer.was_asked:
        return None
    return got, len(got.answer.content.stored) if got.answer.content else 0


def in_batches(things: Iterable[tuple[T, int] | None], settings: Settings) -> Iterator[list[T]]:
    """Things in batches of at most `archive_records`, none older than `archive_s` seconds; None only lets time pass.

    A batch whose bytes come to BATCH_BYTES is full too: it is all kept in memory.
    """
    batch: list[T] = []
    batch_bytes = 0
    opened = time.monotonic()
    for found in things:
        if found is not None:
            batch.append(found[0])
            batch_bytes += found[1]
        is_full = len(batch) >= settings.archive_records or batch_bytes >= BATCH_BYTES
        if is_full or (batch and time.monotonic() - opened > settings.archive_s):
            yield batch
            batch, batch_bytes = [], 0
        if not batch:
            opened = time.monotonic()
    if batch:
        yield batch


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
