"""What became of every entry, page, capture and revision."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from pipeline.events import EntrySeen
from tests import newsroom


def test_a_page_that_two_sources_list_counts_once_for_the_first(warehouse: Any) -> None:
    first = newsroom.entry("a", "wire")
    second = newsroom.entry("a", "herald", at=first.occurred_at + timedelta(hours=1), language=None)
    changed = newsroom.entry("a", "wire", at=first.occurred_at + timedelta(hours=2), content_sha256="changed")
    linkless = newsroom.entry("b", "herald", url=None, url_key=None)

    warehouse.publish(second, first, changed, linkless)

    assert warehouse.rows(
        "select source_id, language, entries, entries_without_page, entries_of_known_pages, pages, pages_pending "
        "from pipeline_accounting order by all"
    ) == [
        {"source_id": "herald", "language": "en", "entries": 1, "entries_without_page": 1,
         "entries_of_known_pages": 0, "pages": 0, "pages_pending": 0},
        {"source_id": "herald", "language": "und", "entries": 1, "entries_without_page": 0,
         "entries_of_known_pages": 1, "pages": 0, "pages_pending": 0},
        {"source_id": "wire", "language": "en", "entries": 1, "entries_without_page": 0,
         "entries_of_known_pages": 0, "pages": 1, "pages_pending": 1},
    ]  # fmt: skip


def test_every_input_is_read_failed_or_pending(warehouse: Any) -> None:
    entries = [newsroom.entry(path) for path in "abcdefgh"]
    later = entries[0].occurred_at + timedelta(hours=1)
    captures = [newsroom.capture(entry) for entry in entries[:5]]
    again = newsroom.capture(entries[0], attempt=2, at=later)
    failures = [
        newsroom.capture_failure(entries[5]),
        newsroom.capture_failure(entries[6], reason="timeout", retry_at=later),
    ]
    articles = [newsroom.article(capture) for capture in [*captures[:2], again]]
    unread = [newsroom.extraction_failure(captures[2]), newsroom.extraction_failure(captures[3], retry_at=later)]
    read = [newsroom.comparison(articles[0]), newsroom.claims_failure(articles[1])]

    warehouse.publish(*entries, *captures, again, *failures, *articles, *unread, *read)
    row = warehouse.row("from pipeline_accounting")

    assert [row[f"pages{name}"] for name in ("", "_captured", "_failed", "_pending")] == [8, 5, 1, 2]
    assert row["pages_failed_by_reason"] == {"status_404": 1}
    assert [row[f"captures{name}"] for name in ("", "_extracted", "_failed", "_pending")] == [6, 3, 1, 2]
    assert row["captures_failed_by_reason"] == {"no_text": 1}
    assert (row["revisions"], row["revisions_repeated"]) == (2, 1)
    assert (row["revisions_compared"], row["comparisons_pending"]) == (1, 1)
    assert (row["revisions_claimed"], row["claims_failed"], row["claims_pending"]) == (0, 1, 1)
    assert row["claims_failed_by_reason"] == {"language": 1}
    assert {value for name, value in row.items() if name.endswith("_unaccounted")} == {0}


def test_what_is_set_aside_is_counted_where_it_is_missing(warehouse: Any) -> None:
    entries = [newsroom.entry(path) for path in "ab"]
    captures = [newsroom.capture(entry) for entry in entries]
    good = newsroom.article(captures[0])
    future = newsroom.article(captures[1], published_at=captures[1].occurred_at + timedelta(days=3))
    outside = newsroom.claim(good, "Raids on Raqqa", "the Observatory", cue=((0, 10_000),))

    warehouse.publish(*entries, *captures, good, future, newsroom.claims(good, outside), newsroom.comparison(good))
    row = warehouse.row("from pipeline_accounting")

    assert (row["captures"], row["captures_extracted"], row["captures_set_aside"]) == (2, 1, 1)
    assert (row["revisions"], row["revisions_claimed"], row["claims_set_aside"]) == (1, 0, 1)
    assert {value for name, value in row.items() if name.endswith("_unaccounted")} == {0}


def test_an_entry_that_turns_out_to_be_its_sources_own_page_counts_once(warehouse: Any) -> None:
    first = newsroom.entry("a", is_own_page=False)
    corrected = newsroom.entry(
        "a", at=first.occurred_at + timedelta(hours=1), is_own_page=True, content_sha256="new title"
    )

    warehouse.publish(first, corrected)
    row = warehouse.row("from pipeline_accounting")

    assert (row["entries"], row["pages"], row["entries_of_known_pages"], row["entries_unaccounted"]) == (1, 1, 0, 0)


def sighted_pages() -> Iterator[list[EntrySeen]]:
    """Every way in which three sightings of a page can differ: whose page it is, which source and entry, its language."""
    ways = list(product([False, True], ["wire", "herald"], ["one", "two"], ["en", None]))
    for number, three in enumerate(product(ways[::3], ways, ways[1::2])):
        yield [
            newsroom.entry(
                f"page-{number}",
                source,
                entry_key=f"{number}-{key}",
                is_own_page=is_own,
                language=language,
                content_sha256=f"{number}-{hour}",
                at=newsroom.NOON + timedelta(hours=hour),
            )
            for hour, (is_own, source, key, language) in enumerate(three)
        ]


def test_entries_add_up_however_often_and_by_whom_a_page_is_seen(warehouse: Any) -> None:
    pages = list(sighted_pages())
    linkless = [replace(page[0], url=None, url_key=None) for page in pages[:10]]

    warehouse.publish(*(sighting for page in pages for sighting in page), *linkless)

    entries = sum(len({(sighting.source_id, sighting.entry_key) for sighting in page}) for page in pages)
    assert warehouse.rows(
        "select sum(pages)::bigint as pages, sum(entries)::bigint as entries, sum(abs(entries_unaccounted))::bigint as astray, "
        "sum(entries_without_page)::bigint as linkless from pipeline_accounting"
    ) == [{"pages": len(pages), "entries": entries + 10, "astray": 0, "linkless": 10}]
