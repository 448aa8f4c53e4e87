"""The bytes behind any address in, what is there out: a feed, a sitemap, or a page and the feeds that it links to.

Runs in the worker process, under its limits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from pipeline.sources.encodings import decode, unpack
from pipeline.sources.feeds import read_feed
from pipeline.sources.listing import Reading, absolute, find_text, is_html
from pipeline.sources.sitemaps import read_sitemap
from pipeline.web.urls import is_http

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
OTHER_TYPES = frozenset({"application/xml", "text/xml", "application/json"})  # of feeds, and of much else
TELLING = re.compile(r"(?i)feed|rss|atom|\brdf\b")
COMMENTS = re.compile(r"(?i)comment|kommentar|comentario|commentaire")
LINKS = 10  # looked at: a site may link a feed a section
READ_CHARACTERS = 1_000_000  # of a page: links to feeds stand in its head
SITEMAP_LINE = re.compile(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})[ \t]*\r?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is at an address.

    kind     feed | sitemap | page; None: nothing of these, reason and detail say why
    reading  of a feed or a sitemap
    links    of a page: the addresses of the feeds that it links to, in its order, those of comments last
    site     what a page calls the whole site, or None
    """

    kind: str | None = None
    reading: Reading | None = None
    links: tuple[str, ...] = ()
    site: str | None = None
    reason: str | None = None
    detail: str = ""


def read_place(body: bytes, content_type: str | None, url: str, limit: int, limit_bytes: int) -> Place:
    """Return what is at an address, at most `limit` of its entries. Whatever the bytes are, it does not raise.

    >>> page = b'<title>The Wire</title><link rel="alternate" type="application/rss+xml" href="/rss">'
    >>> read_place(page, "text/html", "https://wire.example/", 10, 1_000).links
    ('https://wire.example/rss',)
    """
    body = unpack(body, limit_bytes + 1)
    if len(body) > limit_bytes:
        return Place(reason="too_large", detail=f"more than {limit_bytes} bytes unpacked")
    text, _ = decode(body, content_type)
    text = text.lstrip("\ufeff \t\r\n")
    if is_html(text):
        return read_page(text, url)
    sitemap = read_sitemap(body, content_type, url, limit)
    if sitemap.reason is None:
        return Place(kind="sitemap", reading=sitemap)
    feed = read_feed(body, content_type, url, limit)
    if feed.reason is None:
        return Place(kind="feed", reading=feed)
    if "html" in (content_type or "").lower() and "<" in text:
        return read_page(text, url)
    return Place(reason=feed.reason, detail=feed.detail or "")


def read_page(text: str, url: str) -> Place:
    """What a page links to and what it calls its site."""
    try:
        root = html.document_fromstring(text[:READ_CHARACTERS].encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError) as error:  # empty, or nothing that is an element
        return Place(reason="not_feed", detail=f"a page that cannot be read: {str(error)[:200]}")
    base = (
        next((absolute(url, find_text(one.get("href"))) for one in root.iter("base") if one.get("href")), None) or url
    )
    links = dict.fromkeys(find_links(root, base))
    links.pop(url, None)
    ranked = sorted(links, key=lambda link: COMMENTS.search(link) is not None)
    return Place(kind="page", links=tuple(ranked[:LINKS]), site=find_site(root))


def find_links(root: Any, base: str) -> Iterator[str]:
    """The addresses of feeds that a page names with <link rel="alternate">, and with <a> of a type of feeds."""
    for link in root.iter("link", "a"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "stylesheet" in relations or (link.tag == "link" and not {"alternate", "feed"} & set(relations)):
            continue
        named = f"{link.get('title') or ''} {link.get('href') or ''}"
        if kind in FEED_TYPES or (kind in OTHER_TYPES and link.tag == "link" and TELLING.search(named)):
            there = absolute(base, find_text(link.get("href")))
            if there and is_http(there):
                yield there.partition("#")[0]


def find_site(root: Any) -> str | None:
    """The name of the site."""
    for meta in root.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").lower() in ("og:site_name", "application-name"):
            return find_text(meta.get("content"))
    return None


def find_sitemap_lines(robots: str, url: str) -> list[str]:
    """The sitemaps that a robots.txt names.

    >>> find_sitemap_lines("User-agent: *\\nSitemap: /news.xml", "https://wire.example/robots.txt")
    ['https://wire.example/news.xml']
    """
    named = (absolute(url, found[1]) for found in SITEMAP_LINE.finditer(robots))
    return list(dict.fromkeys(there for there in named if there and is_http(there)))
