"""Feeds and a clock in, a web server on loopback out that answers as the feeds would at that time."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from tests.measuring.publishing import Feed, write_feed

RETRY_AFTER_S = 1800
CONDITIONS = ("If-None-Match", "If-Modified-Since")


@dataclass
class Clock:
    """The time of the simulated day: everybody reads it, one moves it."""

    now: datetime

    def read(self) -> datetime:
        """What it shows."""
        return self.now


@dataclass(frozen=True)
class Reply:
    """What one request is answered with."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def reply(feed: Feed, now: datetime, path: str, asked: dict[str, str]) -> Reply:
    """The answer of a feed, by the rules of RFC 9110 unless it is one that breaks them."""
    if feed.ends_at and now >= feed.ends_at:
        return Reply(410)
    if feed.fails and feed.fails[0] <= now < feed.fails[1]:
        is_date = feed.number % 2  # both forms are met
        until = format_datetime(now + timedelta(seconds=RETRY_AFTER_S), usegmt=True)
        return Reply(503, {"Retry-After": until if is_date else str(RETRY_AFTER_S)})
    if feed.moves_at and now >= feed.moves_at and path == "/feed":
        return Reply(301, {"Location": "/moved"})
    headers = find_headers(feed, now)
    is_lie = feed.lies_from is not None and now >= feed.lies_from and bool(asked)
    if is_lie or is_known(headers, asked):
        return Reply(304, headers)
    return Reply(200, headers, write_feed(feed, now))


def find_headers(feed: Feed, now: datetime) -> dict[str, str]:
    """The headers of a feed's body."""
    headers = {"Date": format_datetime(now, usegmt=True)}
    if feed.max_age_s:
        headers["Cache-Control"] = f"max-age={feed.max_age_s}"
    if feed.validators == "both":
        headers["ETag"] = f'"{feed.count(now)}"'
    if feed.validators != "none":
        headers["Last-Modified"] = format_datetime(feed.published[feed.count(now) - 1], usegmt=True)
    return headers


def is_known(headers: dict[str, str], asked: dict[str, str]) -> bool:
    """Whether the asker has this body: the date counts where no etag is sent."""
    if "If-None-Match" in asked:
        return headers.get("ETag") == asked["If-None-Match"]
    return "If-Modified-Since" in asked and headers.get("Last-Modified") == asked["If-Modified-Since"]


@contextmanager
def open_press(feeds: Sequence[Feed], clock: Clock) -> Iterator[int]:
    """Serve the feeds by their hosts while the body runs; gives the port."""
    by_host = {feed.host: feed for feed in feeds}

    async def respond(request: web.BaseRequest) -> web.Response:
        asked = {name: request.headers[name] for name in CONDITIONS if name in request.headers}
        answer = reply(by_host[request.host.partition(":")[0]], clock.now, request.path, asked)
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def start() -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(respond, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        return runner

    loop = asyncio.new_event_loop()
    runner = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield runner.addresses[0][1]
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
