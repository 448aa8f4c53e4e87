"""New sources in, the sources file with them at its end out: what stands there stays, byte for byte."""

import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.locks import Busy, hold_replaced
from pipeline.sources.registry import LANGUAGE, SOURCE_ID, Enabled, Source, SourcesError, read_sources
from pipeline.sources.tables import TEXT_CHARACTERS, UNPRINTABLE
from pipeline.text import clean
from pipeline.web.urls import registrable_domain, url_key

ID_CHARACTERS = 40  # of one that we make
ID_AT_MOST = 64  # as SOURCE_ID has it
LOCK_WAIT_S = 30.0
WRITTEN = (
    "id", "kind", "name", "outlet", "owner", "language", "url", "enabled", "window", "connect_to", "spacing_s", "interval_s",
)  # fmt: skip
DULL = frozenset({"rss", "feed", "feeds", "atom", "xml", "the", "all", "news", "latest", "home", "index", "articles"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A source that somebody wants in the file.

    outlet  as somebody wrote it; site: what the site calls itself, if the file does not know its outlet yet
    remark  a line of comment above it, such as its place in a list
    enabled, window, spacing_s, interval_s  as of a Source
    """

    url: str
    kind: str = "feed"
    name: str | None = None
    outlet: str | None = None
    site: str | None = None
    owner: str | None = None
    language: str | None = None
    source_id: str | None = None
    remark: str | None = None
    enabled: Enabled = "live"
    window: tuple[date, date] | None = None
    spacing_s: float | None = None
    interval_s: float | None = None


class SourcesBusy(RuntimeError):
    """Another process is writing into the file: one sentence with the remedy."""


def add_sources(path: Path, wanted: Iterable[Wanted]) -> list[tuple[Source, str | None]]:
    """Place the sources and write them into the file: read and written under one lock, so that nobody's are lost.

    A file that has them all is left alone.
    Raises SourcesError when the file cannot be read or written, SourcesBusy when another process keeps it.
    """
    wanted = list(wanted)
    if not place_sources(wanted, read_sources(path)):
        return []
    try:
        with hold_replaced(path.resolve(), LOCK_WAIT_S):
            new = place_sources(wanted, read_sources(path))
            if new:
                append_sources(path, new)
            return new
    except Busy:
        raise SourcesBusy(f"{path} is being written by another command: try again when that is done.") from None
    except OSError as error:
        raise unwritable(path, error) from None


def place_sources(wanted: Iterable[Wanted], sources: Sequence[Source]) -> list[tuple[Source, str | None]]:
    """Return the sources to add with their remarks; whatever has a known address is left out, also within `wanted`.

    The outlet of a site that the file has already is named as it is there.

    >>> [(new, _)] = place_sources([Wanted(url="https://www.wire.example/rss", name="World")], [])
    >>> new.id, new.name, new.outlet, new.enabled
    ('wire-world', 'World', 'wire.example', 'live')
    """
    known = {find_key(source.url) for source in sources}
    taken = {source.id for source in sources}
    new: list[tuple[Source, str | None]] = []
    for one in wanted:
        if find_key(one.url) in known:
            continue
        source = to_source(one, sources, taken)
        known.add(find_key(one.url))
        taken.add(source.id)
        new.append((source, one.remark))
    return new


def find_key(url: str) -> str:
    """What two addresses of one feed have in common."""
    return url_key(url) or url


def find_source(url: str, sources: Iterable[Source]) -> Source | None:
    """The source that has this address, or None."""
    return next((source for source in sources if find_key(source.url) == find_key(url)), None)


def to_source(wanted: Wanted, sources: Sequence[Source], taken: Collection[str]) -> Source:
    """One new source, polled as is wanted; on this machine only where others of its host are."""
    domain = registrable_domain(wanted.url)
    host = (urlsplit(wanted.url).hostname or "").removeprefix("www.") or domain
    same = [one for one in sources if one.kind != "documents" and registrable_domain(one.url) == domain]
    outlet = as_name(wanted.outlet) or (same[0].outlet if same else as_name(wanted.site) or host)
    name = as_name(wanted.name)
    has_id = wanted.source_id and SOURCE_ID.fullmatch(wanted.source_id)
    return Source(
        id=next_free(str(wanted.source_id) if has_id else make_id(name or "", domain), taken),
        kind="sitemap" if wanted.kind == "sitemap" else "feed",
        name=name or host,
        outlet=outlet,
        owner=as_name(wanted.owner) or next((one.owner for one in same if one.outlet == outlet), None),
        language=wanted.language if LANGUAGE.fullmatch(wanted.language or "") else None,
        url=wanted.url,
        enabled=wanted.enabled,
        window=wanted.window,
        connect_to=next(
            (one.connect_to for one in same if urlsplit(one.url).hostname == urlsplit(wanted.url).hostname), None
        ),
        spacing_s=wanted.spacing_s,
        interval_s=wanted.interval_s,
    )


def as_name(text: str | None) -> str | None:
    """A name as the file may hold it, or None."""
    return UNPRINTABLE.sub(" ", clean(text or ""))[:TEXT_CHARACTERS].strip() or None


def make_id(name: str, domain: str) -> str:
    """A short id that people can read: the site, then what tells this source from the others of it.

    >>> make_id("BBC News - Middle East", "bbc.co.uk"), make_id("RSS feed", "wire.example"), make_id("عنب بلدي", "enab.net")
    ('bbc-middle-east', 'wire', 'enab')
    """
    site = "-".join(to_words(domain.partition(".")[0])) or "source"
    words = [word for word in to_words(name) if word not in DULL and word not in site.split("-")]
    made = site
    for word in words:
        if len(made) + 1 + len(word) > ID_CHARACTERS:
            break
        made = f"{made}-{word}"
    return made[:ID_CHARACTERS].strip("-")


def to_words(text: str) -> list[str]:
    """The words in it that an id can have, accents taken off."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def next_free(wanted: str, taken: Collection[str]) -> str:
    """The id, or the first free one with a number.

    >>> next_free("wire", {"wire", "wire-2"})
    'wire-3'
    """
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted[: ID_AT_MOST - 1 - len(str(number))]}-{number}"
    return free


def to_table(source: Source, remark: str | None = None) -> str:
    """The lines of a source in the file.

    >>> print(to_table(Source(id="a", kind="feed", name='"A"', outlet="A", url="https://a.example/", enabled="live")))
    [[source]]
    id = "a"
    kind = "feed"
    name = "\\"A\\""
    outlet = "A"
    url = "https://a.example/"
    enabled = "live"
    """
    values = [(name, getattr(source, name)) for name in WRITTEN]
    lines = [f"{name} = {quoted(value)}" for name, value in values if value is not None]
    above = [f"# {as_name(remark)}"] if as_name(remark) else []
    return "\n".join([*above, "[[source]]", *lines])


def quoted(value: object) -> str:
    """A value as TOML writes it. What JSON leaves bare and TOML forbids does not come here: see UNPRINTABLE."""
    if isinstance(value, tuple):  # days
        return f"[{', '.join(map(str, value))}]"
    return json.dumps(value, ensure_ascii=False)


def append_sources(path: Path, new: Sequence[tuple[Source, str | None]]) -> None:
    """Write the sources behind those that the file has, all or none. Raises SourcesError when it cannot be written."""
    file = path.resolve()  # a link stays one
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        before = file.read_bytes()
        tables = "".join(f"\n{to_table(source, remark)}\n" for source, remark in new)
        line_end = "\r\n" if b"\r\n" in before else "\n"
        gap = "" if not before or before.endswith(b"\n") else "\n"
        with unfinished.open("xb") as written:
            os.fchmod(written.fileno(), file.stat().st_mode & 0o7777)
            written.write(before + (gap + tables).replace("\n", line_end).encode())
            written.flush()
            os.fsync(written.fileno())
        read_sources(unfinished)  # what we wrote can be read, or the file stays as it was
        unfinished.replace(file)
    except SourcesError as error:  # which names the file that it read
        raise SourcesError(str(error).replace(str(unfinished), str(path), 1)) from None
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def unwritable(path: Path, error: OSError) -> SourcesError:
    """The error to raise where the system refuses."""
    return SourcesError(
        f"{path}:1: cannot be written ({error.strerror}); make it and its folder writable, "
        "or set CLAIMWIRE_SOURCES to a file that is."
    )
