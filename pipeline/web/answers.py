"""What a request came to: an answer, or a refusal with its reason. Here every reason stands once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from pipeline.packing import Content

HeaderPairs = tuple[tuple[str, str], ...]

# reason: whether it is transient. Beside these there is status_NNN: an answer that is neither 2xx, 304 nor a redirect.
REASONS: Mapping[str, bool] = MappingProxyType(
    {
        "bad_url": False,  # no http(s) URL that can be asked for
        "private_address": False,  # the guard: no public host
        "no_tls_door": False,  # an https URL of a bundled host: those speak plain http
        "robots": False,  # robots.txt forbids it, or is itself forbidden (401, 403)
        "robots_unreachable": True,  # robots.txt could not be had, so nobody allowed it
        "held": True,  # the host asked to be left alone for longer than a run waits; never in the ledger
        "crowded": True,  # more requests to one domain than a run has time for; never in the ledger
        "dns": True,  # the name did not resolve
        "connect": True,  # no connection, or it broke before the answer began
        "tls": True,  # no trusted connection: expired certificates get renewed
        "timeout": True,  # connecting, the next bytes or the whole page took too long
        "broken_body": True,  # the body ended early or cannot be decoded
        "bad_answer": True,  # no HTTP, or headers beyond all bounds
        "bad_redirect": False,  # to nothing that can be asked for, or without a place
        "redirect_loop": False,  # to a URL that was asked before
        "too_many_redirects": False,
        "too_large": False,  # more bytes than the cap, after decompression
        "not_html": False,  # a picture, a PDF or the like
    }
)
NOT_NOW = frozenset({"held", "crowded"})  # the host was not asked, and it is not its fault
# Besides 5xx: asked too early, too often, or too slowly. 501 and 505 will not change by waiting.
TRANSIENT_STATUSES = frozenset({408, 425, 429}) | frozenset(range(500, 600)) - {501, 505}
KEPT_HEADERS = frozenset(
    (
        "age", "cache-control", "content-language", "content-location", "content-type", "date", "etag", "expires",
        "last-modified", "link", "location", "retry-after", "server", "x-robots-tag",
    )
)  # fmt: skip

# text/plain is often HTML in truth, application/octet-stream and no type at all may be: there the bytes decide.
READABLE_TYPES = re.compile(
    r"text/(html|plain|xml)|application/(xhtml\+xml|xml|octet-stream|x-unknown)|unknown/unknown|"
)
MAX_AGE = re.compile(r'(?i)(?:^|[\s,])max-age\s*=\s*"?([0-9]{1,9})(?![0-9])')
BINARY_STARTS = (
    b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF", b"\x1f\x8b", b"OggS", b"ID3", b"{\\rtf",
    b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf",
)  # fmt: skip
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The bytes of a page or a feed, or a 304.

    requested_url  as the caller gave it
    final_url      the URL that answered: requested_url, or the last of `redirects`
    redirects      every URL asked for after the first, in order
    moved_to       the one that 301s and 308s alone led to, from the first on; None if the first was none
    phrase         the words after the status
    all_headers    as they came, for the archive; `headers` are those that matter later
    content        the body, as the archive keeps it
    """

    requested_url: str
    final_url: str
    redirects: tuple[str, ...]
    status: int
    phrase: str
    all_headers: HeaderPairs
    content: Content
    moved_to: str | None = None

    @property
    def body(self) -> bytes:
        """The body, unpacked."""
        return self.content.body

    @property
    def headers(self) -> dict[str, str]:
        """The headers that matter later, names in lower case; the values of a repeated one joined by commas."""
        return pick_headers(self.all_headers)

    @property
    def content_type(self) -> str | None:
        """What the answer says it is, with its parameters."""
        return find_header(self.all_headers, "content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there are no bytes.

    reason         a key of REASONS, or status_NNN; detail says it in words
    is_transient   whether trying again later may help
    retry_after_s  seconds that the host asks to wait, when it says so
    all_headers    with `content`, what the host sent with a status: for the archive; it may be cut (is_body_cut)
    """

    requested_url: str
    reason: str
    detail: str
    is_transient: bool
    final_url: str | None = None
    redirects: tuple[str, ...] = ()
    status: int | None = None
    phrase: str = ""
    retry_after_s: float | None = None
    all_headers: HeaderPairs = ()
    content: Content | None = None
    is_body_cut: bool = False

    @property
    def was_asked(self) -> bool:
        """Whether this is an outcome. If not, the host is left alone until another run, and the URL loses no attempt.

        >>> refuse("http://wire.example/", "held", "not to be asked for another 900 s").was_asked
        False
        >>> refuse("http://wire.example/", "robots_unreachable", "robots.txt: status 429", retry_after_s=90).was_asked
        False
        """
        return self.reason not in NOT_NOW and not (self.reason == "robots_unreachable" and self.retry_after_s)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that matter later, names in lower case."""
        return pick_headers(self.all_headers)

    @property
    def content_type(self) -> str | None:
        """What the answer says it is, with its parameters."""
        return find_header(self.all_headers, "content-type")


def refuse(url: str, reason: str, detail: str, *, retry_after_s: float | None = None) -> Refusal:
    """A refusal for one of REASONS.

    >>> refuse("http://wire.example/", "timeout", "no byte in 20 s").is_transient
    True
    """
    return Refusal(
        requested_url=url, reason=reason, detail=detail, is_transient=REASONS[reason], retry_after_s=retry_after_s
    )


def find_header(headers: HeaderPairs, name: str) -> str | None:
    """The first value of a header, or None. `name` in lower case.

    >>> find_header((("ETag", '"a"'),), "etag")
    '"a"'
    """
    return next((value for key, value in headers if key.lower() == name), None)


def pick_headers(headers: HeaderPairs) -> dict[str, str]:
    """The headers that matter later.

    >>> pick_headers((("Date", "x"), ("Set-Cookie", "y"), ("Link", "a"), ("link", "b")))
    {'date': 'x', 'link': 'a, b'}
    """
    picked: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key in KEPT_HEADERS:
            picked[key] = f"{picked[key]}, {value}" if key in picked else value
    return picked


def find_retry_after(headers: HeaderPairs, at: datetime | None = None) -> float | None:
    """Seconds that the host asks to wait, or None. A date counts from the answer's own Date, else from when it came (`at`).

    >>> find_retry_after((("Retry-After", "120"),))
    120.0
    >>> date = ("Date", "Sun, 11 Jun 2017 09:00:00 GMT")
    >>> find_retry_after((date, ("Retry-After", "Sun, 11 Jun 2017 09:05:00 GMT")))
    300.0
    """
    value = find_header(headers, "retry-after") or ""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until, sent = find_date(value), find_date(find_header(headers, "date") or "") or at
    return max(0.0, (until - sent).total_seconds()) if until and sent else None


def find_max_age(headers: Mapping[str, str], at: datetime | None = None) -> float | None:
    """Seconds for which an answer stays fresh, or None if it does not say. Headers in lower case, as `headers` has them.

    Without a Date of its own it counts from when it came (`at`).

    >>> find_max_age({"cache-control": "public, max-age=3600", "age": "600"})
    3000.0
    >>> find_max_age({"date": "Sun, 11 Jun 2017 09:00:00 GMT", "expires": "Sun, 11 Jun 2017 09:30:00 GMT"})
    1800.0
    """
    if said := MAX_AGE.search(headers.get("cache-control", "")):
        lasts_s = float(said[1])
    else:
        until, sent = find_date(headers.get("expires", "")), find_date(headers.get("date", "")) or at
        if not (until and sent):
            return None
        lasts_s = (until - sent).total_seconds()
    age = headers.get("age", "")
    return max(0.0, lasts_s - (float(age) if re.fullmatch(r"[0-9]{1,9}", age) else 0.0))


def find_date(value: str) -> datetime | None:
    """The instant of an HTTP date, or None. One without a zone (-0000) cannot be counted from."""
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for a zone beyond all bounds
        return None
    return instant if instant.tzinfo else None


def is_readable_type(content_type: str | None) -> bool:
    """Whether a page of this type may hold text; False for what is plainly something else.

    >>> [is_readable_type(kind) for kind in ("text/html; charset=utf-8", "application/pdf", "image/png", None)]
    [True, False, False, True]
    """
    return READABLE_TYPES.fullmatch((content_type or "").partition(";")[0].strip().lower()) is not None


def is_text(body: bytes) -> bool:
    """Whether the first bytes are those of text, whatever the type says.

    >>> is_text(b"<!doctype html>"), is_text(b"%PDF-1.7"), is_text(b"\\xff\\xfe<\\x00h\\x00")
    (True, False, True)
    """
    start = body[:512]
    return start.startswith(UTF_16) or not (start.startswith(BINARY_STARTS) or b"\x00" in start)
