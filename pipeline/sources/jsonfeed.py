"""The bytes of a JSON Feed in, what it lists out. feedparser reads none. https://www.jsonfeed.org/version/1.1/"""

import json
from collections.abc import Iterator
from typing import Any

from pipeline.sources.dates import read_instant
from pipeline.sources.listing import Listed, Reading, absolute, find_text, not_feed, to_media, truncation
from pipeline.values import Media

MEDIA = 10  # of one item
VERSION = "jsonfeed.org/version/1"  # part of the URL that names the version, 1 and 1.1


def read_json_feed(text: str, url: str, limit: int) -> Reading:
    """Return what the JSON Feed in `text` lists, at most `limit` entries; links are made absolute with its own `url`.

    >>> feed = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/a", "title": "Raqqa"}]}'
    >>> read_json_feed(feed, "https://wire.example/feed.json", 10).entries[0].url
    'https://wire.example/a'
    """
    try:
        feed = json.loads(text, strict=False)  # not strict: a bare line end inside a string loses no feed
    except (ValueError, RecursionError) as error:
        return not_feed(f"the body looks like JSON and is none: {str(error)[:200]}")
    if not isinstance(feed, dict) or VERSION not in str(feed.get("version")):
        return not_feed("the body is JSON, but no JSON Feed: its version names none")
    items = feed.get("items")
    if not isinstance(items, list):
        return not_feed("the body is a JSON Feed without a list of items")
    entries = tuple(read_item(item, feed, url) for item in items[:limit] if isinstance(item, dict))
    odd = sum(not isinstance(item, dict) for item in items[:limit])
    return Reading(
        entries=entries,
        title=find_text(feed.get("title")),
        is_bozo=odd > 0,
        bozo_reason=f"{odd} of the items are no objects" if odd else None,
        is_truncated=len(items) > limit,
        detail=truncation(len(items), limit),
    )


def read_item(item: dict[str, Any], feed: dict[str, Any], url: str) -> Listed:
    """One item. An item without a date of publication takes the date of its last change, as with Atom."""
    link = find_text(item.get("url")) or find_text(item.get("external_url"))
    updated = find_text(item.get("date_modified"))
    published = find_text(item.get("date_published")) or updated
    return Listed(
        guid=find_text(item.get("id")),
        url=absolute(url, link),
        title=find_text(item.get("title")) or "",
        summary=next(filter(None, map(find_text, map(item.get, ("summary", "content_text", "content_html")))), ""),
        published=published,
        published_at=read_instant(published),
        updated=updated,
        updated_at=read_instant(updated),
        authors=tuple(dict.fromkeys(find_authors(item))) or tuple(dict.fromkeys(find_authors(feed))),
        media=tuple(dict.fromkeys(find_media(item, url)))[:MEDIA],
        language=find_text(item.get("language")) or find_text(feed.get("language")),
    )


def find_authors(thing: dict[str, Any]) -> Iterator[str]:
    """The names in `authors` (1.1) or `author` (1.0)."""
    authors = thing.get("authors")
    for author in authors if isinstance(authors, list) and authors else [thing.get("author")]:
        if name := find_text(author.get("name") if isinstance(author, dict) else author):
            yield name


def find_media(item: dict[str, Any], url: str) -> Iterator[Media]:
    """The pictures and the attachments, their addresses absolute."""
    for name in ("image", "banner_image"):
        yield from to_media(url, item.get(name), None, "image")
    attachments = item.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, dict):
            yield from to_media(url, one.get("url"), one.get("mime_type"))
