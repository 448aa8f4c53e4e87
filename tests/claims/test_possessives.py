"""Known names before an "s" that lost its apostrophe."""

import pytest

from pipeline.claims.gazetteer import load_gazetteer
from pipeline.claims.wider import find_names
from pipeline.settings import SEEDS


def names(text: str) -> list[tuple[str, str | None, str | None]]:
    """The names of a text: the words, the actor, the place."""
    return [
        (
            text[slice(*mention.span)],
            mention.actor.actor_id if mention.actor else None,
            mention.place.place_id if mention.place else None,
        )
        for mention in find_names(text, load_gazetteer(SEEDS))
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Shells fell in Syrias Hama province.", ["Syria", "Hama"]),
        ("Russias defence ministry denied it.", ["Russias defence ministry"]),
        ("The Peoples Protection Units took the hill.", ["Peoples Protection Units"]),
        ("It was near the Islamic States headquarters.", ["Islamic State"]),
        ("Troops of President Bashar al-Assads army left.", ["Bashar al-Assad"]),
        ("Raids hit Aleppos old town.", ["Aleppo"]),
    ],
)
def test_an_owner_without_its_apostrophe_is_the_known_name(text: str, words: list[str]) -> None:
    assert [found for found, _, _ in names(text)] == words


@pytest.mark.parametrize(
    "text",
    [
        "The Assads left for the coast.",
        "Two Syrias are not what they wanted.",
        "Idlibs and other towns.",
        "The Nigers people had met before.",
        "He likes Hits of the eighties.",
    ],
)
def test_an_s_that_owns_nothing_makes_no_name(text: str) -> None:
    assert names(text) == []


def test_a_name_that_ends_in_s_is_itself() -> None:
    assert [actor for _, actor, _ in names("Hamas fighters left.")] == ["hamas"]


def test_a_text_that_writes_its_apostrophes_loses_none() -> None:
    assert [found for found, _, _ in names("Iraq's army left. Syrias army stayed.")] == ["Iraq"]


def test_the_owner_has_the_id_of_the_name_with_its_apostrophe() -> None:
    assert names("Syrias army left.")[0][1:] == names("Syria's army left.")[0][1:]
