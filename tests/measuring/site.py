"""Page bodies in, a closed world of many pages and feeds out: the same work for both sides of a comparison of costs."""

import gzip
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from pipeline.settings import ROOT, SEEDS

MEASURING = ROOT.parent / "shared" / "data"  # other people's texts: read where they are there, never copied here
HOSTS = 8
SERVERS_LEVEL = 6  # of gzip
PARAGRAPH = re.compile(rb"(<p(?:\s[^>]*)?>)")
NEWEST = datetime(2017, 6, 13, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Pages to serve, and where they are from."""

    bodies: tuple[bytes, ...]
    origin: str


def read_bodies(folder: Path = MEASURING) -> Bodies:
    """The publishers' pages of the measuring data, or where that is not there the pages of the bundled world."""
    if files := sorted((folder / "web" / "pages").glob("*.html.gz")):
        return Bodies(tuple(gzip.decompress(file.read_bytes()) for file in files), "publishers' pages")
    files = sorted((SEEDS / "world").glob("*/**/*.html"))
    return Bodies(tuple(file.read_bytes() for file in files), "the bundled world's pages, far smaller than real ones")


def build_site(
    folder: Path, bodies: tuple[bytes, ...], pages: int, hosts: int = HOSTS, *, is_packed: bool = False
) -> None:
    """Write `pages` pages over so many hosts, and a feed of them on each host, as `pipeline.web.world` serves them.

    A body that is used again differs in every paragraph, so that no two pages have the same text. With `is_packed` pages and
    feeds go packed to whoever reads gzip.
    """
    listed: dict[str, list[str]] = {f"press{number}.example": [] for number in range(min(hosts, pages))}
    for number in range(pages):
        host = f"press{number % len(listed)}.example"
        (folder / host).mkdir(parents=True, exist_ok=True)
        body = PARAGRAPH.sub(rb"\g<1>%d. " % number, bodies[number % len(bodies)])
        write(folder / host / f"{number}.html", body, is_packed=is_packed)
        listed[host].append(item(f"http://{host}/{number}.html", number))
    for host, items in listed.items():
        feed = f"<rss version='2.0'><channel><title>{host}</title>{''.join(items)}</channel></rss>"
        write(folder / host / "feed.xml", feed.encode(), is_packed=is_packed)


def write(file: Path, body: bytes, *, is_packed: bool) -> None:
    """A file of a site; packed too, as servers do it: once."""
    file.write_bytes(body)
    if is_packed:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, SERVERS_LEVEL))


def item(url: str, number: int) -> str:
    """One entry of a feed."""
    published = format_datetime(NEWEST - timedelta(minutes=7 * number))
    summary = f"The summary of story {number}, in a sentence or two as feeds have them."
    return (
        f"<item><title>Story {number}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{published}</pubDate><description>{summary}</description></item>"
    )


def write_sources(file: Path, hosts: list[str], port: int) -> None:
    """A sources file that lists the feeds of a site, to be reached on loopback and without spacing."""
    file.write_text(
        "".join(
            f'[[source]]\nid = "{host.partition(".")[0]}"\nkind = "feed"\nname = "{host}"\noutlet = "{host}"\n'
            f'url = "http://{host}/feed.xml"\nconnect_to = "127.0.0.1:{port}"\nspacing_s = 0\n\n'
            for host in hosts
        )
    )
