"""Politeness as the asked server sees it: what its own log says about robots.txt, spacing and requests at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.settings import Settings
from pipeline.web.answers import Answer
from pipeline.web.gather import Got, Request, Routes, gather
from tests.making import NOON

SPACING_S = 0.1
ROBOTS = b"User-agent: *\nDisallow: /closed\n"
SLOW_ROBOTS = b"User-agent: claimwire\nCrawl-delay: 0.3\n"


@dataclass
class Log:
    """What a server saw: (host, path, when it came, when it was answered), in seconds."""

    port: int = 0
    lines: list[tuple[str, str, float, float]] = field(default_factory=list)

    def of(self, *hosts: str) -> list[tuple[str, float, float]]:
        """Path, begin and end of each request to these hosts, by time."""
        found = [(path, began, ended) for host, path, began, ended in self.lines if host in hosts]
        return sorted(found, key=lambda line: line[1])

    def waits(self, since: float, *hosts: str) -> list[float]:
        """Seconds from `since` to each request: a busy machine notes them late, never early."""
        return [began - since for _, began, _ in self.of(*hosts)]


@contextmanager
def logging(robots: bytes = ROBOTS, status: int = 200, lasts_s: float = 0.0) -> Iterator[Log]:
    """A server that answers all, robots.txt with `status`, and each page after `lasts_s` seconds."""
    log = Log()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            began = time.monotonic()
            is_robots = self.path == "/robots.txt"
            if not is_robots:
                time.sleep(lasts_s)
            ended = time.monotonic()  # before the answer, so that the next request cannot seem to come earlier
            log.lines.append((self.headers["Host"].partition(":")[0], self.path, began, ended))
            self.send_response(status if is_robots else 200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(robots if is_robots else b"<p>Shells fell on the ferry.")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    log.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(log: Log, *urls: str, spacing_s: float = SPACING_S) -> list[Got[str]]:
    hosts = {url.split("/")[2] for url in urls}
    routes = Routes(doors=dict.fromkeys(hosts, f"127.0.0.1:{log.port}"), spacings=dict.fromkeys(hosts, spacing_s))
    requests = [Request(url=url, subject=url) for url in urls]
    return [got for got in gather(requests, routes, Settings(), lambda: NOON) if got]


def test_robots_txt_is_asked_first_and_once_and_what_it_closes_never() -> None:
    with logging() as log:
        got = ask(log, *(f"http://wire.example/{path}" for path in ("a", "closed/1", "b", "closed", "c")), spacing_s=0)

    paths = [path for path, _, _ in log.of("wire.example")]
    assert paths[0] == "/robots.txt"
    assert sorted(paths[1:]) == ["/a", "/b", "/c"]
    assert [one.request.subject for one in got if not isinstance(one.answer, Answer)] == [
        "http://wire.example/closed/1",
        "http://wire.example/closed",
    ]


def test_where_robots_txt_is_forbidden_or_cannot_be_had_no_page_is_asked() -> None:
    for status in (401, 403, 500, 503):
        with logging(status=status) as log:
            ask(log, "http://wire.example/a", "http://wire.example/b")

        assert {path for path, _, _ in log.of("wire.example")} == {"/robots.txt"}


def test_requests_to_a_domain_come_the_spacing_apart_whatever_its_hosts() -> None:
    hosts = ("www.wire.example", "news.wire.example")
    began = time.monotonic()
    with logging() as log:
        ask(log, *(f"http://{host}/{number}" for host in hosts for number in range(3)))

    waits = log.waits(began, *hosts)
    assert len(waits) == 8
    assert all(wait >= number * SPACING_S for number, wait in enumerate(waits))


def test_a_crawl_delay_is_kept_from_the_first_page_on() -> None:
    began = time.monotonic()
    with logging(SLOW_ROBOTS) as log:
        ask(log, *(f"http://wire.example/{number}" for number in range(3)), spacing_s=0.01)

    waits = log.waits(began, "wire.example")
    assert len(waits) == 4
    assert all(wait >= number * 0.3 for number, wait in enumerate(waits))


def test_a_host_that_answers_slowly_is_never_asked_more_than_two_things_at_once() -> None:
    with logging(lasts_s=0.2) as log:
        ask(log, *(f"http://wire.example/{number}" for number in range(8)), spacing_s=0)

    pages = log.of("wire.example")
    at_once = [sum(began <= moment < ended for _, began, ended in pages) for _, moment, _ in pages]
    assert len(pages) == 9
    assert max(at_once) <= 2
