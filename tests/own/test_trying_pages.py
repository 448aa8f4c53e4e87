"""`claimwire article` and `claimwire feed`: a user's own files and addresses, read without a ledger."""

import gzip
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.__main__ import main
from pipeline.own.trying_pages import read_articles, read_entries, to_line
from pipeline.settings import Settings
from tests.badweb import Page as BadPage
from tests.badweb import item, rss, story
from tests.making import NOON


def bytes_of(page: BadPage) -> bytes:
    assert isinstance(page.body, bytes)
    return page.body


HEAD = (
    '<link rel="canonical" href="https://wire.example/raqqa"><meta property="og:site_name" content="The Wire">'
    '<meta property="article:published_time" content="2017-06-11T09:30:00Z"><meta name="author" content="Maya Haddad">'
)
STORY = bytes_of(story(7, HEAD))
FEED = bytes_of(
    rss(item("wire", "1", title="Toll &amp;gt; 24 in &lt;b&gt;Raqqa&lt;/b&gt;"), item("wire", "2", date=""))
)
KEYS = {"file", "url", "title", "authors", "published_at", "language", "text"}


class Called(NamedTuple):
    """What a call came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Called]:
    """Calls the command in this process; there is no data folder, and none may come to be."""

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Called:
        monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path / "data"))
        monkeypatch.setattr(sys, "argv", ["claimwire", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        assert not (tmp_path / "data").exists()
        return Called(int(end.value.code or 0), told.out, told.err)

    return run


def keep(file: Path, body: bytes) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return str(file)


def lines(where: str) -> list[dict[str, Any]]:
    return [to_line(told) for told in read_articles(where, Settings(), NOON)]


def test_a_saved_page_gives_its_article_on_one_line(call: Callable[..., Called], tmp_path: Path) -> None:
    file = keep(tmp_path / "a.html", STORY)

    told = call("article", file, "--json")

    line = json.loads(told.out)
    assert (told.code, told.err) == (0, "")
    assert set(line) >= KEYS
    assert line["text"].count("\n") == 7
    assert {name: line[name] for name in KEYS - {"text"}} == {
        "file": file,
        "url": "https://wire.example/raqqa",
        "title": "Toll 7",
        "authors": ["Maya Haddad"],
        "published_at": "2017-06-11T09:30:00Z",
        "language": "en",
    }


def test_without_json_a_person_can_read_it(call: Callable[..., Called], tmp_path: Path) -> None:
    told = call("article", keep(tmp_path / "a.html", STORY))

    assert told.out.startswith("Toll 7\nMaya Haddad\n2017-06-11T09:30:00Z en\nhttps://wire.example/raqqa\n\nOn day 1 ")


def test_a_folder_gives_a_line_for_each_page_and_for_nothing_else(tmp_path: Path) -> None:
    keep(tmp_path / "b.html.gz", gzip.compress(STORY))
    keep(tmp_path / "a" / "index.php?id=5", STORY)
    keep(tmp_path / "a.txt", b"A text of a few words, far too short to be an article.")
    keep(tmp_path / "gold.jsonl", b'{"title": "no page"}')
    keep(tmp_path / ".hidden.html", STORY)

    found = lines(str(tmp_path))

    assert [(Path(line["file"]).name, line["reason"]) for line in found] == [
        ("index.php?id=5", None),
        ("a.txt", "no_text"),
        ("b.html.gz", None),
    ]
    assert all(set(line) >= KEYS for line in found)


def test_a_folder_with_pages_that_are_no_articles_is_read_to_its_end(
    call: Callable[..., Called], tmp_path: Path
) -> None:
    keep(tmp_path / "a.html", b"%PDF-1.7")
    keep(tmp_path / "b.html", STORY)

    told = call("article", str(tmp_path), "--json")

    assert (told.code, told.out.count("\n"), told.err.count("\n")) == (0, 2, 1)
    assert "a.html has no article (not_html: the bytes are no text)" in told.err


def test_a_page_of_the_bundled_world_is_asked_for_at_its_address(call: Callable[..., Called]) -> None:
    told = call("article", "http://wire.example/2017/06/11/raqqa-toll-24.html", "--json")

    line = json.loads(told.out)
    assert (line["file"], line["url"], line["language"]) == (
        None,
        "http://wire.example/2017/06/11/raqqa-toll-24.html",
        "en",
    )


def test_a_page_over_the_limit_is_told(tmp_path: Path) -> None:
    file = keep(tmp_path / "a.html", STORY)

    [told] = read_articles(file, Settings(page_bytes=100), NOON)

    assert (told.reason, told.article) == ("too_large", None)


def test_a_bomb_on_the_disk_stops_at_the_limit(tmp_path: Path) -> None:
    file = keep(tmp_path / "a.html.gz", gzip.compress(b"<p>" + b" " * 50_000_000))

    [told] = read_articles(file, Settings(), NOON)

    assert told.reason == "too_large"


def test_a_feed_gives_its_entries_as_a_list(call: Callable[..., Called], tmp_path: Path) -> None:
    told = call("feed", keep(tmp_path / "feed.xml", FEED), "--json")

    first, second = json.loads(told.out)
    assert (told.code, told.err) == (0, "")
    assert {name: first[name] for name in ("id", "url", "title", "published_at", "title_raw")} == {
        "id": "1",
        "url": "http://wire.example/1",
        "title": "Toll > 24 in Raqqa",
        "published_at": "2017-06-11T09:00:00Z",
        "title_raw": "Toll &gt; 24 in <b>Raqqa</b>",
    }
    assert (second["id"], second["published_at"]) == ("2", None)


def test_a_feed_can_be_read_in_the_terminal(call: Callable[..., Called], tmp_path: Path) -> None:
    told = call("feed", keep(tmp_path / "feed.xml", FEED))

    assert told.out.splitlines()[0] == "2017-06-11T09:00:00Z  Toll > 24 in Raqqa"


def test_a_feed_of_the_bundled_world_is_asked_for_at_its_address() -> None:
    assert len(read_entries("http://wire.example/feed.rdf", Settings(), NOON)) > 1


def test_a_date_that_cannot_be_true_is_kept_as_it_was_written_and_not_believed(tmp_path: Path) -> None:
    body = bytes_of(rss(item("wire", "1", date="Sun, 11 Jun 2999 09:00:00 GMT")))

    [entry] = read_entries(keep(tmp_path / "feed.xml", body), Settings(), datetime(2026, 1, 1, tzinfo=UTC))

    assert (entry["published_at"], entry["published_raw"]) == (None, "Sun, 11 Jun 2999 09:00:00 GMT")


@pytest.mark.parametrize(
    ("arguments", "body", "code", "words"),
    [
        ("article a.html", None, 2, "a.html cannot be read: No such file"),
        ("feed a.xml", None, 2, "a.xml cannot be read: No such file"),
        ("article a.html", FEED, 1, "a.html is a feed, no page: read it with `claimwire feed`"),
        ("article a.html", b"", 1, "a.html has no article (no_text"),
        ("article a.html", b"\x89PNG\r\n\x1a\n\x00\x01\x02\x03", 1, "a.html has no article (not_html"),
        ("feed a.html", STORY, 1, "a.html is no feed (not_feed: the body is an HTML page); give a file of RSS"),
        ("feed a.xml", b"", 1, "a.xml is no feed (not_feed: the body is empty)"),
        ("feed a.json", b'{"items": []}', 1, "a.json is no feed"),
        ("feed .", None, 2, "is a folder: give the file of one feed"),
        ("article http://127.0.0.1:1/a", None, 1, "http://127.0.0.1:1/a could not be had (private_address"),
        ("feed http://[::1]/rss", None, 1, "could not be had (private_address"),
        ("feed http:///rss", None, 2, "http:///rss is no address"),
        ("article http://nobody.example/a", None, 3, "try again later"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(
    call: Callable[..., Called], arguments: str, body: bytes | None, code: int, words: str
) -> None:
    if body is not None:
        Path(arguments.split()[1]).write_bytes(body)

    told = call(*arguments.split())

    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)
    assert words in told.err


def test_a_folder_without_pages_is_told(call: Callable[..., Called], tmp_path: Path) -> None:
    keep(tmp_path / "pages" / "gold.jsonl", b"{}")

    told = call("article", str(tmp_path / "pages"))

    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "holds no page" in told.err


def test_a_sitemap_is_read_as_a_feed_is(tmp_path: Path) -> None:
    page = "<url><loc>https://wire.example/a</loc></url>"
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{page}</urlset>'.encode()

    entries = read_entries(keep(tmp_path / "sitemap.xml.gz", gzip.compress(sitemap)), Settings(), NOON)

    assert [entry["url"] for entry in entries] == ["https://wire.example/a"]


def test_an_index_of_sitemaps_is_told_with_one_of_them(call: Callable[..., Called], tmp_path: Path) -> None:
    index = b"<sitemapindex><sitemap><loc>https://wire.example/a.xml</loc></sitemap></sitemapindex>"

    told = call("feed", keep(tmp_path / "index.xml", index))

    assert told.code == 1
    assert "is an index of sitemaps; give one of them" in " ".join(told.err.split())
