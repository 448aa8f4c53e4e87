"""What crosses the pipe between a step and its worker: the call, the reply, and the page and reading of `extract`.

Light on purpose: the step imports this module, the heavy libraries are imported in the worker only.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import msgspec

from pipeline.values import Candidate

READ_ARTICLE = "pipeline.articles.reading:read_article"
READ_FEED = "pipeline.sources.feeds:read_feed"
READ_SITEMAP = "pipeline.sources.sitemaps:read_sitemap"
READ_PLACE = "pipeline.sources.discovery:read_place"
FUNCTIONS = (READ_ARTICLE, READ_FEED, READ_SITEMAP, READ_PLACE)  # what a worker may be asked for
LENGTH_BYTES = 8


class Limits(msgspec.Struct, frozen=True):
    """What a worker may use: CPU seconds per call, bytes of address space, and the functions it may call."""

    cpu_s: int
    memory_bytes: int
    functions: tuple[str, ...]


class Call(msgspec.Struct, frozen=True, array_like=True):
    """One call. Without arguments (None, not empty) it only asks to import what the function needs."""

    function: str
    arguments: list[msgspec.Raw] | None = None


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The value of a call, or why there is none. is_last: the worker ends after this reply and is to be replaced."""

    value: msgspec.Raw = msgspec.Raw(b"\xc0")  # msgpack's nil
    reason: str | None = None
    detail: str = ""
    is_transient: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One capture and what the entry behind it says.

    url              that answered; "" for a saved page, which may say itself what it is
    requested_url    that was asked for, if it was
    html_bytes       HTML is cut off above this size
    entry_precision  exact | minute | day, for entry_published_at
    entry_origin     entry | document: how candidates from the entry are marked
    """

    body: bytes
    content_type: str | None
    url: str
    captured_at: datetime
    requested_url: str = ""
    html_bytes: int = 3_000_000
    outlet: str | None = None
    entry_title: str | None = None
    entry_authors: tuple[str, ...] = ()
    entry_language: str | None = None
    entry_published_at: datetime | None = None
    entry_precision: str | None = None
    entry_origin: str = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """The readable text of a page and its metadata; fields as in `events.ArticleExtracted`."""

    title: str | None
    text: str
    authors: tuple[str, ...]
    canonical_url: str | None
    language: str | None
    language_probability: float
    published_at: datetime | None
    published_precision: str | None
    published_rule: str
    candidates: tuple[Candidate, ...]
    words: int
    unread_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """The article of a page, or the reason why it has none: no_text | not_html | bot_wall | consent_wall | soft_404 |
    paywall.
    """

    article: ReadArticle | None = None
    reason: str | None = None
    detail: str = ""


def write_frame(stream: BinaryIO, frame: bytes) -> None:
    """Write one frame: its length, then its bytes."""
    stream.write(len(frame).to_bytes(LENGTH_BYTES, "little") + frame)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame, or None where the stream ends.

    >>> import io
    >>> stream = io.BytesIO()
    >>> write_frame(stream, b"abc")
    >>> read_frame(io.BytesIO(stream.getvalue())), read_frame(io.BytesIO())
    (b'abc', None)
    """
    length = stream.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    frame = stream.read(int.from_bytes(length, "little"))
    return frame if len(frame) == int.from_bytes(length, "little") else None
