"""Claims inside claims: chains of carriers, own beliefs, words mentioned in passing."""

from tests.claims.conftest import ReadText


def test_a_speakers_own_belief_is_one_claim(read: ReadText) -> None:
    assert [claim.modality for claim in read("The mayor said he believed the bridge was hit.")] == ["believed"]


def test_a_claim_of_harm_inside_anothers_words_stays(read: ReadText) -> None:
    claims = read("The UN said the Observatory of Syria reported that 24 SDF fighters were killed.")

    assert sorted((claim.rule, len(claim.quantities), [via.kind for via in claim.via]) for claim in claims) == [
        ("complement:report", 1, ["speaker"]),
        ("complement:say", 0, []),
    ]


def test_words_mentioned_in_passing_are_no_claim_of_their_own(read: ReadText) -> None:
    assert [claim.rule for claim in read("The mayor said residents hope that the road will open.")] == [
        "complement:say"
    ]
