"""A URL in, leave to ask its host out: spacing, connections per host, and one capturing process at a time."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

from pipeline import locks
from pipeline.web.urls import registrable_domain

CONNECTIONS = 64  # requests under way at once over all hosts: files, memory and the DNS threads are bounded by it
LONGEST_WAIT_S = 60.0  # a host that asks by Retry-After for more is left for another run
SPACED_WAIT_S = 1_800.0  # spacing that the requests to one domain may take in a run; the rest is left for another


class NetworkBusy(RuntimeError):
    """Another process polls or captures."""


@contextmanager
def network_lock(path: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock that the one process which may poll or capture holds.

    Raises NetworkBusy when another process still holds it after `wait_s` seconds: spacing is kept per process, so two would
    ask too often.
    """
    try:
        with locks.hold(path, wait_s):
            yield
    except locks.Busy as busy:
        raise NetworkBusy(
            f"another run is capturing (process {busy.holder or 'unknown'}); wait until it has ended, or end it."
        ) from None


class NotNow(Exception):
    """The host is left for another run; `reason` is a key of REASONS."""

    reason: str
    wait_s: float | None = None


class Held(NotNow):
    """The host asked to be left alone for another `wait_s` seconds, which is longer than a run waits."""

    reason = "held"

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not to be asked for another {wait_s:.0f} s")
        self.wait_s = wait_s


class Crowded(NotNow):
    """This run has asked the host's domain for as much as it has time for."""

    reason = "crowded"

    def __init__(self) -> None:
        super().__init__(f"of a domain whose requests have taken {SPACED_WAIT_S:.0f} s of spacing in this run")


class Rank(IntEnum):
    """Who comes first where requests wait: what has cost requests already, so that a run that stops here wasted few."""

    ANSWERED = 0  # waits to be taken
    REDIRECTED = 1
    ALLOWED = 2  # its robots.txt was read
    NEW = 3  # a robots.txt or a feed


class Line:
    """So many places, and those who wait for one: the lowest rank comes next, and of one rank whoever came first."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.waiting: list[tuple[Rank, int, asyncio.Future[None]]] = []
        self.numbers = count()

    @asynccontextmanager
    async def place(self, rank: Rank) -> AsyncIterator[None]:
        """Wait for a place and hold it while the body runs."""
        await self.join(rank)
        try:
            yield
        finally:
            self.leave()

    async def join(self, rank: Rank) -> None:
        """Wait for a place."""
        if self.free:  # then nobody waits
            self.free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self.waiting, (rank, next(self.numbers), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # the place came in the same moment
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place up to whoever is next."""
        while self.waiting:
            _, _, following = heappop(self.waiting)
            if not following.cancelled():
                following.set_result(None)
                return
        self.free += 1


@dataclass(frozen=True, slots=True)
class Times:
    """What a run knows about when it may ask, by registrable domain; instants in monotonic seconds.

    spent_s   seconds of spacing and short rests that the domain's requests have taken
    """

    last_start: dict[str, float] = field(default_factory=dict)
    held_until: dict[str, float] = field(default_factory=dict)
    crawl_delays: dict[str, float] = field(default_factory=dict)
    spent_s: dict[str, float] = field(default_factory=dict)


class Turns:
    """When a host may be asked.

    Requests to one registrable domain queue and start `spacing_s` apart, one at a time: a site on many hosts is not asked
    many times as often. A run waits for a turn as long as it takes, but it must end: once a domain's requests have taken
    SPACED_WAIT_S seconds of spacing (360 requests at 5 s), the rest of them are Crowded and left for another run.
    """

    def __init__(
        self, spacing_s: float, connections_per_host: int, spacings: Mapping[str, float], times: Times | None = None
    ) -> None:
        self.spacing_s = spacing_s
        self.spacings = dict(spacings)  # by host, where a source or the bundled world says otherwise
        self.times = times or Times()
        self.connections = Line(CONNECTIONS)
        self.hosts: defaultdict[str, Line] = defaultdict(lambda: Line(connections_per_host))
        self.domains: defaultdict[str, Line] = defaultdict(lambda: Line(1))

    @asynccontextmanager
    async def turn(self, host: str, rank: Rank = Rank.NEW) -> AsyncIterator[None]:
        """Wait for the host's turn, and hold one of its connections while the body runs.

        Raises Held or Crowded when the host is left for another run.
        """
        domain = registrable_domain(host)
        of_host, of_domain = (
            self.hosts[host],
            self.domains[domain],
        )  # not by `place`: each costs a generator, in every request
        await of_host.join(rank)
        try:
            await of_domain.join(rank)
            try:
                await self.wait(host, domain)
                await self.connections.join(rank)
                self.times.last_start[domain] = time.monotonic()
            finally:
                of_domain.leave()
            try:
                yield
            finally:
                self.connections.leave()
        finally:
            of_host.leave()

    async def wait(self, host: str, domain: str) -> None:
        """Sleep until the domain may be asked again. A rest that it asks for meanwhile counts too."""
        spent_s = self.times.spent_s.get(domain, 0.0)
        if spent_s >= SPACED_WAIT_S:  # not "would exceed": so even the longest spacing lets a page through in each run
            raise Crowded
        spacing_s = self.find_spacing(host, domain) if domain in self.times.last_start else 0.0
        began = time.monotonic()
        while (rest_s := self.find_rest(host, domain)) > 0:  # noqa: ASYNC110  # a moment is waited for, no event
            await asyncio.sleep(rest_s)
        self.times.spent_s[domain] = spent_s + max(spacing_s, time.monotonic() - began)

    def find_rest(self, host: str, domain: str) -> float:
        """Seconds until the domain may be asked, zero or less if it may be now. Raises Held if it asked for a long rest."""
        now = time.monotonic()
        held_s = self.times.held_until.get(domain, now) - now
        if held_s > LONGEST_WAIT_S:
            raise Held(held_s)
        last = self.times.last_start.get(domain)
        return max(held_s, last + self.find_spacing(host, domain) - now if last is not None else 0.0)

    def find_spacing(self, host: str, domain: str) -> float:
        """Seconds between two starts: the setting's, the source's, or what robots.txt asks for if that is more."""
        return max(self.spacings.get(host, self.spacing_s), self.times.crawl_delays.get(domain, 0.0))

    def delay(self, host: str, crawl_delay_s: float) -> None:
        """Keep the spacing that robots.txt asks for, up to a limit: a delay of a day would stop the run."""
        delays, domain = self.times.crawl_delays, registrable_domain(host)
        delays[domain] = max(delays.get(domain, 0.0), min(crawl_delay_s, LONGEST_WAIT_S))

    def hold(self, host: str, retry_after_s: float) -> None:
        """Do not ask the host's domain before it said that one may."""
        held_until, domain = self.times.held_until, registrable_domain(host)
        held_until[domain] = max(held_until.get(domain, 0.0), time.monotonic() + retry_after_s)
