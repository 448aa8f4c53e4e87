"""A web server on loopback that answers as the worst of the web does: host and path in, anything out."""

import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Body = bytes | Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Page:
    """What one URL answers."""

    body: Body
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Web:
    """Pages by "host/path", the port that serves them, and how often each was asked for; with If-None-Match: conditional."""

    pages: dict[str, Page]
    asked: Counter[str] = field(default_factory=Counter)
    conditional: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def write_sources(self, file: Path, hosts: list[str]) -> Path:
        """A sources file with one feed a host, at HOST/feed."""
        table = (
            '[[source]]\nid = "{0}"\nkind = "feed"\nname = "{0}"\noutlet = "{0}"\nlanguage = "en"\n'
            'url = "http://{0}.example/feed"\nconnect_to = "127.0.0.1:{1}"\n'
        )
        file.write_text("\n".join(table.format(host, self.port) for host in hosts))
        return file


@contextmanager
def serving(pages: dict[str, Page]) -> Iterator[Web]:
    """Serve the pages while the body runs."""
    web = Web(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            name = self.headers["Host"].partition(":")[0] + self.path
            web.asked[name] += 1
            page = web.pages.get(name, Page(b"no such page", status=404))
            etag = self.headers["If-None-Match"]
            web.conditional[name] += etag is not None
            if etag and etag == page.headers.get("ETag"):
                page = Page(b"", headers=page.headers, status=304)
            answer(self, page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(handler: BaseHTTPRequestHandler, page: Page) -> None:
    """Send one page; a reader that hangs up is none of our business."""
    try:
        handler.send_response(page.status)
        handler.send_header("Content-Type", page.content_type)
        for name, value in page.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if isinstance(page.body, bytes):
            handler.wfile.write(page.body)
        else:
            page.body(handler)
    except OSError:
        handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A page that never ends; the reader has to."""
    for _ in range(300):
        handler.wfile.write(b"<p>And then more. ")
        time.sleep(0.1)


def bomb(megabytes: int) -> bytes:
    """So many megabytes of spaces behind the beginning of a page, as gzip."""
    packer = zlib.compressobj(1, wbits=31)
    parts = [packer.compress(b"<html><body><p>")]
    parts += [packer.compress(b" " * (1 << 20)) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])


def item(
    host: str, path: str, *, guid: str = "", title: str = "A story", date: str = "Sun, 11 Jun 2017 09:00:00 GMT"
) -> str:
    """One RSS item."""
    listed = f"<item><title>{title}</title><link>http://{host}.example/{path}</link><guid>{guid or path}</guid>"
    return listed + (f"<pubDate>{date}</pubDate>" if date else "") + "</item>"


def rss(*items: str) -> Page:
    """An RSS feed of these items."""
    text = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed</title>'
    return Page(f"{text}{''.join(items)}</channel></rss>".encode(), "application/rss+xml")


def story(number: int, head: str = "") -> Page:
    """A page with enough text to be an article."""
    text = "".join(
        f"<p>On day {day} the monitoring group {number} said that {day + number} civilians had been killed near the city.</p>"
        for day in range(1, 9)
    )
    return Page(
        f"<html><head><title>Toll {number}</title>{head}</head><body><article>{text}</article></body></html>".encode()
    )
