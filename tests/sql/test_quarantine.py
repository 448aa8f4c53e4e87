"""An event that breaks a test of its rows is set aside whole; the rest is published."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.events import Event
from pipeline.keys import canonical
from pipeline.ledger import appending
from pipeline.ledger.payloads import to_payload
from pipeline.values import DateReading
from tests import newsroom
from tests.newsroom import NOON


def read_article(path: str) -> list[Any]:
    entry = newsroom.entry(path)
    capture = newsroom.capture(entry)
    return [entry, capture, newsroom.article(capture)]


def test_a_bad_claim_takes_its_whole_reading_along_and_no_other(warehouse: Any) -> None:
    good, bad = read_article("a"), read_article("b")
    kept = newsroom.claims(good[-1], newsroom.claim(good[-1], "Raids on Raqqa", "the Observatory"))
    outside = newsroom.claim(bad[-1], "We will go on", "the coalition", sentence=(5, 10_000))
    aside = newsroom.claims(bad[-1], newsroom.claim(bad[-1], "Raids on Raqqa"), outside)

    warehouse.publish(*good, *bad, kept, aside)

    assert warehouse.rows("select evidence, article_id from claims") == [
        {"evidence": "Raids on Raqqa", "article_id": good[-1].article_id}
    ]
    assert warehouse.row("from int_events_broken") == {
        "event_id": aside.event_id,
        "model": "stg_claims",
        "test": "claim_span_outside_text",
        "reason": f"claim 2 has the span [5, 10000] in a text of {len(bad[-1].text)} characters",
        "event_date": date(2017, 6, 11),
    }


def as_of_version_2(event: Event) -> str:
    """The payload that claims had before days and places could be carried over."""
    payload = json.loads(to_payload(event))
    for claim in payload.get("claims", []):
        for found in (claim["occurred_on"], claim["said_on"], *claim["places"]):
            for name in ("carried_from", "candidates"):
                found.pop(name, None)
    return canonical(payload).decode()


def test_a_bad_claim_of_an_older_schema_is_set_aside_too(warehouse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "to_payload", as_of_version_2)
    good, bad = read_article("a"), read_article("b")
    kept = newsroom.claims(good[-1], newsroom.claim(good[-1], "Raids on Raqqa"))
    aside = newsroom.claims(bad[-1], newsroom.claim(bad[-1], "Raids on Raqqa", sentence=(5, 10_000)))

    warehouse.publish(*good, *bad, kept, aside)

    assert warehouse.row("select event_id, test from int_events_broken") == {
        "event_id": aside.event_id,
        "test": "claim_span_outside_text",
    }


REVERSED = DateReading(start=date(2017, 6, 10), end=date(2017, 6, 9))


def test_a_good_reading_by_older_rules_stands_in_for_a_bad_one(warehouse: Any) -> None:
    article = read_article("a")
    older = newsroom.claims(article[-1], newsroom.claim(article[-1], "Raids on Raqqa", "the Observatory"), rules="1")
    bad = newsroom.claims(article[-1], newsroom.claim(article[-1], "Raids on Raqqa", occurred_on=REVERSED), rules="2")

    warehouse.publish(*article, older, bad, producers={"claim": bad.producer})

    assert warehouse.rows("select event_id from claims") == [{"event_id": older.event_id}]


def test_each_test_of_rows_finds_what_it_is_for(warehouse: Any) -> None:
    stories = [read_article(path) for path in "abcdefgh"]
    texts = [story[-1] for story in stories]
    claim = newsroom.claim(texts[1], "Raids on Raqqa")
    many = newsroom.quantity(texts[2], "24 civilians", 24, high=13)
    late = newsroom.article(stories[4][1], published_at=stories[4][1].occurred_at + timedelta(days=2), rules="2")
    pair = newsroom.pair(texts[0])
    bad = {
        "claim_dates_reversed": newsroom.claims(texts[0], newsroom.claim(texts[0], "Raids on", occurred_on=REVERSED)),
        "claim_repeated": newsroom.claims(texts[1], claim, claim),
        "quantity_out_of_range": newsroom.claims(texts[2], newsroom.claim(texts[2], "Raids on", quantities=(many,))),
        "claim_incomplete": newsroom.claims(texts[3], newsroom.claim(texts[3], "Raids on", confidence=None)),
        "article_from_the_future": late,
        "article_incomplete": newsroom.article(stories[5][1], "", rules="2"),
        "pair_out_of_range": newsroom.comparison(texts[6], pair, pair),
        "outcome_incomplete": newsroom.claims_failure(texts[7], reason=None),
        "sighting_incomplete": newsroom.entry("z", outlet=None),
    }

    warehouse.publish(*(event for story in stories for event in story), *bad.values())

    found = {row["test"]: row["event_id"] for row in warehouse.rows("select test, event_id from int_events_broken")}
    assert found == {test: event.event_id for test, event in bad.items()}


def test_what_is_made_from_a_quarantined_event_is_not_shown(warehouse: Any) -> None:
    entry = newsroom.entry("a")
    capture = newsroom.capture(entry)
    article = newsroom.article(capture, published_at=capture.occurred_at + timedelta(days=30))
    claims = newsroom.claims(article, newsroom.claim(article, "Raids on Raqqa"))

    warehouse.publish(entry, capture, article, claims, newsroom.comparison(article))

    assert warehouse.rows("select claim_id from claims union all select article_id from articles") == []
    assert warehouse.row("select count(*) as events from int_events_set_aside") == {"events": 3}


def test_what_stands_failed_is_a_row_of_its_stage(warehouse: Any) -> None:
    entries = [newsroom.entry(path) for path in "abcd"]
    captures = [newsroom.capture(entry) for entry in entries]
    article = newsroom.article(captures[1])
    failures = {
        "poll": newsroom.poll("herald", outcome="failed", reason="dns"),
        "capture": newsroom.capture_failure(entries[2], reason="timeout", retry_at=NOON + timedelta(days=1)),
        "extract": newsroom.extraction_failure(captures[0]),
        "claim": newsroom.claims_failure(article),
    }

    warehouse.publish(*entries, *captures[:2], article, newsroom.poll(), *failures.values())

    found = warehouse.rows("select stage, event_id, standing, reason, source_id, attempts from quarantine")
    assert {row["stage"]: row["event_id"] for row in found} == {name: one.event_id for name, one in failures.items()}
    assert {row["stage"]: (row["standing"], row["reason"], row["source_id"], row["attempts"]) for row in found} == {
        "poll": ("retried", "dns", "herald", 1),
        "capture": ("retried", "timeout", "wire", 1),
        "extract": ("given_up", "no_text", "wire", 1),
        "claim": ("given_up", "language", "wire", 1),
    }


def test_a_failure_tells_where_how_often_and_since_when(warehouse: Any) -> None:
    entry = newsroom.entry("a")
    first = newsroom.capture_failure(entry, reason="timeout", retry_at=NOON)
    last = newsroom.capture_failure(entry, attempt=2, occurred_at=NOON + timedelta(hours=1))

    warehouse.publish(entry, first, last)

    row = warehouse.row("from quarantine")
    assert (row["event_id"], row["input_event_id"], row["url"]) == (last.event_id, entry.event_id, entry.url)
    assert (row["attempts"], row["standing"], row["reason"]) == (2, "given_up", "status_404")
    assert (row["first_failed_at"], row["last_failed_at"]) == (first.occurred_at, last.occurred_at)


def test_what_was_read_in_the_end_is_no_longer_there(warehouse: Any) -> None:
    entry = newsroom.entry("a")
    polls = [newsroom.poll(outcome="failed", reason="dns"), newsroom.poll(at=NOON + timedelta(hours=1))]

    warehouse.publish(entry, newsroom.capture_failure(entry, retry_at=NOON), newsroom.capture(entry, attempt=2), *polls)

    assert warehouse.rows("from quarantine") == []


def test_what_a_test_of_rows_set_aside_stands_beside_them_with_its_place(warehouse: Any) -> None:
    good = read_article("a")
    bad = newsroom.claims(good[-1], newsroom.claim(good[-1], "Raids on", occurred_on=REVERSED))

    warehouse.publish(*good, bad)

    row = warehouse.row("from quarantine")
    assert (row["stage"], row["standing"], row["reason"]) == ("claim", "set_aside", "claim_dates_reversed")
    assert (row["event_id"], row["input_event_id"]) == (bad.event_id, good[-1].event_id)
    assert (row["source_id"], row["url"]) == ("wire", good[-1].url)
