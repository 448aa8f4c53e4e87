"""The bytes of a sitemap in, the pages that it lists out, or of an index the sitemaps to ask next.

https://www.sitemaps.org/protocol.html and Google's news extension. Runs in the worker process, under its limits.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from pipeline.sources.dates import read_instant
from pipeline.sources.encodings import decode
from pipeline.sources.listing import Listed, ListedSitemap, Reading, absolute, is_html, to_media, truncation
from pipeline.sources.windows import Days, closeness, distance, find_named_day, is_within, may_hold
from pipeline.text import clean
from pipeline.values import Media
from pipeline.web.urls import is_http, registrable_domain

__all__ = ["SITEMAPS_ASKED", "merge", "read_sitemap"]

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # URLs of a sitemap, and sitemaps of an index: the protocol's own limit
SITEMAPS_ASKED = 5  # of an index: today's and yesterday's, or the last of several kinds
WINDOW_ASKED = 40  # the days of a month, where each has a sitemap; asked once, when the window is new
MEDIA = 10  # of one page
ROOTS = {"urlset": "url", "sitemapindex": "sitemap"}
FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
Fields = dict[str, Any]  # of one item, as it was written
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
# Sitemaps that hold no stories, as content management systems name them: post_tag-sitemap.xml, sitemap-authors-1.xml.gz.
OTHERS = re.compile(
    r"(?i)(?:^|[^a-z])(?:categor(?:y|ies)|tags?|authors?|images?|videos?|topics?|sections?)(?:[^a-z]|$)"
)


def read_sitemap(body: bytes, content_type: str | None, url: str, limit: int, window: Days | None = None) -> Reading:
    """Return the pages that a sitemap lists, the newest `limit` of them first, or the sitemaps of an index to ask next.

    With a window, only what may be of its days, the closest to them first: that is how an archive is asked.

    Whatever the bytes are, it does not raise: a body that is no sitemap has the reason `not_sitemap`. Faults of the XML are
    recorded and what can be read is read; entities are not expanded, and nothing else is loaded.

    >>> listed = b"<urlset><url><loc>/a</loc></url><url><loc>/b</loc><lastmod>2017-06-11</lastmod></url></urlset>"
    >>> [entry.url for entry in read_sitemap(listed, None, "https://wire.example/sitemap.xml", 10).entries]
    ['https://wire.example/b', 'https://wire.example/a']
    """
    text, remark = decode(body, content_type)
    text = clean(text.lstrip("\ufeff \t\r\n"))
    if not text.startswith("<"):
        return no_sitemap("the body is empty" if not text else "the body does not begin as XML does")
    if is_html(text):
        return no_sitemap("the body is an HTML page")
    events = etree.iterparse(
        io.BytesIO(text.encode()),
        events=("start", "end"),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        root, listed = read_items(events)
    except etree.XMLSyntaxError as error:  # nothing at all could be read
        return no_sitemap(f"the body is no XML: {clean(str(error))[:200]}")
    if problem := find_problem(root):
        return no_sitemap(problem)
    remarks = [*filter(None, [remark, *find_faults(root, events.error_log)])]
    same = Reading(is_bozo=bool(remarks), bozo_reason="; ".join(remarks) or None)
    if local(root.tag) == "sitemapindex":
        return read_index(same, [as_sitemap(item, url) for item in listed], url, window)
    return replace(read_pages(listed, url, limit, window), is_bozo=same.is_bozo, bozo_reason=same.bozo_reason)


def read_pages(listed: Sequence[Fields], url: str, limit: int, window: Days | None) -> Reading:
    """The newest pages of a sitemap, or those closest to a window, each once. Only these are kept: it may have 50,000."""
    named: dict[str | None, Fields] = {}
    for item in listed:
        named.setdefault(item.get("loc"), item)
    wanted = list(named.values()) if window is None else rank_pages(list(named.values()), url, window)
    if window is None:
        wanted = sorted(wanted, key=find_date)[
            ::-1
        ]  # of two of the same date that at the end: there new ones are added
    first = wanted[:limit]
    others = f"{len(named) - len(wanted)} of other days" if len(named) > len(wanted) else None
    return Reading(
        entries=tuple(as_entry(item, url) for item in first),
        is_truncated=len(wanted) > limit,
        detail="; ".join(filter(None, [truncation(len(wanted), limit), others])) or None,
    )


def rank_pages(items: Sequence[Fields], url: str, window: Days) -> list[Fields]:
    """The pages that may be of a window, the closest to it first."""
    pages = ((place, as_entry(item, url)) for place, item in enumerate(items))
    ranked = sorted((distance(page, window), place) for place, page in pages if is_within(page, window))
    return [items[place] for _, place in ranked]


def find_date(item: Fields) -> datetime:
    """When a page was published, else changed, else the day that its address names, else long ago."""
    told = read_instant(item.get("news_publication_date")) or read_instant(item.get("lastmod"))
    return told or find_named_day(item.get("loc") or "") or LONG_AGO


def find_newest_date(page: Listed) -> datetime:
    """The same of a page that was read."""
    return page.published_at or page.updated_at or find_named_day(page.url or "") or LONG_AGO


def read_items(events: Any) -> tuple[Any, list[Fields]]:
    """The root element and the fields of each item in it; what has been read is freed. Raises XMLSyntaxError."""
    root = None
    listed: list[Fields] = []
    for event, element in events:
        if root is None:
            root = element
            continue
        if event == "end" and element.getparent() is root:
            if local(element.tag) == ROOTS.get(local(root.tag)) and len(listed) < MOST:
                listed.append(fields_of(element))
            root.remove(element)
    if root is None:
        raise etree.XMLSyntaxError("no element", 0, 0, 0)
    return root, listed


def fields_of(item: Any) -> Fields:
    """What stands in a <url> or a <sitemap>: its own fields, those of its news, the addresses of its pictures."""
    fields: Fields = {"images": []}
    for child in item.iterchildren(tag=etree.Element):
        name = local(child.tag)
        if name in ("loc", "lastmod") and etree.QName(child).namespace == etree.QName(item).namespace:
            fields.setdefault(name, text_of(child))
        elif name == "news":
            fields |= {f"news_{local(one.tag)}": text_of(one) for one in child.iter(etree.Element) if not len(one)}
        elif name == "image":
            fields["images"] += [
                text_of(one) for one in child.iterchildren(tag=etree.Element) if local(one.tag) == "loc"
            ]
    return fields


def local(tag: str) -> str:
    """The name of an element without its namespace, in lower case.

    >>> local("{http://www.google.com/schemas/sitemap-news/0.9}publication_date"), local("news:title")
    ('publication_date', 'title')
    """
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def text_of(element: Any) -> str | None:
    """The text in an element, or None when there is none."""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return text.strip() or None


def find_problem(root: Any) -> str | None:
    """Why a document is no sitemap, or None when it is one."""
    name = local(root.tag)
    if name in ROOTS:
        return None
    if name in FEED_ROOTS:
        return 'the body is a feed: kind = "feed" reads it'
    return f"its root element is {name[:100]}, not urlset or sitemapindex"


def find_faults(root: Any, log: Any) -> Iterator[str]:
    """What is wrong with the XML."""
    if etree.QName(root).namespace != NAMESPACE:
        yield "its namespace is not that of sitemaps"
    for fault in log:
        yield clean(fault.message.strip())[:200]
        return


def as_entry(item: Fields, url: str) -> Listed:
    """One page. The date of its last change is none of publication: old pages are changed too."""
    published, modified = item.get("news_publication_date"), item.get("lastmod")
    return Listed(
        url=absolute(url, item.get("loc")),
        title=item.get("news_title") or "",
        published=published,
        published_at=read_instant(published),
        updated=modified,
        updated_at=read_instant(modified),
        language=item.get("news_language"),
        publication=item.get("news_name"),
        media=tuple(dict.fromkeys(find_images(item["images"], url)))[:MEDIA],
    )


def find_images(addresses: Iterable[str | None], url: str) -> Iterator[Media]:
    """The pictures of a page."""
    for address in addresses:
        yield from to_media(url, address, None, "image")


def as_sitemap(item: Fields, url: str) -> ListedSitemap:
    """One sitemap of an index."""
    modified = item.get("lastmod")
    return ListedSitemap(
        url=absolute(url, item.get("loc")) or "",
        modified_at=read_instant(modified),
        is_timed=modified is not None and ":" in modified,
    )


def read_index(same: Reading, listed: Sequence[ListedSitemap], url: str, window: Days | None) -> Reading:
    """What an index lists: the sitemaps that are to be asked, the best first. Of a saved file nobody knows the site."""
    domain = registrable_domain(url) if is_http(url) else None
    named = {one.url: one for one in reversed(listed) if is_http(one.url) and one.url != url}
    own = [one for one in named.values() if domain in (None, registrable_domain(one.url))]
    chosen = choose(own, window)
    foreign = f"; {len(named) - len(own)} are of another site" if len(named) > len(own) else ""
    detail = f"{len(chosen)} of {len(listed)} sitemaps asked{foreign}"
    return replace(same, sitemaps=tuple(chosen), detail=detail, reason=None if chosen else "not_sitemap")


def choose(sitemaps: Iterable[ListedSitemap], window: Days | None = None) -> list[ListedSitemap]:
    """The sitemaps that may hold what is new: of stories, the last changed first, then news, then the highest numbers.

    >>> names = ("tag-sitemap.xml", "2017-05.xml", "2017-06.xml", "news.xml")
    >>> [one.url[21:] for one in choose(ListedSitemap(url=f"https://wire.example/{name}") for name in names)]
    ['news.xml', '2017-06.xml', '2017-05.xml']
    """
    every = list(sitemaps)
    stories = [one for one in every if not OTHERS.search(urlsplit(one.url).path)]
    if window:
        return sorted((one for one in stories or every if may_hold(one, window)), key=closeness)[:WINDOW_ASKED]
    return sorted(stories or every, key=rank, reverse=True)[:SITEMAPS_ASKED]


def rank(sitemap: ListedSitemap) -> tuple[datetime, bool, list[int], str]:
    """What puts one sitemap before another; the address last, so that the order is the same each time."""
    place = sitemap.url.partition("://")[2].partition("/")[2]
    numbers = [int(number) for number in re.findall(r"[0-9]{1,12}", place)]
    return sitemap.modified_at or LONG_AGO, "news" in place.lower(), numbers, sitemap.url


def merge(readings: Sequence[Reading], limit: int, window: Days | None = None) -> Reading:
    """The pages of some sitemaps as one reading, each once: the newest `limit`, or the closest to a window; undated ones last."""
    pages: dict[str | None, Listed] = {}
    for reading in readings:
        for page in reading.entries:
            pages.setdefault(page.url, page)
    if window:
        first = sorted(pages.values(), key=lambda page: distance(page, window))
    else:
        first = sorted(pages.values(), key=find_newest_date, reverse=True)
    remarks = dict.fromkeys(filter(None, (reading.bozo_reason for reading in readings)))
    return Reading(
        entries=tuple(first[:limit]),
        is_bozo=bool(remarks),
        bozo_reason="; ".join(remarks) or None,
        is_truncated=len(first) > limit or any(reading.is_truncated for reading in readings),
        detail=truncation(len(first), limit),
    )


def no_sitemap(detail: str) -> Reading:
    """The reading of a body that is no sitemap."""
    return Reading(reason="not_sitemap", detail=detail)
