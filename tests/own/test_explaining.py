"""Every field of a claim is told with its words and the rule that read it."""

from datetime import UTC, datetime

import pytest

from pipeline.claims.read import read_claims
from pipeline.own.explaining import FRAMES, explain
from pipeline.settings import SEEDS, Settings
from pipeline.values import Claim

PUBLISHED = datetime(2017, 6, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def seed() -> tuple[str, tuple[Claim, ...]]:
    text = (SEEDS / "documents" / "raqqa-2017-06-11.txt").read_text(encoding="utf-8")
    model = Settings().language_model
    return text, read_claims(text, published_at=PUBLISHED, revision_id="revision", language_model=model)


def test_a_revised_toll_is_explained_field_by_field(seed: tuple[str, tuple[Claim, ...]]) -> None:
    text, claims = seed
    (claim,) = [claim for claim in claims if any(quantity.superseded_low == 13 for quantity in claim.quantities)]

    told = dict(explain(text, claim))

    assert told["rule"] == "complement:say, tier A: the clause behind the verb"
    assert told["speaker"] == '"The Observatory" is sohr'
    assert told["said on"] == 'on 2017-06-11 by "Sunday", rule nearest_past_weekday, counted from published_at'
    assert told["happened"] == 'on 2017-06-10 by "the previous day", rule previous_day, counted from said_on'
    assert told["count 0"] == '"24" is 24 civilians killed, instead of 13 by "13", rule active'


def test_what_is_not_known_says_why(seed: tuple[str, tuple[Claim, ...]]) -> None:
    text, claims = seed
    told = [dict(explain(text, claim)) for claim in claims]

    assert any("not resolved (ambiguous" in one.get("speaker", "") and "it may be" in one["speaker"] for one in told)
    assert all(one["happened"].startswith(("on 20", "since 20", "from 20", "not known: ")) for one in told)


def test_every_rule_that_fires_has_an_explanation(seed: tuple[str, tuple[Claim, ...]]) -> None:
    assert {claim.rule.partition(":")[0] for claim in seed[1]} <= set(FRAMES)
