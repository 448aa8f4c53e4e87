"""Articles in, chains of versions out: real measures and the real models, without a ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipeline.events import ArticleExtracted
from pipeline.own.judging import judged
from tests.comparison.texts import write_story
from tests.newsroom import NOON, article, capture, entry

WANTED = frozenset({"lineages", "int_articles_revised"})
LEDE = "Air strikes by the coalition killed {} civilians in the city of Raqqa on {}, a monitor said."
BACKGROUND = write_story(4, sentences=6)
OWN = {13: write_story(5, sentences=2), 24: write_story(6, sentences=2), 31: write_story(7, sentences=2)}
CHAIN = "select outlet, lede_count, place, version_number, follows_as from lineages order by lineage_id, place"


def report(killed: int, hour: int, outlet: str = "Wire", path: str = "", **changed: Any) -> ArticleExtracted:
    """The story as an outlet had it at an hour: the toll in its lede, something new, and the same background."""
    at = NOON + timedelta(hours=hour)
    captured = capture(entry(path or f"{outlet}-{hour}", at=at), at=at)
    fields: dict[str, Any] = {"outlet": outlet, "published_at": at, "occurred_at": at} | changed
    text = f"{LEDE.format(killed, 'Sunday')}\n{OWN[killed]}\n{BACKGROUND}"
    return replace(article(captured, text, rules="0"), producer="extract-0-own-texts", **fields)


def rows(articles: Sequence[ArticleExtracted], question: str = CHAIN) -> list[tuple[Any, ...]]:
    with judged(articles, WANTED) as connection:
        return connection.execute(question).fetchall()


def test_each_version_follows_the_one_that_it_is_nearest_to_and_a_reprint_what_it_copies() -> None:
    articles = [report(13, 0), report(24, 2), report(31, 4), report(24, 6, outlet="Herald")]

    assert rows(articles) == [
        ("Wire", 13, 1, 1, None),
        ("Wire", 24, 2, 2, "version-of"),
        ("Wire", 31, 3, 3, "version-of"),
        ("Herald", 24, 4, 2, "exact"),
    ]


def test_a_page_that_was_changed_in_place_is_the_next_version_from_its_capture_on() -> None:
    first = report(13, 0)
    second = replace(report(24, 5, path="again"), published_at=first.published_at, article_id=first.article_id)

    assert rows([second, first]) == [("Wire", 13, 1, 1, None), ("Wire", 24, 2, 2, "revision-of")]


def test_copies_without_another_version_are_no_lineage() -> None:
    assert rows([report(13, 0), report(13, 2, outlet="Herald")]) == []


def test_texts_whose_times_tie_or_are_missing_stand_in_one_order_whatever_came_first() -> None:
    at = NOON + timedelta(hours=1)
    tied = [report(13, 1), report(24, 2, published_at=at, occurred_at=at), report(31, 1, path="c", published_at=None)]
    question = "select * from lineages order by place"

    assert len(rows(tied, question)) == 3
    assert rows(tied[::-1], question) == rows(tied, question)
