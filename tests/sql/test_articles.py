"""Articles, days and sources: rows in, rows out."""

from datetime import date, timedelta
from typing import Any

from pipeline.values import Candidate
from tests import newsroom


def test_reprints_are_copies_in_one_family_and_the_earliest_is_told(warehouse: Any) -> None:
    entries = [newsroom.entry("a"), newsroom.entry("b"), newsroom.entry("c")]
    captures = [newsroom.capture(entry) for entry in entries]
    first = newsroom.article(captures[0])
    reprint = newsroom.article(captures[1], outlet="Herald", published_at=captures[0].occurred_at)
    other = newsroom.article(captures[2], "Rain is expected in the north, the weather service said.")
    compared = [newsroom.comparison(first), newsroom.comparison(reprint, newsroom.pair(first))]
    claims = [
        newsroom.claims(first, newsroom.claim(first, "Raids on Raqqa", "the Observatory")),
        newsroom.claims(reprint, newsroom.claim(reprint, "Raids on Raqqa"), newsroom.claim(reprint, "We will go on")),
        newsroom.claims_failure(other, reason="language"),
    ]

    warehouse.publish(*entries, *captures, first, reprint, other, *compared, newsroom.comparison(other), *claims)
    rows = {row["article_id"]: row for row in warehouse.rows("from articles")}

    shown = [rows[article.article_id] for article in (first, reprint, other)]
    assert [row["copies"] for row in shown] == [1, 1, 0]
    assert [row["is_earliest_in_family"] for row in shown] == [True, False, True]
    assert shown[0]["family_id"] == shown[1]["family_id"] != shown[2]["family_id"]
    assert [(row["claims"], row["narrator_claims"]) for row in shown] == [(1, 0), (0, 2), (0, 0)]
    assert [row["claims_outcome"] for row in shown] == ["extracted", "extracted", "failed"]
    assert shown[2]["claims_reason"] == "language"
    assert warehouse.row("from daily_summaries") == {
        "entries": 3,
        "pages": 3,
        "articles": 3,
        "articles_copied": 1,
        "families": 2,
        "outlets": 2,
        "claims": 1,
        "tolls": 0,
        "speakers": 1,
        "pending": 0,
        "event_date": date(2017, 6, 11),
    }


def test_an_article_has_its_section_and_what_its_page_says_of_a_paywall(warehouse: Any) -> None:
    said = [("section", "World", "json-ld"), ("access", "paid", "json-ld"), ("access", "free", "meta")]
    hints = tuple(Candidate(name=name, value=value, origin=origin) for name, value, origin in said)
    entries = [newsroom.entry("a"), newsroom.entry("b")]
    captures = [newsroom.capture(entry) for entry in entries]
    told, silent = newsroom.article(captures[0], candidates=hints), newsroom.article(captures[1])

    warehouse.publish(*entries, *captures, told, silent)

    rows = {row["article_id"]: (row["section"], row["access"]) for row in warehouse.rows("from articles")}
    assert (rows[told.article_id], rows[silent.article_id]) == (("World", "paid"), (None, None))


def test_source_health_counts_the_failures_since_the_last_good_poll(warehouse: Any) -> None:
    noon = newsroom.entry().occurred_at
    failed = {"outcome": "failed", "reason": "timeout", "status": None}
    polls = [
        newsroom.poll("wire", noon, **failed),
        newsroom.poll("wire", noon + timedelta(hours=1)),
        newsroom.poll("wire", noon + timedelta(hours=2), **failed),
        newsroom.poll("wire", noon + timedelta(hours=3), **failed),
        newsroom.poll("dead", noon, **failed, next_poll_at=None),
    ]

    warehouse.publish(*polls, newsroom.entry("a"), newsroom.entry("a", content_sha256="changed"), newsroom.entry("b"))
    rows = warehouse.rows("from source_health order by source_id")

    assert [(row["source_id"], row["polls"], row["failures_in_a_row"], row["entries"]) for row in rows] == [
        ("dead", 1, 1, 0),
        ("wire", 4, 2, 2),
    ]
    assert (rows[1]["last_reason"], rows[1]["last_succeeded_at"]) == ("timeout", noon + timedelta(hours=1))
    assert (rows[0]["next_poll_at"], rows[1]["next_poll_at"]) == (None, noon + timedelta(hours=4))


def test_a_source_element_at_the_pages_own_site_is_no_wire_and_one_at_another_outlets_is_that_outlet(
    warehouse: Any,
) -> None:
    named = [
        ("a", "Wire - World", "https://feeds.wire.example/world.rss"),
        ("b", "Herald - World", "https://www.herald.example/rss"),
        ("c", "Agency", "https://agency.example/rss"),
        ("d", "Agency", None),
        ("f", "REUTERS", None),
        ("e", None, "https://herald.example/rss"),
    ]
    entries = [newsroom.entry(path, origin_name=name, origin_url=url) for path, name, url in named]
    url = "https://herald.example/own"
    entries.append(newsroom.entry("own", source_id="herald", outlet="The Herald", url=url, url_key=url))
    captures = [newsroom.capture(entry) for entry in entries[:-1]]
    articles = [
        newsroom.article(one, f"Story number {number} is about the town of {one.url_key} and nothing else at all.")
        for number, one in enumerate(captures)
    ]

    warehouse.publish(*entries, *captures, *articles, *(newsroom.comparison(article) for article in articles))

    found = {row["earliest_article_id"]: (row["origin"], row["origin_rule"]) for row in warehouse.rows("from origins")}
    assert [found[article.article_id] for article in articles] == [
        ("Wire", "outlet"),
        ("The Herald", "feed"),
        ("Agency", "feed"),
        ("Wire", "outlet"),
        ("Reuters", "feed"),
        ("The Herald", "feed"),
    ]
