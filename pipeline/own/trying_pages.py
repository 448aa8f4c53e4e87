"""A user's own pages and feeds in, what is read out of them out, without a ledger: `claimwire article` and `feed`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.articles.exchange import READ_ARTICLE, READ_FEED, READ_SITEMAP, Page, PageReading, ReadArticle
from pipeline.articles.worker import WorkerFailure, open_worker
from pipeline.own.given import Given, UnreadableError, is_address, read_given
from pipeline.settings import Settings
from pipeline.sources.dates import plausible
from pipeline.sources.listing import Listed, Reading
from pipeline.sources.plain import plain_text
from pipeline.web.urls import is_http

TITLE_CHARACTERS, SUMMARY_CHARACTERS = 1_000, 10_000
FEED = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?[^>]*>|<!--[^>]*-->|\s)*<(?:rss|feed|rdf:RDF)[\s>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One page and its article, or the reason why it has none."""

    given: Given
    article: ReadArticle | None = None
    reason: str | None = None
    detail: str = ""

    @property
    def complaint(self) -> str:
        """Why there is no article, in one sentence with the remedy."""
        if FEED.match(self.given.body[:4_096]):
            return f"{self.given.name} is a feed, no page: read it with `claimwire feed`."
        return f"{self.given.name} has no article ({self.reason}: {self.detail}); give a saved page or its address."


def read_articles(where: str, settings: Settings, now: datetime) -> Iterator[Told]:
    """The article of each page that a user named, in order; no date after `now` is believed."""
    read = read_given(where, settings)
    with open_worker(settings) as worker:
        waiting: list[Given] = []
        calls = ((as_page(one, settings, now),) for one in keep(read, waiting))
        for reading in worker.map(READ_ARTICLE, calls, returns=PageReading):
            yield tell(waiting.pop(0), reading)


def keep(read: Iterable[Given], waiting: list[Given]) -> Iterator[Given]:
    """The same pages, each noted until its reading comes: at most two wait."""
    for one in read:
        waiting.append(one)
        yield one


def as_page(given: Given, settings: Settings, now: datetime) -> Page:
    """A page without an entry; one that was saved says itself what its address is."""
    return Page(
        body=given.body,
        content_type=given.content_type,
        url=given.url or "",
        captured_at=now,
        html_bytes=settings.html_bytes,
    )


def tell(given: Given, reading: PageReading | WorkerFailure) -> Told:
    """What came of one page."""
    if given.problem:
        return Told(
            given=given,
            reason=given.problem,
            detail="no more than CLAIMWIRE_PAGE_BYTES and CLAIMWIRE_FEED_BYTES are read",
        )
    if isinstance(reading, PageReading) and reading.article:
        return Told(given=given, article=reading.article)
    return Told(given=given, reason=reading.reason or "error", detail=reading.detail)


def to_line(told: Told) -> dict[str, Any]:
    """One line of `article --json`: every key is there, with null where nothing is known."""
    article = told.article
    return {
        "file": told.given.file,
        "url": told.given.url or (find_url(article) if article else None),
        "title": article and article.title,
        "authors": list(article.authors) if article else [],
        "published_at": to_time(article.published_at, article.published_precision) if article else None,
        "language": article and article.language,
        "text": article and article.text,
        "published_precision": article and article.published_precision,
        "published_rule": article and article.published_rule,
        "outlet": article and find_candidate(article, "outlet"),
        "section": article and find_candidate(article, "section"),
        "access": article and find_candidate(article, "access"),
        "reason": told.reason,
        "detail": told.detail or None,
    }


def to_time(at: datetime | None, precision: str | None) -> str | None:
    """An instant as ISO 8601 in UTC; of a day only the day.

    >>> from datetime import UTC
    >>> to_time(datetime(2017, 6, 11, 9, 30, tzinfo=UTC), "minute"), to_time(datetime(2017, 6, 11, tzinfo=UTC), "day")
    ('2017-06-11T09:30:00Z', '2017-06-11')
    """
    if at is None:
        return None
    return str(at.date()) if precision == "day" else at.isoformat().replace("+00:00", "Z")


def find_url(article: ReadArticle) -> str | None:
    """The address that a saved page gives as its own, or None."""
    stated = (one.value for one in article.candidates if one.name == "canonical_url" and is_http(one.value))
    return article.canonical_url or next(stated, None)


def find_candidate(article: ReadArticle, name: str) -> str | None:
    """The most trusted value of one kind, or None."""
    return next((one.value for one in article.candidates if one.name == name), None)


def describe(told: Told) -> str:
    """An article as a person reads it: title, byline, address, text."""
    fields = to_line(told)
    byline = ", ".join(fields["authors"])
    aside = " ".join(filter(None, [fields["published_at"], fields["language"], fields["access"]]))
    head = [fields["title"] or "(no title)", byline, aside, fields["url"] or fields["file"]]
    return "\n".join([*filter(None, head), "", fields["text"] or ""])


def read_entries(where: str, settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """The entries of the feed or sitemap that a user named, as `feed --json` prints them.

    Raises UnreadableError on what is neither, and on an index of sitemaps.
    """
    [given] = read_given(where, settings, is_feed=True)
    if given.problem:
        raise UnreadableError(
            f"{given.name} has more than {settings.feed_bytes} bytes; CLAIMWIRE_FEED_BYTES is the limit."
        )
    with open_worker(settings) as worker:
        # Of a saved feed nobody knows the address: its relative links stay relative.
        arguments = (given.body, given.content_type if given.url else None, given.url or "", settings.feed_entries)
        reading = worker.call(READ_FEED, *arguments, returns=Reading)
        if reading.reason == "not_feed":
            sitemap = worker.call(READ_SITEMAP, *arguments, None, returns=Reading)
            reading = reading if sitemap.reason else sitemap
    if isinstance(reading, Reading) and reading.sitemaps:
        raise UnreadableError(
            f"{given.name} is an index of sitemaps; give one of them, such as {reading.sitemaps[0].url}."
        )
    if reading.reason:
        remedy = "give the address of the feed itself" if is_address(where) else "give a file of RSS, Atom or JSON Feed"
        raise UnreadableError(f"{given.name} is no feed ({reading.reason}: {reading.detail}); {remedy}.")
    assert isinstance(reading, Reading)
    return [to_entry(entry, now) for entry in reading.entries]


def to_entry(entry: Listed, now: datetime) -> dict[str, Any]:
    """One entry as programs read it. `*_raw` is what the feed wrote; a date that cannot be true is null beside it."""
    published, updated = plausible(entry.published_at, now), plausible(entry.updated_at, now)
    return {
        "id": entry.guid or entry.url,
        "url": entry.url,
        "title": plain_text(entry.title, TITLE_CHARACTERS) or None,
        "published_at": to_time(published, "exact"),
        "published_raw": entry.published,
        "updated_at": to_time(updated, "exact"),
        "authors": list(entry.authors),
        "summary": plain_text(entry.summary, SUMMARY_CHARACTERS) or None,
        "language": entry.language,
        "origin": entry.origin_name,
        "origin_url": entry.origin_url,
        "title_raw": entry.title,
    }


def describe_entry(fields: dict[str, Any]) -> str:
    """An entry as a person reads it.

    >>> describe_entry({"published_at": None, "title": "Toll rises", "url": "https://wire.example/a", "id": "1"})
    'no date known         Toll rises\\n                      https://wire.example/a'
    """
    when = fields["published_at"] or "no date known"
    return f"{when:<20}  {fields['title'] or '(no title)'}\n{'':<20}  {fields['url'] or fields['id'] or '(no link)'}"
