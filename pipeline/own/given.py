"""What a user names in, bytes out: a file, a folder of pages, an address or standard input. No ledger is needed."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.clock import utc_now
from pipeline.settings import Settings, SettingsError
from pipeline.sources.encodings import unpack
from pipeline.sources.registry import is_reserved, read_sources
from pipeline.web.answers import Answer, Refusal
from pipeline.web.gather import Request, Routes, gather, host_of
from pipeline.web.urls import is_http

ADDRESS = re.compile(r"(?i)https?://")
PAGE_NAMES = (".html", ".htm", ".xhtml", ".shtml", ".txt")
MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>|<!--[^>]*-->|\s)*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
SNIFFED_BYTES = 4_096


class UnreadableError(ValueError):
    """What was named is not what the command reads: one sentence with the remedy."""


class UnreachableError(RuntimeError):
    """An address that may answer later: one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Bytes, and where they are from.

    file          as the user can open it; None for an address
    url           the address that answered; None for a file
    content_type  as the server said; of a file by its name and its first bytes
    problem       why the bytes are not there: too_large | unreadable; else None
    """

    file: str | None = None
    url: str | None = None
    content_type: str | None = None
    body: bytes
    problem: str | None = None

    @property
    def name(self) -> str:
        """What it is called in a message."""
        return self.file or self.url or "standard input"


def is_address(where: str) -> bool:
    """Whether the user named an address, and not a file.

    >>> is_address("https://wire.example/rss"), is_address("pages/a.html")
    (True, False)
    """
    return ADDRESS.match(where) is not None


def read_given(where: str, settings: Settings, *, is_feed: bool = False) -> Iterator[Given]:
    """The bytes behind what a user named; of a folder those of each page in it, in the order of their names.

    Raises SettingsError on a file that cannot be read, UnreadableError on an address that has no such thing,
    UnreachableError on one that may have it later.
    """
    limit = settings.feed_bytes if is_feed else settings.page_bytes
    if where == "-":
        yield as_given(None, sys.stdin.buffer.read(limit + 1), limit)
    elif is_address(where):
        yield ask(where, settings, is_feed=is_feed)
    elif Path(where).is_dir():
        if is_feed:
            raise SettingsError(f"{where} is a folder: give the file of one feed.")
        yield from read_folder(Path(where), limit)
    else:
        yield as_given(where, read_bytes(where), limit)


def read_folder(folder: Path, limit: int) -> Iterator[Given]:
    """The pages below a folder: by their name, or by what they begin with. Raises SettingsError where there is none."""
    found = False
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        is_named = file.name.lower().removesuffix(".gz").endswith(PAGE_NAMES)
        try:
            given = as_given(str(file), read_bytes(str(file)), limit)
        except SettingsError:
            given = Given(file=str(file), body=b"", problem="unreadable")
        if is_named or MARKUP.match(given.body[:SNIFFED_BYTES]):
            found = True
            yield given
    if not found:
        raise SettingsError(f"{folder} holds no page: none is named {', '.join(PAGE_NAMES)} or begins as HTML does.")


def read_bytes(file: str, remedy: str = "give a file, a folder, an address or -") -> bytes:
    """The bytes of a file. Raises SettingsError when it cannot be read."""
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{file} cannot be read: {why}; {remedy}.") from None


def as_given(file: str | None, raw: bytes, limit: int) -> Given:
    """The bytes of a file, unpacked if they are gzip; none of more than `limit`, as of what is got from an address."""
    body = unpack(raw, limit + 1)
    name = file or ""
    if len(body) > limit:
        return Given(file=file or "-", body=b"", problem="too_large")
    is_html = name.lower().removesuffix(".gz").endswith((".html", ".htm", ".xhtml", ".shtml"))
    is_html = is_html or MARKUP.match(body[:SNIFFED_BYTES]) is not None
    return Given(file=file or "-", content_type="text/html" if is_html else "text/plain", body=body)


def ask(url: str, settings: Settings, *, is_feed: bool) -> Given:
    """What an address answers, asked as a run asks: public hosts only, as its robots.txt allows."""
    if not is_http(url):
        raise SettingsError(f"{url} is no address that can be asked for: it names no host.")
    request = Request(url=url, subject=None, is_feed=is_feed)
    [answer] = [got.answer for got in gather([request], routes(url, settings), settings, utc_now) if got]
    if isinstance(answer, Answer):
        return Given(url=answer.final_url, content_type=answer.content_type, body=answer.body)
    raise refused(url, answer)


def refused(url: str, refusal: Refusal) -> Exception:
    """The error that tells why an address gave nothing.

    >>> from pipeline.web.answers import refuse
    >>> print(refused("http://10.0.0.1/", refuse("http://10.0.0.1/", "private_address", "no public address")))
    http://10.0.0.1/ could not be had (private_address: no public address); save it and give the file.
    """
    said = f"{url} could not be had ({refusal.reason}: {refusal.detail.rstrip('.')})"
    return (
        UnreachableError(f"{said}; try again later.")
        if refusal.is_transient
        else UnreadableError(f"{said}; save it and give the file.")
    )


def routes(url: str, settings: Settings) -> Routes:
    """How the host is reached: by DNS, or one of the bundled world on this machine. Only for those the sources are read."""
    if not is_reserved(host_of(url)):
        return Routes(doors={}, spacings={})
    sources = [source for source in read_sources(settings.sources) if source.connect_to]
    return Routes(
        worlds=tuple(sorted({source.world for source in sources if source.world})),
        doors={host_of(source.url): source.connect_to for source in sources if source.connect_to and not source.world},
        spacings={},
    )
