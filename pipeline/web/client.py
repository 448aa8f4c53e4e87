"""One URL in, one HTTP exchange or a refusal out: no redirect is followed here and nobody is asked for leave."""

import asyncio
import time
from dataclasses import dataclass

import aiohttp
from yarl import URL

from pipeline.packing import UNREAD, Content, GarbledError, Receiver
from pipeline.settings import Settings
from pipeline.web.answers import HeaderPairs, Refusal, find_header, is_readable_type, is_text, refuse
from pipeline.web.guard import REFUSED, DoorResolver, open_socket

ERROR_BODY_BYTES = 100_000  # kept of an answer that is no success
HEADER_BYTES = 32_000  # of one header: some sites send policies longer than the library's 8,190
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOVES = frozenset({301, 308})  # for good
ENCODINGS = "gzip, deflate"  # what we unpack piece by piece, within the limit: no br, no zstd


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How to ask.

    accept        the Accept header; headers: further ones
    limit_bytes   of a successful body, after decompression; above it the answer is refused, or cut if is_cut_kept
    is_text_only  whether a picture, a PDF and the like are refused
    """

    accept: str
    headers: tuple[tuple[str, str], ...] = ()
    limit_bytes: int
    is_cut_kept: bool = False
    is_text_only: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one request brought. `took_s` counts against the time that a page may take."""

    url: str
    status: int
    phrase: str
    headers: HeaderPairs
    content: Content
    is_cut: bool
    took_s: float

    @property
    def is_redirect(self) -> bool:
        """Whether the answer names another place."""
        return self.status in REDIRECTS

    @property
    def is_success(self) -> bool:
        """Whether the body is what was asked for, or unchanged."""
        return 200 <= self.status < 300 or self.status == 304


class Client:
    """The open connections of one run. `session` is closed by whoever opened it."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self.session = session
        self.settings = settings

    async def get(self, url: str, ask: Ask, budget_s: float) -> Exchange | Refusal:
        """Ask once. `url` in the form in which it is sent; `budget_s` is what the page may still take."""
        try:
            return await self.exchange(url, ask, budget_s)
        except (MemoryError, AssertionError):
            raise  # the machine or we failed, not the world
        except Exception as error:  # noqa: BLE001  # whatever a host does must end as a fact, not end the run
            return explain(url, error)

    async def exchange(self, url: str, ask: Ask, budget_s: float) -> Exchange | Refusal:
        """Ask once; raises what the library raises."""
        limits = aiohttp.ClientTimeout(
            total=max(budget_s, 0.001),
            connect=self.settings.connect_timeout_s,
            sock_read=self.settings.read_timeout_s,
        )
        headers = {"Accept": ask.accept, "Accept-Encoding": ENCODINGS, **dict(ask.headers)}
        began = time.monotonic()
        async with self.session.get(
            URL(url, encoded=True), headers=headers, timeout=limits, allow_redirects=False
        ) as response:
            pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
            got = await read_body(response, ask, pairs)
            if isinstance(got, Refusal):
                return got
            took_s = time.monotonic() - began
            return Exchange(url, response.status, response.reason or "", pairs, got.content(), got.is_over, took_s)


async def read_body(response: aiohttp.ClientResponse, ask: Ask, headers: HeaderPairs) -> Receiver | Refusal:
    """The body; of a redirect nothing, of a failure the beginning."""
    coding = (find_header(headers, "content-encoding") or "").strip().lower()
    if response.status in REDIRECTS:
        return Receiver("", 0)
    if not 200 <= response.status < 300:
        return await read_failure(response, min(ask.limit_bytes, ERROR_BODY_BYTES), coding)
    content_type = find_header(headers, "content-type")
    if ask.is_text_only and not is_readable_type(content_type):
        return refuse(str(response.url), "not_html", f"its type is {content_type}")
    body = await read_at_most(response, ask.limit_bytes, coding)
    if body.is_over and not ask.is_cut_kept:
        return refuse(str(response.url), "too_large", f"more than {ask.limit_bytes} bytes, sent or unpacked")
    if ask.is_text_only and not is_text(body.start):
        return refuse(str(response.url), "not_html", f"its bytes are no text, though its type is {content_type}")
    return body


async def read_failure(response: aiohttp.ClientResponse, limit_bytes: int, coding: str) -> Receiver:
    """The beginning of a failure's body; nothing if it is not packed as it says: it is a failure whatever its body is."""
    try:
        body = await read_at_most(response, limit_bytes, coding)
        body.content()
    except GarbledError:
        return Receiver("", 0)
    return body


async def read_at_most(response: aiohttp.ClientResponse, limit_bytes: int, coding: str) -> Receiver:
    """The body up to the limit: a bomb stops there. Raises GarbledError on a coding that was not asked for."""
    if coding in UNREAD:
        raise GarbledError(f"packed as {coding}, which was not asked for")
    body = Receiver(coding, limit_bytes)
    while not body.is_over and (piece := await response.content.readany()):
        body.take(piece)
    if body.is_over:
        response.close()
    return body


def explain(url: str, error: Exception) -> Refusal:
    """The refusal that stands for what the library raised. The order counts: later classes contain earlier ones."""
    detail = f"{type(error).__name__}: {error}"[:500]
    if isinstance(error, OSError) and REFUSED in str(error):
        return refuse(url, "private_address", "the guard lets only public addresses through")
    classes: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (asyncio.TimeoutError, "timeout"),
        (aiohttp.ClientConnectorDNSError, "dns"),
        (aiohttp.ClientSSLError, "tls"),
        ((aiohttp.ClientPayloadError, GarbledError), "broken_body"),
        (aiohttp.InvalidURL, "bad_url"),
        (aiohttp.ClientResponseError, "bad_answer"),
        ((aiohttp.ClientConnectionError, OSError), "connect"),
    )
    reason = next((reason for kind, reason in classes if isinstance(error, kind)), "bad_answer")
    return refuse(url, reason, detail)


def open_session(user_agent: str, resolver: DoorResolver) -> aiohttp.ClientSession:
    """A session that dials public addresses and doors only, keeps no cookies and knows no proxy."""
    # The caller bounds the connections, per host and in all; a limit here would count waiting as connecting.
    connector = aiohttp.TCPConnector(resolver=resolver, socket_factory=open_socket, limit=0)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # bodies are kept as they came
        headers={"User-Agent": user_agent},
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
    )
