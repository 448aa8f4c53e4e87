"""What a claim says beside its words: roles, places, modality, type."""

import pytest

from pipeline.values import Claim
from tests.claims.conftest import ReadText


def first(read: ReadText, text: str) -> Claim:
    return read(text)[0]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (
            "The mayor said coalition air strikes on IS killed ten civilians.",
            [("perpetrator", "us-led-coalition"), ("victim", None)],
        ),
        ("The mayor said ten civilians were killed in Raqqa.", [("victim", None)]),
        ("The mayor said the convoy was bombed by the SDF.", [("perpetrator", "sdf")]),
        ("The mayor said the SDF captured the dam.", [("agent", "sdf")]),
        ("The mayor said the city was shelled.", []),
    ],
)
def test_roles_are_those_the_words_name(read: ReadText, text: str, roles: list[tuple[str, str | None]]) -> None:
    assert [(role.role, role.actor_id) for role in first(read, text).actors] == roles


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("The mayor said Raqqa city was hit.", ["raqqa"]),
        ("The mayor said troops massed in Turkey.", ["turkey"]),
        ("The mayor said Turkey massed troops.", []),
        ("The mayor said the village of Kafr Example was hit.", [None]),
    ],
)
def test_places_are_those_the_content_names(read: ReadText, text: str, places: list[str | None]) -> None:
    assert [place.place_id for place in first(read, text).places] == places


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("The mayor said the bridge was hit.", "asserted"),
        ("The mayor said the bridge may have been hit.", "possible"),
        ("The mayor believes the bridge was hit.", "believed"),
        ("The mayor said the bridge will fall.", "predicted"),
        ("The mayor predicted that the bridge would fall.", "predicted"),
        ("The mayor denied that the bridge was hit.", "denied"),
        ("The mayor did not confirm that the bridge was hit.", "possible"),
        ("The mayor does not believe that the bridge was hit.", "denied"),
    ],
)
def test_modality_follows_cue_and_hedges(read: ReadText, text: str, modality: str) -> None:
    assert first(read, text).modality == modality


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The mayor said ten people were killed.", "casualty"),
        ("The mayor said ten people were detained.", "detention"),
        ("The mayor said ten families fled.", "displacement"),
        ("The mayor said the SDF captured the dam.", "territorial"),
        ("The mayor said the bridge was shelled.", "attack"),
        ("The mayor praised the crews.", "stance"),
        ("The mayor said the bridge may fall.", "assessment"),
        ("The mayor said the bridge was new.", "other"),
    ],
)
def test_the_type_follows_the_words(read: ReadText, text: str, kind: str) -> None:
    assert first(read, text).claim_type == kind
