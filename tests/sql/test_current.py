"""Which of several readings of one input a mart shows: exactly one."""

from typing import Any

from tests import newsroom


def test_a_second_producer_doubles_nothing_and_the_promoted_one_is_shown(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    old, new = newsroom.article(capture, rules="1"), newsroom.article(capture, rules="2")
    first = newsroom.claim(old, "Raids on Raqqa killed 24 civilians", "the Observatory", rule="old")
    second = newsroom.claim(old, "Raids on Raqqa killed 24 civilians", "the Observatory", rule="new")
    events = [entry, capture, old, newsroom.claims(old, first, rules="1"), new, newsroom.claims(new, second, rules="2")]

    warehouse.publish(*events, producers={"claim": "claim-1-aaaaaaaaaa"})
    with_old = warehouse.rows("select rule from claims")
    warehouse.publish(producers={"claim": "claim-2-aaaaaaaaaa"})
    with_new = warehouse.rows("select rule from claims")

    assert (with_old, with_new) == ([{"rule": "old"}], [{"rule": "new"}])
    assert warehouse.row("select articles, claims from daily_summaries") == {"articles": 1, "claims": 1}


def test_what_the_promoted_producer_has_not_read_is_shown_as_the_newest_other_read_it(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    article = newsroom.article(capture)
    warehouse.publish(entry, capture, article, newsroom.claims(article, rules="2"))
    warehouse.publish(newsroom.claims_failure(article, rules="1"), producers={"claim": "claim-3-aaaaaaaaaa"})

    # Rules 1 were appended last, so they are the newest; the order of names decides nothing.
    assert warehouse.row("select producer, outcome from int_current_claims") == {
        "producer": "claim-1-aaaaaaaaaa",
        "outcome": "failed",
    }


def test_the_highest_attempt_counts_even_when_it_failed(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry, 1)
    extractions = [newsroom.extraction_failure(capture), newsroom.article(capture, attempt=2)]

    warehouse.publish(entry, capture, newsroom.capture_failure(entry, 2), *extractions)

    assert warehouse.row("select outcome, attempt from int_current_captures") == {"outcome": "failed", "attempt": 2}
    assert warehouse.row("select outcome, attempt from int_current_extractions") == {
        "outcome": "extracted",
        "attempt": 2,
    }


def test_the_same_text_captured_twice_is_one_revision_of_the_first_capture(warehouse: Any) -> None:
    entry = newsroom.entry()
    later = newsroom.capture(entry, 2, at=entry.occurred_at.replace(hour=20))
    captures = [later, newsroom.capture(entry, 1)]

    warehouse.publish(entry, *captures, *(newsroom.article(capture) for capture in captures))

    assert warehouse.row("select captured_at, last_captured_at from int_current_articles") == {
        "captured_at": captures[1].occurred_at,
        "last_captured_at": later.occurred_at,
    }


def test_producers_are_told_with_their_part_of_the_ledger(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    warehouse.publish(entry, capture, newsroom.article(capture), producers={"extract": "extract-2-aaaaaaaaaa"})

    rows = warehouse.rows(
        "select producer, events, is_promoted from meta_producers where step = 'extract' order by all"
    )

    assert rows == [
        {"producer": "extract-1-aaaaaaaaaa", "events": 1, "is_promoted": False},
        {"producer": "extract-2-aaaaaaaaaa", "events": 0, "is_promoted": True},
    ]
