"""Reports at the end of a sentence that no comma sets apart."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values import Claim
from tests.claims.conftest import ReadText, cases
from tests.claims.test_frames import label

# What was said, who said it, the words behind the report. Any of the first goes with any of the others.
CONTENTS = (
    "A shell killed nine people in the market of Raqqa",
    "Two mines went off near the village and wounded 14 farmers",
    "At least 30 soldiers were killed in the Hama countryside on Tuesday",
    "The bridge was hit by a missile late on Friday",
    "Six of the wounded died in the night",
    "Rebels fired 20 rockets at a base in Idlib province killing three guards",
)
SPEAKERS = (
    "the monitor",
    "a monitoring group",
    "state television",
    "Syrian state media",
    "SANA",
    "local activists",
    "the Syrian Observatory for Human Rights",
    "the Britain-based Observatory",
    "a spokesman for the Syrian army",
    "MSF",
    "Observatory director Rami Abdel Rahman",
    "the SDF and the Observatory",
)
TAILS = ("said", "said on Wednesday", "reported", "added in a statement", "said without giving details")


@pytest.mark.parametrize("sentence", cases("commaless"))
def test_a_report_without_a_comma_is_that_of_its_label(sentence: dict[str, Any], read: ReadText) -> None:
    text = sentence["text"]

    claims = sorted((claim for claim in read(text) if claim.attribution != "narrator"), key=lambda claim: claim.cue)

    assert [label(text, claim) for claim in claims] == sentence["claims"]


def who_and_what(text: str, claims: tuple[Claim, ...]) -> list[tuple[object, ...]]:
    """Words and first speaker of every claim that reports, without offsets, which the comma moves."""
    return [
        (
            [text[slice(*span)] for span in claim.source],
            [text[slice(*span)] for span in claim.content],
            claim.speakers[0].speaker_id,
        )
        for claim in claims
        if claim.attribution != "narrator"
    ]


@given(st.sampled_from(CONTENTS), st.sampled_from(SPEAKERS), st.sampled_from(TAILS))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_without_its_comma_a_report_has_the_same_speaker_and_content(
    read: ReadText, content: str, speaker: str, tail: str
) -> None:
    with_comma, without = f"{content}, {speaker} {tail}.", f"{content} {speaker} {tail}."

    found = who_and_what(without, read(without))

    assert found == who_and_what(with_comma, read(with_comma))
    assert [words for words, _, _ in found] == [[speaker]]


@pytest.mark.parametrize(
    "text",
    [
        "Turkey condemned what the army said.",
        "Nine people died in an attack the group claimed.",
        "The toll was higher than the ministry said.",
        "Nobody believed the story that the general told reporters.",
        "Nine people died before the army said so.",
        "The shelling stopped as the mayor said.",
        "The army said.",
        "Nine people died in the city.",
    ],
)
def test_what_is_no_clause_of_its_own_is_no_report_without_a_comma(read: ReadText, text: str) -> None:
    assert [claim.rule for claim in read(text) if claim.rule.startswith("fronted_")] == []


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("Nine people died in Homs the monitor said.", ("fronted_bare:say", "A")),
        ("Nine people died in the fire military sources said.", ("fronted_doubtful:say", "C")),
        ("Nine people died in Homs officials warned.", ("fronted_doubtful:warn", "C")),
    ],
)
def test_a_speaker_whose_first_word_is_in_doubt_is_trusted_less(
    read: ReadText, text: str, tier: tuple[str, str]
) -> None:
    assert [(claim.rule, claim.confidence) for claim in read(text)] == [tier]


def test_what_another_said_ends_where_the_speaker_of_the_report_begins(read: ReadText) -> None:
    text = "The army said the raid killed nine civilians state television reported."

    contents = {text[slice(*claim.cue[0])]: text[slice(*claim.content[0])] for claim in read(text)}

    assert contents["said"] == "the raid killed nine civilians"
