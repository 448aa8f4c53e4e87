import json
from datetime import UTC, datetime

import pytest

from pipeline.articles.bodies import choose_text
from pipeline.articles.exchange import Page
from pipeline.articles.reading import read_article

LINES = [
    f"In town {day} {day * 3} houses, {day * 5} cars and {day * 11} shops burnt, witness {day * 17} told {day * 19} reporters."
    for day in range(1, 13)
]
WHOLE = "\n".join(LINES)
PART = "\n".join(LINES[:6])
OTHER = "\n".join(
    f"Rain number {day} is expected in the north, said the weather service of region {day}." for day in range(40)
)


def test_a_text_of_which_much_was_lost_is_the_stated_one() -> None:
    assert choose_text(PART, WHOLE) == WHOLE


@pytest.mark.parametrize(
    "stated",
    [None, "", "A summary.", "\n".join(LINES[:7]), f"{WHOLE}\n{WHOLE}", OTHER, WHOLE.replace("\n", " ")],
    ids=["none", "empty", "summary", "hardly more", "twice", "another story", "without paragraphs"],
)
def test_a_stated_text_that_is_not_plainly_more_of_the_same_is_left_alone(stated: str | None) -> None:
    assert choose_text(PART, stated) == PART


def test_a_page_whose_layout_hides_half_of_its_story_is_read_whole() -> None:
    linked = json.dumps({"@type": "NewsArticle", "articleBody": "<p>" + "</p><p>".join(LINES) + "</p>"})
    shown = "".join(f"<p>{line}</p>" for line in LINES[:6])
    body = f'<html><head><script type="application/ld+json">{linked}</script></head><body><article>{shown}</article></body>'

    page = Page(body=body.encode(), content_type="text/html", url="", captured_at=datetime(2017, 6, 12, tzinfo=UTC))
    article = read_article(page).article

    assert article is not None
    assert article.text == WHOLE
