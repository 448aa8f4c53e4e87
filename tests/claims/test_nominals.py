"""Speakers that are called by what they are: "the monitoring group", "the agency"."""

import pytest

from tests.claims.conftest import ReadText

NAMED = "The Observatory said nine people died in Homs. "


@pytest.mark.parametrize(
    "phrase", ["The monitoring group", "The group", "The Britain-based monitor", "The war monitor", "The rights group"]
)
def test_a_body_that_spoke_before_is_whom_its_kind_stands_for(phrase: str, read: ReadText) -> None:
    text = f"{NAMED}{phrase} said two of them were children."

    (speaker,) = read(text)[-1].speakers

    assert (speaker.speaker_id, speaker.named_by) == ("sohr", "nominal")
    assert speaker.named_at is not None
    assert text[slice(*speaker.named_at)] == "The Observatory"


@pytest.mark.parametrize("phrase", ["The agency", "The mayor", "A monitoring group", "The alliance"])
def test_another_kind_of_body_is_nobody_that_was_named(phrase: str, read: ReadText) -> None:
    (speaker,) = read(f"{NAMED}{phrase} said two of them were children.")[-1].speakers

    assert speaker.speaker_id is None


def test_where_two_of_the_kind_were_named_both_are_candidates(read: ReadText) -> None:
    text = "Airwars and Amnesty are based in London. The monitoring group said nine people died in Homs."

    (speaker,) = read(text)[-1].speakers

    assert (speaker.speaker_id, speaker.candidates) == (None, ("airwars", "amnesty"))


def test_a_body_is_no_he_and_a_person_no_it(read: ReadText) -> None:
    text = "Rami Abdel Rahman said four died. A monitoring group said five died. He said six died."

    (speaker,) = read(text)[-1].speakers

    assert speaker.speaker_id == "abdel-rahman"
