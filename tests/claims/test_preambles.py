"""What stands before the first sentence of a page, and sentences that ran into one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.gazetteer import load_gazetteer
from pipeline.claims.parse import normalise
from pipeline.claims.preambles import find_page_stamp, find_stamp, run_on_starts, skip_preamble
from pipeline.claims.sentences import outline
from pipeline.settings import SEEDS
from tests.claims.conftest import ReadText, cases

CUES = load_gazetteer(SEEDS).cues


@pytest.mark.parametrize("row", cases("preambles"))
def test_the_sentences_of_a_page_are_those_of_its_label(row: dict[str, Any]) -> None:
    text = normalise(row["text"])

    assert [text[slice(*unit.span)] for unit in outline(text, CUES).units.items] == row["sentences"]


def test_days_count_from_the_stamp_at_the_head_of_a_text_and_say_so(read: ReadText) -> None:
    text = "Published June 9, 2017 Shells killed nine people on Sunday."

    (claim,) = read(text, datetime(2017, 6, 14, tzinfo=UTC))

    assert (claim.occurred_on.start, claim.occurred_on.anchor) == (date(2017, 6, 4), "page_stamp")


def test_a_stamp_that_is_years_off_is_no_day_of_publication(read: ReadText) -> None:
    (claim,) = read("June 9, 2011 Shells killed nine people on Sunday.", datetime(2017, 6, 14, tzinfo=UTC))

    assert (claim.occurred_on.start, claim.occurred_on.anchor) == (date(2017, 6, 11), "published_at")


def test_a_bare_date_far_from_publication_is_one_that_the_page_tells_of(read: ReadText) -> None:
    (claim,) = read("June 9, 2016 Shells killed nine people on Sunday.", datetime(2017, 6, 14, tzinfo=UTC))

    assert (claim.occurred_on.start, claim.occurred_on.anchor) == (date(2017, 6, 11), "published_at")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05-09-2013 Shells fell.", None),
        ("25-09-2013 Shells fell.", date(2013, 9, 25)),
        ("2013-09-25 Shells fell.", date(2013, 9, 25)),
        ("In 2013 shells fell.", None),
        (f"{'It rained. ' * 80}Published June 9, 2017 Shells fell.", None),
    ],
)
def test_the_day_of_a_stamp_is_read_where_it_cannot_be_mistaken(text: str, day: date | None) -> None:
    stamp = find_page_stamp(text)

    assert (stamp.day if stamp else None) == day


WORDS = st.lists(
    st.sampled_from(
        "Published June 9, 2017 BEIRUT Tags Homs The A At least two (AFP) Read also 24.09.2014 men. died".split()
    ),
    max_size=12,
)


@given(WORDS)
def test_a_sentence_begins_inside_its_words(words: list[str]) -> None:
    text = " ".join(words)

    assert 0 <= skip_preamble(text, 0, len(text)) <= len(text)
    assert all(0 < start < len(text) for start in run_on_starts(text, 0, len(text)))
    assert (stamp := find_stamp(text, 0, len(text))) is None or text[slice(*stamp.span)]
