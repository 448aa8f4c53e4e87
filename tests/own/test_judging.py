"""Texts in, how they are related out: real measures, the real index and the real models, without a ledger."""

import random
from datetime import UTC, datetime

import pytest

from pipeline.own import judging
from pipeline.own.judging import Answers, judge
from pipeline.own.own_texts import OwnText
from tests.comparison.texts import reuse, write_story, write_text

FOOTER = "\n".join(
    [
        "Follow us on every network and never miss a story from our newsroom again.",
        "Subscribe today for unlimited digital access to all that our reporters write.",
        "All rights reserved; this material may not be published, broadcast or rewritten.",
        "Read the guidelines of the conversation before you comment on this story below.",
    ]
)
WEATHER = (
    "{place} can expect {sky} on {day} with a high near {high} degrees in the afternoon.\n"
    "Winds from the {side} at {low} to {high} miles per hour are forecast through the evening.\n"
    "The chance of rain is {rain} percent, according to the weather service of the region.\n"
    "The night will be mostly clear with a low around {low} degrees and a humidity of {rain} percent.\n"
    "The service advises residents to check for updates before they travel on any road."
)


def text(name: str, content: str, day: int | None = 11, outlet: str = "Wire", hour: int = 9) -> OwnText:
    at = datetime(2017, 6, day, hour, tzinfo=UTC) if day else None
    return OwnText(text_id=name, text=content, outlet=outlet, published_at=at)


def weather(number: int) -> str:
    chance = random.Random(number)
    return WEATHER.format(
        place=chance.choice(["Salem", "Boise", "Akron"]),
        sky=chance.choice(["rain", "clouds", "sun"]),
        day=chance.choice(["Monday", "Friday", "Sunday"]),
        side=chance.choice(["east", "west"]),
        high=chance.randint(50, 90),
        low=chance.randint(10, 49),
        rain=chance.randint(1, 99),
    )


def named(answers: Answers) -> set[tuple[str, str, str]]:
    return {(one["a"], one["relation"], one["b"]) for one in answers["relations"]}


def test_pages_of_one_template_are_not_related() -> None:
    assert named(judge([text(f"w{number}", weather(number), day=number + 1) for number in range(8)])) == set()


def test_two_pages_of_a_template_on_different_days_are_not_related_though_nothing_recurs_yet() -> None:
    assert named(judge([text("w1", weather(1), day=8), text("w2", weather(2), day=13)])) == set()


def test_texts_that_share_the_boilerplate_of_their_outlet_are_not_related() -> None:
    texts = [text(f"t{seed}", f"{write_story(seed, sentences=3)}\n{FOOTER}") for seed in range(6)]

    assert named(judge(texts)) == set()


def test_a_copy_is_one_whatever_boilerplate_stands_around_it() -> None:
    texts = [text(f"t{seed}", f"{write_story(seed)}\n{FOOTER}") for seed in range(6)]
    copied = text("copied", write_story(3), outlet="Herald", hour=12)

    assert named(judge([*texts, copied])) == {("copied", "copy-of", "t3")}


def test_one_text_that_an_outlet_printed_often_is_no_boilerplate() -> None:
    words = write_story(1).split("\n")
    copies = [text(f"t{number}", "\n".join([*words, write_story(50 + number, sentences=1)])) for number in range(7)]

    assert {one["family_id"] for one in judge(copies)["families"]} == {"t0"}


def test_the_story_with_a_new_toll_in_its_lede_is_a_version_of_the_story() -> None:
    lede = "Air strikes by the coalition killed {} civilians in the city of Raqqa on {}, a monitor said."
    background = write_story(4, sentences=5)
    later = "Rescuers dug through the rubble of the market all night and found more of the missing."
    first = text("first", f"{lede.format(13, 'Saturday')}\n{background}", day=10)
    second = text("second", f"{lede.format(24, 'Sunday')}\n{later}\n{background}", day=11)

    assert named(judge([first, second])) == {("second", "version-of", "first")}


def test_a_new_toll_in_a_text_that_is_else_the_same_makes_a_version_however_late_it_is_dated() -> None:
    lede = "Air strikes by the coalition killed {} civilians in the city of Raqqa on {}, a monitor said."
    first = text("first", f"{lede.format(13, 'Saturday')}\n{write_story(4)}\n{write_story(5, sentences=2)}", day=1)
    second = text("second", f"{lede.format(24, 'Sunday')}\n{write_story(4)}\n{write_story(6, sentences=2)}", day=25)

    assert named(judge([first, second])) == {("second", "version-of", "first")}


def test_two_stories_that_share_only_background_are_no_versions() -> None:
    background = write_story(4, sentences=4)
    short = text("short", f"{write_story(5, sentences=5)}\n{background}")
    long = text("long", f"{write_story(6, sentences=15)}\n{background}", hour=12)

    assert named(judge([short, long])) == set()


def test_a_text_whose_every_sentence_was_rewritten_word_by_word_is_a_copy() -> None:
    words = write_story(6, sentences=30).lower().replace(".", "").split()
    rewritten = [
        f"other{at}" if at % 9 in {0, 1} else f"{word} also" if at % 9 == 4 else word for at, word in enumerate(words)
    ]

    answers = judge([text("a", lines(words)), text("b", lines(rewritten), outlet="Herald")])

    assert named(answers) == {("a", "copy-of", "b")}


def lines(words: list[str]) -> str:
    return "\n".join(" ".join(words[at : at + 16]) for at in range(0, len(words), 16))


def stitch(sources: list[OwnText]) -> OwnText:
    sentences = [sentence for source in sources for sentence in source.text.split("\n")[1:4]]
    random.Random(2).shuffle(sentences)
    return text("stitched", "\n".join(sentences), day=13, outlet="Digest")


def test_an_article_of_sentences_from_several_texts_is_stitched_and_each_sentence_is_traced() -> None:
    sources = [text(f"t{seed}", write_story(seed), outlet=f"Outlet {seed}") for seed in range(5)]

    answers = judge([*sources, stitch(sources)])

    assert [(one["id"], one["sources"]) for one in answers["stitched"]] == [("stitched", 5)]
    origins = {one["origin"] for one in answers["sentences"] if one["id"] == "stitched"}
    assert origins == {source.text_id for source in sources}
    assert named(answers) == set()


def test_without_dates_it_is_still_the_stitched_article_that_took() -> None:
    sources = [text(f"t{seed}", write_story(seed), day=None, outlet="") for seed in range(5)]
    stitched = OwnText(text_id="a", text=stitch(sources).text)

    answers = judge([*sources, stitched])

    assert [one["id"] for one in answers["stitched"]] == ["a"]
    assert all(one["origin"] for one in answers["sentences"] if one["id"] == "a")
    assert not any(one["origin"] for one in answers["sentences"] if one["id"] != "a")


def test_a_sentence_with_another_number_is_revised() -> None:
    story = "Shells killed 19 people in the market of Homs before dawn on Sunday, doctors said."
    first = f"{write_story(7)}\n{story}"

    answers = judge([text("first", first, day=10), text("second", first.replace("19", "23"), outlet="Herald")])

    assert [one["use"] for one in answers["sentences"] if one["id"] == "second"] == ["copied"] * 8 + ["revised"]


@pytest.fixture(scope="module")
def newsroom() -> list[OwnText]:
    """Stories of three outlets, re-use among them, templates and boilerplate."""
    written = [write_text(seed) for seed in range(8)]
    texts = [*written, *(reuse(written, seed) for seed in range(8)), *(weather(number) for number in range(6))]
    footed = [f"{content}\n{FOOTER}" if number % 3 == 0 else content for number, content in enumerate(texts)]
    return [
        text(f"t{number:02}", content, day=1 + number, outlet=f"Outlet {number % 3}")
        for number, content in enumerate(footed)
    ]


def test_no_order_of_arrival_and_no_size_of_batches_changes_the_answer(
    newsroom: list[OwnText], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_order = judge(newsroom)
    chance = random.Random(5)

    assert len(in_order["relations"]) > 3
    assert judge(newsroom[::-1]) == in_order
    for _ in range(20):
        monkeypatch.setattr(judging, "BATCH", chance.randint(1, len(newsroom)))
        assert judge(chance.sample(newsroom, len(newsroom))) == in_order
