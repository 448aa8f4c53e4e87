"""A URL in, leave to ask its host out: spacing, connections per host, and one capturing process at a time."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from pipeline import locks
from pipeline.web.urls import registrable_domain

CONNECTIONS = 64  # requests under way at once over all hosts: files, memory and the DNS threads are bounded by it
LONGEST_WAIT_S = 60.0  # a host that asks for more is left for another run


class NetworkBusy(RuntimeError):
    """Another process polls or captures."""


@contextmanager
def network_lock(path: Path) -> Iterator[None]:
    """Hold the lock that the one process which may poll or capture holds.

    Raises NetworkBusy at once when another process holds it: spacing is kept per process, so two would ask too often.
    """
    try:
        with locks.hold(path, wait_s=0):
            yield
    except locks.Busy as busy:
        raise NetworkBusy(
            f"another run is capturing (process {busy.holder or 'unknown'}); wait until it has ended, or end it."
        ) from None


class Held(Exception):
    """The host may not be asked for another `wait_s` seconds, which is longer than a run waits."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not to be asked for another {wait_s:.0f} s")
        self.wait_s = wait_s


class Turns:
    """When a host may be asked: state of one run.

    Requests to one registrable domain start `spacing_s` apart: a site on many hosts is not asked many times as often.
    """

    def __init__(self, spacing_s: float, connections_per_host: int, spacings: Mapping[str, float]) -> None:
        self.spacing_s = spacing_s
        self.spacings = dict(spacings)  # by host, where a source or the bundled world says otherwise
        self.crawl_delays: dict[str, float] = {}  # by domain
        self.next_start: dict[str, float] = {}  # by domain, monotonic seconds
        self.connections = asyncio.Semaphore(CONNECTIONS)
        self.hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(connections_per_host))

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn, and hold one of its connections while the body runs."""
        async with self.hosts[host]:
            await self.wait(host)
            async with self.connections:
                yield

    async def wait(self, host: str) -> None:
        """Sleep until the domain may be asked again, and reserve that moment. Raises Held if it is too far off."""
        domain = registrable_domain(host)
        spacing_s = max(self.spacings.get(host, self.spacing_s), self.crawl_delays.get(domain, 0.0))
        now = time.monotonic()
        start = max(now, self.next_start.get(domain, now))
        if start - now > LONGEST_WAIT_S:
            raise Held(start - now)
        if spacing_s or start > now:
            self.next_start[domain] = start + spacing_s
            await asyncio.sleep(start - now)

    def delay(self, host: str, crawl_delay_s: float) -> None:
        """Keep the spacing that robots.txt asks for, up to a limit: a delay of a day would stop the run."""
        domain = registrable_domain(host)
        self.crawl_delays[domain] = max(self.crawl_delays.get(domain, 0.0), min(crawl_delay_s, LONGEST_WAIT_S))

    def hold(self, host: str, retry_after_s: float) -> None:
        """Do not ask the host's domain before it said that one may."""
        domain = registrable_domain(host)
        self.next_start[domain] = max(self.next_start.get(domain, 0.0), time.monotonic() + retry_after_s)
