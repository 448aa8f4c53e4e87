"""Page bodies in, what polling and capturing cost against the same requests made by aiohttp alone out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.measuring.costs import Cost, measure
from tests.measuring.serving import open_server
from tests.measuring.site import build_site, write_sources

MEASURED = "tests.measuring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One round: a feed and a page of each of many hosts.

    polled, captured        by the pipeline: two steps, each in a process of its own
    feeds, pages            the same requests alone, with a robots.txt for each page
    kept                    those of the pages, each body hashed and gzipped as the archive does
    """

    polled: Cost
    captured: Cost
    feeds: Cost
    pages: Cost
    kept: Cost


def ask_network(folder: Path, bodies: tuple[bytes, ...], count: int, rounds: int) -> tuple[Asked, ...]:
    """Poll `count` feeds and capture `count` pages, and make the same requests. Raises AssertionError unless all were had."""
    build_site(folder / "site", bodies, count, hosts=count)
    hosts = sorted(path.name for path in (folder / "site").iterdir())
    write_urls(folder / "feeds.json", [f"http://{host}/feed.xml" for host in hosts])
    pages = [f"http://{file.parent.name}/{file.name}" for file in (folder / "site").glob("*/*.html")]
    write_urls(folder / "pages.json", [*(f"http://{host}/robots.txt" for host in hosts), *pages])
    with open_server(folder / "site") as port:
        write_sources(folder / "sources.toml", hosts, port)
        return tuple(ask_round(folder, number, port, count) for number in range(rounds))


def ask_round(folder: Path, number: int, port: int, count: int) -> Asked:
    """One round, the pipeline and the requests alone in turn."""
    sources = str(folder / "sources.toml")
    data = str(folder / f"data-{number}")

    def take(step: str) -> Cost:
        return measure(f"{MEASURED}.network_side", data, sources, step)

    def request(urls: str, *kept: str) -> Cost:
        return measure(f"{MEASURED}.requests_side", str(port), str(folder / urls), *kept)

    asked = Asked(
        polled=take("poll"),
        feeds=request("feeds.json"),
        captured=take("capture"),
        pages=request("pages.json"),
        kept=request("pages.json", "keep"),
    )
    found = json.loads(asked.polled.output)["EntrySeen"], json.loads(asked.captured.output)["PageCaptured"]
    assert {*found, *(int(cost.output) for cost in (asked.feeds, asked.pages, asked.kept))} == {count}, asked
    return asked


def write_urls(file: Path, urls: list[str]) -> None:
    """A list of URLs, for the side that only asks."""
    file.write_text(json.dumps(urls))


def to_network_rows(
    asked: tuple[Asked, ...], count: str, spread: Callable[..., tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """The rows of the table: ratios of CPU seconds within a round."""
    if not asked:
        return []
    return [
        (
            f"capture {count} pages / requests, hash, gzip, CPU",
            *spread([a.captured.cpu_s / a.kept.cpu_s for a in asked]),
        ),
        ("  / the requests alone", *spread([a.captured.cpu_s / a.pages.cpu_s for a in asked])),
        ("  without hash and gzip / the requests alone", *spread([without_keeping(a) for a in asked])),
        (f"poll {count} feeds / the requests alone, CPU", *spread([a.polled.cpu_s / a.feeds.cpu_s for a in asked])),
        ("  CPU ms per feed", *spread([1000 * a.polled.cpu_s / int(a.feeds.output) for a in asked], 1)),
    ]


def without_keeping(asked: Asked) -> float:
    """The ratio to the requests alone of a capture less what hashing and gzipping the same bodies costs."""
    return (asked.captured.cpu_s - (asked.kept.cpu_s - asked.pages.cpu_s)) / asked.pages.cpu_s
