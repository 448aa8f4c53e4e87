"""What a source lists in, `EntrySeen` out: which entry it is, whether it is news, and the day of its page."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from uuid import UUID

from pipeline.events import EntrySeen
from pipeline.keys import canonical, hash_key
from pipeline.settings import Settings
from pipeline.sources.coverage import Listing
from pipeline.sources.dates import AHEAD, plausible
from pipeline.sources.listing import Listed, Reading
from pipeline.sources.plain import plain_text
from pipeline.sources.registry import Source
from pipeline.text import clean
from pipeline.values import Credit
from pipeline.web.urls import URL_KEY_VERSION, registrable_domain, url_key

__all__ = ["list_entries", "producer", "see"]

RULES_VERSION = 3  # of everything in pipeline/sources
TITLE_CHARACTERS = 1_000
SUMMARY_CHARACTERS = 1_000  # enough to see what it is about; the text is read from the page
RAW_CHARACTERS = 4_000
NAME_CHARACTERS = 200
AUTHORS = 50
LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?$")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What all entries of one reading have in common."""

    source: Source
    polled_at: datetime
    caused_by: UUID
    producer: str


@cache
def producer(settings: Settings) -> str:
    """Return the version of all that shapes what polling appends.

    >>> producer(Settings()).startswith("poll-3-")
    True
    """
    limits = (settings.feed_entries, settings.feed_bytes, settings.sitemap_bytes)
    shaped_by = [version("feedparser"), version("lxml"), str(URL_KEY_VERSION), *map(str, limits)]
    return f"poll-{RULES_VERSION}-{hashlib.sha256(canonical(shaped_by)).hexdigest()[:10]}"


def see(source: Source, reading: Reading, *, polled_at: datetime, caused_by: UUID, producer: str) -> list[EntrySeen]:
    """Return an event for each distinct entry of a reading, in its order; `caused_by` is the poll's `SourcePolled`.

    Seen again unchanged, an entry is the same event, whatever the day: the ledger keeps it once. Items without link,
    guid and words are left out, for nothing tells them apart.
    """
    listed = find_named(reading)
    sighting = Sighting(source, polled_at, caused_by, producer)
    events: dict[str, EntrySeen] = {}
    for entry, key in zip(listed, entry_keys(listed), strict=True):
        if key not in events:  # the first of two is the newer one: feeds begin with the latest
            event = see_entry(sighting, entry, key)
            events[key] = replace(event, content_sha256=content_hash(event, entry.document_sha256))
    return list(events.values())


def list_entries(reading: Reading, polled_at: datetime) -> Listing:
    """The keys and the plausible dates of a reading's entries: what tells a new one from one that was there before."""
    listed = find_named(reading)
    dates = {
        key: plausible(entry.published_at, polled_at) for entry, key in zip(listed, entry_keys(listed), strict=True)
    }
    return Listing(tuple(dates), tuple(dates.values()))


def find_named(reading: Reading) -> list[Listed]:
    """The items that something tells apart."""
    return [entry for entry in reading.entries if entry.guid or entry.url or entry.title or entry.summary]


def see_entry(sighting: Sighting, entry: Listed, key: str) -> EntrySeen:
    """The event of one entry, but for the hash of its content."""
    source, polled_at = sighting.source, sighting.polled_at
    day, day_rule = find_day(entry, polled_at)
    outlet = plain_text(entry.outlet or "", TITLE_CHARACTERS) or source.outlet
    return EntrySeen(
        event_date=day,
        occurred_at=polled_at,
        caused_by=sighting.caused_by,
        producer=sighting.producer,
        source_id=source.id,
        entry_key=key,
        url=raw(entry.url),
        url_key=find_key(entry),
        outlet=outlet,
        owner=source.owner if outlet == source.outlet else None,  # the owner of that outlet, of no other in the folder
        language=find_language(source, entry),
        title=plain_text(clean(entry.title), TITLE_CHARACTERS),
        title_raw=raw(entry.title) or "",
        summary=plain_text(clean(entry.summary), SUMMARY_CHARACTERS),
        guid_raw=raw(entry.guid),
        published_raw=raw(entry.published),
        published_at=plausible(entry.published_at, polled_at),
        updated_raw=raw(entry.updated),
        updated_at=plausible(entry.updated_at, polled_at),
        authors=tuple(plain_text(clean(author), TITLE_CHARACTERS) for author in entry.authors[:AUTHORS]),
        origin_name=plain_text(clean(entry.origin_name or ""), TITLE_CHARACTERS) or None,
        origin_url=raw(entry.origin_url),
        publication=plain_text(clean(entry.publication or ""), TITLE_CHARACTERS) or None,
        credits=tuple(find_credits(entry)),
        media=tuple(one for one in entry.media if len(one.url) <= RAW_CHARACTERS),
        day_rule=day_rule,
        document=entry.document,
        is_own_page=is_own(source, entry),
        content_sha256="",
    )


def find_credits(entry: Listed) -> Iterator[Credit]:
    """The credits as a person would read them."""
    for credit in entry.credits:
        if name := plain_text(clean(credit.name), NAME_CHARACTERS):
            yield Credit(name=name, role=plain_text(clean(credit.role or ""), NAME_CHARACTERS) or None)


def is_own(source: Source, entry: Listed) -> bool:
    """Whether the entry's page is on the source's own registrable domain; a folder's documents all are its own."""
    page = find_key(entry)
    return page is None or source.kind == "documents" or registrable_domain(page) == registrable_domain(source.url)


def raw(value: str | None) -> str | None:
    """The value as the source has it, but for what cannot be stored and what is beyond any use."""
    return clean(value)[:RAW_CHARACTERS] if value else None


def find_key(entry: Listed) -> str | None:
    """The key of the page, or None: no http link, or one so long that no server takes it."""
    return url_key(clean(entry.url)) if entry.url and len(entry.url) <= RAW_CHARACTERS else None


def find_language(source: Source, entry: Listed) -> str | None:
    """The code of the language: a document's own, then the source's, then what the feed says (templates often lie).

    >>> wire = Source(id="wire", kind="feed", name="Wire", outlet="Wire", url="https://wire.example/rss")
    >>> find_language(wire, Listed(language="en-GB")), find_language(wire, Listed(language="English"))
    ('en', None)
    """
    said = LANGUAGE.match((entry.language or "").lower())
    found = said[1] if said else None
    return (found or source.language) if entry.document else (source.language or found)


def find_day(entry: Listed, polled_at: datetime) -> tuple[date, str]:
    """The day of the entry's page in UTC, and the rule that it follows from.

    A document's own date counts even before 1990: an archive may be older than the web. Of a feed's entry the last change
    stands for a date of publication that is missing already (feeds.py); a sitemap tells that only of its pages.
    """
    if published_at := plausible(entry.published_at, polled_at):
        return published_at.date(), "published"
    if modified_at := plausible(entry.updated_at, polled_at):
        return modified_at.date(), "modified"
    if entry.document and entry.published_at and entry.published_at <= polled_at + AHEAD:
        return entry.published_at.date(), "archive"
    return polled_at.date(), "first_polled"


def entry_keys(entries: Iterable[Listed]) -> list[str]:
    """A key for each entry: its guid, else its link, else its words; with the next of them where that repeats.

    >>> a, b = Listed(guid="7", url="https://wire.example/a"), Listed(guid="7", url="https://wire.example/b")
    >>> len({*entry_keys([a, b]), *entry_keys([a])})
    3
    """
    marks = [identify(entry) for entry in entries]
    rest_of: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, name, rest in marks:
        rest_of[kind, name].add(rest)
    return [
        hash_key(kind, name, rest) if len(rest_of[kind, name]) > 1 else hash_key(kind, name)
        for kind, name, rest in marks
    ]


def identify(entry: Listed) -> tuple[str, str, str]:
    """What an entry is known by, its kind first, and what tells it from another that is known by the same."""
    title, summary = (plain_text(clean(text), SUMMARY_CHARACTERS) for text in (entry.title, entry.summary))
    link = find_key(entry) or clean(entry.url or "")
    if entry.guid:
        return "guid", clean(entry.guid), link or f"{title}\n{summary}"
    return ("url", link, title) if link else ("words", title, summary)


def content_hash(event: EntrySeen, document_sha256: str | None) -> str:
    """Digest of what a reader of the entry is told; another digest makes another event.

    Empty fields are skipped, so that a field added later keeps the old digests. Left out is what many feeds change at
    each poll: dates (the instant of the poll), markup (counting pixels), the tracking part of a link, and the media, whose
    addresses name sizes or are signed anew. The metadata of a document is written by hand: there all of it counts, and
    the file.
    """
    told = {
        "title": event.title,
        "summary": event.summary,
        "link": event.url_key or event.url,
        "authors": list(event.authors),
        "origin": event.origin_name,
    }
    if event.document:
        told |= {"file": event.document, "file_sha256": document_sha256, "published": event.published_raw}
        told |= {"language": event.language, "outlet": event.outlet}
    return hashlib.sha256(canonical({name: value for name, value in told.items() if value})).hexdigest()
