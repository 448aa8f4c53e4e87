import pytest

from pipeline.articles.titles import choose_title, strip_site
from pipeline.values import Candidate


@pytest.mark.parametrize(
    "raw",
    [
        "Toll rises: 24 dead | The Wire",
        "Toll rises: 24 dead - The Wire",
        "The Wire – Toll rises: 24 dead",
        "Toll rises: 24 dead | wire.example",
        "The Wire | Toll rises: 24 dead | The Wire",
        "Toll rises: 24 dead",
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(raw: str) -> None:
    assert strip_site(raw, ["The Wire", "wire.example"]) == "Toll rises: 24 dead"


def test_a_dash_inside_a_title_stays() -> None:
    assert strip_site("Raqqa - what we know", ["The Wire"]) == "Raqqa - what we know"


def test_a_candidate_that_only_names_the_site_is_passed_over() -> None:
    candidates = [
        Candidate(name="title", value="The Wire", origin="json-ld"),
        Candidate(name="title", value="Toll rises", origin="meta"),
    ]

    assert choose_title(candidates, ["The Wire"]) == "Toll rises"


def test_without_candidates_there_is_no_title() -> None:
    assert choose_title([], []) is None
