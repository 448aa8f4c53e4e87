"""Whole texts: the seed article claim by claim, and what holds for any text at all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.claims.read import read_claims
from pipeline.values import Claim, Span
from tests.claims.conftest import MODEL, ReadText, cases

SENTENCES = [row.values[0]["text"] for table in ("frames", "quantities") for row in cases(table)]


def words(text: str, spans: tuple[Span, ...]) -> str:
    return " ".join(text[start:end] for start, end in spans)


@pytest.fixture(scope="session")
def by_source(seed_text: str, seed_claims: tuple[Claim, ...]) -> dict[tuple[str, str], Claim]:
    """The seed article's attributed claims by source and cue; the Observatory's two have different cues."""
    return {(words(seed_text, claim.source), words(seed_text, claim.cue)): claim for claim in seed_claims}


def test_the_seed_article_has_eleven_attributions_with_these_sources_and_cues(
    seed_text: str, seed_claims: tuple[Claim, ...]
) -> None:
    attributed = [claim for claim in seed_claims if claim.attribution != "narrator"]

    assert sorted((words(seed_text, claim.source), words(seed_text, claim.cue)) for claim in attributed) == sorted(
        [
            ("Abdel Rahman", "said"),
            ("It", "said"),
            ("the SDF and the Observatory", "said"),
            ("The Syrian Observatory for Human Rights (SOHR)", "warned"),
            ("Efe news", "reports"),
            ("Observatory head Rami Abdel Rahman", "said"),
            ("The Observatory", "said"),
            ("The Pentagon", "said"),
            ("Videos posted by Raqqa activists and personal accounts coming out of the city", "cited"),
            ("witnesses", "saying"),
            ("Turkey", "claims"),
        ]
    )


def test_24_supersedes_13(by_source: dict[tuple[str, str], Claim], seed_text: str) -> None:
    (quantity,) = by_source["The Observatory", "said"].quantities

    assert (quantity.metric, quantity.low, quantity.high, quantity.superseded_low) == ("killed", 24, 24, 13)
    assert quantity.superseded_span is not None
    assert seed_text[slice(*quantity.superseded_span)] == "13"


def test_58_is_cumulative_since_the_nearest_past_june_6(by_source: dict[tuple[str, str], Claim]) -> None:
    (quantity,) = by_source["Abdel Rahman", "said"].quantities

    assert (quantity.low, quantity.is_cumulative, quantity.victim_class) == (58, True, "civilian")
    assert quantity.since is not None
    assert (quantity.since.start, quantity.since.rule) == (date(2017, 6, 6), "nearest_past_day")


def test_the_previous_day_counts_from_the_sunday_of_the_statement(by_source: dict[tuple[str, str], Claim]) -> None:
    claim = by_source["The Observatory", "said"]

    assert (claim.said_on.start, claim.said_on.anchor) == (date(2017, 6, 11), "published_at")
    assert (claim.occurred_on.start, claim.occurred_on.anchor) == (date(2017, 6, 10), "said_on")


def test_the_previous_day_keeps_to_the_statement_when_the_article_is_published_later(
    read: ReadText, seed_text: str
) -> None:
    claims = read(seed_text, datetime(2017, 6, 13, tzinfo=UTC))

    (claim,) = [claim for claim in claims if any(quantity.superseded_low == 13 for quantity in claim.quantities)]
    assert (claim.said_on.start, claim.occurred_on.start) == (date(2017, 6, 11), date(2017, 6, 10))


def test_abdel_rahman_speaks_for_the_observatory(by_source: dict[tuple[str, str], Claim]) -> None:
    for source in ("Abdel Rahman", "Observatory head Rami Abdel Rahman"):
        (speaker,) = by_source[source, "said"].speakers
        assert (speaker.speaker_id, speaker.speaks_for_id) == ("abdel-rahman", "sohr")


def test_a_joint_claim_is_one_claim_with_two_speakers(by_source: dict[tuple[str, str], Claim]) -> None:
    claim = by_source["the SDF and the Observatory", "said"]

    assert claim.attribution == "joint"
    assert [speaker.speaker_id for speaker in claim.speakers] == ["sdf", "sohr"]


def test_it_stays_ambiguous_with_its_candidates(by_source: dict[tuple[str, str], Claim]) -> None:
    claim = by_source["It", "said"]
    (speaker,) = claim.speakers

    assert (claim.attribution, speaker.speaker_id) == ("pronoun", None)
    assert "sohr" in speaker.candidates
    assert speaker.reason is not None


def test_a_carried_claim_names_its_agency(by_source: dict[tuple[str, str], Claim]) -> None:
    claim = by_source["The Syrian Observatory for Human Rights (SOHR)", "warned"]

    assert [(via.kind, via.actor_id) for via in claim.via] == [("agency", "efe")]


def test_what_witnesses_say_comes_through_a_medium(by_source: dict[tuple[str, str], Claim]) -> None:
    assert [via.kind for via in by_source["witnesses", "saying"].via] == ["medium"]


def test_a_breakdown_counts_children_and_women_as_parts_of_24(by_source: dict[tuple[str, str], Claim]) -> None:
    counts = by_source["The Syrian Observatory for Human Rights (SOHR)", "warned"].quantities

    assert [(count.low, count.victim_class, count.parent) for count in counts] == [
        (24, "people", None),
        (5, "child", 0),
        (3, "woman", 0),
    ]


def test_counts_belong_to_the_innermost_claim(by_source: dict[tuple[str, str], Claim]) -> None:
    assert by_source["Efe news", "reports"].quantities == ()


def test_an_agentless_passive_names_no_perpetrator(by_source: dict[tuple[str, str], Claim]) -> None:
    assert by_source["witnesses", "saying"].actors == ()


def test_coalition_air_strikes_name_who_made_them(by_source: dict[tuple[str, str], Claim]) -> None:
    roles = [(role.role, role.actor_id) for role in by_source["The Observatory", "said"].actors]

    assert roles == [("perpetrator", "us-led-coalition"), ("victim", None)]


def test_the_city_is_the_one_named_before_and_no_quarter_of_it(
    by_source: dict[tuple[str, str], Claim], seed_text: str
) -> None:
    (place,) = by_source["The Observatory", "said"].places

    assert (place.place_id, place.rule) == ("raqqa", "carried_same_place")
    assert place.carried_from is not None
    assert place.carried_from[1] <= by_source["The Observatory", "said"].sentence[0]
    assert "Raqqa" in seed_text[slice(*place.carried_from)]


def test_could_well_is_possible_and_claims_keeps_its_distance(
    by_source: dict[tuple[str, str], Claim], seed_text: str
) -> None:
    claim = by_source["Turkey", "claims"]

    assert (claim.modality, claim.cue_class) == ("possible", "distancing")
    assert words(seed_text, claim.hedges) == "could well"


def test_said_in_december_is_the_last_december_and_only_believed(by_source: dict[tuple[str, str], Claim]) -> None:
    claim = by_source["The Pentagon", "said"]

    assert (claim.said_on.start, claim.said_on.end, claim.said_on.precision) == (
        date(2016, 12, 1),
        date(2016, 12, 31),
        "month",
    )
    assert claim.modality == "believed"


def test_headline_and_byline_are_no_claims(seed_text: str, seed_claims: tuple[Claim, ...]) -> None:
    body = seed_text.index("Abdel Rahman said"), seed_text.index("  • Leroy Wright")

    assert all(body[0] <= claim.content[0][0] and claim.content[-1][1] <= body[1] for claim in seed_claims)


def test_the_outlet_itself_claims_that_the_sdf_captured_two_neighbourhoods(seed_claims: tuple[Claim, ...]) -> None:
    narrated = [claim for claim in seed_claims if claim.attribution == "narrator"]

    assert {place.place_id for claim in narrated for place in claim.places} >= {"mashlab", "jazra"}
    assert all(claim.cue == () and claim.speakers == () for claim in narrated)


def test_a_date_is_null_without_a_publication_date(read: ReadText) -> None:
    (claim,) = read("The army said Sunday that shelling killed 24 people.", None)

    assert (claim.said_on.start, claim.said_on.reason) == (None, "the article has no publication date")
    assert (claim.occurred_on.start, claim.occurred_on.reason) == (None, "the text gives no date")


def test_text_without_claims_has_none(read: ReadText) -> None:
    assert read("") == ()
    assert read("Herons nest along the river.\n\nThe weather was mild.") == ()


def test_the_order_of_paragraphs_does_not_change_which_claims_are_found(read: ReadText) -> None:
    parts = ["The army said shelling killed 24 people.", "Rebels vowed to retake the town.", "Herons nest here."]

    counts = {tuple(sorted(claim.rule for claim in read("\n\n".join(order)))) for order in permutations(parts)}

    assert counts == {("complement:say", "infinitive:vow")}


def spans_in(claim: Claim) -> Iterator[Span]:
    yield from (*claim.content, *claim.cue, *claim.source, claim.sentence, *claim.hedges)
    yield from (speaker.span for speaker in claim.speakers)
    yield from (span for quantity in claim.quantities for span in (quantity.span, quantity.superseded_span) if span)
    yield from (place.span for place in claim.places)
    yield from (role.span for role in claim.actors)
    for reading in (claim.said_on, claim.occurred_on):
        yield from (span for span in (reading.span, reading.carried_from, *reading.candidates) if span)
    yield from (place.carried_from for place in claim.places if place.carried_from)


GARBAGE = st.text(
    st.sampled_from("\"'“”‘’''\n\t .,:;—()•aAéß٣漢\U0001f600\u0301\u200b\u00a0said that 24 killed"), max_size=30
)


@given(st.lists(st.one_of(st.sampled_from(SENTENCES), GARBAGE), max_size=7), st.sampled_from(["\n", "\n\n", " ", ""]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_span_lies_in_the_text_and_every_id_is_unique(parts: list[str], joint: str) -> None:
    text = joint.join(parts)
    published_at = datetime(2017, 6, 14, tzinfo=UTC)

    claims = read_claims(text, published_at=published_at, revision_id="r", language_model=MODEL)

    assert all(0 <= start < end <= len(text) for claim in claims for start, end in spans_in(claim))
    assert len({claim.claim_id for claim in claims}) == len(claims)
    assert claims == read_claims(text, published_at=published_at, revision_id="r", language_model=MODEL)


NOISE = (
    "By Jane Doe",
    "  • Leroy Wright",
    "Photo: smoke over the town after 24 died",
    "(Reporting by Jane Doe; editing by Karim Roe)",
    "© 2017 Meridian Wire, said to be the oldest",
    "Read more: Raids killed 24 people",
    "Caption: a man said to be a fighter",
)
UNRELATED = (
    "Herons nest along the river.",
    "The weather was mild.",
    "A choir sang in the old hall, and the hall was full.",
)


def in_words(text: str, value: Any) -> Any:
    """A claim's fields with the words at each span in place of the span, and without the ids that depend on places."""
    if isinstance(value, dict):
        return {key: in_words(text, part) for key, part in value.items() if key != "claim_id"}
    if isinstance(value, list | tuple) and len(value) == 2 and all(type(part) is int for part in value):
        return text[value[0] : value[1]]
    return [in_words(text, part) for part in value] if isinstance(value, list | tuple) else value


def fields_of(text: str) -> list[Any]:
    claims = read_claims(text, published_at=datetime(2017, 6, 14, tzinfo=UTC), revision_id="r", language_model=MODEL)
    return [in_words(text, msgspec.to_builtins(claim)) for claim in claims if claim.attribution != "pronoun"]


@given(st.lists(st.sampled_from(NOISE), min_size=1, max_size=5), st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=30, deadline=None)
def test_what_is_only_noise_holds_no_claim(lines: list[str], joint: str) -> None:
    assert read_claims(joint.join(lines), published_at=None, revision_id="r", language_model=MODEL) == ()


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), st.sampled_from(UNRELATED), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_an_unrelated_sentence_elsewhere_changes_no_field(parts: list[str], unrelated: str, place: int) -> None:
    # A line that ends in a colon is followed by what was said, whatever that is; nothing stands elsewhere to it.
    before = ["The river rose.", *(part for part in parts if not part.endswith(":"))]
    place = min(place, len(before))

    assert fields_of("\n\n".join(before)) == fields_of("\n\n".join([*before[:place], unrelated, *before[place:]]))


@given(st.text(max_size=200))
@settings(max_examples=80, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    claims = read_claims(text, published_at=None, revision_id="r", language_model=MODEL)

    assert all(0 <= start < end <= len(text) for claim in claims for start, end in spans_in(claim))
