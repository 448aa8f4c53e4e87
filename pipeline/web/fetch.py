"""A URL in, the bytes of its page or the reason why there are none out. Redirects are followed here, hop by hop.

Each hop passes the guard (on the address dialled), robots.txt, spacing and the host's slots. Nothing that a host does
raises: it ends in a `Refusal`, whose reasons stand in answers.py.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from pipeline import __version__
from pipeline.settings import Settings, SettingsError
from pipeline.text import clean
from pipeline.web.answers import TRANSIENT_STATUSES, Answer, Refusal, find_header, find_retry_after, refuse
from pipeline.web.client import MOVES, Ask, Client, Exchange, open_session
from pipeline.web.guard import DoorResolver
from pipeline.web.hosts import NotNow, Rank, Turns
from pipeline.web.robots import Robots
from pipeline.web.urls import request_url, split_url

REDIRECTS_AT_MOST = 10
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Accept:
    """What is wanted: the Accept header, whether it must be text, whether robots.txt is asked, which limit holds."""

    header: str
    is_text_only: bool
    is_robots_asked: bool
    is_feed: bool


PAGE = Accept("text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1", True, True, False)
# robots.txt is not asked about feeds: whoever publishes one does so for programs, often below a path that is closed to
# crawlers (/feed/). The feed's URL was written into the sources by a person; nothing was crawled to find it.
FEED = Accept(
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.1",
    False,
    False,
    True,
)


@dataclass(frozen=True, slots=True)
class Way:
    """What the last hop brought, the URLs asked after the first, and where the hops for good alone led to."""

    end: Exchange | Refusal
    redirects: tuple[str, ...] = ()
    moved_to: str | None = None


def name_agent(settings: Settings) -> str:
    """The User-Agent: who we are and how to reach whoever runs us.

    >>> name_agent(Settings(contact="https://desk.example/bot"))
    'claimwire/0.1.0 (+https://desk.example/bot)'

    Raises SettingsError on a contact that cannot stand in a header.
    """
    contact = settings.contact
    if not contact.isascii() or not contact.isprintable():
        raise SettingsError(f"CLAIMWIRE_CONTACT must be printable ASCII, an address or a page, not {contact!r}.")
    return f"claimwire/{__version__}" + (f" (+{contact})" if contact else "")


@asynccontextmanager
async def open_fetcher(
    settings: Settings, user_agent: str, doors: Mapping[str, str], turns: Turns | None = None
) -> AsyncIterator["Fetcher"]:
    """A fetcher; it forgets robots.txt when it closes.

    doors  host -> "127.0.0.1:port", for hosts of the bundled world and of tests
    turns  when hosts may be asked; without it the setting's spacing holds, and none for doors
    """
    resolver = DoorResolver(doors)
    turns = turns or Turns(settings.spacing_s, settings.connections_per_host, dict.fromkeys(doors, 0.0))
    async with open_session(user_agent, resolver) as session:
        yield Fetcher(Client(session, settings), turns, frozenset(doors))


class Fetcher:
    """Asks for URLs: `await fetch(url)`. Holds what one run knows about hosts."""

    def __init__(self, client: Client, turns: Turns, doors: frozenset[str]) -> None:
        self.client = client
        self.turns = turns
        self.doors = doors
        self.robots = Robots(self.get_robots, turns.delay)

    async def __call__(
        self,
        url: str,
        *,
        accept: Accept = PAGE,
        limit_bytes: int | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer | Refusal:
        """The answer of `url` (2xx or 304), or why there is none.

        limit_bytes  after decompression; without it the setting for pages or feeds holds
        headers      further ones, such as {"If-None-Match": etag}; one that cannot stand in a request is left out
        """
        settings = self.client.settings
        ask = Ask(
            accept=accept.header,
            headers=tuple(pair for pair in headers.items() if is_sendable(pair)),
            limit_bytes=limit_bytes or (settings.feed_bytes if accept.is_feed else settings.page_bytes),
            is_text_only=accept.is_text_only,
        )
        way = await self.walk(url, ask, is_robots_asked=accept.is_robots_asked)
        return conclude(url, way)

    async def get_robots(self, url: str, ask: Ask) -> Exchange | Refusal:
        """The same for a robots.txt, for which no robots.txt is asked."""
        return (await self.walk(url, ask, is_robots_asked=False)).end

    async def walk(self, url: str, ask: Ask, *, is_robots_asked: bool) -> Way:
        """Follow redirects to what is none, and tell the way. Only requests count against the time of a page."""
        here = request_url(url)
        if here is None:
            return Way(refuse(url, "bad_url", "not an http(s) URL with a host"))
        way = [here]
        moves = 0
        budget_s = self.client.settings.page_timeout_s
        while True:
            got = await self.hop(way, ask, budget_s, is_robots_asked=is_robots_asked)
            if isinstance(got, Exchange) and got.is_redirect:
                budget_s -= got.took_s
                there = find_target(got, way)
                if isinstance(there, str):
                    moves += got.status in MOVES and moves == len(way) - 1  # a hop for a while ends the moves for good
                    way.append(there)
                    continue
                got = there
            return Way(got, tuple(way[1:]), way[moves] if moves else None)

    async def hop(self, way: list[str], ask: Ask, budget_s: float, *, is_robots_asked: bool) -> Exchange | Refusal:
        """One request for the last URL of the way, if the host lets us, when it is our turn."""
        url = way[-1]
        parts = split_url(url)
        assert parts, "a hop has the form in which it is sent"
        host = parts.host
        if parts.scheme == "https" and host in self.doors:
            return refuse(url, "no_tls_door", f"{host} is served on this machine, without TLS; its URLs are http")
        if is_robots_asked and (refusal := await self.robots.find_refusal(url)):
            return refusal
        rank = Rank.REDIRECTED if len(way) > 1 else Rank.ALLOWED if is_robots_asked else Rank.NEW
        try:
            async with self.turns.turn(host, rank):
                got = await self.client.get(url, ask, budget_s)
        except NotNow as left:
            return refuse(url, left.reason, f"{host} is {left}", retry_after_s=left.wait_s)
        if isinstance(got, Exchange) and got.status in (429, 503) and (wait_s := find_retry_after(got.headers)):
            self.turns.hold(host, wait_s)
        return got


def conclude(url: str, way: Way) -> Answer | Refusal:
    """What the last hop means for the URL that was asked for."""
    got, redirects = way.end, way.redirects
    final_url = redirects[-1] if redirects else url
    if isinstance(got, Refusal):
        return replace(got, requested_url=url, final_url=final_url, redirects=redirects)
    if got.is_success:
        return Answer(
            requested_url=url,
            final_url=final_url,
            redirects=redirects,
            status=got.status,
            phrase=got.phrase,
            all_headers=got.headers,
            content=got.content,
            moved_to=way.moved_to,
        )
    return Refusal(
        requested_url=url,
        reason=f"status_{got.status}",
        detail=f"status {got.status} {got.phrase}".rstrip(),
        is_transient=got.status in TRANSIENT_STATUSES,
        final_url=final_url,
        redirects=redirects,
        status=got.status,
        phrase=got.phrase,
        retry_after_s=find_retry_after(got.headers),
        all_headers=got.headers,
        content=got.content,
        is_body_cut=got.is_cut,
    )


def find_target(got: Exchange, way: list[str]) -> str | Refusal:
    """Where a redirect leads, in the form in which it is sent, or why nobody goes there. `way` has the URLs asked."""
    place = find_header(got.headers, "location") or ""
    with suppress(UnicodeDecodeError):  # UTF-8 in a header is against the rules, and common
        place = place.encode("latin-1").decode()
    try:
        there = request_url(urljoin(got.url, place.strip())) if place.strip() else None
    except ValueError:
        there = None
    if there is None:
        return refuse(got.url, "bad_redirect", f"status {got.status} to {clean(place)!r:.300}")
    if there in way:
        return refuse(got.url, "redirect_loop", f"{there} was asked before")
    if len(way) > REDIRECTS_AT_MOST:
        return refuse(got.url, "too_many_redirects", f"more than {REDIRECTS_AT_MOST}")
    return there


def is_sendable(header: tuple[str, str]) -> bool:
    """Whether a header may stand in a request: an etag comes from another host and may hold anything.

    >>> is_sendable(("If-None-Match", '"a"')), is_sendable(("If-None-Match", 'a\\r\\nHost: b'))
    (True, False)
    """
    return all(text.isascii() and text.isprintable() for text in header)
