"""Pages that were asked for again: what they change in the marts, and what they leave alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.daily import Missed, find_days
from pipeline.events import EntrySeen, PageCaptured, PageUnchanged
from pipeline.ledger.pending import Days
from tests import newsroom
from tests.newsroom import NOON

HOUR = timedelta(hours=1)


def recapture(seen: EntrySeen, due_at: datetime, attempt: int = 1) -> PageCaptured:
    """The page was got again, with other bytes."""
    return replace(newsroom.capture(seen, attempt, at=due_at), due_at=due_at)


def unchanged(captured: PageCaptured, due_at: datetime) -> PageUnchanged:
    """The page was what it was."""
    return PageUnchanged(
        event_date=captured.event_date,
        occurred_at=due_at,
        caused_by=captured.caused_by,
        producer=captured.producer,
        url_key=captured.url_key,
        requested_url=captured.requested_url,
        attempt=1,
        due_at=due_at,
        final_url=captured.final_url,
        status=304,
        same_as=captured.event_id,
    )


def test_the_times_that_a_page_was_asked_for_again_are_counted_apart(warehouse: Any) -> None:
    entry = newsroom.entry()
    first, second = newsroom.capture(entry), recapture(entry, NOON + HOUR, attempt=2)
    failures = [
        newsroom.capture_failure(entry, due_at=NOON + HOUR, reason="timeout", retry_at=NOON + HOUR),
        newsroom.capture_failure(entry, due_at=NOON + 24 * HOUR, reason="status_404"),
    ]

    warehouse.publish(entry, first, second, unchanged(second, NOON + 6 * HOUR), *failures)
    row = warehouse.row("from pipeline_accounting")

    assert [row[f"recaptures{name}"] for name in ("", "_captured", "_unchanged", "_failed")] == [3, 1, 1, 1]
    assert row["recaptures_failed_by_reason"] == {"status_404": 1}
    assert [row[f"pages{name}"] for name in ("", "_captured", "_failed", "_pending")] == [1, 1, 0, 0]
    assert row["pages_failed_by_reason"] is None
    assert row["captures"] == 2
    assert {value for name, value in row.items() if name.endswith("_unaccounted")} == {0}


def test_a_wall_or_a_page_that_is_gone_leaves_the_article_as_it_was_read(warehouse: Any) -> None:
    entry = newsroom.entry()
    first, walled = newsroom.capture(entry), recapture(entry, NOON + HOUR)
    article = newsroom.article(first)
    wall = newsroom.extraction_failure(walled, reason="consent_wall")

    warehouse.publish(entry, first, article, walled, wall, newsroom.capture_failure(entry, due_at=NOON + 6 * HOUR))

    assert warehouse.row("select revision_id, revisions from articles") == {
        "revision_id": article.revision_id,
        "revisions": 1,
    }
    assert warehouse.row("select outcome from int_current_captures") == {"outcome": "captured"}


def test_a_wall_on_a_page_that_was_read_before_is_nothing_that_its_day_misses(warehouse: Any) -> None:
    read, unread = newsroom.entry("a"), newsroom.entry("b")
    captures = [newsroom.capture(read), newsroom.capture(unread)]
    walled = [recapture(read, NOON + HOUR), recapture(unread, NOON + HOUR)]
    walls = [newsroom.extraction_failure(capture, reason="bot_wall") for capture in (captures[1], *walled)]

    warehouse.publish(read, unread, *captures, *walled, newsroom.article(captures[0]), *walls)
    (found,) = find_days(warehouse.settings, Days(newsroom.DAY, newsroom.DAY))

    assert (found.captured, found.missed) == (2, (Missed("extract", "bot_wall", 1),))


def test_a_changed_text_is_the_articles_next_revision_and_one_that_goes_back_the_earlier(warehouse: Any) -> None:
    entry = newsroom.entry()
    captures = [newsroom.capture(entry), recapture(entry, NOON + HOUR), recapture(entry, NOON + 6 * HOUR)]
    texts = ["Raids killed 13 civilians.", "Raids killed 24 civilians.", "Raids killed 13 civilians."]
    articles = [newsroom.article(capture, text) for capture, text in zip(captures, texts, strict=True)]

    warehouse.publish(entry, *captures[:2], *articles[:2])
    changed = warehouse.row("select revision_id, revisions from articles")
    warehouse.publish(captures[2], articles[2])
    back = warehouse.row("select revision_id, revisions from articles")

    assert changed == {"revision_id": articles[1].revision_id, "revisions": 2}
    assert back == {"revision_id": articles[0].revision_id, "revisions": 2}
