"""Attributions found by frame, against sentences labelled by hand."""

from typing import Any

import pytest

from pipeline.values import Claim
from tests.claims.conftest import ReadText, cases

SENTENCES = cases("frames")


def label(text: str, claim: Claim) -> str:
    """A claim in the words of the table."""
    parts = [
        " ... ".join(text[start:end] for start, end in spans) or "-"
        for spans in (claim.source, claim.cue, claim.content)
    ]
    return " | ".join(parts)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_attributions_of_a_sentence_are_those_of_its_label(sentence: dict[str, Any], read: ReadText) -> None:
    text = sentence["text"]

    claims = sorted((claim for claim in read(text) if claim.attribution != "narrator"), key=lambda claim: claim.cue)

    assert [label(text, claim) for claim in claims] == sentence["claims"]
