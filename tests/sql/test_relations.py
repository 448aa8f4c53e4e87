"""Measured pairs in, relations and families out: the real models over tables of a few rows."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import duckdb
import pytest

from pipeline.settings import SQL

MODELS = (
    "intermediate/int_pairs_measured.sql",
    "intermediate/int_sentences_compared.sql",
    "intermediate/int_sentences_shared.sql",
    "intermediate/int_sentences_recurring.sql",
    "intermediate/int_texts_alike.sql",
    "intermediate/int_texts_joined.sql",
    "intermediate/int_sentences_repeated.sql",
    "intermediate/int_pairs_weighed.sql",
    "intermediate/int_ledes_counted.sql",
    "intermediate/int_revisions_timed.sql",
    "intermediate/int_sentence_sources.sql",
    "intermediate/int_articles_stitched.sql",
    "intermediate/int_relations_named.sql",
    "intermediate/int_articles_joined.sql",
    "intermediate/int_families_joined.sql",
    "marts/families.sql",
)
INPUTS = """
    create table int_current_articles (
        revision_id VARCHAR, article_id VARCHAR, outlet VARCHAR, owner VARCHAR, title VARCHAR, producer VARCHAR,
        published_at TIMESTAMP, captured_at TIMESTAMP, published_precision VARCHAR, text VARCHAR
    );
    create table int_articles_revised (article_id VARCHAR, revision_id VARCHAR);
    create table int_current_comparisons (
        event_id VARCHAR, revision_id VARCHAR, article_id VARCHAR, normal_sha256 VARCHAR, words INTEGER
    );
    create table stg_pairs_measured (
        event_id VARCHAR, article_id VARCHAR, revision_id VARCHAR, other_article_id VARCHAR, other_revision_id VARCHAR,
        coverage_here DOUBLE, coverage_there DOUBLE, words_here INTEGER, words_there INTEGER, shared_words INTEGER,
        is_exact BOOLEAN, sentences JSON
    );
    create table stg_sentences_compared (
        event_id VARCHAR, revision_id VARCHAR, sentence_start INTEGER, sentence_end INTEGER, words INTEGER
    );
    create table stg_sentences_shared (
        event_id VARCHAR, revision_id VARCHAR, other_revision_id VARCHAR, sentence_start INTEGER,
        other_sentence_start INTEGER, score DOUBLE, is_digits_equal BOOLEAN
    );
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    revision_id: str
    article_id: str
    outlet: str = "Wire"
    owner: str | None = None
    title: str | None = "Toll rises"
    producer: str = "extract-1-aaaaaaaaaa"
    published_at: str | None = "2017-06-11 09:00"
    captured_at: str = "2017-06-11 12:00"
    published_precision: str = "exact"
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    event_id: str
    article_id: str
    revision_id: str
    other_article_id: str
    other_revision_id: str
    coverage_here: float = 0.0
    coverage_there: float = 0.0
    words_here: int = 400
    words_there: int = 400
    shared_words: int = 40
    is_exact: bool = False
    sentences: tuple[dict[str, float], ...] = ()


def article(name: str, **changes: Any) -> Article:
    return replace(Article(revision_id=f"r-{name}", article_id=f"a-{name}"), **changes)


def pair(name: str, other: str, **measured: Any) -> Pair:
    ids = {"article_id": f"a-{name}", "other_article_id": f"a-{other}"}
    ids |= {"revision_id": f"r-{name}", "other_revision_id": f"r-{other}", "event_id": f"e-{name}"}
    return Pair(**(ids | measured))


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(INPUTS)
        yield connection


def insert(tables: duckdb.DuckDBPyConnection, table: str, new: list[dict[str, Any]]) -> None:
    """All rows in one statement: one statement a row takes 10 seconds for the pairs of 60 texts."""
    columns = tables.execute(
        "select column_name, data_type from duckdb_columns() where table_name = ?", [table]
    ).fetchall()
    tables.execute(
        f"insert into {table} by name select unnest(from_json($rows, $structure), recursive := true)",
        {"rows": json.dumps(new), "structure": json.dumps([dict(columns)])},
    )


def fill(tables: duckdb.DuckDBPyConnection, articles: list[Article], pairs: list[Pair], texts: Any = None) -> None:
    """Fill the inputs (`texts`: normal form and words by article name) and build the models."""
    comparisons = []
    for one in articles:
        name = one.revision_id.removeprefix("r-")
        normal, words = (texts or {}).get(name, (f"normal form of {name}", 400))
        ids = {"event_id": f"e-{name}", "revision_id": one.revision_id, "article_id": one.article_id}
        comparisons.append({**ids, "normal_sha256": normal, "words": words})
    latest = {one.article_id: one.revision_id for one in articles}
    insert(tables, "int_current_articles", [asdict(one) for one in articles])
    insert(tables, "int_articles_revised", [{"article_id": key, "revision_id": value} for key, value in latest.items()])
    insert(tables, "int_current_comparisons", comparisons)
    insert(tables, "stg_pairs_measured", [asdict(one) for one in pairs])
    insert(tables, "stg_sentences_compared", [row for number, one in enumerate(pairs) for row in sides(one, number)])
    insert(tables, "stg_sentences_shared", [share(one, number) for number, one in enumerate(pairs)])
    for model in MODELS:
        name = model.split("/")[1].removesuffix(".sql")
        tables.execute(f"create table {name} as {(SQL / model).read_text()}")


def sides(one: Pair, number: int) -> list[dict[str, Any]]:
    """What a pair shares is one sentence of each text; no two pairs share the same one."""
    start = {"sentence_start": 1000 * number, "sentence_end": 1000 * number + 10}
    return [
        {"event_id": f"e-{name[2:]}", "revision_id": name, "words": round(words * coverage)} | start
        for name, words, coverage in (
            (one.revision_id, one.words_here, one.coverage_here),
            (one.other_revision_id, one.words_there, one.coverage_there),
        )
    ]


def share(one: Pair, number: int) -> dict[str, Any]:
    """The sentence that a pair shares, word for word."""
    return {
        "event_id": one.event_id,
        "revision_id": one.revision_id,
        "other_revision_id": one.other_revision_id,
        "sentence_start": 1000 * number,
        "other_sentence_start": 1000 * number,
        "score": 1.0,
        "is_digits_equal": True,
    }


def rows(tables: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return tables.execute(query).fetchall()


def relation(tables: duckdb.DuckDBPyConnection, *pairs: Pair, **texts: tuple[str, int]) -> list[tuple[Any, ...]]:
    fill(tables, [article("a"), article("b")], list(pairs), texts)
    return rows(tables, "select revision_id, relation, other_revision_id from int_relations_named")


def test_a_pair_reads_the_same_from_whichever_side_it_was_measured(tables: duckdb.DuckDBPyConnection) -> None:
    from_b = pair(
        "b",
        "a",
        coverage_here=0.9,
        coverage_there=0.4,
        words_here=100,
        words_there=300,
        sentences=({"score": 1.0}, {"score": 0.5}),
    )

    fill(tables, [article("a"), article("b")], [from_b])

    assert rows(
        tables,
        "select revision_id, other_revision_id, article_id, other_article_id, longer_revision_id, words, other_words, "
        "coverage, other_coverage, longer_coverage, shorter_coverage, shared_sentences from int_pairs_measured",
    ) == [("r-a", "r-b", "a-a", "a-b", "r-a", 300, 100, 0.4, 0.9, 0.4, 0.9, 2)]


def test_only_the_current_comparison_of_a_revision_counts(tables: duckdb.DuckDBPyConnection) -> None:
    by_old_rules = pair("b", "a", coverage_here=0.1, coverage_there=0.1, event_id="e-b-old")
    current = pair("b", "a", coverage_here=0.9, coverage_there=0.9)

    fill(tables, [article("a"), article("b")], [by_old_rules, current])

    assert rows(tables, "select coverage from int_pairs_measured") == [(0.9,)]


def test_a_pair_with_a_revision_that_is_not_current_is_left_out(tables: duckdb.DuckDBPyConnection) -> None:
    fill(tables, [article("b")], [pair("b", "withdrawn", coverage_here=0.9, coverage_there=0.9)])

    assert rows(tables, "select * from int_pairs_measured") == []


def test_equal_texts_are_exact(tables: duckdb.DuckDBPyConnection) -> None:
    measured = pair("b", "a", coverage_here=1.0, coverage_there=1.0, words_here=12, words_there=12, is_exact=True)

    assert relation(tables, measured) == [("r-a", "exact", "r-b")]


def test_equal_texts_of_a_few_words_are_not_related(tables: duckdb.DuckDBPyConnection) -> None:
    measured = pair("b", "a", coverage_here=1.0, coverage_there=1.0, words_here=9, words_there=9, is_exact=True)

    assert relation(tables, measured, a=("sign in", 9), b=("sign in", 9)) == []


def test_equal_normal_forms_are_exact_though_nobody_measured_them(tables: duckdb.DuckDBPyConnection) -> None:
    assert relation(tables, a=("the same", 10), b=("the same", 10)) == [("r-a", "exact", "r-b")]


def test_equal_normal_forms_of_a_few_words_are_related_within_an_article_only(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    retitled = [article("b"), replace(article("c"), article_id="a-b", captured_at="2017-06-12 12:00")]

    fill(tables, [article("a"), *retitled], [], dict.fromkeys("abc", ("sign in", 9)))

    named = rows(tables, "select revision_id, relation, other_revision_id from int_relations_named")
    assert named == [("r-c", "revision-of", "r-b")]


def test_thousands_of_pages_that_say_the_same_few_words_make_no_pairs(tables: duckdb.DuckDBPyConnection) -> None:
    names = numbered(100_000)

    fill(tables, [article(name) for name in names], [], dict.fromkeys(names, ("sign in", 9)))

    assert rows(tables, "select count(*) from int_relations_named") == [(0,)]


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"coverage_here": 0.65, "coverage_there": 0.5, "words_here": 300}, [("r-a", "copy-of", "r-b")]),
        ({"coverage_here": 0.64, "coverage_there": 0.5, "words_here": 300}, [("r-b", "version-of", "r-a")]),
        ({"coverage_here": 0.9, "coverage_there": 0.9, "words_here": 29, "words_there": 31}, []),
        ({"coverage_here": 0.6, "coverage_there": 0.49, "words_here": 300}, [("r-b", "contained-in", "r-a")]),
        ({"coverage_here": 0.49, "coverage_there": 0.6, "words_there": 300}, [("r-a", "contained-in", "r-b")]),
        ({"coverage_here": 0.59, "coverage_there": 0.49, "words_here": 300}, [("r-b", "version-of", "r-a")]),
        ({"coverage_here": 0.39, "coverage_there": 0.3, "words_here": 300}, []),
    ],
)
def test_the_first_relation_that_holds_names_the_pair(
    tables: duckdb.DuckDBPyConnection, measured: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert relation(tables, pair("b", "a", **measured)) == expected


@pytest.mark.parametrize(("producer", "relations"), [("extract-1-aaaaaaaaaa", 1), ("extract-2-aaaaaaaaaa", 0)])
def test_a_later_text_of_one_article_is_its_revision_if_the_same_rules_read_both(
    tables: duckdb.DuckDBPyConnection, producer: str, relations: int
) -> None:
    later = article("a", captured_at="2017-06-12 12:00", producer=producer)
    earlier = replace(article("b"), article_id="a-a")
    measured = pair("a", "b", other_article_id="a-a", coverage_here=1.0, coverage_there=1.0, is_exact=True)

    fill(tables, [later, earlier], [measured])

    assert (
        rows(tables, "select revision_id, relation, other_revision_id from int_relations_named")
        == [("r-a", "revision-of", "r-b")] * relations
    )


def copies(*names: tuple[str, str]) -> list[Pair]:
    return [pair(name, other, coverage_here=0.8, coverage_there=0.8) for name, other in names]


def numbered(count: int) -> list[str]:
    return [f"{number:03}" for number in range(count)]


def test_a_chain_of_200_copies_is_one_family(tables: duckdb.DuckDBPyConnection) -> None:
    names = numbered(200)

    fill(tables, [article(name) for name in names], copies(*zip(names[1:], names, strict=False)))

    assert rows(tables, "select family_id, articles from families") == [("a-000", 200)]


def test_60_copies_of_one_another_are_one_family(tables: duckdb.DuckDBPyConnection) -> None:
    names = numbered(60)

    fill(tables, [article(name) for name in names], copies(*combinations(names, 2)))

    assert rows(tables, "select family_id, articles from families") == [("a-000", 60)]


def test_a_contained_text_joins_no_family_and_stands_alone(tables: duckdb.DuckDBPyConnection) -> None:
    contained = pair("c", "a", coverage_here=0.9, coverage_there=0.2, words_here=80)

    fill(tables, [article("a"), article("b"), article("c")], [*copies(("b", "a")), contained])

    assert rows(tables, "select article_id, family_id from int_families_joined order by all") == [
        ("a-a", "a-a"),
        ("a-b", "a-a"),
        ("a-c", "a-c"),
    ]


def test_any_revision_of_an_article_can_join_it_to_a_family(tables: duckdb.DuckDBPyConnection) -> None:
    second = replace(article("b2"), article_id="a-b")
    joining = replace(copies(("b", "a"))[0], revision_id="r-b2", event_id="e-b2")

    fill(tables, [article("a"), article("b"), second], [joining])

    assert rows(tables, "select family_id, articles from families") == [("a-a", 2)]


def test_a_family_counts_articles_outlets_and_owners(tables: duckdb.DuckDBPyConnection) -> None:
    articles = [
        article("a", outlet="Daily", owner="House", published_at=None, title=None),
        article("b", outlet="Weekly", owner="House", published_at="2017-06-11 10:00", title="Toll rises"),
        article("c", outlet="Wire", published_at="2017-06-11 09:00", title="24 killed"),
        article("d", outlet="Wire", published_at="2017-06-11 09:00", title="24 killed"),
    ]

    fill(tables, articles, copies(("b", "a"), ("c", "b"), ("d", "c")))

    assert rows(
        tables,
        "select family_id, earliest_article_id, titles, articles, outlets, owners, "
        "strftime(first_published_at, '%H:%M') from families",
    ) == [("a-a", "a-c", ["24 killed", "Toll rises"], 4, 3, 2, "09:00")]


def test_every_key_is_unique(tables: duckdb.DuckDBPyConnection) -> None:
    names = numbered(6)
    twice = replace(copies(("001", "000"))[0], event_id="e-000", coverage_here=0.7)

    fill(tables, [article(name) for name in names], [*copies(*combinations(names, 2)), twice])

    for table in ("int_pairs_measured", "int_relations_named"):
        assert rows(tables, f"select count(*) - count(distinct (revision_id, other_revision_id)) from {table}") == [
            (0,)
        ]
