"""Fetching from a real server on loopback that behaves and misbehaves as servers do."""

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from pipeline.settings import Settings, SettingsError
from pipeline.web.answers import REASONS, Answer, Refusal, find_max_age, find_retry_after
from pipeline.web.fetch import FEED, PAGE, Accept, name_agent, open_fetcher
from pipeline.web.hosts import Turns

PATIENT = Settings(
    spacing_s=0, connect_timeout_s=20, read_timeout_s=20, page_timeout_s=20, page_bytes=1_000_000, feed_bytes=1_000
)
HURRIED = replace(PATIENT, read_timeout_s=0.3, page_timeout_s=0.6)
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
Script = bytes | Callable[[asyncio.StreamWriter], "asyncio.Future[None] | object"]


@dataclass
class Host:
    """A server that answers each path with given bytes, or lets a function write. `asked` has the heads it got."""

    pages: Mapping[str, Script]
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def paths(self) -> list[str]:
        return [head.split(" ", 2)[1] for head in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.asked.append(head)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                name = next(line[6:] for line in head.split("\r\n") if line.startswith("Host: "))
                path = head.split(" ", 2)[1]
                script = self.pages.get(name + path, self.pages.get(path, NO_ROBOTS))
                if isinstance(script, bytes):
                    writer.write(script)
                else:
                    await script(writer)  # type: ignore[misc]
                await writer.drain()
                self.at_once -= 1
                if not (isinstance(script, bytes) and b"Content-Length" in script) or script.endswith(b"broken"):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(pages: Mapping[str, Script]) -> AsyncIterator[tuple[Host, str]]:
    host = Host(pages)
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    try:
        yield host, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def ok(body: bytes, head: str = "Content-Type: text/html", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def moved(place: str, status: str = "302 Found") -> bytes:
    return ok(b"", f"Location: {place}", status)


def get(
    pages: Mapping[str, Script], *urls: str, settings: Settings = PATIENT, accept: Accept = PAGE, **asking: object
) -> tuple[list[Answer | Refusal], Host]:
    """Fetch the URLs one after the other, of the hosts a.example and b.example."""

    async def main() -> tuple[list[Answer | Refusal], Host]:
        async with listening(pages) as (host, door):
            doors = dict.fromkeys(("a.example", "b.example", "www.a.example"), door)
            async with open_fetcher(settings, "claimwire/0 (+test)", doors) as fetch:
                return [await fetch(url, accept=accept, **asking) for url in urls], host  # type: ignore[arg-type]

    return asyncio.run(main())


def answer(pages: Mapping[str, Script], url: str = "http://a.example/", **asking: object) -> Answer:
    [got], _ = get(pages, url, **asking)  # type: ignore[arg-type]
    assert isinstance(got, Answer), got
    return got


def refusal(pages: Mapping[str, Script], url: str = "http://a.example/", **asking: object) -> Refusal:
    [got], _ = get(pages, url, **asking)  # type: ignore[arg-type]
    assert isinstance(got, Refusal), got
    assert got.reason.startswith("status_") or got.is_transient == REASONS[got.reason]
    return got


def test_a_page_comes_with_its_bytes_headers_and_url() -> None:
    page = answer({"/": ok(b"<p>24 died", "Content-Type: text/html\r\nETag: a\r\nSet-Cookie: b")})

    assert (page.status, page.phrase, page.body) == (200, "OK", b"<p>24 died")
    assert (page.requested_url, page.final_url, page.redirects) == ("http://a.example/", "http://a.example/", ())
    assert page.content_type == "text/html"
    assert page.headers == {"content-type": "text/html", "etag": "a"}


def test_the_request_names_the_host_and_us_and_only_encodings_that_are_bounded() -> None:
    _, host = get({"/x": ok(b"")}, "http://a.example/x", headers={"If-None-Match": '"a"'})

    head = host.asked[-1]
    assert "Host: a.example\r\n" in head
    assert "User-Agent: claimwire/0 (+test)\r\n" in head
    assert "Accept-Encoding: gzip, deflate\r\n" in head
    assert 'If-None-Match: "a"\r\n' in head


def test_a_header_that_would_add_a_line_is_left_out() -> None:
    _, host = get(
        {"/": ok(b"")}, "http://a.example/", headers={"If-None-Match": "a\r\nX-Evil: 1", "If-Modified-Since": "é"}
    )

    assert "X-Evil" not in host.asked[-1]
    assert "If-Modified-Since" not in host.asked[-1]


def test_a_url_cannot_add_a_line_to_the_request() -> None:
    _, host = get({}, "http://a.example/a b\r\nX-Evil: 1")

    assert host.paths() == ["/robots.txt", "/a%20bX-Evil:%201"]


def test_an_unchanged_feed_is_an_answer() -> None:
    feed = answer({"/": b"HTTP/1.1 304 Not Modified\r\n\r\n"}, accept=FEED)

    assert (feed.status, feed.body) == (304, b"")


def test_compressed_bodies_are_unpacked() -> None:
    body = zlib.compress(b"<p>24 died")

    assert answer({"/": ok(body, "Content-Encoding: deflate")}).body == b"<p>24 died"


def test_a_page_that_comes_as_gzip_is_kept_as_it_came() -> None:
    packed = gzip.compress(b"<p>24 died")

    page = answer({"/": ok(packed, "Content-Encoding: GZIP")})

    assert (page.body, page.content.stored, page.content.is_packed) == (b"<p>24 died", packed, True)


def test_a_page_packed_as_nobody_asked_is_a_broken_body_and_a_failure_stays_what_it_is() -> None:
    pages = {"/a": ok(b"\x0b", "Content-Encoding: br"), "/b": ok(b"\x0b", "Content-Encoding: br", "404 Not Found")}

    assert refusal(pages, "http://a.example/a").reason == "broken_body"
    assert refusal(pages, "http://a.example/b").reason == "status_404"


@pytest.mark.parametrize("body", [b"no gzip", b"", gzip.compress(b"not here")[:12]], ids=["plain", "empty", "cut"])
def test_a_failure_whose_body_is_not_packed_as_it_says_stays_what_it_is(body: bytes) -> None:
    got = refusal({"/": ok(body, "Content-Encoding: gzip", "404 Not Found")})

    assert (got.reason, got.is_transient) == ("status_404", False)


def test_what_is_no_coding_changes_nothing() -> None:
    assert answer({"/": ok(b"<p>24 died", "Content-Encoding: utf-8")}).body == b"<p>24 died"


def test_a_gzip_bomb_stops_at_the_cap_with_bounded_memory() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = head + packed * 30  # a full flush forgets what was before: the piece may be repeated
    pages = {"/": ok(bomb, "Content-Type: text/html\r\nContent-Encoding: gzip")}
    get(pages, "http://a.example/robots.txt")  # what is loaded once is not counted

    tracemalloc.start()
    try:
        got = refusal(pages)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert got.reason == "too_large"
    assert peak_bytes < 6 * PATIENT.page_bytes


def test_a_page_over_the_cap_is_refused_however_it_is_sent() -> None:
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 20 + b"0\r\n\r\n"
    pages = {"/chunked": chunked, "/long": ok(b"a" * 1_000_001)}

    assert refusal(pages, "http://a.example/chunked").reason == "too_large"
    assert refusal(pages, "http://a.example/long").reason == "too_large"


def test_a_page_of_just_the_cap_is_an_answer() -> None:
    assert len(answer({"/": ok(b"a" * 1_000_000)}).body) == 1_000_000


def test_feeds_have_a_cap_of_their_own_and_the_caller_may_give_another() -> None:
    pages = {"/": ok(b"a" * 2_000)}

    assert refusal(pages, accept=FEED).reason == "too_large"
    assert len(answer(pages, accept=FEED, limit_bytes=2_000).body) == 2_000


async def never_end(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(400):
        writer.write(b"<p>and then ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def fall_silent(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    await writer.drain()
    await asyncio.sleep(20)


@pytest.mark.parametrize("script", [never_end, fall_silent])
def test_a_page_that_never_ends_is_a_timeout(script: Script) -> None:
    got = refusal({"/": script}, settings=HURRIED)

    assert (got.reason, got.is_transient) == ("timeout", True)


def test_redirects_share_the_time_of_one_page() -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.25)
        writer.write(moved(f"/{time.monotonic()}"))

    class Endless(dict[str, Script]):
        def get(self, path: str, default: Script | None = None) -> Script:  # type: ignore[override]
            return NO_ROBOTS if path.endswith("robots.txt") else slowly

    assert refusal(Endless(), settings=HURRIED).reason == "timeout"


@pytest.mark.parametrize(
    "answered",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbroken",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
        ok(b"no gzip", "Content-Encoding: gzip"),
    ],
    ids=["content-length", "chunks cut off", "gzip"],
)
def test_a_broken_body_is_tried_again(answered: bytes) -> None:
    got = refusal({"/": answered})

    assert (got.reason, got.is_transient) == ("broken_body", True)


@pytest.mark.parametrize(
    "answered",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 50_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_bad_answer(answered: bytes) -> None:
    assert refusal({"/": answered}).reason == "bad_answer"


def test_a_connection_that_is_closed_or_refused_is_tried_again() -> None:
    assert refusal({"/": b""}).reason == "connect"

    async def main() -> Answer | Refusal:
        async with listening({}) as (_, door):
            pass
        async with open_fetcher(PATIENT, "claimwire/0", {"a.example": door}) as fetch:
            return await fetch("http://a.example/")

    got = asyncio.run(main())
    assert isinstance(got, Refusal)
    assert (got.reason, got.is_transient) == ("connect", True)


def test_a_name_that_does_not_resolve_is_tried_again() -> None:
    got = refusal({}, "http://no-such-host.invalid/")

    assert (got.reason, got.is_transient) == ("dns", True)


@pytest.mark.parametrize("status", ["301 A", "302 B", "303 C", "307 D", "308 E"])
def test_redirects_are_followed_and_told(status: str) -> None:
    pages = {
        "/": moved("/b c?d=é", status),
        "/b%20c?d=%C3%A9": moved("//b.example/x#y"),
        "b.example/x": ok(b"<p>there"),
    }

    page = answer(pages)

    assert page.body == b"<p>there"
    assert page.redirects == ("http://a.example/b%20c?d=%C3%A9", "http://b.example/x")
    assert page.final_url == "http://b.example/x"


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        (("301 A", "308 B"), "http://b.example/x"),
        (("308 A", "302 B"), "http://a.example/b"),
        (("302 A", "301 B"), None),
        (("307 A", "307 B"), None),
    ],
)
def test_a_page_moved_as_far_as_redirects_for_good_alone_lead(statuses: tuple[str, str], moved_to: str | None) -> None:
    pages = {"/": moved("/b", statuses[0]), "/b": moved("//b.example/x", statuses[1]), "b.example/x": ok(b"<p>there")}

    assert answer(pages).moved_to == moved_to


@pytest.mark.parametrize(
    "place", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/", "http://[", "", "data:,a"]
)
def test_a_redirect_to_no_page_is_refused(place: str) -> None:
    assert refusal({"/": moved(place)}).reason == "bad_redirect"


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:a00:1]/",
        "http://localhost/",
        "http://10.0.0.1:22/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(place: str) -> None:
    got = refusal({"/": moved(place)})

    assert (got.reason, got.is_transient) == ("private_address", False)
    assert got.redirects == (place,)


@pytest.mark.parametrize(
    "url", ["http://2130706433/", "http://127.1/", "http://0x7f.1/", "http://0177.0.0.1/", "http://0.0.0.0/"]
)
def test_other_spellings_of_a_private_address_are_refused(url: str) -> None:
    assert refusal({}, url).reason in ("private_address", "bad_url")


def test_a_door_is_for_its_host_only() -> None:
    async def main() -> tuple[Answer | Refusal, list[str]]:
        async with (
            listening({"/": ok(b"")}) as (host, door),
            open_fetcher(PATIENT, "claimwire/0", {"a.example": door}) as fetch,
        ):
            await fetch("http://a.example/")  # now a connection to the door is open
            return await fetch(f"http://{door}/"), host.paths()

    got, paths = asyncio.run(main())

    assert isinstance(got, Refusal)
    assert got.reason == "private_address"
    assert paths == ["/robots.txt", "/"]


def test_a_bundled_host_has_no_https() -> None:
    assert refusal({"/": ok(b"")}, "https://a.example/").reason == "no_tls_door"


def test_a_redirect_to_a_page_asked_before_is_a_loop() -> None:
    assert refusal({"/": moved("/b"), "/b": moved("/")}).reason == "redirect_loop"


def test_ten_redirects_are_followed_and_no_more() -> None:
    pages: dict[str, Script] = {f"/{number}": moved(f"/{number + 1}") for number in range(11)}
    pages["/11"] = ok(b"there")

    assert answer(pages, "http://a.example/1").body == b"there"
    assert refusal(pages, "http://a.example/0").reason == "too_many_redirects"


@pytest.mark.parametrize(
    ("status", "is_transient"),
    [(404, False), (410, False), (403, False), (429, True), (500, True), (503, True), (501, False)],
)
def test_a_failure_keeps_its_status_and_body_for_the_archive(status: int, is_transient: bool) -> None:
    got = refusal({"/": ok(b"<p>sorry", "Content-Type: text/html\r\nDate: x", f"{status} Sorry")})

    assert (got.reason, got.status, got.is_transient) == (f"status_{status}", status, is_transient)
    assert got.content
    assert (got.content.body, got.is_body_cut, got.phrase, got.content_type) == (
        b"<p>sorry",
        False,
        "Sorry",
        "text/html",
    )


def test_a_long_failure_is_cut() -> None:
    got = refusal({"/": ok(b"a" * 300_000, status="404 Gone")})

    assert got.content
    assert (got.reason, got.content.size_bytes, got.is_body_cut) == ("status_404", 100_000, True)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ("Retry-After: 30", 30.0),
        ("Date: Sun, 11 Jun 2017 09:00:00 GMT\r\nRetry-After: Sun, 11 Jun 2017 09:00:20 GMT", 20.0),
        ("Date: Sun, 11 Jun 2017 09:00:00 GMT\r\nRetry-After: Sun, 11 Jun 2017 08:00:00 GMT", 0.0),
        ("Retry-After: Sun, 11 Jun 2017 09:00:20 GMT", None),
        ("Retry-After: soon", None),
        ("Retry-After: -5", None),
        ("X: y", None),
    ],
)
def test_both_forms_of_retry_after_are_read(headers: str, wait_s: float | None) -> None:
    assert refusal({"/": ok(b"", headers, "503 Busy")}).retry_after_s == wait_s


def test_a_host_that_asks_for_a_long_rest_is_not_asked_again() -> None:
    [_, second], host = get(
        {"/": ok(b"", "Retry-After: 120", "429 Slow")}, "http://a.example/", "http://www.a.example/b"
    )

    assert isinstance(second, Refusal)
    assert (second.reason, second.is_transient) == ("held", True)
    assert 110 < (second.retry_after_s or 0) <= 120
    assert not second.was_asked
    assert host.paths() == ["/robots.txt", "/"]


@pytest.mark.parametrize(("head", "was_asked"), [("Retry-After: 120", False), ("X: y", True)])
def test_a_page_was_not_asked_for_where_its_robots_txt_asks_to_wait(head: str, was_asked: bool) -> None:
    pages = {"/robots.txt": ok(b"", head, "503 Busy"), "/": ok(b"<p>24 died")}

    [first, second], _ = get(pages, "http://a.example/", "http://www.a.example/")

    assert isinstance(first, Refusal)
    assert isinstance(second, Refusal)  # its own robots.txt is held, where it is
    assert (first.reason, first.was_asked, second.was_asked) == ("robots_unreachable", was_asked, was_asked)


def test_a_redirect_is_followed_before_further_pages_are_begun() -> None:
    pages = {"/robots.txt": NO_ROBOTS, **{f"/{number}": moved(f"/{number}/there") for number in range(6)}}
    pages |= {f"/{number}/there": ok(b"<p>") for number in range(6)}

    async def main() -> list[str]:
        async with listening(pages) as (host, door):
            doors = {"a.example": door}
            turns = Turns(0.02, 2, {})
            async with open_fetcher(PATIENT, "claimwire/0", doors, turns) as fetch:
                await asyncio.gather(*(fetch(f"http://a.example/{number}") for number in range(6)))
                return host.paths()

    begun = followed = 0
    for path in asyncio.run(main())[1:]:
        followed += path.endswith("there")
        begun += not path.endswith("there")
        assert begun - followed <= 3
    assert (begun, followed) == (6, 6)


def test_dates_without_a_clock_beside_them_count_from_when_the_answer_came() -> None:
    at = datetime(2017, 6, 11, 9, tzinfo=UTC)
    later = "Sun, 11 Jun 2017 09:30:00 GMT"

    assert find_max_age({"expires": later}, at) == 1800
    assert find_retry_after((("Retry-After", later),), at) == 1800


@pytest.mark.parametrize(
    ("headers", "lasts_s"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'private, MAX-AGE = "600"', "expires": "Sun, 11 Jun 2017 09:30:00 GMT"}, 600),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=9999999999"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"expires": "Sun, 11 Jun 2017 08:30:00 GMT", "date": "Sun, 11 Jun 2017 09:00:00 GMT"}, 0),
        ({"expires": "0", "date": "Sun, 11 Jun 2017 09:00:00 GMT"}, None),
        ({"expires": "Sun, 11 Jun 2017 08:30:00 +" + "9" * 30, "date": "Sun, 11 Jun 2017 09:00:00 GMT"}, None),
        ({"expires": "Sun, 11 Jun 2017 09:30:00 GMT"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_fresh_is_read(headers: Mapping[str, str], lasts_s: float | None) -> None:
    assert find_max_age(headers) == lasts_s


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Content-Type: application/pdf", b"%PDF-1.7"),
        ("Content-Type: image/png", b"\x89PNG"),
        ("Content-Type: application/json", b"{}"),
        ("Content-Type: text/html", b"%PDF-1.7"),
        ("Content-Type: text/html", b"a\x00b"),
        ("X: no type", b"\x89PNG\r\n"),
    ],
)
def test_a_page_that_is_no_text_is_refused(kind: str, body: bytes) -> None:
    got = refusal({"/": ok(body, kind)})

    assert (got.reason, got.is_transient) == ("not_html", False)


@pytest.mark.parametrize(
    "kind",
    [
        "Content-Type: TEXT/HTML;charset=x",
        "Content-Type: application/xhtml+xml",
        "Content-Type: text/plain",
        "X: no type",
        "Content-Type:",
    ],
)
def test_a_page_that_may_be_text_is_taken(kind: str) -> None:
    assert answer({"/": ok(b"<p>24", kind)}).body == b"<p>24"


def test_a_feed_may_be_of_any_type() -> None:
    assert answer({"/": ok(b"\x89PNG", "Content-Type: image/png")}, accept=FEED).body == b"\x89PNG"


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b", "javascript:alert(1)", "//a.example/", "http://", "http://a b/", "\ud800"]
)
def test_what_is_no_url_is_refused_without_a_request(url: str) -> None:
    assert refusal({}, url).reason == "bad_url"


def test_the_agent_names_whom_to_reach() -> None:
    assert name_agent(Settings()) == "claimwire/0.1.0"
    with pytest.raises(SettingsError, match="CLAIMWIRE_CONTACT must be printable ASCII"):
        name_agent(Settings(contact="a\r\nb"))
