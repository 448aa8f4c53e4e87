"""The bundled world holds together: what feeds list is served, marked as synthetic, and readable."""

import hashlib
import re
import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import trafilatura

from pipeline.sources.documents import list_documents
from pipeline.sources.feeds import Listed, read_feed
from pipeline.sources.registry import Source, read_sources
from pipeline.web.urls import url_key

SEEDS = Path(__file__).parent.parent / "seeds"
WORLD = SEEDS / "world"
SEED_ARTICLE = SEEDS / "documents" / "raqqa-2017-06-11.txt"
SEED_SHA256 = "e64af65ce8ddbc3b6892f8791b1927b6305ae9b4154001b2098936bae08804eb"
DAYS = [date(2017, 6, 8) + timedelta(days=number) for number in range(6)]

GONE = {"http://herald.example/news/2017/06/09/quay-crane-arrives.html"}
FORBIDDEN = {"http://wire.example/subscribers/week-ahead.html"}
NOT_HTML = {"http://register.example/files/raqqa-daily-tables-2017-06-12.pdf"}
UNDATED = {"http://courier.example/nature/herons-of-the-wend.html"}
MOVED = {"http://tribune.example/go/4471": "http://tribune.example/reports/2017/06/12/inside-al-romania.html"}
OVERLAPPING_LINKS = 4

# Names of vocabularies, which nobody fetches.
VOCABULARIES = {"schema.org", "purl.org", "www.w3.org", "jsonfeed.org"}
# Words of navigation, side bars and footers, none of which is in an article.
FURNITURE = (
    "Also on the wire",
    "Most read",
    "cookie",
    "Read next",
    "Lost and found",
    "Earlier notices",
    "Synthetic",
    "Northgate",
)

HTML_PAGES = sorted(path.relative_to(WORLD).as_posix() for path in WORLD.rglob("*.html"))
FEEDS = (
    "wire.example/feed.rdf",
    "herald.example/rss.xml",
    "courier.example/feed.xml",
    "tribune.example/feed.atom",
    "register.example/feed.json",
)


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    return read_sources(SEEDS / "sources.toml")


@pytest.fixture(scope="module")
def listed() -> list[Listed]:
    return [
        entry
        for feed in FEEDS
        for entry in read_feed((WORLD / feed).read_bytes(), None, f"http://{feed}", 1000).entries
    ]


def served_file(url: str) -> Path:
    parts = urlsplit(url)
    return WORLD / parts.netloc / parts.path.lstrip("/")


def answers(host: Path) -> dict[str, dict[str, object]]:
    text = (host / "_headers.toml").read_text(encoding="utf-8")
    paths: dict[str, dict[str, object]] = tomllib.loads(text)
    return paths


def test_every_link_of_a_feed_is_a_file_or_a_declared_exception(listed: list[Listed]) -> None:
    links = {entry.url for entry in listed if entry.url}

    assert {link for link in links if not served_file(link).is_file()} == GONE | set(MOVED)


def test_the_declared_redirects_lead_to_pages_that_no_feed_lists(listed: list[Listed]) -> None:
    redirects = {
        f"http://{host.name}{path}": urljoin(f"http://{host.name}", str(answer["location"]))
        for host in WORLD.iterdir()
        for path, answer in answers(host).items()
        if "location" in answer
    }

    assert redirects == MOVED
    assert all(served_file(target).is_file() for target in redirects.values())
    assert not set(redirects.values()) & {entry.url for entry in listed}


def test_every_page_of_the_world_is_listed(listed: list[Listed]) -> None:
    reached = {MOVED.get(entry.url or "", entry.url) for entry in listed}

    assert {f"http://{page}" for page in HTML_PAGES} <= reached


def test_the_declared_failures_are_as_declared() -> None:
    assert "Disallow: /subscribers/" in (WORLD / "wire.example" / "robots.txt").read_text(encoding="utf-8")
    assert all(urlsplit(url).path.startswith("/subscribers/") for url in FORBIDDEN)
    for url in NOT_HTML:
        assert answers(WORLD / urlsplit(url).netloc)[urlsplit(url).path]["content_type"] == "application/pdf"


def test_some_links_stand_in_two_feeds(listed: list[Listed]) -> None:
    sightings = Counter(url_key(entry.url) for entry in listed if entry.url)

    assert sum(count - 1 for count in sightings.values()) == OVERLAPPING_LINKS


def test_one_feed_repeats_a_guid_for_two_links(listed: list[Listed]) -> None:
    weather = [entry.url for entry in listed if entry.guid == "courier-weather"]

    assert len(set(weather)) == 2


def test_one_entry_has_no_date(listed: list[Listed]) -> None:
    assert {entry.url for entry in listed if entry.published_at is None} == UNDATED


def test_every_day_has_at_least_three_entries_and_no_other_day_any(listed: list[Listed]) -> None:
    entries_of_days = Counter(entry.published_at.date() for entry in listed if entry.published_at)

    assert sorted(entries_of_days) == DAYS
    assert min(entries_of_days.values()) >= 3


@pytest.mark.parametrize("page", HTML_PAGES)
def test_a_page_is_marked_as_synthetic(page: str) -> None:
    assert '<meta name="synthetic" content="true">' in (WORLD / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_marked_as_synthetic(feed: str) -> None:
    text = (WORLD / feed).read_text(encoding="utf-8")

    assert "<world:synthetic>true</world:synthetic>" in text or '"is_synthetic": true' in text


def test_a_file_that_is_no_page_is_marked_as_synthetic() -> None:
    assert all(b"/Keywords (synthetic)" in served_file(url).read_bytes() for url in NOT_HTML)


def test_nothing_in_the_world_names_a_host_outside_it() -> None:
    for path in WORLD.rglob("*.*"):
        if path.is_file():
            hosts = set(re.findall(rb"(?:https?:)?//([a-z0-9.-]+\.[a-z]+)", path.read_bytes()))
            outside = {name.decode() for name in hosts if not name.endswith(b".example")}
            assert outside <= VOCABULARIES, path


@pytest.mark.parametrize("page", HTML_PAGES)
def test_the_article_of_a_page_is_read_without_its_furniture(page: str) -> None:
    html = (WORLD / page).read_text(encoding="utf-8")

    text = trafilatura.extract(html, include_comments=False, deduplicate=False) or ""

    assert len(text.split()) >= 100
    assert not [words for words in FURNITURE if words in text]


def test_the_seed_article_is_the_pinned_one() -> None:
    assert hashlib.sha256(SEED_ARTICLE.read_bytes()).hexdigest() == SEED_SHA256


def test_the_seed_article_is_listed_on_its_day() -> None:
    (entry,) = list_documents(SEEDS / "documents").entries

    assert entry.published == "2017-06-11"
    assert entry.title == SEED_ARTICLE.read_text(encoding="utf-8").splitlines()[0]


def test_every_sentence_of_the_seed_article_stands_in_another_story_and_no_story_has_half_of_them() -> None:
    _, *sentences, _ = SEED_ARTICLE.read_text(encoding="utf-8").split("\n\n")
    pages = {page: (WORLD / page).read_text(encoding="utf-8") for page in HTML_PAGES}

    holders = {sentence: {page for page, html in pages.items() if sentence in html} for sentence in sentences}

    assert all(holders.values())
    assert max(Counter(page for found in holders.values() for page in found).values()) < len(sentences) / 2


def test_the_bundled_sources_are_the_feeds_of_the_world_and_the_seed_article(sources: tuple[Source, ...]) -> None:
    bundled = [source for source in sources if source.enabled is True]

    assert {source.url for source in bundled} == {"documents", *(f"http://{feed}" for feed in FEEDS)}
    assert {source.window for source in bundled} == {(DAYS[0], DAYS[-1])}


def test_live_sources_are_asked_for_and_go_out_to_the_network(sources: tuple[Source, ...]) -> None:
    live = [source for source in sources if source.enabled == "live"]

    assert 18 <= len(live) <= 24
    assert all(source.connect_to is None and source.window is None and source.language for source in live)
