"""Sitemaps and their indexes, polled from a real server: one poll a source, whatever it is made of."""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.articles.worker import Worker, open_worker
from pipeline.events import SourcePolled
from pipeline.run import Run
from pipeline.settings import Settings
from pipeline.sources.sitemaps import SITEMAPS_ASKED
from pipeline.steps.poll import last_polls
from tests.badweb import Page, Web, bomb
from tests.running import later, make_run, on_days, take

HOUR = timedelta(hours=1)
OPENING = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
)
MINUTE, DAY = "2017-06-14T11:30:00Z", "2017-06-14"
GONE_BY = Page(b"", status=304)


def pages(*names: str) -> bytes:
    """A news sitemap of these pages of wire.example."""
    listed = "".join(
        f"<url><loc>http://wire.example/{name}</loc><n:news><n:title>Story {name}</n:title>"
        f"<n:publication_date>2017-06-14T09:30:00Z</n:publication_date></n:news></url>"
        for name in names
    )
    return f"{OPENING}<urlset {NAMESPACES}>{listed}</urlset>".encode()


def index(*names: str, lastmod: str = "") -> Page:
    """An index of these sitemaps of wire.example."""
    changed = lastmod and f"<lastmod>{lastmod}</lastmod>"
    listed = "".join(f"<sitemap><loc>http://wire.example/{name}</loc>{changed}</sitemap>" for name in names)
    return xml(f"{OPENING}<sitemapindex {NAMESPACES}>{listed}</sitemapindex>".encode())


def xml(body: bytes) -> Page:
    return Page(body, "application/xml", {"ETag": f'"{hashlib.sha256(body).hexdigest()}"'})


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with open_worker(Settings(sitemap_bytes=5_000_000)) as worker:
        yield worker


@pytest.fixture
def run(web: Web, tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose one source is the sitemap http://wire.example/feed."""
    monkeypatch.setattr("pipeline.steps.poll.open_worker", lambda settings: nullcontext(worker))
    file = web.write_sources(tmp_path / "sources.toml", ["wire"])
    file.write_text(file.read_text().replace('"feed"', '"sitemap"'))
    return make_run(tmp_path / "data", sources=file, sitemap_bytes=5_000_000)


def serve(web: Web, **served: Page | bytes) -> None:
    """Set what wire.example answers; a name stands for a path, with / for __ and . for _."""
    for name, page in served.items():
        path = name.replace("__", "/").replace("_", ".")
        web.pages[f"wire.example/{path}"] = xml(page) if isinstance(page, bytes) else page
    web.asked.clear()


def poll(run: Run) -> SourcePolled:
    take(run, ["poll"])
    return last_polls(run.ledger)["wire"]


def seen(run: Run) -> list[str]:
    rows = run.ledger.query("select payload, 1 from ledger.events where event_type = 'EntrySeen' order by position")
    return sorted(msgspec.json.decode(payload)["url"].rpartition("/")[2] for payload, _ in rows)


def count_polls(run: Run) -> int:
    ((count, _),) = run.ledger.query("select count(*), 1 from ledger.events where event_type = 'SourcePolled'")
    return int(count)


def asked(web: Web) -> set[str]:
    return {name.partition("/")[2] for name in web.asked}


def test_a_news_sitemap_is_polled_as_a_feed_is(run: Run, web: Web) -> None:
    serve(web, feed=pages("a", "b"))

    first = poll(run)
    serve(web, feed=GONE_BY)
    second = poll(later(run, 2 * HOUR))

    assert (first.outcome, first.entries, first.entries_new, seen(run)) == ("changed", 2, 2, ["a", "b"])
    assert second.outcome == "not_modified"


def test_an_index_is_one_poll_with_the_pages_of_its_sitemaps(run: Run, web: Web) -> None:
    packed = Page(gzip.compress(pages("c")), "application/x-gzip")
    serve(web, feed=index("one.xml", "two.xml.gz", lastmod=MINUTE), one_xml=pages("a", "b"), two_xml_gz=packed)

    polled = poll(run)

    assert (polled.outcome, polled.entries, seen(run), count_polls(run)) == ("changed", 3, ["a", "b", "c"], 1)
    assert [(one.url.rpartition("/")[2], one.reason, one.entries) for one in polled.sitemaps] == [
        ("two.xml.gz", None, 1),
        ("one.xml", None, 2),
    ]


def test_what_the_archive_keeps_of_an_index_are_the_bodies_of_its_sitemaps_too(run: Run, web: Web) -> None:
    serve(web, feed=index("one.xml", lastmod=MINUTE), one_xml=pages("a"))

    (sitemap,) = poll(run).sitemaps

    assert sitemap.body
    assert run.archive.read(sitemap.body).body == pages("a")


def test_an_index_that_tells_each_change_is_asked_alone_while_it_does_not_change(run: Run, web: Web) -> None:
    serve(web, feed=index("one.xml", lastmod=MINUTE), one_xml=pages("a"))
    poll(run)

    serve(web, feed=GONE_BY)
    not_modified = poll(later(run, 2 * HOUR))
    asked_then = asked(web)
    serve(web, feed=replace(index("one.xml", lastmod=MINUTE), headers={}))
    unchanged = poll(later(run, 26 * HOUR))

    assert (not_modified.outcome, asked_then) == ("not_modified", {"feed"})
    assert (unchanged.outcome, asked(web)) == ("unchanged", {"feed"})


@pytest.mark.parametrize("lastmod", ["", DAY])
def test_an_index_that_does_not_tell_each_change_is_asked_with_its_sitemaps(run: Run, web: Web, lastmod: str) -> None:
    serve(web, feed=index("one.xml", lastmod=lastmod), one_xml=pages("a"))
    first = poll(run)

    same = poll(later(run, 2 * HOUR))
    serve(web, one_xml=pages("a", "b"))
    changed = poll(later(run, 26 * HOUR))

    assert (first.outcome, same.outcome, changed.outcome) == ("changed", "unchanged", "changed")
    assert (changed.entries_new, seen(run)) == (1, ["a", "b"])
    assert changed.body == first.body, "the body of the index is kept once"


def test_a_sitemap_that_fails_costs_only_its_pages_and_is_asked_again(run: Run, web: Web) -> None:
    broken = Page(b"down", status=503)
    serve(web, feed=index("one.xml", "two.xml", lastmod=MINUTE), one_xml=pages("a"), two_xml=broken)

    first = poll(run)
    serve(web, two_xml=pages("b"))
    second = poll(later(run, 2 * HOUR))

    assert (first.outcome, first.entries) == ("changed", 1)
    assert "two.xml: status_503" in (first.detail or "")
    assert (second.outcome, seen(run)) == ("changed", ["a", "b"])


def test_an_index_of_which_no_sitemap_can_be_had_is_a_failed_poll_that_is_asked_again(run: Run, web: Web) -> None:
    serve(web, feed=index("one.xml", lastmod=MINUTE))

    first = poll(run)
    serve(web, one_xml=pages("a"))
    second = poll(later(run, 3 * HOUR))

    assert (first.outcome, first.reason) == ("failed", "status_404")
    assert (second.outcome, seen(run)) == ("changed", ["a"])


def test_no_more_sitemaps_are_asked_than_the_limit(run: Run, web: Web) -> None:
    names = [f"{number}.xml" for number in range(SITEMAPS_ASKED + 3)]
    serve(web, feed=index(*names))
    web.pages |= {f"wire.example/{name}": xml(pages(name.partition(".")[0])) for name in names}

    polled = poll(run)

    assert seen(run) == ["3", "4", "5", "6", "7"]
    assert polled.detail == "5 of 8 sitemaps asked"


HOSTILE: dict[str, tuple[Page, str]] = {
    "html": (Page(b"<!doctype html><p>Subscribe", "application/xml"), "not_sitemap"),
    "bomb": (Page(bomb(100), "application/gzip"), "too_large"),
    "bomb in transit": (Page(bomb(100), "application/xml", {"Content-Encoding": "gzip"}), "too_large"),
    "index": (index("three.xml"), "not_sitemap"),
    "private": (Page(b"", headers={"Location": "http://10.0.0.1/sitemap.xml"}, status=302), "private_address"),
    "empty": (Page(b"", "application/xml"), "not_sitemap"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_sitemap_in_an_index_is_an_ordinary_outcome(run: Run, web: Web, kind: str) -> None:
    page, reason = HOSTILE[kind]
    serve(web, feed=index("one.xml", "two.xml", lastmod=MINUTE), one_xml=page, two_xml=pages("b"))

    polled = poll(run)

    assert (polled.outcome, seen(run)) == ("changed", ["b"])
    assert {one.url.rpartition("/")[2]: one.reason for one in polled.sitemaps} == {"one.xml": reason, "two.xml": None}


@pytest.mark.parametrize(
    ("kind", "reason"), [("html", "not_sitemap"), ("bomb", "too_large"), ("private", "private_address")]
)
def test_a_hostile_sitemap_is_a_failed_poll(run: Run, web: Web, kind: str, reason: str) -> None:
    serve(web, feed=HOSTILE[kind][0])

    polled = poll(run)

    assert (polled.outcome, polled.reason, polled.entries) == ("failed", reason, 0)


def test_a_window_of_a_sitemap_that_turned_over_is_a_gap(run: Run, web: Web) -> None:
    serve(web, feed=pages("a", "b"))
    poll(run)

    serve(web, feed=pages("c", "d"))
    second = poll(later(run, 2 * HOUR))

    assert second.gap is not None


def test_an_event_of_schema_2_is_still_read(run: Run, web: Web) -> None:
    serve(web, feed=pages("a"))
    polled: dict[str, Any] = msgspec.to_builtins(poll(run))
    polled.pop("sitemaps")

    assert msgspec.convert(polled, SourcePolled).sitemaps == ()


def test_a_backfill_of_a_day_in_the_window_of_an_archive_lists_its_pages_once(run: Run, web: Web) -> None:
    file = run.settings.sources
    file.write_text(file.read_text() + "window = [2017-06-08, 2017-06-13]\n")
    archive = pages("old", "older").replace(b"2017-06-14T09", b"2017-06-11T09", 1)
    serve(web, feed=index("2017-06.xml", "2017-07.xml"))
    web.pages["wire.example/2017-06.xml"] = xml(archive)

    take(on_days(run, date(2017, 6, 11)), ["poll"])
    once = asked(web)
    take(on_days(later(run, 26 * HOUR), date(2017, 6, 11)), ["poll"])

    assert (seen(run), once, count_polls(run)) == (["old"], {"feed", "2017-06.xml"}, 1)


def test_a_window_is_over_only_when_each_of_its_sitemaps_was_had(run: Run, web: Web) -> None:
    file = run.settings.sources
    file.write_text(file.read_text() + "window = [2017-06-08, 2017-06-09]\n")
    there = pages("2017/06/08/a").replace(b"2017-06-14T09", b"2017-06-08T09")
    days = index("2017-06-08.xml", "2017-06-09.xml")
    web.pages |= {"wire.example/2017-06-08.xml": xml(there), "wire.example/2017-06-09.xml": Page(b"busy", status=503)}
    serve(web, feed=days)

    polled = [poll(later(run, hours * HOUR)) for hours in (0, 2, 4)]
    web.pages["wire.example/2017-06-09.xml"] = xml(there.replace(b"06/08/a", b"06/09/b").replace(b"06-08T", b"06-09T"))
    over = poll(later(run, 30 * HOUR))

    assert [one.reason for one in polled] == ["status_503"] * 3
    assert [one.next_poll_at and one.next_poll_at - one.polled_at for one in polled] == [
        HOUR / 4,
        HOUR / 2,
        HOUR,
    ]
    assert (over.reason, over.next_poll_at, seen(run)) == (None, None, ["a", "b"])


def test_a_sitemap_that_is_too_large_ends_no_window_unseen(run: Run, web: Web) -> None:
    file = run.settings.sources
    file.write_text(file.read_text() + "window = [2017-06-08, 2017-06-09]\n")
    there = pages("a").replace(b"2017-06-14T09", b"2017-06-08T09")
    web.pages |= {
        "wire.example/2017-06-08.xml": xml(there),
        "wire.example/2017-06-09.xml": Page(bomb(100), "application/gzip"),
    }
    serve(web, feed=index("2017-06-08.xml", "2017-06-09.xml"))

    polled = poll(run)

    assert (polled.outcome, polled.reason, polled.next_poll_at) == ("changed", "too_large", None)
