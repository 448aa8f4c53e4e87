"""`claimwire sources add`, `import` and `export`, against a real server: what is found, what is written, what is said."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.__main__ import main
from pipeline.articles.worker import Worker, open_worker
from pipeline.commands import discovering
from pipeline.settings import Settings
from pipeline.sources.registry import Source, read_sources
from pipeline.steps.poll import last_polls
from tests.badweb import Page, Web, item, rss
from tests.running import make_run, take

DONE, WRONG, MISUSED, LATER = 0, 1, 2, 3
FEED = rss(item("wire", "1"), item("wire", "2", date="Mon, 12 Jun 2017 09:00:00 GMT"))
SITEMAP = Page(
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://wire.example/a</loc></url></urlset>',
    "application/xml",
)
HERD = b"<!doctype html><html><p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x"


class Called(NamedTuple):
    """What a call came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


def home(*links: str, site: str = "The Wire") -> Page:
    tags = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return Page(f'<!doctype html><head><meta property="og:site_name" content="{site}">{tags}'.encode())


@pytest.fixture
def file(web: Web, tmp_path: Path) -> Path:
    """A sources file with one feed of wire.example, http://wire.example/feed."""
    file = web.write_sources(tmp_path / "sources.toml", ["wire"])
    file.write_text("# by hand\n" + file.read_text())
    return file


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with open_worker(Settings(worker_cpu_s=1)) as worker:
        yield worker


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: Path, worker: Worker) -> Call:
    """Calls `claimwire sources` in this process; there is no data folder, and none may come to be."""
    monkeypatch.setenv("CLAIMWIRE_SOURCES", str(file))
    monkeypatch.setenv("CLAIMWIRE_DATA", str(file.parent / "data"))
    monkeypatch.setattr(discovering, "open_worker", lambda settings: nullcontext(worker))

    def run(*arguments: str) -> Called:
        monkeypatch.setattr(sys, "argv", ["claimwire", "sources", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        assert not (file.parent / "data").exists()
        return Called(int(end.value.code or 0), told.out, told.err)

    return run


def added(file: Path) -> list[Source]:
    return list(read_sources(file)[1:])


def serve(web: Web, **pages: Page) -> None:
    """Set what wire.example answers; `home` is its first page, _ in other names stands for a point."""
    web.pages |= {
        f"wire.example/{'' if name == 'home' else name.replace('_', '.')}": page for name, page in pages.items()
    }


def test_the_feed_that_a_page_links_to_is_shown_and_added(call: Call, web: Web, file: Path) -> None:
    serve(web, home=home("world.xml"), world_xml=FEED)
    before = file.read_text()

    told = call("add", "http://wire.example/")

    assert told.code == DONE
    assert "1. Feed: feed, 2 entries, newest 2017-06-12 09:00 UTC\n   http://wire.example/world.xml\n" in told.out
    assert "Added wire-2 (Feed, of wire)" in told.out
    assert file.read_text().startswith(before)
    assert [(one.kind, one.url, one.enabled) for one in added(file)] == [
        ("feed", "http://wire.example/world.xml", "live")
    ]


def test_what_was_added_is_polled(call: Call, web: Web, file: Path) -> None:
    serve(web, home=home("world.xml"), world_xml=FEED, feed=FEED)
    call("add", "http://wire.example/")

    run = make_run(file.parent / "other", sources=file, live=True, contact="desk@wire.example")
    take(run, ["poll"])

    assert {name: poll.entries for name, poll in last_polls(run.ledger).items()} == {"wire": 2, "wire-2": 2}


def test_the_address_of_a_feed_is_added_whatever_its_robots_txt_says(call: Call, web: Web, file: Path) -> None:
    serve(web, robots_txt=Page(b"User-agent: *\nDisallow: /", "text/plain"), world_rss=FEED)

    assert call("add", "http://wire.example/world.rss").code == DONE
    assert [one.url for one in added(file)] == ["http://wire.example/world.rss"]
    assert "wire.example/robots.txt" not in web.asked


def test_of_several_feeds_none_is_added_before_it_is_chosen(call: Call, web: Web, file: Path) -> None:
    serve(web, home=home("a.xml", "b.xml", "missing.xml"), a_xml=FEED, b_xml=FEED)

    told = call("add", "http://wire.example/")

    assert (told.code, added(file)) == (MISUSED, [])
    assert ("1. Feed" in told.out, "2. Feed" in told.out, "3. " in told.out) == (True, True, False)
    assert told.err.endswith("Nothing was added: say which with --choose N, or --all.\n")


@pytest.mark.parametrize(
    ("options", "urls"),
    [
        (["--choose", "2"], ["b"]),
        (["--choose", "2", "--choose", "1"], ["b", "a"]),
        (["--all"], ["a", "b"]),
        (["--all", "--dry-run"], []),
    ],
)
def test_those_that_are_chosen_are_added(call: Call, web: Web, file: Path, options: list[str], urls: list[str]) -> None:
    serve(web, home=home("a.xml", "b.xml"), a_xml=FEED, b_xml=FEED)

    assert call("add", "http://wire.example/", *options).code == DONE
    assert [one.url for one in added(file)] == [f"http://wire.example/{url}.xml" for url in urls]


@pytest.mark.parametrize(("options", "code"), [([], MISUSED), (["--choose", "2"], DONE), (["--all"], DONE)])
def test_a_dry_run_says_what_the_real_one_does(call: Call, web: Web, options: list[str], code: int) -> None:
    serve(web, home=home("a.xml", "b.xml"), a_xml=FEED, b_xml=FEED)

    dry = call("add", "http://wire.example/", "--dry-run", *options)
    real = call("add", "http://wire.example/", *options)

    assert (dry.code, real.code) == (code, code)
    assert dry.out.count("Would add") == real.out.count("Added")
    assert dry.err == real.err.replace("Nothing was added", "Nothing would be added")


def test_all_and_some_are_not_both_taken(call: Call, web: Web, file: Path) -> None:
    told = call("add", "http://wire.example/", "--all", "--choose", "2")

    assert (told.code, web.asked, added(file)) == (MISUSED, {}, [])
    assert told.err == "--all and --choose say two things: give one of them.\n"


def test_an_address_is_printed_as_it_is(call: Call, file: Path) -> None:
    file.write_text(file.read_text().replace("/feed", "/feed?[/b]:cat:"))

    told = call("add", "http://wire.example/feed?[/b]:cat:")

    assert "http://wire.example/feed?[/b]:cat: is in sources.toml already" in told.err


def test_a_known_address_is_said_and_nobody_is_asked(call: Call, web: Web, file: Path) -> None:
    told = call("add", "http://www.wire.example/feed")

    assert (told.code, added(file), web.asked) == (DONE, [], {})
    assert "is in sources.toml already, as wire" in " ".join(told.err.split())


def test_a_page_whose_feed_is_known_adds_nothing(call: Call, web: Web, file: Path) -> None:
    serve(web, home=home("feed"), feed=FEED)

    told = call("add", "http://wire.example/")

    assert (told.code, added(file)) == (DONE, [])
    assert "(in the file already: wire)" in told.out


def test_the_usual_places_are_tried_only_where_no_feed_is_linked(call: Call, web: Web, file: Path) -> None:
    serve(web, home=home(), rss_xml=FEED)

    call("add", "http://wire.example/")

    assert [one.url for one in added(file)] == ["http://wire.example/rss.xml"]
    assert "wire.example/sitemap.xml" not in web.asked


def test_a_sitemap_that_robots_txt_names_is_added_where_there_is_no_feed(call: Call, web: Web, file: Path) -> None:
    robots = Page(b"User-agent: *\nDisallow: /feed\nSitemap: http://wire.example/news-1.xml", "text/plain")
    serve(web, home=home(), robots_txt=robots)
    web.pages["wire.example/news-1.xml"] = SITEMAP

    call("add", "http://wire.example/")

    assert [(one.kind, one.url) for one in added(file)] == [("sitemap", "http://wire.example/news-1.xml")]
    assert "wire.example/feed" not in web.asked


def test_json_has_what_was_found_and_what_was_added(call: Call, web: Web) -> None:
    serve(web, home=home("world.xml", "feed"), world_xml=FEED, feed=FEED)

    told = json.loads(call("add", "http://wire.example/", "--json", "--choose", "1").out)

    assert [(one["url"], one["entries"], one["newest_at"], one["known_as"]) for one in told["found"]] == [
        ("http://wire.example/world.xml", 2, "2017-06-12T09:00:00Z", None),
        ("http://wire.example/feed", 2, "2017-06-12T09:00:00Z", "wire"),
    ]
    assert [one["id"] for one in told["added"]] == ["wire-2"]


@pytest.mark.parametrize(
    ("arguments", "page", "ending"),
    [
        ("wire.example", None, (MISUSED, "wire.example is no address: give one that begins with https://")),
        ("http://me:secret@wire.example/", None, (MISUSED, "no user or password")),
        ("http://10.0.0.1/", None, (WRONG, "could not be had (private_address: ")),
        ("http://wire.example/", None, (WRONG, "could not be had (status_404: ")),
        ("http://wire.example/", Page(b"later", status=503), (LATER, "try again later")),
        ("http://wire.example/", home(), (WRONG, "links to no feed that can be read")),
        ("http://wire.example/", Page(b"\x89PNG", "image/png"), (WRONG, "is no feed, no sitemap and no page")),
        ("http://wire.example/", Page(HERD), (WRONG, "is no feed, no sitemap and no page (too_costly: ")),
        ("http://wire.example/rss --choose 7", FEED, (MISUSED, "--choose 7 is none of the list: choose from 1 to 1")),
    ],
)  # fmt: skip
def test_what_a_user_can_cause_is_told_in_one_sentence(
    call: Call, web: Web, arguments: str, page: Page | None, ending: tuple[int, str]
) -> None:
    if page:
        serve(web, home=page, rss=page)

    told = call("add", *arguments.split())

    assert told.code == ending[0]
    assert ending[1] in " ".join(told.err.split())


def test_a_page_that_robots_txt_forbids_is_not_asked(call: Call, web: Web) -> None:
    serve(web, robots_txt=Page(b"User-agent: *\nDisallow: /", "text/plain"), home=home("feed"))

    told = call("add", "http://wire.example/")

    assert told.code == WRONG
    assert "give the address of the feed itself" in " ".join(told.err.split())
    assert "wire.example/" not in web.asked


def test_a_mistake_in_the_file_is_told_before_anybody_is_asked(call: Call, web: Web, file: Path) -> None:
    file.write_text("[[source]]\nid = 7\n")

    told = call("add", "http://wire.example/")

    assert (told.code, web.asked) == (WRONG, {})
    assert f"{file}:1: this source has no kind" in " ".join(told.err.split())


OPML = """<opml version="2.0"><body><outline text="News">
<outline text="A" xmlUrl="https://a.example/rss"/><outline text="A again" xmlUrl="http://www.a.example/rss"/>
<outline text="Known" xmlUrl="http://wire.example/feed"/><outline text="Odd" xmlUrl="feed"/></outline></body></opml>"""


def test_a_list_is_imported_once_and_what_is_left_out_is_counted(call: Call, file: Path) -> None:
    listed = file.with_name("my.opml")
    listed.write_text(OPML)

    first, second = call("import", str(listed)), call("import", str(listed), "--json")

    assert "1 added to sources.toml, 2 known or listed twice, 1 without a usable address." in first.out
    assert json.loads(second.out) == {"added": 0, "known": 3, "unusable": 1, "sources": []}
    assert [(one.id, one.url) for one in added(file)] == [("a", "https://a.example/rss")]
    assert "\n# News\n[[source]]\n" in file.read_text()


def test_a_dry_import_writes_nothing(call: Call, file: Path) -> None:
    listed = file.with_name("my.opml")
    listed.write_text(OPML)

    assert "1 would be added" in call("import", str(listed), "--dry-run").out
    assert added(file) == []


def test_an_address_that_the_file_cannot_hold_is_counted_and_the_rest_is_imported(call: Call, file: Path) -> None:
    listed = file.with_name("my.opml")
    odd = ["https://b.example/" + "x" * 2_000, "https://c.example/\x7f"]
    listed.write_text(OPML.replace("</body>", "".join(f'<outline xmlUrl="{url}"/>' for url in odd) + "</body>"))

    told = call("import", str(listed), "--json")

    assert (told.code, json.loads(told.out)["unusable"]) == (DONE, 3)
    assert [one.url for one in added(file)] == ["https://a.example/rss"]


def test_a_list_is_not_read_from_standard_input(call: Call) -> None:
    told = call("import", "-")

    assert told.code == MISUSED
    assert "An OPML list is read from a file" in told.err


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, MISUSED, "my.opml cannot be read: No such file"),
        ("<opml>", WRONG, "my.opml:1: this is no OPML: Premature end"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_in_one_sentence(
    call: Call, file: Path, content: str | None, code: int, words: str
) -> None:
    listed = file.with_name("my.opml")
    if content:
        listed.write_text(content)

    told = call("import", str(listed))

    assert told.code == code
    assert words in " ".join(told.err.split())


def test_an_exported_list_can_be_imported(call: Call, file: Path) -> None:
    listed = file.with_name("my.opml")
    listed.write_text(OPML)
    call("import", str(listed))
    exported = file.with_name("exported.opml")

    to_file, to_terminal = call("export", str(exported)), call("export", "--opml")
    file.write_text("")
    call("import", str(exported))

    assert (to_file.code, exported.read_text()) == (DONE, to_terminal.out)
    assert [(one.id, one.name, one.url) for one in read_sources(file)] == [("a", "A", "https://a.example/rss")]


def test_a_place_that_cannot_be_written_to_is_told(call: Call, file: Path) -> None:
    told = call("export", str(file.parent / "nowhere" / "a.opml"))

    assert told.code == MISUSED
    assert "cannot be written (No such file or directory)" in " ".join(told.err.split())


def test_a_file_is_replaced_only_if_that_is_asked_for(call: Call, file: Path) -> None:
    target = file.with_name("mine.opml")
    target.write_text("mine")

    refused = call("export", str(target))

    assert (refused.code, target.read_text()) == (MISUSED, "mine")
    assert "is there already: name another file, or replace it with --force." in " ".join(refused.err.split())
    assert call("export", str(target), "--force").code == DONE
    assert target.read_text().startswith("<?xml")


@pytest.mark.parametrize("options", [[], ["--force"]])
def test_the_sources_file_is_never_exported_over(call: Call, file: Path, options: list[str]) -> None:
    link, before = file.with_name("link.toml"), file.read_bytes()
    link.symlink_to(file)

    for target in (file, link):
        told = call("export", str(target), *options)
        assert told.code == MISUSED
        assert "is the sources file itself: name another file." in " ".join(told.err.split())

    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (".", ". is no file that can be replaced: name a file"),
        ("/dev/null", "/dev/null is no file that can be replaced"),
        ("/etc/passwd/x", "/etc/passwd/x cannot be written (Not a directory); name a file in a folder that can be."),
    ],
)
def test_a_target_that_is_no_file_is_told_in_one_sentence(call: Call, target: str, words: str) -> None:
    told = call("export", target, "--force")

    assert told.code == MISUSED
    assert words in " ".join(told.err.split())
