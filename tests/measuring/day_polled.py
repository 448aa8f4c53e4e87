"""Feeds in, how a day of polling them went out: every request over the network, every event through the ledger.

The clock is ours: it moves from tick to tick of the DAG `poll`. Each tick knows only what the ledger tells.

`make day` measures 500 feeds, in some minutes, and writes the README's table.
"""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.archive import Archive
from pipeline.articles.worker import Worker, open_worker
from pipeline.ledger.ledger import Ledger
from pipeline.settings import ROOT, Settings
from pipeline.sources import polls
from pipeline.sources.registry import Source, read_sources
from pipeline.steps.network import Network
from pipeline.steps.poll import last_polls, poll_sources
from tests.measuring.press import Clock, open_press
from tests.measuring.publishing import DAY, MIDNIGHT, Feed, make_feeds
from tests.measuring.report import Table, to_table, write_between
from tests.measuring.scores import share

FEEDS = 500
TICK = timedelta(minutes=15)  # of the DAG `poll`
STARTING = timedelta(seconds=20)  # until a task of it asks

POLLS = """
select payload ->> '$.source_id', payload ->> '$.outcome', (payload ->> '$.entries_new')::integer, occurred_at,
    payload ->> '$.gap.from_at', payload ->> '$.gap.until_at', (payload ->> '$.state.is_304_trusted')::boolean,
    payload ->> '$.state.moved_to'
from ledger.events where event_type = 'SourcePolled' order by position
"""
SEEN = "select payload ->> '$.guid_raw', occurred_at from ledger.events where event_type = 'EntrySeen'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One poll, as the ledger has it."""

    at: datetime
    outcome: str
    entries_new: int
    gap: tuple[datetime, datetime] | None
    is_trusted: bool
    is_moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the ledger knows after the day.

    polled  by feed; those after `until` came only to see what had been missed, and are no part of the day
    seen    when each entry was seen, by its guid
    """

    feeds: Sequence[Feed]
    until: datetime
    polled: Mapping[str, Sequence[Polled]]
    seen: Mapping[str, datetime]

    def ended(self, feed: Feed) -> datetime:
        """Until when there was something to see: a feed that is gone can be read no more."""
        return min(filter(None, (self.until, feed.ends_at)))

    def wanted(self, feed: Feed) -> list[int]:
        """The entries of the day."""
        return [number for number, at in enumerate(feed.published) if MIDNIGHT <= at < self.ended(feed)]

    def missed(self, feed: Feed) -> list[int]:
        """The entries of the day that were not seen and that nobody will see."""
        listed = feed.numbers(self.ended(feed)) if not feed.ends_at or feed.ends_at >= self.until else range(0)
        return [
            number for number in self.wanted(feed) if number not in listed and f"{feed.id}-{number}" not in self.seen
        ]

    def unseen(self, feed: Feed) -> list[int]:
        """The entries of the day that were not seen, still listed ones too."""
        return [number for number in self.wanted(feed) if f"{feed.id}-{number}" not in self.seen]

    def is_told(self, feed: Feed, number: int) -> bool:
        """Whether a gap says that this entry may be missing."""
        at = feed.published[number]
        gaps = [poll.gap for poll in self.polled[feed.id] if poll.gap]
        return any(begin <= at <= end for begin, end in gaps)

    def in_day(self, feed: Feed) -> list[Polled]:
        """The polls of the day."""
        return [poll for poll in self.polled[feed.id] if poll.at < self.until]


def poll_day(feeds: Sequence[Feed], folder: Path, hours: int = 24) -> Day:
    """Poll the feeds from midnight on, and once more at the end to see what was missed."""
    settings = Settings(data=folder, spacing_s=0.0, connect_timeout_s=60, read_timeout_s=60, page_timeout_s=120)
    clock = Clock(MIDNIGHT)
    until = MIDNIGHT + timedelta(hours=hours)
    with open_press(feeds, clock) as port, open_worker(settings) as worker:
        sources = {source.id: source for source in read_sources(write_sources(folder / "sources.toml", feeds, port))}
        for tick in range(hours * 4):
            clock.now = MIDNIGHT + tick * TICK + STARTING
            poll_once(settings, clock, sources, worker)
        clock.now = until
        poll_once(settings, clock, sources, worker, is_all=True)
    return read_day(feeds, until, open_ledger(settings, clock))


def poll_once(
    settings: Settings, clock: Clock, sources: Mapping[str, Source], worker: Worker, *, is_all: bool = False
) -> None:
    """One run of the step `poll`: what it knows it reads from the ledger."""
    ledger = open_ledger(settings, clock)
    last = last_polls(ledger)
    due = [
        source
        for source in sources.values()
        if polls.is_due(source, last.get(source.id), clock.now + (DAY if is_all else timedelta(0)))
    ]
    net = Network(settings=settings, sources=sources, archive=Archive(settings.archive_folder, "day"), now=clock.read)
    for events in poll_sources(net, due, last, worker):
        ledger.append(events)


def open_ledger(settings: Settings, clock: Clock) -> Ledger:
    """The ledger, as one run opens it."""
    return Ledger(settings.ledger_folder, run_id="day", now=clock.read, wait_s=5.0)


def write_sources(file: Path, feeds: Sequence[Feed], port: int) -> Path:
    """A sources file that lists the feeds."""
    file.write_text(
        "".join(
            f'[[source]]\nid = "{feed.id}"\nkind = "feed"\nname = "{feed.id}"\noutlet = "{feed.id}"\n'
            f'url = "http://{feed.host}/feed"\nconnect_to = "127.0.0.1:{port}"\nspacing_s = 0\n\n'
            for feed in feeds
        )
    )
    return file


def read_day(feeds: Sequence[Feed], until: datetime, ledger: Ledger) -> Day:
    """What the ledger knows."""
    polled: defaultdict[str, list[Polled]] = defaultdict(list)
    for source_id, outcome, new, at, begin, end, is_trusted, moved_to in ledger.query(POLLS):
        polled[source_id].append(
            Polled(
                at=at,
                outcome=outcome,
                entries_new=new,
                gap=(datetime.fromisoformat(begin), datetime.fromisoformat(end)) if begin else None,
                is_trusted=is_trusted,
                is_moved=moved_to is not None,
            )
        )
    return Day(feeds=feeds, until=until, polled=polled, seen=dict(ledger.query(SEEN)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How the day went. `enough` counts only feeds whose window is long enough to see all by asking as often as allowed.

    requests, requests_fixed  polls of the day, and those of asking every feed every 15 minutes
    quiet, quiet_cheap        polls that brought no new entry, and those of them that a 304 or the body's hash answered
    entries, missed           entries of the day in feeds with enough window, and those that nobody saw or will see
    unseen_yet                of those feeds' entries: still listed at the end, not seen yet
    missed_anywhere, untold   entries missed in all feeds, and those of them that no gap tells of
    lying, distrusted         servers that denied something, and those of them found out; wronged: honest ones taken for such
    delays_s                  from publication to sight, in order
    """

    feeds: int
    enough: int
    requests: int
    requests_fixed: int
    quiet: int
    quiet_cheap: int
    entries: int
    missed: int
    unseen_yet: int
    missed_anywhere: int
    untold: int
    gaps: int
    lying: int
    distrusted: int
    wronged: int
    moved: int
    followed: int
    delays_s: tuple[float, ...]


def judge(day: Day) -> Result:
    """How the day went."""
    enough = [feed for feed in day.feeds if feed.is_window_enough()]
    in_day = [poll for feed in day.feeds for poll in day.in_day(feed)[1:]]  # the first poll of a feed is always news
    quiet = [poll for poll in in_day if poll.outcome != "failed" and not poll.entries_new]
    missed = [(feed, number) for feed in day.feeds for number in day.missed(feed)]
    moved = [feed for feed in day.feeds if feed.moves_at and feed.moves_at < day.until]
    lying = [feed for feed in day.feeds if feed.lies_from and feed.count(day.until) > feed.count(feed.lies_from)]
    wronged = [feed for feed in day.feeds if not feed.lies_from and not day.polled[feed.id][-1].is_trusted]
    return Result(
        feeds=len(day.feeds),
        enough=len(enough),
        requests=sum(len(day.in_day(feed)) for feed in day.feeds),
        requests_fixed=len(day.feeds) * round((day.until - MIDNIGHT) / TICK),
        quiet=len(quiet),
        quiet_cheap=sum(poll.outcome in ("not_modified", "unchanged") for poll in quiet),
        entries=sum(len(day.wanted(feed)) for feed in enough),
        missed=sum(len(day.missed(feed)) for feed in enough),
        unseen_yet=sum(len(day.unseen(feed)) - len(day.missed(feed)) for feed in enough),
        missed_anywhere=len(missed),
        untold=sum(not day.is_told(feed, number) for feed, number in missed),
        gaps=sum(poll.gap is not None for feed in day.feeds for poll in day.polled[feed.id]),
        lying=len(lying),
        distrusted=sum(not day.polled[feed.id][-1].is_trusted for feed in lying),
        wronged=len(wronged),
        moved=len(moved),
        followed=sum(day.polled[feed.id][-1].is_moved for feed in moved),
        delays_s=tuple(sorted(find_delays(day))),
    )


def find_delays(day: Day) -> list[float]:
    """Seconds from publication to sight of every entry of the day that was seen in it."""
    return [
        (at - feed.published[number]).total_seconds()
        for feed in day.feeds
        for number in day.wanted(feed)
        if (at := day.seen.get(f"{feed.id}-{number}")) and at < day.until
    ]


def to_rows(result: Result) -> Table:
    """The table of what was measured."""
    delays = [result.delays_s[int(part * len(result.delays_s))] / 60 for part in (0.5, 0.9)]
    return [
        ("measured", "result"),
        (f"{result.feeds} feeds, polls of those every 15 minutes", share(result.requests, result.requests_fixed)),
        ("  quiet polls answered by 304 or body hash", share(result.quiet_cheap, result.quiet)),
        (
            f"  entries seen, {result.enough} feeds with window enough",
            share(result.entries - result.missed, result.entries),
        ),
        (
            "  entries missed in any feed, told by a gap",
            share(result.missed_anywhere - result.untold, result.missed_anywhere),
        ),
        ("  servers that lie found out", share(result.distrusted, result.lying)),
        ("  honest servers taken for liars", share(result.wronged, result.feeds - result.lying)),
        ("  sources that moved followed", share(result.followed, result.moved)),
        ("  minutes until an entry is seen, median / 90%", " / ".join(f"{delay:.0f}" for delay in delays)),
    ]


def main(feeds: int) -> None:
    """Measure, print, and write the README's table if these were all feeds."""
    with tempfile.TemporaryDirectory(prefix="claimwire-day-") as scratch:
        result = judge(poll_day(make_feeds(feeds), Path(scratch)))
    text = to_table(to_rows(result))
    is_written = feeds == FEEDS and write_between(ROOT / "README.md", "day", text)
    counts = {name: getattr(result, name) for name in Result.__slots__ if name != "delays_s"}
    written = "Written to README.md." if is_written else "README.md was not changed."
    sys.stdout.write(f"{text}\n{json.dumps(counts)}\n{written}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else FEEDS)
