"""What is at an address, whatever its type says; and the feeds that a page links to."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.discovery import LINKS, Place, find_sitemap_lines, read_place

URL = "https://wire.example/home/"
RSS = '<rss version="2.0"><channel><title>Wire</title><item><title>A</title><link>/a</link></item></channel></rss>'
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/a</loc></url></urlset>'


def look(body: str | bytes, content_type: str | None = "text/html") -> Place:
    return read_place(body.encode() if isinstance(body, str) else body, content_type, URL, 10, 100_000)


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RSS, "feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        (SITEMAP, "sitemap"),
        (gzip.compress(SITEMAP.encode(), mtime=0), "sitemap"),
        (SITEMAP.replace("urlset", "sitemapindex").replace("url>", "sitemap>"), "sitemap"),
        ("<!doctype html><title>Wire</title>", "page"),
        ("<title>Wire</title>", "page"),
        ("", None),
        (gzip.compress(b" " * 1_000_000, mtime=0), None),
        (b"\x89PNG\r\n", None),
    ],
)
def test_what_is_there_is_found_from_the_bytes(body: str | bytes, kind: str | None) -> None:
    assert look(body).kind == kind


def test_links_are_resolved_against_the_base_of_the_page() -> None:
    page = f'<html><head><base href="/en/">{link("rss")}{link("//cdn.example/atom", "application/atom+xml; charset=utf-8")}'

    assert look(page).links == ("https://wire.example/en/rss", "https://cdn.example/atom")


@pytest.mark.parametrize(
    ("tag", "counts"),
    [
        (link("/x", "application/feed+json"), True),
        (link("/x", rel="Alternate home"), True),
        (link("/x/feed", "application/json"), True),
        (link("/wp-json/wp/v2/pages/7", "application/json"), False),
        (link("/x", "text/html"), False),
        (link("/x", "application/rss+xml", rel="stylesheet"), False),
        (link("javascript:alert(1)"), False),
        (link(""), False),
        ('<a type="application/rss+xml" href="/x">RSS</a>', True),
        ('<a href="/feed">RSS</a>', False),
    ],
)
def test_only_links_to_feeds_count(tag: str, counts: bool) -> None:  # parametrized
    assert bool(look(f"<html><head>{tag}").links) is counts


def test_feeds_of_comments_come_last_and_each_feed_once() -> None:
    page = "<html>" + link("/comments/feed") + link("/feed") + link("/feed#top")

    assert look(page).links == ("https://wire.example/feed", "https://wire.example/comments/feed")


def test_no_more_links_are_followed_than_the_limit() -> None:
    assert len(look("<html>" + "".join(link(f"/feed/{number}") for number in range(50))).links) == LINKS


def test_the_name_of_the_site_is_told() -> None:
    assert look('<html><meta property="og:site_name" content="The Wire">').site == "The Wire"


def test_the_sitemaps_of_a_robots_txt_are_found() -> None:
    robots = "User-agent: *\nsitemap:/a.xml\r\n Sitemap: https://wire.example/b.xml \n# Sitemap: /c.xml\nSitemap: javascript:x\n"

    assert find_sitemap_lines(robots, URL) == ["https://wire.example/a.xml", "https://wire.example/b.xml"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(["text/html", "text/xml", None]))
def test_any_bytes_are_looked_at_without_raising(body: bytes, content_type: str | None) -> None:
    look(b"<html><head><link rel=alternate " + body, content_type)
    look(body, content_type)
