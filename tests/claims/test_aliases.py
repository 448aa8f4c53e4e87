"""Short forms that a text defines: whom they mean, from where on, and by which words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.aliases import find_local
from pipeline.claims.definitions import find_definitions
from pipeline.claims.gazetteer import Mention, load_gazetteer
from pipeline.claims.names import Names
from pipeline.claims.offices import find_offices
from pipeline.claims.wider import find_names
from pipeline.settings import SEEDS
from pipeline.values import Speaker
from tests.claims.conftest import ReadText

GAZETTEER = load_gazetteer(SEEDS)


def mentions(text: str) -> list[Mention]:
    """The names of a text, those of the tables and its own."""
    return list(find_local(text, find_names(text, GAZETTEER), GAZETTEER).mentions)


def last_id(text: str, name: str) -> str | None:
    """Whom the last mention of a name means."""
    found = [mention.actor for mention in mentions(text) if mention.alias == name][-1]
    return found.actor_id if found else None


def last_speaker(read: ReadText, text: str) -> Speaker:
    """Who speaks last."""
    (speaker,) = max((claim for claim in read(text) if claim.cue), key=lambda claim: claim.cue).speakers
    return speaker


@pytest.mark.parametrize(
    ("text", "short", "long", "rule"),
    [
        ("The Tigris Relief Board (TRB) left.", "TRB", "Tigris Relief Board", "acronym"),
        ("TRB (Tigris Relief Board) left.", "TRB", "Tigris Relief Board", "acronym"),
        ("The Tigris Relief Board, or TRB, left.", "TRB", "Tigris Relief Board", "acronym"),
        ("The Valley Command's (VALCOM) office shut.", "VALCOM", "Valley Command", "acronym"),
        ("The Front of Free Hills (FFH, formerly FHF) left.", "FFH", "Front of Free Hills", "acronym"),
        ("The Ministry of Dams (MoD) said so.", "MoD", "Ministry of Dams", "acronym"),
        ("The Union of Hill Workers (SGB) left.", "SGB", "Union of Hill Workers", "foreign_acronym"),
        ("The Hill Front, also known as Jabhat Tal, left.", "Jabhat Tal", "Hill Front", "also_known"),
        ("The Hill Front, known by its Arabic acronym as JATAL, left.", "JATAL", "Hill Front", "also_known"),
        ("The Hill Front (formerly the Tal Brigade) left.", "Tal Brigade", "Hill Front", "also_known"),
        ("The Hill Front, better known as HF/TB, left.", "HF", "Hill Front", "also_known"),
        ('The North Well Company (hereafter "the Company") left.', "Company", "North Well Company", "hereafter"),
        ("Jatal, an Arabic acronym for the Hill Front, left.", "Jatal", "Hill Front", "stands_for"),
    ],
)
def test_a_definition_is_found_with_both_names(text: str, short: str, long: str, rule: str) -> None:
    found = next(find_definitions(text))

    assert (text[slice(*found.short)], text[slice(*found.long)], found.rule) == (short, long, rule)


@pytest.mark.parametrize(
    "text",
    [
        "Senator Jane Doe (D-Calif.) left.",
        "Representative Omar Roe (TX) left.",
        "He left Paris (AFP) on Monday.",
        "The Tigris Relief Board (Mosul) left.",
        "Karim Doe (pictured) left.",
        "The meeting (Monday) was short.",
        "He is known as a hard man.",
        "They took trucks, or Toyotas, to the front.",
    ],
)
def test_a_bracket_or_a_phrase_that_names_something_else_defines_nothing(text: str) -> None:
    assert list(find_definitions(text)) == []


def test_an_alias_of_a_known_name_is_that_actor_from_its_definition_on() -> None:
    text = "The monitor SYOHR left. The Syrian Observatory for Human Rights (SYOHR) said so. SYOHR left."

    assert next(mention.alias for mention in mentions(text)) == "Syrian Observatory for Human Rights"
    assert last_id(text, "SYOHR") == "sohr"


def test_a_new_name_for_a_known_short_form_is_that_actor() -> None:
    text = "The Syria Democratic Forces (SDF) left. The Syria Democratic Forces came back."

    assert last_id(text, "Syria Democratic Forces") == "sdf"


def test_a_body_that_no_table_has_is_an_actor_of_the_text() -> None:
    assert last_id("The Tigris Relief Board (TRB) left. TRB came back.", "TRB") == "name/tigris-relief-board"


def test_initials_without_a_definition_are_the_body_named_before_them() -> None:
    assert last_id("The Tigris Relief Board left. TRB came back.", "TRB") == "name/tigris-relief-board"


def test_a_short_form_that_the_tables_give_to_another_is_the_one_that_the_text_defines() -> None:
    assert last_id("The Free Shepherds Association (FSA) left. The FSA came back.", "FSA") == (
        "name/free-shepherds-association"
    )


def test_a_short_form_of_two_is_nobody_and_has_both_as_candidates(read: ReadText) -> None:
    text = "The Tigris Relief Board (TRB) left. The Tabqa Road Bureau (TRB) stayed.\n\nTRB said the road was open."

    speaker = last_speaker(read, text)

    assert speaker.speaker_id is None
    assert speaker.candidates == ("name/tabqa-road-bureau", "name/tigris-relief-board")


def test_a_short_form_that_names_a_known_actor_elsewhere_in_the_text_has_both_as_candidates(read: ReadText) -> None:
    text = "The Free Syrian Army left. The Free Shepherds Association (FSA) stayed.\n\nThe FSA said the road was open."

    assert last_speaker(read, text).candidates == ("free-syrian-army", "name/free-shepherds-association")


def test_things_that_have_letters_do_not_act() -> None:
    assert [mention for mention in mentions("The Fair Wells Act (FWA) passed. FWA is law.") if mention.actor] == []


@pytest.mark.parametrize(
    ("text", "speaker_id", "rule", "words"),
    [
        (
            "The Tigris Relief Board (TRB) left.\n\nTRB said the road was open.",
            "name/tigris-relief-board",
            "acronym",
            "Tigris Relief Board (TRB)",
        ),
        (
            "Defence Minister Jane Doe left.\n\nDoe said the road was open.",
            "name/jane-doe",
            "last_name",
            "Jane Doe",
        ),
        (
            "Omar Abdel Roe left.\n\nAbdel Roe said the road was open.",
            "name/omar-abdel-roe",
            "last_name",
            "Omar Abdel Roe",
        ),
        (
            "The Foreign Secretary, Jane Doe, left.\n\nThe foreign secretary said the road was open.",
            "name/jane-doe",
            "office",
            "Foreign Secretary, Jane Doe",
        ),
        (
            "Karim Doe, better known as Abu Rida, left.\n\nAbu Rida said the road was open.",
            "name/karim-doe",
            "also_known",
            "Karim Doe, better known as Abu Rida",
        ),
    ],
)
def test_a_speaker_by_a_short_name_shows_the_words_that_define_it(
    read: ReadText, text: str, speaker_id: str, rule: str, words: str
) -> None:
    speaker = last_speaker(read, text)

    assert speaker.named_at is not None
    assert (speaker.speaker_id, speaker.named_by, text[slice(*speaker.named_at)]) == (speaker_id, rule, words)


@pytest.mark.parametrize(
    "text",
    [
        "Former Defence Minister Jane Doe left.\n\nThe defence minister said the road was open.",
        "Jane Doe, a deputy minister, left.\n\nThe deputy minister said the road was open.",
        "Minister Jane Doe left.\n\nThe minister said the road was open.",
        "The defence minister said the road was open.\n\nDefence Minister Jane Doe left.",
    ],
)
def test_an_office_that_may_be_anothers_names_nobody(read: ReadText, text: str) -> None:
    (speaker,) = next(claim for claim in read(text) if claim.cue).speakers

    assert (speaker.speaker_id, speaker.attribution) == (None, "unnamed")


def test_an_office_that_two_hold_has_both_as_candidates(read: ReadText) -> None:
    text = (
        "Turkish Defence Minister Jane Doe met Russian Defence Minister Omar Roe.\n\n"
        "The defence minister said the road was open."
    )

    assert last_speaker(read, text).candidates == ("name/jane-doe", "name/omar-roe")


def test_offices_stand_on_either_side_of_a_name() -> None:
    text = "Omar Roe, commander of the Tigris Corps, met the Hill Council chief, Jane Doe."

    assert [text[slice(*one.short)] for one in find_offices(text)] == [
        "commander of the Tigris Corps",
        "Hill Council chief",
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ABs (),.-'\n\"", max_size=80))
def test_definitions_stand_inside_any_text(text: str) -> None:
    for one in (*find_definitions(text), *find_offices(text)):
        assert 0 <= one.span[0] <= min(one.short[0], one.long[0])
        assert max(one.short[1], one.long[1]) <= one.span[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "name", "actor_id"),
    [
        ("Fighters of the Syrian Democratic Forces (AFP) wait. AFP said so.", "AFP", "afp"),
        ("A convoy of the Free Syrian Army (CNN). CNN said so.", "CNN", "cnn"),
        ("It came from the Health Ministry (BBC). BBC said so.", "BBC", "bbc"),
        ("The National Rifle Council (USA) wrote. The USA said so.", "USA", "united-states"),
        ("Hezbollah, known as Israel's main enemy, left. Israel said so.", "Israel", "israel"),
        ("Recep Tayyip Erdogan, called Turkey on Sunday. Turkey said so.", "Turkey", "turkey"),
        ("Karim Doe, also called Turkey the next front. Turkey said so.", "Turkey", "turkey"),
        ("Turkey is the term for the Islamic State. Turkey said so.", "Turkey", "turkey"),
        ("Hezbollah, also known as Turkey, left. Turkey said so.", "Turkey", "turkey"),
    ],
)
def test_a_name_of_the_tables_beside_another_keeps_its_own_actor(text: str, name: str, actor_id: str) -> None:
    assert last_id(text, name) == actor_id


@pytest.mark.parametrize("letters", ["EPA", "NSW", "GMT", "IANS", "QQX"])
def test_letters_behind_a_known_body_that_are_none_of_its_names_are_no_name_of_it(letters: str) -> None:
    text = f"Soldiers of the Free Syrian Army ({letters}) wait."

    assert [mention.alias for mention in mentions(text)] == ["Free Syrian Army"]


@pytest.mark.parametrize("letters", ["EPA", "NSW", "GMT", "IANS"])
def test_letters_of_a_credit_a_region_or_a_time_are_no_name_of_a_body(letters: str) -> None:
    assert mentions(f"The Tigris Council ({letters}) left.") == []


def test_letters_of_a_known_actor_that_a_long_form_does_not_spell_out_have_both_as_candidates() -> None:
    found = mentions("Talks with the United States (UN) failed. The UN left.")[-1]

    assert (found.actor, found.candidates) == (None, ("united-nations", "united-states"))


@pytest.mark.parametrize(
    "text",
    [
        "The deputy prime minister, Jane Doe, left.\n\nThe prime minister said the road was open.",
        "Russian Deputy Foreign Minister Omar Roe left.\n\nThe foreign minister said the road was open.",
        "Omar Roe, the shadow foreign secretary, left.\n\nThe foreign secretary said the road was open.",
        "French Defence Minister Jane Doe left. In Berlin, the defence minister said the road was open.",
        "Jane Doe, the defence minister, met German officials.\n\nThe defence minister said the road was open.",
    ],
)
def test_an_office_is_not_its_deputys_nor_that_of_another_state(read: ReadText, text: str) -> None:
    assert (last_speaker(read, text).speaker_id, last_speaker(read, text).attribution) == (None, "unnamed")


def test_an_office_of_the_state_that_is_spoken_of_keeps_its_holder(read: ReadText) -> None:
    text = "French Defence Minister Jane Doe left. In Paris, the defence minister said the road was open."

    assert last_speaker(read, text).speaker_id == "name/jane-doe"


def test_a_last_name_is_short_only_for_full_names_that_stand_before_it() -> None:
    names = Names("Doe left. Jane Doe came. Karim Doe came.", {}, {})

    assert [full for full, _ in names.before("Doe", 24)] == ["Jane Doe"]
    assert [full for full, _ in names.before("Doe", 40)] == ["Jane Doe", "Karim Doe"]
