"""Which paragraphs are the page's and not the article's, and which sentences can hold a claim."""

import pytest

from pipeline.claims.gazetteer import load_gazetteer
from pipeline.claims.quotes import find_quotes
from pipeline.claims.sentences import outline
from pipeline.settings import SEEDS

CUES = load_gazetteer(SEEDS).cues


@pytest.mark.parametrize(
    "line",
    [
        "  • Leroy Wright",
        "By Jane Doe",
        "By Jane Doe and John Roe",
        "Photo: Reuters",
        "(Reporting by Jane Doe; editing by J. Roe)",
    ],
)
def test_credits_are_noise(line: str) -> None:
    units = outline(f"It rained.\n\n{line}", CUES).units.items

    assert [unit.is_noise for unit in units if unit.paragraph == 1] == [True] * (len(units) - 1)


@pytest.mark.parametrize(
    "line", ["By Monday, 24 people had died.", "Source material said 24 died.", "- The army said 24 died."]
)
def test_sentences_that_only_look_like_credits_are_not(line: str) -> None:
    assert not any(unit.is_noise for unit in outline(f"It rained.\n\n{line}", CUES).units.items)


def test_the_first_line_is_a_headline_only_without_a_full_stop() -> None:
    assert outline("Toll rises\n\nIt rose.", CUES).units.items[0].is_noise
    assert not outline("The army said 24 died.\n\nIt rose.", CUES).units.items[0].is_noise


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ('"We left," he said, "at noon."', ['"We left,"', '"at noon."']),
        ("the fighters' camp and the army's base", []),
        ("'We left the town,' he said", ["'We left the town,'"]),
        ("IS 'capital' Raqqa", []),
        ('"We left and never came back', ['"We left and never came back']),
        ('a 6" gun', []),
    ],
)
def test_quotations_are_found_with_their_marks(text: str, quotes: list[str]) -> None:
    assert [text[slice(*quote.span)] for quote in find_quotes(text)] == quotes
