"""Who did it and who suffered it, by the words of a sentence alone."""

from typing import Any

import pytest

from pipeline.values import ActorRole
from tests.claims.conftest import ReadText, cases


def label(role: ActorRole) -> str:
    """A role in the words of the table."""
    return f"{role.role} {role.actor_id or role.name.lower()}"


@pytest.mark.parametrize("row", cases("roles"))
def test_the_roles_of_a_sentence_are_those_of_its_label(row: dict[str, Any], read: ReadText) -> None:
    claims = read(row["text"])

    assert [label(role) for claim in claims for role in claim.actors] == row["roles"]


def test_the_span_of_a_role_is_the_word_that_names_it(read: ReadText) -> None:
    text = "Mortar shells fired by militants killed two guards."

    (claim,) = read(text)

    assert [text[slice(*role.span)] for role in claim.actors] == ["militants", "guards"]
