"""Requests in, answers out as they come: many fetches at once behind a plain iterator.

The event loop runs in a thread of its own, so that the caller may take its time over an answer (parse it, archive it,
append it) without making other requests time out. The queue between them is short, and an answer that waits for a place
in it counts as a request under way: a slow caller slows the requests, and few bodies are in memory. Requests that wait
for their host's turn hold up no other host.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from pipeline.settings import Settings
from pipeline.web.answers import Answer, Refusal
from pipeline.web.fetch import FEED, PAGE, Fetcher, name_agent, open_fetcher
from pipeline.web.hosts import Rank, Times, Turns

QUEUED_ANSWERS = 32  # each may hold a page of 10 MB
TAKEN_TOGETHER = 16  # what one waking of the caller's thread is for: two threads that take turns cost much
TICK_S = 0.1  # until the queue is looked at though fewer came
FULL_S = 0.05  # until the queue is looked at again

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """One URL to ask for. `subject` is what it is asked for: it comes back with the answer.

    limit_bytes      of the body, in place of the setting for pages or feeds
    is_robots_asked  in place of what holds for pages (yes) and feeds (no)
    """

    url: str
    subject: T
    is_feed: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    limit_bytes: int | None = None
    is_robots_asked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Got(Generic[T]):
    """What a request met, and when (UTC)."""

    request: Request[T]
    at: datetime
    answer: Answer | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Ways that differ from the ordinary one, which is DNS and the usual spacing.

    worlds    folders with a sub-folder per host, served on loopback while the requests last
    doors     host -> "127.0.0.1:PORT", for tests
    spacings  host -> seconds between two requests
    times     what the run knows from earlier requests about when it may ask; more is noted in it
    """

    worlds: tuple[Path, ...] = ()
    doors: Mapping[str, str]
    spacings: Mapping[str, float]
    times: Times = field(default_factory=Times)


def gather(
    requests: Sequence[Request[T]], routes: Routes, settings: Settings, now: Callable[[], datetime]
) -> Iterator[Got[T] | None]:
    """Yield what each request meets, in the order in which they end; None about ten times a second while none does."""
    answers: deque[Got[T] | BaseException | None] = deque()
    ready = threading.Event()
    stopping = threading.Event()

    async def put(got: Got[T]) -> None:
        while len(answers) >= QUEUED_ANSWERS and not stopping.is_set():  # noqa: ASYNC110  # another thread empties it
            await asyncio.sleep(FULL_S)
        answers.append(got)
        if len(answers) >= TAKEN_TOGETHER:
            ready.set()

    def serve() -> None:
        end: BaseException | None = None
        try:
            run_until(fetch_all(requests, routes, settings, put, now), stopping)
        except BaseException as error:  # noqa: BLE001  # it is raised again in the caller's thread
            end = error
        answers.append(end)
        ready.set()

    thread = threading.Thread(target=serve, name="requests", daemon=True)
    thread.start()
    try:
        yield from take(answers, ready)
    finally:
        stopping.set()
        thread.join()


def take(answers: "deque[Got[T] | BaseException | None]", ready: threading.Event) -> Iterator[Got[T] | None]:
    """Yield from the queue until None ends it; None in between: nothing is there now."""
    while True:
        ready.wait(TICK_S)
        ready.clear()
        if not answers:
            yield None
        while answers:
            item = answers.popleft()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item


def run_until(work: Awaitable[None], stopping: threading.Event) -> None:
    """Run the coroutine in a new event loop; cancel it when `stopping` is set."""

    async def watched() -> None:
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait([task], timeout=0.2)
            if stopping.is_set():
                task.cancel()
        if not task.cancelled():
            task.result()

    asyncio.run(watched())


async def fetch_all(
    requests: Sequence[Request[T]],
    routes: Routes,
    settings: Settings,
    hand_over: Callable[[Got[T]], Awaitable[None]],
    now: Callable[[], datetime],
) -> None:
    """Fetch everything and hand each answer over."""
    async with AsyncExitStack() as stack:
        doors = dict(routes.doors)
        if routes.worlds:
            from pipeline.web.world import list_hosts, serve_world  # noqa: PLC0415  # a server is seldom needed
        for world in routes.worlds:
            port = await stack.enter_async_context(serve_world(world))
            doors |= dict.fromkeys(list_hosts(world), f"127.0.0.1:{port}")
        spacings = {**dict.fromkeys(doors, 0.0), **routes.spacings}
        turns = Turns(settings.spacing_s, settings.connections_per_host, spacings, routes.times)
        fetch = await stack.enter_async_context(open_fetcher(settings, name_agent(settings), doors, turns))
        async with asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(fetch_one(request, fetch, hand_over, now))


async def fetch_one(
    request: Request[T], fetch: Fetcher, hand_over: Callable[[Got[T]], Awaitable[None]], now: Callable[[], datetime]
) -> None:
    """Fetch one URL and hand the answer over."""
    accept = FEED if request.is_feed else PAGE
    if request.is_robots_asked is not None:
        accept = replace(accept, is_robots_asked=request.is_robots_asked)
    answer = await fetch(request.url, accept=accept, limit_bytes=request.limit_bytes, headers=dict(request.headers))
    got = Got(request=request, at=now(), answer=answer)
    async with fetch.turns.connections.place(Rank.ANSWERED):
        await hand_over(got)


def host_of(url: str) -> str:
    """The host of a URL, in lower case.

    >>> host_of("http://Wire.example:80/a")
    'wire.example'
    """
    return (urlsplit(url).hostname or "").lower()
