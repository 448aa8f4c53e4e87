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
    """One round on one site: a feed and a page of each of many hosts.

    polled, captured        by the pipeline: two steps, each in a process of its own
    feeds, pages            the same requests alone, with a robots.txt for each page
    kept                    those of the pages, each body hashed and packed as the archive packs what came unpacked
    """

    polled: Cost
    captured: Cost
    feeds: Cost
    pages: Cost
    kept: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One round on two sites with the same pages: one that packs what it sends to whoever reads gzip, and one that never does."""

    packed: Asked
    plain: Asked


def ask_network(folder: Path, bodies: tuple[bytes, ...], count: int, rounds: int) -> tuple[Compared, ...]:
    """Poll `count` feeds and capture `count` pages, and make the same requests. Raises AssertionError unless all were had."""
    for name in ("packed", "plain"):
        build_site(folder / name / "site", bodies, count, hosts=count, is_packed=name == "packed")
    with open_server(folder / "packed" / "site") as packed, open_server(folder / "plain" / "site") as plain:
        ports = {"packed": packed, "plain": plain}
        for name, port in ports.items():
            write_requests(folder / name, port)
        return tuple(
            Compared(**{name: ask_round(folder / name, number, port, count) for name, port in ports.items()})
            for number in range(rounds)
        )


def write_requests(folder: Path, port: int) -> None:
    """What each side asks a site for."""
    hosts = sorted(path.name for path in (folder / "site").iterdir())
    pages = [f"http://{file.parent.name}/{file.name}" for file in (folder / "site").glob("*/*.html")]
    robots = [f"http://{host}/robots.txt" for host in hosts]
    (folder / "feeds.json").write_text(json.dumps([f"http://{host}/feed.xml" for host in hosts]))
    (folder / "pages.json").write_text(json.dumps([*robots, *pages]))
    write_sources(folder / "sources.toml", hosts, port)


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


def to_network_rows(
    compared: tuple[Compared, ...], count: str, spread: Callable[..., tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """The rows of the table: ratios of CPU seconds within a round."""
    if not compared:
        return []
    packed, plain = [one.packed for one in compared], [one.plain for one in compared]
    return [
        (
            f"capture {count} packed pages / the requests alone, CPU",
            *spread([one.captured.cpu_s / one.pages.cpu_s for one in packed]),
        ),
        ("  CPU ms per page", *spread([1000 * one.captured.cpu_s / int(one.pages.output) for one in packed], 1)),
        (
            f"capture {count} unpacked pages / the requests alone, CPU",
            *spread([one.captured.cpu_s / one.pages.cpu_s for one in plain]),
        ),
        ("  / requests, hash, gzip", *spread([one.captured.cpu_s / one.kept.cpu_s for one in plain])),
        (
            f"poll {count} feeds / the requests alone, CPU",
            *spread([one.polled.cpu_s / one.feeds.cpu_s for one in packed]),
        ),
        ("  CPU ms per feed", *spread([1000 * one.polled.cpu_s / int(one.feeds.output) for one in packed], 1)),
    ]
