"""The step: one outcome for each revision, and a producer that names all that shapes it."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pipeline.claims.extract import MOST_WORDS, extract
from pipeline.claims.gazetteer import FILES
from pipeline.claims.naming import find_model_version, producer
from pipeline.claims.parse import load_model
from pipeline.claims.read import read_by_rules
from pipeline.events import ArticleExtracted, ClaimsExtracted, ClaimsFailed, Pending, Recorded
from pipeline.ledger.payloads import from_payload, to_payload
from pipeline.settings import SEEDS, Settings
from tests.claims.conftest import ReadText

ARTICLE = ArticleExtracted(
    event_date=date(2017, 6, 11),
    occurred_at=datetime(2017, 6, 12, 8, tzinfo=UTC),
    caused_by=UUID(int=1),
    producer="extract-1-0000000000",
    article_id="article",
    url_key="wire.example/a",
    source_id="wire",
    outlet="The Wire",
    owner=None,
    attempt=1,
    revision_id="revision",
    url="https://wire.example/a",
    canonical_url=None,
    title="Toll rises",
    text="The Observatory said Sunday that shelling of Raqqa killed 24 people.",
    language="en",
    language_probability=0.99,
    published_at=datetime(2017, 6, 11, 10, tzinfo=UTC),
    published_precision="exact",
    published_rule="json-ld",
    words=11,
)
SETTINGS = Settings()


def outcomes(*articles: ArticleExtracted) -> list[ClaimsExtracted | ClaimsFailed]:
    inputs = [
        Pending(cause=Recorded(position=n, event_id=UUID(int=n), event=one), attempt=1)
        for n, one in enumerate(articles, 1)
    ]
    return list(extract(inputs, producer="claim-1-aaaaaaaaaa", language_model=SETTINGS.language_model))


def test_a_revision_becomes_its_claims_with_the_envelope_of_its_article() -> None:
    (outcome,) = outcomes(ARTICLE)

    assert isinstance(outcome, ClaimsExtracted)
    assert [claim.quantities[0].low for claim in outcome.claims] == [24]
    assert (outcome.event_date, outcome.occurred_at) == (ARTICLE.event_date, ARTICLE.occurred_at)
    assert (outcome.caused_by, outcome.revision_id, outcome.attempt) == (UUID(int=1), "revision", 1)


def test_claims_survive_the_ledger(seed_text: str) -> None:
    (outcome,) = outcomes(replace(ARTICLE, text=seed_text))

    back = from_payload(
        "ClaimsExtracted",
        to_payload(outcome),
        event_date=outcome.event_date,
        occurred_at=outcome.occurred_at,
        caused_by=outcome.caused_by,
        producer=outcome.producer,
    )

    assert back == outcome


@pytest.mark.parametrize(("language", "probability"), [("ar", 0.99), ("fr", 0.7), (None, 0.0), ("en", 0.3)])
def test_another_language_fails_for_good(language: str | None, probability: float) -> None:
    (outcome,) = outcomes(replace(ARTICLE, language=language, language_probability=probability, words=200))

    assert isinstance(outcome, ClaimsFailed)
    assert (outcome.reason, outcome.retry_at) == ("language", None)


def test_a_text_too_long_for_an_article_fails_for_good() -> None:
    (outcome,) = outcomes(replace(ARTICLE, words=MOST_WORDS + 1))

    assert isinstance(outcome, ClaimsFailed)
    assert (outcome.reason, outcome.retry_at) == ("too_long", None)


def test_every_input_has_exactly_one_outcome_whatever_its_neighbours() -> None:
    other = replace(ARTICLE, revision_id="other", text="Herons nest here.")
    foreign = replace(ARTICLE, revision_id="foreign", language="ar")

    together = outcomes(ARTICLE, foreign, other)
    alone = [*outcomes(ARTICLE), *outcomes(foreign), *outcomes(other)]

    assert [outcome.revision_id for outcome in together] == ["revision", "foreign", "other"]
    assert [to_payload(outcome) for outcome in together] == [to_payload(outcome) for outcome in alone]


def test_editing_an_alias_makes_another_producer(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(SEEDS / name, tmp_path / name)
    before = producer(SETTINGS, tmp_path)

    actors = tmp_path / "actors.csv"
    actors.write_text(actors.read_text(encoding="utf-8").replace("|SOHR|", "|SOHR|S.O.H.R.|"), encoding="utf-8")

    assert before == producer(SETTINGS, SEEDS)
    assert producer(SETTINGS, tmp_path) != before


def test_an_edited_alias_is_read_at_once(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(SEEDS / name, tmp_path / name)
    actors = tmp_path / "actors.csv"
    actors.write_text(actors.read_text(encoding="utf-8").replace("|SOHR|", "|SOHR|Coventry Monitor|"), encoding="utf-8")
    article = replace(ARTICLE, text="The Coventry Monitor said shelling killed 24 people.")
    inputs = [Pending(cause=Recorded(position=1, event_id=UUID(int=1), event=article))]

    (outcome,) = extract(inputs, producer="p", language_model=SETTINGS.language_model, seeds=tmp_path)

    assert isinstance(outcome, ClaimsExtracted)
    assert outcome.claims[0].speakers[0].speaker_id == "sohr"


def test_a_missing_model_is_named_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="CLAIMWIRE_LANGUAGE_MODEL"):
        producer(replace(SETTINGS, language_model="no_such_model"))


def test_the_version_in_the_producer_is_that_of_the_model_that_is_loaded() -> None:
    name = Settings().language_model

    assert find_model_version(name) == load_model(name).version


def test_a_model_that_is_not_there_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="is not installed; install it or set CLAIMWIRE_LANGUAGE_MODEL"):
        find_model_version("no-such-model")


def test_a_text_that_breaks_a_rule_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_on_some(text: str, *others: Any) -> Any:
        assert "broken" not in text, "a rule of ours"
        return read_by_rules(text, *others)

    monkeypatch.setattr("pipeline.claims.extract.read_by_rules", break_on_some)
    broken = replace(ARTICLE, text="A broken text.", revision_id="broken")

    failed, read_after = outcomes(broken, ARTICLE)

    assert isinstance(failed, ClaimsFailed)
    assert (failed.reason, failed.retry_at) == ("error", None)
    assert isinstance(read_after, ClaimsExtracted)


def test_the_month_of_may_is_no_hedge(read: ReadText) -> None:
    claims = read("The army said in May 12 people were killed.\n\nThe mayor said 24 people may be dead since May 21.")

    assert [claim.modality for claim in claims] == ["asserted", "possible"]


def test_an_agency_is_no_victim_but_its_reporter_is(read: ReadText) -> None:
    (told,) = read("The mayor said on Sunday that the raid hit Reuters.")
    (harmed,) = read("The mayor said on Sunday that the raid killed the Reuters reporter.")

    assert [role for role in told.actors if role.actor_id == "reuters"] == []
    assert "victim" in {role.role for role in harmed.actors}


def test_whose_picture_it_is_stands_outside_the_content(read: ReadText) -> None:
    text = "(Reuters Photo) At least 24 people were killed in Raqqa, the mayor said."

    (claim,) = read(text)

    assert text[slice(*claim.content[0])] == "At least 24 people were killed in Raqqa"
