"""An address in, the feeds and sitemaps that are there or that it leads to out: what `claimwire sources add` shows.

Asked as a run asks: public hosts only, spaced, as robots.txt allows; but for addresses that look like a feed's, which are
published for programs and were written by a person or by the site itself.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from pipeline.articles.exchange import READ_PLACE
from pipeline.articles.worker import Worker, open_worker
from pipeline.clock import utc_now
from pipeline.own.given import UnreachableError, UnreadableError, is_address, routes
from pipeline.settings import Settings, SettingsError
from pipeline.sources.dates import plausible
from pipeline.sources.discovery import Place, find_sitemap_lines
from pipeline.sources.plain import plain_text
from pipeline.web.answers import Answer, Refusal
from pipeline.web.gather import Request, Routes, gather
from pipeline.web.urls import is_http, url_key

USUAL_FEEDS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml")
USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml")
SITEMAPS_TRIED = 5  # of those that a robots.txt names
LOOKS_LIKE_FEED = re.compile(r"(?i)rss|atom|feed|sitemap|\.(?:xml|rdf|json)\b")
TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed or a sitemap.

    url        where it is for good
    entries    how many it lists; None of an index, which lists `sitemaps`
    newest_at  its newest entry, or the last change that an index tells, if it tells
    site       what the page or the sitemap calls the whole site
    """

    url: str
    kind: str
    title: str | None
    entries: int | None
    sitemaps: int = 0
    newest_at: datetime | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What asking needs. One set of routes for all requests, so that they keep their distance."""

    routes: Routes
    settings: Settings
    worker: Worker


def discover(url: str, settings: Settings, now: datetime) -> list[Found]:
    """The feeds at an address, or linked there; else at the usual places of its site, feeds before sitemaps.

    Raises SettingsError on what is no address, UnreadableError where there is nothing, UnreachableError where there may be
    something later.
    """
    if not is_address(url):
        raise SettingsError(f"{url} is no address: give one that begins with https:// or http://.")
    if not is_http(url) or "@" in urlsplit(url).netloc:
        raise SettingsError(
            f"{url} is no address that can be in the sources file: name a host, and no user or password."
        )
    with open_worker(settings) as worker:
        asking = Asking(routes(url, settings), settings, worker)
        place, answer = ask_first(asking, url)
        if place.reading:
            return [to_found(answer, place, None, now)]
        if place.kind is None:
            raise UnreadableError(
                f"{url} is no feed, no sitemap and no page ({place.reason}: {place.detail}); give another address."
            )
        found = [to_found(there, one, place.site, now) for there, one in ask_all(asking, place.links, is_linked=True)]
        found = found or [to_found(there, one, place.site, now) for there, one in ask_usual(asking, answer.final_url)]
    if not found:
        tried = ", ".join(USUAL_FEEDS + USUAL_SITEMAPS)
        raise UnreadableError(
            f"{url} links to no feed that can be read, and its site has none at {tried}; give the address of the feed itself."
        )
    return list({url_key(one.url) or one.url: one for one in reversed(found)}.values())[::-1]


def ask_first(asking: Asking, url: str) -> tuple[Place, Answer]:
    """What is at the address that the user named. Raises UnreadableError or UnreachableError when it does not answer."""
    path = urlsplit(url)
    is_robots_asked = not LOOKS_LIKE_FEED.search(f"{path.path}?{path.query}")
    request = Request(url=url, subject=url, is_feed=True, is_robots_asked=is_robots_asked, limit_bytes=limit(asking))
    [answer] = fetch(asking, [request])
    if isinstance(answer, Refusal):
        said = f"{url} could not be had ({answer.reason}: {answer.detail.rstrip('.')})"
        if answer.is_transient:
            raise UnreachableError(f"{said}; try again later.")
        raise UnreadableError(f"{said}; give the address of the feed itself, as a browser shows it.")
    return look(asking, answer), answer


def ask_usual(asking: Asking, url: str) -> list[tuple[Answer, Place]]:
    """What is at the usual places of a site: feeds, else the sitemaps that its robots.txt names or that are usual."""
    if feeds := list(ask_all(asking, [urljoin(url, path) for path in USUAL_FEEDS], is_linked=False)):
        return feeds
    robots_url = urljoin(url, "/robots.txt")
    [robots] = fetch(asking, [Request(url=robots_url, subject=robots_url, is_feed=True)])
    named = find_sitemap_lines(robots.body.decode("utf-8", "replace"), robots_url) if isinstance(robots, Answer) else []
    if sitemaps := list(ask_all(asking, named[:SITEMAPS_TRIED], is_linked=True)):
        return sitemaps
    return list(ask_all(asking, [urljoin(url, path) for path in USUAL_SITEMAPS], is_linked=False))


def ask_all(asking: Asking, urls: Iterable[str], *, is_linked: bool) -> Iterator[tuple[Answer, Place]]:
    """The feeds and sitemaps among some addresses, in their order; what the site itself names may be asked without leave."""
    requests = [
        Request(url=url, subject=url, is_feed=True, is_robots_asked=not is_linked, limit_bytes=limit(asking))
        for url in urls
    ]
    for answer in fetch(asking, requests):
        place = look(asking, answer) if isinstance(answer, Answer) else None
        if isinstance(answer, Answer) and place and place.reading:
            yield answer, place


def fetch(asking: Asking, requests: Sequence[Request[str]]) -> list[Answer | Refusal]:
    """What each address answers, in the order of the requests."""
    answers = {
        got.request.subject: got.answer for got in gather(requests, asking.routes, asking.settings, utc_now) if got
    }
    return [answers[request.subject] for request in requests]


def look(asking: Asking, answer: Answer) -> Place:
    """What an answer holds, found out in the worker."""
    arguments = (answer.body, answer.content_type, answer.final_url, asking.settings.feed_entries, limit(asking))
    place = asking.worker.call(READ_PLACE, *arguments, returns=Place)
    return place if isinstance(place, Place) else Place(reason=place.reason, detail=place.detail)


def limit(asking: Asking) -> int:
    """How many bytes are read of whatever it is."""
    return asking.settings.sitemap_bytes


def to_found(answer: Answer, place: Place, site: str | None, now: datetime) -> Found:
    """What a person is shown of a feed or a sitemap."""
    reading = place.reading
    assert reading
    assert place.kind
    dates = [plausible(entry.published_at or entry.updated_at, now) for entry in reading.entries]
    dates += [plausible(sitemap.modified_at, now) for sitemap in reading.sitemaps]
    publication = next((entry.publication for entry in reading.entries if entry.publication), None)
    return Found(
        url=answer.moved_to or answer.requested_url,
        kind=place.kind,
        title=plain_text(reading.title or publication or "", TITLE_CHARACTERS) or None,
        entries=None if reading.sitemaps else len(reading.entries),
        sitemaps=len(reading.sitemaps),
        newest_at=max(filter(None, dates), default=None),
        site=site or publication,
    )
