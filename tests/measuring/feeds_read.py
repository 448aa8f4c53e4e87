"""Feeds in, how well they are read out: against another reader's expectations, and how much is found in real ones."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pipeline.sources.feeds import read_feed
from pipeline.sources.listing import Listed, Reading
from tests.measuring.report import Table
from tests.measuring.scores import share

URL = "http://feeds.example/feed.xml"
ENTRIES = 1_000


def score_feeds(folder: Path) -> Table:
    """Which share of the fields that gofeed expects is read alike; feeds, entries, links and times of real feeds."""
    expected: Counter[bool] = Counter()
    for file in sorted((folder / "feeds" / "gofeed").glob("*.json")):
        expected.update(agreements(read(file.with_suffix(".xml").read_bytes()), json.loads(file.read_text("utf-8"))))
    readings = [read(gzip.decompress(file.read_bytes())) for file in sorted((folder / "feeds" / "real").glob("*.gz"))]
    entries = [entry for reading in readings for entry in reading.entries]
    return [
        ("feeds, fields as gofeed expects them", share(expected[True], expected.total())),
        ("feeds, real ones with entries", share(sum(bool(reading.entries) for reading in readings), len(readings))),
        ("  entries with a link", share(sum(entry.url is not None for entry in entries), len(entries))),
        ("  entries with an instant", share(sum(entry.published_at is not None for entry in entries), len(entries))),
    ]


def read(body: bytes) -> Reading:
    """The reading of a feed's body."""
    return read_feed(body, None, URL, ENTRIES)


def agreements(reading: Reading, expected: dict[str, Any]) -> Iterator[bool]:
    """For the number of entries, and for each field that is expected of one and that we read, whether it is equal."""
    items = expected.get("items") or []
    yield len(reading.entries) == len(items)
    for entry, item in zip(reading.entries, items, strict=False):
        yield from (is_equal for is_equal in compare(entry, item) if is_equal is not None)


def compare(entry: Listed, item: dict[str, Any]) -> Iterator[bool | None]:
    """Whether each field is equal; None for one that is not expected."""
    names = tuple(author["name"] for author in item.get("authors") or () if author.get("name"))
    published = item.get("publishedParsed")
    yield entry.title == item["title"] if "title" in item else None
    yield entry.url == urljoin(URL, item["link"]) if "link" in item else None
    yield entry.summary == item["description"] if "description" in item else None
    yield entry.guid == item["guid"] if "guid" in item else None
    yield set(names) <= set(entry.authors) if names else None
    yield entry.published_at == datetime.fromisoformat(published).astimezone(UTC) if published else None
