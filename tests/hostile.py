"""What becomes of hostile and malformed pages and feeds: `python -m tests.hostile [COUNT]`, 2,000 without a count.

Each is read in the worker under the limits of every run, and becomes the events that a run would append. Counted is how
many end in exactly one outcome, how long the longest took, and how much memory the worker had at most.
"""

import itertools
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from pipeline.articles import extract
from pipeline.articles.exchange import READ_ARTICLE, READ_FEED, PageReading
from pipeline.articles.worker import Worker, WorkerFailure, open_worker
from pipeline.events import Pending, Recorded
from pipeline.ledger.payloads import to_payload
from pipeline.settings import ROOT, Settings
from pipeline.sources.listing import Reading
from pipeline.sources.polls import Poll
from pipeline.sources.registry import Source
from pipeline.steps.poll import record_poll
from tests.hostile_kinds import FEEDS, PAGES, TYPES, Kind
from tests.making import NOON, make_entry, make_page
from tests.measuring.report import Table, to_table, write_between

COUNT = 2_000
MEGABYTES_AT_MOST = 1_024  # of both processes together
COSTLY_EVERY = 12  # rounds: those take all the CPU seconds that a page may have
SOURCE = Source(id="wire", kind="feed", name="Wire", outlet="Wire", url="http://wire.example/rss")


@dataclass(frozen=True, slots=True)
class Met:
    """What one input came to."""

    kind: Kind
    outcome: str
    took_s: float


@dataclass
class Tally:
    """What all came to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: Met | None = None

    def add(self, met: Met) -> None:
        """Count one."""
        self.outcomes[met.outcome] += 1
        if self.slowest is None or met.took_s > self.slowest.took_s:
            self.slowest = met


def choose_kinds(count: int) -> Iterator[tuple[Kind, int, bool]]:
    """So many kinds in turn, pages and feeds, each time with another seed; costly ones seldom."""
    kinds = [(kind, False) for kind in PAGES] + [(kind, True) for kind in FEEDS]
    turns = (
        (kind, turn, is_feed)
        for turn in itertools.count()
        for kind, is_feed in kinds
        if not kind.is_costly or turn % COSTLY_EVERY == 0
    )
    return itertools.islice(turns, count)


def meet(worker: Worker, kind: Kind, turn: int, *, is_feed: bool) -> Met:
    """Read one input as a run does, and make its events. Raises where a run would."""
    rng = random.Random(f"{is_feed} {kind.name} {turn}")  # the same inputs each time
    body, content_type = kind.make(rng), rng.choice(TYPES)
    began = time.monotonic()
    outcome = (poll if is_feed else read)(worker, body, content_type)
    return Met(kind, ("feed: " if is_feed else "page: ") + outcome, time.monotonic() - began)


def read(worker: Worker, body: bytes, content_type: str | None) -> str:
    """The outcome of `extract` for one page: exactly one event, that the ledger can keep."""
    entry = make_entry(1)
    capture = make_page(entry, content_type=content_type)
    pending = Pending(cause=Recorded(position=1, event_id=UUID(int=1), event=capture), entry=entry)
    page = extract.page_of(pending, _Body(body), worker.settings.html_bytes)
    [reading] = worker.map(READ_ARTICLE, [(page,)], returns=PageReading)
    event = extract.outcome(pending, reading, "extract-0-0000000000")
    assert to_payload(event)
    return getattr(event, "reason", None) or "article"


def poll(worker: Worker, body: bytes, content_type: str | None) -> str:
    """The outcome of `poll` for one feed: exactly one `SourcePolled`, and entries that the ledger can keep."""
    arguments = (body, content_type, SOURCE.url, worker.settings.feed_entries)
    reading = worker.call(READ_FEED, *arguments, returns=Reading)
    met = partial(Poll, polled_at=NOON, status=200)
    if isinstance(reading, WorkerFailure):
        polled, *seen = record_poll(SOURCE, met(reason=reading.reason, detail=reading.detail), None, worker.settings)
    else:
        polled, *seen = record_poll(SOURCE, met(reading=reading, body_sha256="0"), None, worker.settings)
    assert all(map(to_payload, (polled, *seen)))
    return getattr(polled, "reason", None) or ("entries" if seen else "no entries")


@dataclass(frozen=True)
class _Body:
    """What the archive gives back."""

    body: bytes


def measure(count: int = COUNT, settings: Settings | None = None) -> tuple[Tally, Table]:
    """Meet so many inputs; the tally and its table."""
    settings = settings or Settings()
    tally = Tally()
    with open_worker(settings) as worker:
        for number, (kind, turn, is_feed) in enumerate(choose_kinds(count), 1):
            tally.add(meet(worker, kind, turn, is_feed=is_feed))
            if number % 200 == 0:
                sys.stderr.write(f"hostile {number} of {count}\n")
    return tally, describe(tally, count)


def describe(tally: Tally, count: int) -> Table:
    """Rows for the README's table."""
    assert tally.slowest
    here, worker = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    limit = f"{'under' if here + worker < MEGABYTES_AT_MOST else 'NOT UNDER'} {MEGABYTES_AT_MOST} MB together"
    return [
        ("hostile inputs that end in exactly one outcome", f"{100 * tally.outcomes.total() / count:.1f}% of {count}"),
        ("  the longest", f"{tally.slowest.took_s:.1f} s: {tally.slowest.kind.name}"),
        ("  memory of reader and worker at most", f"{here:.0f} + {worker:.0f} MB, {limit}"),
    ]


def main() -> None:
    """Meet them, print what came of them, and write the README's table if these were all."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    tally, rows = measure(count)
    text = to_table([("measured", "result"), *rows])
    for name, times in tally.outcomes.most_common():
        sys.stdout.write(f"{name:<50} {times}\n")
    is_written = count == COUNT and write_between(ROOT / "README.md", "hostile", text)
    sys.stdout.write(f"{text}\n{'Written to README.md.' if is_written else 'README.md was not changed.'}\n")


if __name__ == "__main__":
    main()
