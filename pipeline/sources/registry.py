"""seeds/sources.toml in, sources out: what is polled. A mistake in the file is refused with its line and a remedy."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from pipeline.sources.tables import SourcesError, Table, as_day, read_tables
from pipeline.web.urls import is_http

__all__ = ["Source", "SourcesError", "is_reserved", "read_sources"]

Kind = Literal["feed", "sitemap", "documents"]
Enabled = Literal[True, False, "live"]

REQUIRED = frozenset({"id", "kind", "name", "outlet", "url"})
OPTIONAL = frozenset({"owner", "language", "enabled", "window", "connect_to", "spacing_s", "interval_s"})
KINDS: tuple[Kind, ...] = ("feed", "sitemap", "documents")
SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
LOOPBACK = re.compile(r"127\.0\.0\.1:([0-9]{1,5})")
SPACING_S_MIN = 1.0  # towards hosts that are not ours
INTERVAL_S_MIN = 600.0
SECONDS_MAX = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where entries are listed.

    outlet, owner  whose words they are; owner: the company behind several outlets
    language       ISO 639 code that its entries are in, or None when they vary
    url            of the feed or sitemap, or of the folder relative to the sources file; folder: that folder, absolute
    enabled        "live": polled only when live sources are asked for
    window         first and last day that it lists; polled after the last one it is never due again
    connect_to     for bundled and test sources: "127.0.0.1:PORT", or a folder with a sub-folder per host
    world          that folder, absolute
    spacing_s      seconds between two requests, instead of the setting
    interval_s     seconds between two polls, instead of what its rhythm and it itself ask for
    """

    id: str
    kind: Kind
    name: str
    outlet: str
    url: str
    owner: str | None = None
    language: str | None = None
    enabled: Enabled = True
    window: tuple[date, date] | None = None
    connect_to: str | None = None
    spacing_s: float | None = None
    interval_s: float | None = None
    folder: Path | None = None
    world: Path | None = None


def read_sources(path: Path) -> tuple[Source, ...]:
    """Return the sources that a TOML file lists, in its order.

    A source looks like this; owner, language, enabled, window, connect_to, spacing_s and interval_s may be left out:

        [[source]]
        id = "syria-wire"
        kind = "feed"
        name = "Syria Wire: all stories"
        outlet = "Syria Wire"
        url = "https://wire.example/rss.xml"
        window = [2017-06-08, 2017-06-13]

    Raises SourcesError on the first thing in the file that cannot be used: FILE:LINE: reason and remedy.
    """
    lines_of_ids: dict[str, int] = {}
    sources = []
    for table in read_tables(path, "source"):
        source = read_source(table)
        if source.id in lines_of_ids:
            raise table.error(
                f"id {source.id} is taken by the source in line {lines_of_ids[source.id]}; change one.", "id"
            )
        lines_of_ids[source.id] = table.line
        sources.append(source)
    return tuple(sources)


def read_source(table: Table) -> Source:
    """One source. Raises SourcesError."""
    table.check_keys(REQUIRED, OPTIONAL)
    source_id = table.text("id")
    if not SOURCE_ID.fullmatch(source_id):
        raise table.error(f"id {source_id!r} must be made of a-z, 0-9 and -, at most 64; rename it.", "id")
    kind = next((kind for kind in KINDS if kind == table.text("kind")), None)
    if kind is None:
        known = " or ".join(f'"{one}"' for one in KINDS)
        raise table.error(f"kind must be {known}, not {table.text('kind')!r}.", "kind")
    url = table.text("url")
    check_url(table, kind, url)
    connect_to = read_connect_to(table, kind, url)
    return Source(
        id=source_id,
        kind=kind,
        name=table.text("name"),
        outlet=table.text("outlet"),
        url=url,
        owner=table.find_text("owner"),
        language=read_language(table),
        enabled="live" if table.values.get("enabled") == "live" else read_enabled(table),
        window=read_window(table),
        connect_to=connect_to,
        spacing_s=read_spacing(table, is_ours=connect_to is not None),
        interval_s=read_interval(table),
        folder=beside(table, url) if kind == "documents" else None,
        world=beside(table, connect_to) if connect_to and not LOOPBACK.fullmatch(connect_to) else None,
    )


def beside(table: Table, path: str) -> Path:
    """A path that the sources file names, which is relative to it."""
    return (table.file.resolve().parent / path).resolve()


def read_enabled(table: Table) -> bool:
    """Whether the source is polled. Raises SourcesError on what is neither true nor false."""
    if isinstance(table.values.get("enabled", True), bool):
        return table.flag("enabled", default=True)
    raise table.error(f'enabled must be true, false or "live", not {table.values["enabled"]!r}.', "enabled")


def read_language(table: Table) -> str | None:
    """The code of the language, or None. Raises SourcesError on what is no code."""
    language = table.find_text("language")
    if language is not None and not LANGUAGE.fullmatch(language):
        raise table.error(f'language must be a code such as "en" or "ar", not {language!r}.', "language")
    return language


def check_url(table: Table, kind: Kind, url: str) -> None:
    """Raise SourcesError unless the URL is that of a feed or a sitemap, or the path of a folder relative to the file."""
    if kind != "documents":
        if not is_http(url) or any(character.isspace() for character in url):
            raise table.error(f"url must begin with https:// or http:// and name a host, not {url!r}.", "url")
        if "@" in urlsplit(url).netloc:
            raise table.error("url must hold no user name or password: the ledger keeps it; take them out.", "url")
        return
    if "://" in url:
        raise table.error(
            'url of kind "documents" is a folder relative to this file; a link needs kind = "feed" or "sitemap".', "url"
        )
    if PurePosixPath(url).is_absolute():
        raise table.error("url must be relative to this file, so that the ledger is the same on every machine.", "url")


def read_window(table: Table) -> tuple[date, date] | None:
    """The first and the last day, or None. Raises SourcesError on anything but two days in order."""
    if "window" not in table.values:
        return None
    value = table.values["window"]
    days = [as_day(day) for day in value] if isinstance(value, list) else []
    if len(days) != 2 or days[0] is None or days[1] is None:
        raise table.error("window must be two days, such as window = [2017-06-08, 2017-06-13].", "window")
    if days[0] > days[1]:
        raise table.error(f"window ends on {days[1]}, before it begins on {days[0]}; swap them.", "window")
    return days[0], days[1]


def read_connect_to(table: Table, kind: Kind, url: str) -> str | None:
    """Where a bundled or test source really is, or None. Raises SourcesError for a host that could be a real one."""
    connect_to = table.find_text("connect_to")
    if connect_to is None:
        return None
    host = (urlsplit(url).hostname or "") if kind != "documents" else ""
    if not is_reserved(host):
        told = f"{host} could be real" if host else "a folder has no host"
        raise table.error(
            f"connect_to is for hosts that end in .example, .test or localhost; {told}: remove it.", "connect_to"
        )
    if port := LOOPBACK.fullmatch(connect_to):
        if not 0 < int(port[1]) < 65536:
            raise table.error(f"connect_to must name a port from 1 to 65535, not {port[1]}.", "connect_to")
    elif PurePosixPath(connect_to).is_absolute() or not beside(table, connect_to).is_dir():
        raise table.error(
            f"connect_to must be 127.0.0.1:PORT or a folder relative to this file; {connect_to!r} is neither.",
            "connect_to",
        )
    return connect_to


def is_reserved(host: str) -> bool:
    """Whether no real host can have this name (RFC 2606).

    >>> [is_reserved(host) for host in ("wire.example", "localhost", "a.localhost", "notlocalhost", "example.com")]
    [True, True, True, False, False]
    """
    return f".{host}".endswith((".example", ".test", ".localhost"))


def read_spacing(table: Table, *, is_ours: bool) -> float | None:
    """Seconds between two requests, or None. Raises SourcesError on less than a second towards somebody else's host."""
    value = table.values.get("spacing_s")
    if value is None:
        return None
    least = 0.0 if is_ours else SPACING_S_MIN
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= SECONDS_MAX:
        raise table.error(f"spacing_s must be a number of seconds from {least:g} to 86400, not {value!r}.", "spacing_s")
    return float(value)


def read_interval(table: Table) -> float | None:
    """Seconds between two polls, or None. Raises SourcesError on less than 10 minutes or more than a day."""
    value = table.values.get("interval_s")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not INTERVAL_S_MIN <= value <= SECONDS_MAX:
        raise table.error(f"interval_s must be a number of seconds from 600 to 86400, not {value!r}.", "interval_s")
    return float(value)
