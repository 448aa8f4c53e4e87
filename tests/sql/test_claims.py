"""Claims and tolls: rows in, rows out."""

from datetime import date
from typing import Any

from pipeline.values import ActorRole, DateReading, PlaceMention, Speaker, Via
from tests import newsroom

SATURDAY = date(2017, 6, 10)


def test_a_claim_is_shown_with_its_words_and_its_speakers(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    article = newsroom.article(capture)
    text = article.text
    start = text.index("Shelling on Saturday")
    claim = newsroom.claim(
        article,
        "Raids on Raqqa killed 24 civilians ... We will go on",
        "the Observatory",
        cue=((text.index("said"), text.index("said") + 4),),
        attribution="joint",
        speakers=(
            Speaker(
                span=(start, start + 8),
                speaker_id="sohr-head",
                name="Abdel Rahman",
                attribution="named",
                speaks_for_id="sohr",
            ),
            Speaker(
                span=(start, start + 8), speaker_id=None, name="a witness", attribution="unnamed", reason="unnamed"
            ),
        ),
        via=(Via(span=(start, start + 8), kind="agency", actor_id=None, name="Efe"),),
        said_on=DateReading(start=date(2017, 6, 11), end=date(2017, 6, 11), precision="day", rule="weekday"),
        occurred_on=DateReading(
            start=SATURDAY, end=SATURDAY, precision="day", span=(start + 12, start + 20), rule="weekday"
        ),
        places=(PlaceMention(span=(start, start + 8), place_id="raqqa", name="Raqqa"),),
        actors=(ActorRole(role="victim", span=(start, start + 8), actor_id=None, name="civilians"),),
    )

    row = warehouse.publish(entry, capture, article, newsroom.claims(article, claim)).row("from claims")

    assert row["evidence"] == "Raids on Raqqa killed 24 civilians ... We will go on"
    assert (row["cue"], row["occurred_on_words"]) == ("said", "Saturday")
    assert row["speakers"] == ["Abdel Rahman", "a witness"]
    assert row["speaker_ids"] == ["sohr-head", None]
    assert row["speaks_for_ids"] == ["sohr", None]
    assert (row["places"], row["place_ids"], row["carriers"]) == (["Raqqa"], ["raqqa"], ["Efe"])
    assert (row["said_on_start"], row["occurred_on_start"], row["occurred_on_end"]) == (
        date(2017, 6, 11),
        SATURDAY,
        SATURDAY,
    )
    assert (row["outlet"], row["url"], row["family_id"]) == ("Wire", "https://wire.example/a", article.article_id)
    assert (row["is_latest_revision"], row["is_narrator"]) == (True, False)


def test_evidence_is_cut_by_characters_and_not_by_bytes(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    article = newsroom.article(capture, "“Détruit” — 🦆 e\u0301 الرقة: twelve died, he said.")

    warehouse.publish(entry, capture, article, newsroom.claims(article, newsroom.claim(article, "twelve died", "he")))

    assert warehouse.row("select evidence from claims") == {"evidence": "twelve died"}


def test_a_toll_is_a_row_for_each_count_with_what_it_withdraws(warehouse: Any) -> None:
    entry = newsroom.entry()
    capture = newsroom.capture(entry)
    article = newsroom.article(capture)
    since = DateReading(start=date(2017, 6, 6), end=date(2017, 6, 6), precision="day")
    quantities = (
        newsroom.quantity(article, "24 civilians", 24, superseded_low=13, victim_class="civilian"),
        newsroom.quantity(article, "at least 5 people", 5, high=None, bound="at_least", metric="injured", parent=0),
        newsroom.quantity(article, "13", 58, is_cumulative=True, since=since),
    )
    claim = newsroom.claim(article, "Raids on Raqqa killed 24 civilians", "the Observatory", quantities=quantities)
    aside = newsroom.claim(article, "We will go on", quantities=(newsroom.quantity(article, "13", 13),))

    warehouse.publish(entry, capture, article, newsroom.claims(article, claim, aside))
    rows = warehouse.rows("from toll_claims order by is_narrator, quantity_number")

    assert [row["quantity_words"] for row in rows] == ["24 civilians", "at least 5 people", "13", "13"]
    assert [(row["claimed_low"], row["claimed_high"], row["bound"]) for row in rows[:2]] == [
        (24, 24, "exact"),
        (5, None, "at_least"),
    ]
    assert [(row["superseded_low"], row["parent_quantity_number"]) for row in rows[:2]] == [(13, None), (None, 0)]
    assert (rows[2]["is_cumulative"], rows[2]["since_on"]) == (True, date(2017, 6, 6))
    assert [row["is_narrator"] for row in rows] == [False, False, False, True]
    assert {row["speaker"] for row in rows} == {"the Observatory", None}


def test_an_older_revision_keeps_its_claims_but_not_as_the_latest(warehouse: Any) -> None:
    entry = newsroom.entry()
    first, second = newsroom.capture(entry, 1), newsroom.capture(entry, 2, at=entry.occurred_at.replace(hour=20))
    old, new = newsroom.article(first, "13 people died, he said."), newsroom.article(second, "24 people died, he said.")
    claims = [
        newsroom.claims(old, newsroom.claim(old, "13 people died", "he")),
        newsroom.claims(new, newsroom.claim(new, "24 people died", "he")),
    ]

    warehouse.publish(entry, first, second, old, new, *claims)

    assert warehouse.rows("select evidence, is_latest_revision from claims order by all") == [
        {"evidence": "13 people died", "is_latest_revision": False},
        {"evidence": "24 people died", "is_latest_revision": True},
    ]
    assert warehouse.row("select revisions, claims, revision_id from articles") == {
        "revisions": 2,
        "claims": 1,
        "revision_id": new.revision_id,
    }
    assert warehouse.row("select claims, speakers from daily_summaries") == {"claims": 1, "speakers": 1}
