"""What a source lists, before anything is made of it: the values that feeds, JSON feeds and folders have in common."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from pipeline.text import clean
from pipeline.values import Credit, Media, Skips
from pipeline.web.urls import is_http

HTML_START = re.compile(r"(?:<\?xml[^>]*>|<!--[^>]*-->|\s)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
START_CHARACTERS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One item of a source, its values verbatim but for what `text.clean` removes.

    url              made absolute with the feed's own address; it may still be no http link
    *_at             the instant that the string beside it names, UTC; not yet checked for being plausible
    document         file name below the folder, for sources of kind `documents`
    document_sha256  hex digest of that file
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    summary: str = ""
    published: str | None = None
    published_at: datetime | None = None
    updated: str | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    origin_name: str | None = None
    origin_url: str | None = None
    publication: str | None = None
    credits: tuple[Credit, ...] = ()
    media: tuple[Media, ...] = ()
    language: str | None = None
    outlet: str | None = None
    document: str | None = None
    document_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSitemap:
    """One sitemap of an index. is_timed: its last change is told with the time of day, so that each change shows."""

    url: str
    modified_at: datetime | None = None
    is_timed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one listing says.

    title           what the listing calls itself
    is_bozo         the listing breaks the rules of its format; its entries count all the same
    is_truncated    more entries were listed than were read
    ttl_s           how long the listing asks to be left alone, or None; skips: at which hours and days, or None
    reason          why nothing could be read (not_feed | not_sitemap | parser_error), else None
    detail          the same in words, or a remark
    sitemaps        of an index: the sitemaps to ask next, the best first
    listing_sha256  digest of the whole listing, for folders: the same means unchanged. Feeds have their body's.
    """

    entries: tuple[Listed, ...] = ()
    title: str | None = None
    is_bozo: bool = False
    bozo_reason: str | None = None
    is_truncated: bool = False
    ttl_s: int | None = None
    skips: Skips | None = None
    reason: str | None = None
    detail: str | None = None
    sitemaps: tuple[ListedSitemap, ...] = ()
    listing_sha256: str | None = None
    listing_bytes: int = 0


def is_html(text: str) -> bool:
    """Whether a text begins as a page of HTML does.

    >>> is_html("<!-- made by hand --> <!DOCTYPE html>"), is_html("<rss>")
    (True, False)
    """
    return HTML_START.match(text[:START_CHARACTERS]) is not None


def not_feed(detail: str) -> Reading:
    """The reading of a body that is no feed."""
    return Reading(reason="not_feed", detail=detail)


def truncation(listed: int, limit: int) -> str | None:
    """The remark that entries were left out, or None when none were.

    >>> truncation(3, 2)
    '3 entries listed, 2 read'
    """
    return f"{listed} entries listed, {limit} read" if listed > limit else None


def find_text(value: object) -> str | None:
    """The text in a value of whatever type a feed has there, or None when it holds none.

    >>> find_text("  Raqqa "), find_text(7), find_text(["Raqqa"]), find_text(" ")
    ('Raqqa', '7', None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean(str(value)).strip() or None


def absolute(base: str, link: str | None) -> str | None:
    """The link as an absolute URL, as it stands when it cannot be made one, or None when there is none.

    >>> absolute("https://wire.example/rss", "../a?b=1"), absolute("https://wire.example/", "http://[a")
    ('https://wire.example/a?b=1', 'http://[a')
    """
    if not link:
        return None
    try:
        return urljoin(base, link)
    except ValueError:  # a host such as "[a"
        return link


def to_media(base: str, url: object, content_type: object, medium: object = None) -> Iterator[Media]:
    """One picture, sound or film, or nothing when it has no http(s) address.

    >>> list(to_media("https://wire.example/rss", "/a.jpg", "image/jpeg"))
    [Media(url='https://wire.example/a.jpg', content_type='image/jpeg', medium=None)]
    """
    there = absolute(base, find_text(url))
    if there and is_http(there):
        yield Media(url=there, content_type=find_text(content_type), medium=find_text(medium))
