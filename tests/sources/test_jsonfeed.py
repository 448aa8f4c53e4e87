"""JSON Feed 1.0 and 1.1."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.feeds import read_feed
from pipeline.sources.listing import Listed, Reading
from pipeline.values import Media

URL = "https://wire.example/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
ITEM = {
    "id": 7,
    "url": "/raqqa",
    "title": "Raids kill 24",
    "content_html": "<p>Up from 13.</p>",
    "date_published": "2017-06-11T09:30:00Z",
    "date_modified": "2017-06-12T09:30:00Z",
    "authors": [{"name": "A. Writer"}, {"name": "A. Writer"}, {"url": "https://a.example"}],
    "language": "en",
}


def read(*items: Any, limit: int = 100, version: str = VERSION, **more: Any) -> Reading:
    return read_feed(json.dumps({"version": version, "items": items, **more}).encode(), "application/json", URL, limit)


def test_an_item_keeps_its_values_verbatim() -> None:
    assert read(ITEM).entries == (
        Listed(
            guid="7",
            url="https://wire.example/raqqa",
            title="Raids kill 24",
            summary="<p>Up from 13.</p>",
            published="2017-06-11T09:30:00Z",
            published_at=datetime(2017, 6, 11, 9, 30, tzinfo=UTC),
            updated="2017-06-12T09:30:00Z",
            updated_at=datetime(2017, 6, 12, 9, 30, tzinfo=UTC),
            authors=("A. Writer",),
            language="en",
        ),
    )


def test_the_pictures_and_attachments_of_an_item_are_its_media() -> None:
    more = {"image": "/a.jpg", "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg"}, {"url": 7}, "x"]}

    assert read({**ITEM, **more}).entries[0].media == (
        Media(url="https://wire.example/a.jpg", medium="image"),
        Media(url="https://wire.example/a.mp3", content_type="audio/mpeg"),
        Media(url="https://wire.example/7"),
    )


def test_version_1_has_one_author_and_the_feed_gives_its_own_where_an_item_has_none() -> None:
    reading = read(
        {"id": "1", "author": {"name": "B"}},
        {"id": "2"},
        version="https://jsonfeed.org/version/1",
        author={"name": "C"},
    )

    assert [entry.authors for entry in reading.entries] == [("B",), ("C",)]


def test_at_most_limit_items_are_read() -> None:
    reading = read(*({"id": str(number)} for number in range(5)), limit=2)

    assert ([entry.guid for entry in reading.entries], reading.is_truncated) == (["0", "1"], True)


def test_lone_surrogates_are_replaced() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "24 \\ud83d dead"}]}'

    assert read_feed(body, None, URL, 10).entries[0].title == "24 \ufffd dead"


def test_items_that_are_no_objects_cost_the_others_nothing() -> None:
    reading = read("x", ITEM, None)

    assert (len(reading.entries), reading.is_bozo, reading.bozo_reason) == (1, True, "2 of the items are no objects")


@pytest.mark.parametrize(
    "body",
    [
        '{"version": "1"}',
        '{"version": "https://jsonfeed.org/version/1", "items": {}}',
        '{"version": "https://jsonfeed.org/version/1", "items": [',
        "[" * 100_000,
        '{"items": []}',
    ],
)
def test_json_that_is_no_feed_is_called_so(body: str) -> None:
    assert read_feed(body.encode(), "application/feed+json", URL, 10).reason == "not_feed"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ITEM, "author", "name"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*ITEM, "author", "external_url"]), JSON, max_size=6), max_size=3))
def test_values_of_any_type_are_read_without_raising(items: list[Any]) -> None:
    assert len(read(*items).entries) == len(items)
