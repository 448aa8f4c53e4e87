"""Any order of ingestion, in batches of any size: the same marts, through a real ledger and its index."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.comparison.texts import reuse, write_story, write_text
from tests.measuring.orders_taken import Story, Taken, take_orders
from tests.newsroom import NOON, article, capture, entry

FOOTER = "Follow us on every network and never miss a story from our newsroom again."
LEDE = "Air strikes by the coalition killed {} civilians in the city of Raqqa on Sunday, a monitor said."


def print_story(number: int, text: str) -> Story:
    """The text in one of three outlets. Every third has no time, every other of the rest the same, every fourth a day only."""
    seen = entry(str(number))
    captured = capture(seen)
    hours = number if number % 2 else 0
    published_at = None if number % 3 == 2 else NOON - timedelta(hours=hours)
    precision = None if published_at is None else "day" if number % 4 == 0 else "exact"
    outlet = f"Outlet {number % 3}"
    read = article(captured, text, outlet=outlet, published_at=published_at, published_precision=precision)
    return seen, captured, read


def write_stories() -> list[Story]:
    """Stories, reprints, versions of two of them, texts made of others, one footer, and a page that was changed in place."""
    written = [write_text(seed) for seed in range(5)]
    tolls = [f"{LEDE.format(13 + 11 * toll)}\n{write_story(toll)}\n{write_story(9)}" for toll in range(3)]
    texts = [*written, *tolls, *(reuse(written, seed) for seed in range(4)), *written[:2], tolls[1]]
    footed = [f"{text}\n{FOOTER}" if number % 2 else text for number, text in enumerate(texts)]
    stories = [print_story(number, text) for number, text in enumerate(footed)]
    seen, captured, changed = print_story(len(texts), tolls[2])
    page = stories[3][2]
    return [*stories, (seen, captured, replace(changed, article_id=page.article_id, url_key=page.url_key))]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> list[Taken]:
    """The order of writing, its reverse and another one; `make eval` takes twenty others of many more texts."""
    scratch: Path = tmp_path_factory.mktemp("orders")
    return list(take_orders(write_stories(), scratch, random_orders=1, batch_at_most=12))


def test_no_order_of_ingestion_and_no_size_of_batches_changes_a_mart(taken: list[Taken]) -> None:
    assert [one.marts for one in taken] == [taken[0].marts] * len(taken)


def test_a_second_run_adds_no_event(taken: list[Taken]) -> None:
    assert [one.added_again for one in taken] == [0] * len(taken)
