"""The bundled world goes through the whole network path, and its port shows nowhere."""

import asyncio
import gzip
from pathlib import Path

import aiohttp
import pytest

from pipeline.settings import Settings
from pipeline.web.answers import Answer, Refusal
from pipeline.web.fetch import FEED, Accept, open_fetcher
from pipeline.web.world import WorldError, list_hosts, serve_world

SPECIAL = """
["/old"]
status = 301
location = "/news/"
["/broken"]
status = 503
["/dated.html"]
last_modified = "Sun, 11 Jun 2017 09:00:00 GMT"
content_type = "text/html; charset=windows-1256"
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    host = tmp_path / "world" / "wire.example"
    (host / "news").mkdir(parents=True)
    (host / "_headers.toml").write_text(SPECIAL)
    (host / "news" / "index.html").write_text("<p>all news")
    (host / "news" / "raqqa-24.html").write_text("<p>24 died")
    (host / "dated.html").write_text("<p>dated")
    (host / "feed.xml").write_text('<?xml version="1.0"?><rss version="2.0"/>')
    (host / "atom.xml").write_text('<feed xmlns="http://www.w3.org/2005/Atom"/>')
    (host / "feed.json").write_text('{"version": "https://jsonfeed.org/version/1.1"}')
    (host / "a é.txt").write_text("space")
    (tmp_path / "world" / "monitor.example").mkdir()
    (tmp_path / "secret").write_text("no page")
    return tmp_path / "world"


def get(world: Path, url: str, accept: Accept = FEED, **headers: str) -> Answer | Refusal:
    async def main() -> Answer | Refusal:
        async with serve_world(world) as port:
            doors = dict.fromkeys(list_hosts(world), f"127.0.0.1:{port}")
            async with open_fetcher(Settings(spacing_s=30), "claimwire/0", doors) as fetch:
                got = await fetch(
                    url, accept=accept, headers={name.replace("_", "-"): text for name, text in headers.items()}
                )
                assert str(port) not in repr(got)
                return got

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/news/", b"<p>all news", "text/html; charset=utf-8"),
        ("/news", b"<p>all news", "text/html; charset=utf-8"),
        ("/news/raqqa-24", b"<p>24 died", "text/html; charset=utf-8"),
        ("/news/raqqa-24.html?page=1", b"<p>24 died", "text/html; charset=utf-8"),
        ("/dated.html", b"<p>dated", "text/html; charset=windows-1256"),
        ("/a%20%C3%A9.txt", b"space", "text/plain; charset=utf-8"),
        ("/feed.xml", b'<?xml version="1.0"?><rss version="2.0"/>', "application/rss+xml; charset=utf-8"),
        ("/atom.xml", b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "application/atom+xml; charset=utf-8"),
        ("/feed.json", b'{"version": "https://jsonfeed.org/version/1.1"}', "application/feed+json"),
    ],
)
def test_a_file_is_served_as_what_it_is(world: Path, path: str, body: bytes, content_type: str) -> None:
    got = get(world, f"http://wire.example{path}")

    assert isinstance(got, Answer)
    assert (got.body, got.content_type, got.final_url) == (body, content_type, f"http://wire.example{path}")


def test_a_redirect_of_the_world_names_no_port(world: Path) -> None:
    got = get(world, "http://wire.example/old")

    assert isinstance(got, Answer)
    assert got.redirects == ("http://wire.example/news/",)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://wire.example/broken", 503),
        ("http://wire.example/gone", 404),
        ("http://wire.example/_headers.toml", 404),
        ("http://wire.example/../../secret", 404),
        ("http://wire.example/..%2f..%2fsecret", 404),
        ("http://wire.example/%2e%2e/%2e%2e/secret", 404),
        ("http://wire.example//etc/passwd", 404),
        ("http://wire.example/a%00b", 404),
        ("http://monitor.example/", 404),
    ],
)
def test_what_the_world_does_not_have_is_not_served(world: Path, url: str, status: int) -> None:
    got = get(world, url)

    assert isinstance(got, Refusal)
    assert got.status == status


def test_an_unchanged_file_is_not_sent_again(world: Path) -> None:
    first = get(world, "http://wire.example/dated.html")
    assert isinstance(first, Answer)

    by_etag = get(world, "http://wire.example/dated.html", If_None_Match=first.headers["etag"])
    by_date = get(world, "http://wire.example/dated.html", If_Modified_Since=first.headers["last-modified"])
    other = get(
        world, "http://wire.example/dated.html", If_None_Match='"x"', If_Modified_Since=first.headers["last-modified"]
    )

    assert [got.status for got in (by_etag, by_date, other)] == [304, 304, 200]


def test_a_host_that_is_not_in_the_world_is_not_found(world: Path) -> None:
    async def main() -> int:
        async with (
            serve_world(world) as port,
            aiohttp.ClientSession(headers={"Host": "other.example"}) as session,
            session.get(f"http://127.0.0.1:{port}/news/") as response,
        ):
            return response.status

    assert asyncio.run(main()) == 404


def test_a_packed_feed_stays_what_it_is(world: Path) -> None:
    (world / "wire.example" / "feed.rss").write_bytes(gzip.compress(b"<rss/>"))

    got = get(world, "http://wire.example/feed.rss")

    assert isinstance(got, Answer)
    assert got.body.startswith(b"\x1f\x8b")


def test_a_page_that_stands_packed_beside_itself_is_sent_so(world: Path) -> None:
    packed = gzip.compress(b"<p>dated")
    (world / "wire.example" / "dated.html.gz").write_bytes(packed)

    got = get(world, "http://wire.example/dated.html")

    assert isinstance(got, Answer)
    assert (got.content.stored, got.body, got.content_type) == (packed, b"<p>dated", "text/html; charset=windows-1256")


def test_an_empty_world_and_a_bad_headers_file_are_refused(world: Path, tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="has no folder per host"):
        list_hosts(tmp_path / "none")
    (world / "wire.example" / "_headers.toml").write_text('["/a"]\ncolour = "red"')
    with pytest.raises(WorldError, match="colour"):
        get(world, "http://wire.example/")
