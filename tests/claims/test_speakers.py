"""Who speaks: names, titles, joint sources, pronouns."""

import pytest

from pipeline.values import Speaker
from tests.claims.conftest import ReadText


def speakers(read: ReadText, text: str) -> tuple[Speaker, ...]:
    """The speakers of the last claim of a text."""
    attributed = [claim for claim in read(text) if claim.attribution != "narrator"]
    return max(attributed, key=lambda claim: claim.cue).speakers


@pytest.mark.parametrize(
    ("text", "speaker_id", "speaks_for"),
    [
        ("SDF spokesman Talal Doe said the road was open.", "name/talal-doe", "sdf"),
        ("Karim Doe, a spokesman for the SDF, said the road was open.", "name/karim-doe", "sdf"),
        ("President Bashar al-Assad said the road was open.", "assad", "syrian-government"),
        ("A Pentagon official said the road was open.", None, "pentagon"),
        ("Residents said the road was open.", None, None),
        ("The Syrian Observatory for Human Rights, a monitor, said the road was open.", "sohr", None),
        ("Daesh said the road was open.", "is", None),
    ],
)
def test_a_speaker_has_an_id_and_whom_it_speaks_for(
    read: ReadText, text: str, speaker_id: str | None, speaks_for: str | None
) -> None:
    (speaker,) = speakers(read, text)

    assert (speaker.speaker_id, speaker.speaks_for_id) == (speaker_id, speaks_for)


def test_a_speaker_without_a_name_says_why_it_has_no_id(read: ReadText) -> None:
    (speaker,) = speakers(read, "Witnesses said the road was open.")

    assert (speaker.attribution, speaker.reason) == ("unnamed", "the text gives no name")


def test_a_last_name_is_the_full_name_given_before(read: ReadText) -> None:
    (speaker,) = speakers(read, "Karim Doe said the road was open.\n\nDoe said it was safe.")

    assert speaker.speaker_id == "name/karim-doe"


def test_a_last_name_that_two_people_have_stays_alone(read: ReadText) -> None:
    text = "Karim Doe said the road was open.\n\nLina Doe said it was shut.\n\nDoe said it was safe."

    (speaker,) = speakers(read, text)

    assert speaker.speaker_id == "name/doe"


def test_a_pronoun_with_one_candidate_is_that_candidate(read: ReadText) -> None:
    (speaker,) = speakers(read, "The Observatory of Syria said SOHR staff left. It said the road was open.")

    assert (speaker.attribution, speaker.speaker_id, speaker.reason) == ("pronoun", "sohr", None)


def test_a_pronoun_with_two_candidates_is_neither(read: ReadText) -> None:
    (speaker,) = speakers(read, "The SDF met Hezbollah. It said the road was open.")

    assert (speaker.speaker_id, speaker.candidates) == (None, ("hezbollah", "sdf"))


def test_a_pronoun_without_a_candidate_says_so(read: ReadText) -> None:
    (speaker,) = speakers(read, "She said the road was open.")

    assert (speaker.speaker_id, speaker.reason) == (None, "nobody it can stand for was named before")


def test_he_is_no_organisation(read: ReadText) -> None:
    (speaker,) = speakers(read, "Karim Doe said the SDF had left. He said the road was open.")

    assert speaker.speaker_id == "name/karim-doe"


def test_an_unnamed_speaker_in_between_makes_a_pronoun_ambiguous(read: ReadText) -> None:
    (speaker,) = speakers(read, "Karim Doe said the road was open. An officer said it was shut. He said it was mined.")

    assert (speaker.speaker_id, speaker.candidates) == (None, ("name/karim-doe",))


def test_an_unknown_name_may_be_a_persons_so_it_stays_ambiguous(read: ReadText) -> None:
    (speaker,) = speakers(read, "Tigris Clinics said the road was open. It said it was safe.")

    assert (speaker.speaker_id, speaker.candidates) == (None, ("name/tigris-clinics",))


def test_a_last_name_speaks_for_whom_the_full_name_spoke(read: ReadText) -> None:
    (speaker,) = speakers(read, "Zana Doe, a spokeswoman for the SDF, said the road was open.\n\nDoe said it was safe.")

    assert (speaker.speaker_id, speaker.speaks_for_id) == ("name/zana-doe", "sdf")
