"""A withdrawn event and all made from it are gone from every table but the log of events."""

from datetime import UTC, datetime
from typing import Any

from pipeline.events import ContentWithdrawn
from tests import newsroom


def withdraw(warehouse: Any, asked: Any, *made: Any) -> None:
    """As the ledger does it: blank the payloads, append what was done."""
    with warehouse.ledger.connect() as connection:
        for event in (asked, *made):
            connection.execute("update ledger.events set payload = null where event_id = $1", [event.event_id])
    warehouse.ledger.append(
        [
            ContentWithdrawn(
                event_date=asked.event_date,
                occurred_at=datetime(2017, 6, 12, tzinfo=UTC),
                producer="withdraw-1-aaaaaaaaaa",
                withdrawn_id=asked.event_id,
                withdrawn_ids=tuple(event.event_id for event in (asked, *made)),
                withdrawn_stream=asked.stream(),
                reason="names a witness",
            )
        ]
    )


def test_a_withdrawal_takes_back_what_an_earlier_publish_showed(warehouse: Any) -> None:
    entry, kept = newsroom.entry("a"), newsroom.entry("b")
    capture, kept_capture = newsroom.capture(entry), newsroom.capture(kept)
    article, kept_article = newsroom.article(capture), newsroom.article(kept_capture)
    claim = newsroom.claim(article, "Raids on Raqqa", quantities=(newsroom.quantity(article, "24 civilians", 24),))
    claims = newsroom.claims(article, claim)
    compared = newsroom.comparison(article, newsroom.pair(kept_article))
    everything = [entry, capture, article, claims, compared]
    warehouse.publish(*everything, kept, kept_capture, kept_article)
    before = warehouse.row("select count(*) as claims from claims")

    withdraw(warehouse, capture, article, claims, compared)
    warehouse.publish()

    gone = {event.event_id for event in (capture, article, claims, compared)}
    tables = {
        row["table_name"]
        for row in warehouse.rows("select table_name from duckdb_columns() where column_name = 'event_id'")
    } - {"stg_events", "int_events_set_aside"}
    assert before == {"claims": 1}
    assert {table for table in tables if gone & {row["event_id"] for row in warehouse.rows(f"from {table}")}} == set()
    assert warehouse.rows("select article_id from articles") == [{"article_id": kept_article.article_id}]
    assert warehouse.row("select pages_captured, pages_set_aside, pages_unaccounted from pipeline_accounting") == {
        "pages_captured": 1,
        "pages_set_aside": 1,
        "pages_unaccounted": 0,
    }


def test_a_withdrawn_reading_is_counted_as_set_aside(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    article = newsroom.article(capture)
    claims = newsroom.claims(article)
    warehouse.ledger.append([entry, capture, article, claims])

    withdraw(warehouse, claims)
    warehouse.publish()

    assert warehouse.row("select claims_set_aside, claims_pending, claims_unaccounted from pipeline_accounting") == {
        "claims_set_aside": 1,
        "claims_pending": 0,
        "claims_unaccounted": 0,
    }
