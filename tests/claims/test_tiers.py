"""How far a claim is to be trusted, by the frame that found it."""

import pytest

from pipeline.claims.cues import Cue
from pipeline.claims.tiers import read_tier
from tests.claims.conftest import ReadText


def verb(lemma: str, *frames: str) -> Cue:
    return Cue(lemma, "verb", "neutral", frozenset(frames))


@pytest.mark.parametrize(
    ("rule", "cue", "tier"),
    [
        ("fronted", verb("say", "clause", "quote"), "A"),
        ("complement", verb("warn", "clause", "quote"), "A"),
        ("complement", verb("believe", "clause", "quote"), "B"),
        ("complement", verb("find", "clause"), "B"),
        ("object", verb("condemn", "object"), "B"),
        ("noun_clause", verb("claim", "clause"), "C"),
        ("passive", verb("believe", "clause"), "C"),
    ],
)
def test_the_tier_is_that_of_the_frame(rule: str, cue: Cue, tier: str) -> None:
    assert read_tier(rule, cue, has_speaker=True) == tier


def test_what_nobody_says_is_never_sure() -> None:
    assert read_tier("fronted", verb("say", "quote"), has_speaker=False) == "C"


def test_a_claim_carries_its_tier_and_the_rule_that_gave_it(read: ReadText) -> None:
    (claim,) = read("The mayor said that the bridge was hit.")

    assert (claim.confidence, claim.rule) == ("A", "complement:say")
