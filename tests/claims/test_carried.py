"""Days and places that a claim points back to: by a rule that has a name, with the words and their sentence, or not at all."""

from typing import Any

import pytest

from pipeline.claims.carried import POINTS_BACK
from pipeline.values import Claim, DateReading, PlaceMention
from tests.claims.conftest import ReadText, cases


def label(claim: Claim) -> dict[str, Any]:
    """Day and places in the words of the table."""
    day = claim.occurred_on
    return {
        "day": f"{day.start} {rule_of(day)}".strip() if day.start else "",
        "places": [f"{place.place_id or place.name} {rule_of(place)}".strip() for place in claim.places],
    }


def rule_of(found: DateReading | PlaceMention) -> str:
    """The rule, if something was carried or shifted by it."""
    return found.rule if found.rule and found.rule.startswith(("carried", "previous")) else ""


@pytest.mark.parametrize("row", cases("carried"))
def test_what_is_carried_over_is_that_of_the_label(row: dict[str, Any], read: ReadText) -> None:
    text = row["text"]

    claim = read(text)[-1]

    assert label(claim) == {"day": row["day"], "places": row["places"]}
    sentences = [claim.occurred_on.carried_from, *(place.carried_from for place in claim.places)]
    assert {text[slice(*span)] for span in sentences if span} == ({row["from"]} if "from" in row else set())
    assert claim.occurred_on.reason == row.get("reason", claim.occurred_on.reason)


def test_a_day_that_is_ambiguous_has_its_candidates(read: ReadText) -> None:
    text = "Shells killed four men on Monday and two women on Tuesday. The attacks killed six people in all."

    claim = read(text)[-1]

    assert claim.occurred_on.start is None
    assert [text[slice(*span)] for span in claim.occurred_on.candidates] == ["Monday", "Tuesday"]


def test_every_rule_that_points_back_is_shown_by_a_text() -> None:
    shown = {row.values[0]["day"].partition("carried_")[2] for row in cases("carried")}

    assert set(POINTS_BACK) <= shown
