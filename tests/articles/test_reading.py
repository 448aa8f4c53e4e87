import json
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles.exchange import Page, PageReading, ReadArticle
from pipeline.articles.reading import read_article

SENTENCES = [
    f"On day {day} the monitoring group said that {day + 11} civilians had been killed in air raids near the city."
    for day in range(1, 9)
]
STORY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
FRAME = "<html lang='en'><head><title>Toll rises | The Wire</title>{head}</head><body><article>{body}</article></body></html>"
PAGE = Page(
    body=FRAME.format(head="", body=STORY).encode(),
    content_type="text/html; charset=utf-8",
    url="https://wire.example/raqqa",
    captured_at=datetime(2017, 6, 12, tzinfo=UTC),
)


def article(page: Page) -> ReadArticle:
    reading = read_article(page)
    assert reading.article is not None, reading
    return reading.article


def reason(body: bytes, content_type: str | None = "text/html") -> str | None:
    return read_article(replace(PAGE, body=body, content_type=content_type)).reason


def test_the_text_of_a_page_is_its_paragraphs_one_a_line() -> None:
    assert article(PAGE).text == "\n".join(SENTENCES)


def test_the_same_page_gives_the_same_reading_four_times() -> None:
    readings = [read_article(PAGE) for _ in range(4)]

    assert readings[1:] == readings[:1] * 3


def test_a_plain_text_stays_character_for_character() -> None:
    text = "Dateline  two spaces.\n\n  Indented “quote”.\n" + "\n".join(SENTENCES)

    assert article(replace(PAGE, body=text.encode() + b"\n", content_type="text/plain")).text == text


def test_html_that_calls_itself_plain_text_is_read_as_html() -> None:
    assert article(replace(PAGE, content_type="text/plain")).text == "\n".join(SENTENCES)


@pytest.mark.parametrize(
    "content_type", [None, "", "; charset=utf-8", "unknown/unknown", "application/x-unknown", "*/*"]
)
def test_a_page_whose_type_says_nothing_is_known_by_its_bytes(content_type: str | None) -> None:
    assert article(replace(PAGE, content_type=content_type)).text == "\n".join(SENTENCES)


def test_a_wrong_declaration_of_the_encoding_does_no_harm() -> None:
    body = FRAME.format(head="<meta charset=windows-1251>", body=STORY.replace("city", "cité")).encode()

    assert "cité" in article(replace(PAGE, body=body, content_type="text/html; charset=windows-1251")).text


def test_inlined_images_do_not_cost_an_article_its_text() -> None:
    image = '<img src="data:image/png;base64,' + "iVBORw0KGgo=" * 50_000 + '">'
    body = FRAME.format(head="", body=image + STORY).encode()

    read = article(replace(PAGE, body=body, html_bytes=100_000))

    assert (read.text, read.unread_bytes) == ("\n".join(SENTENCES), 0)


def test_a_page_that_was_cut_off_says_so() -> None:
    assert article(replace(PAGE, html_bytes=len(PAGE.body) - 200)).unread_bytes == 200


def test_a_lone_surrogate_does_not_reach_the_reading() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Toll \\ud83d rises"}</script>'

    read = article(replace(PAGE, body=FRAME.format(head=head, body=STORY).encode()))

    assert read.title == "Toll \ufffd rises"
    assert "\\ud83d" not in json.dumps(msgspec.to_builtins(read))


def test_a_language_without_spaces_is_not_taken_for_too_little_text() -> None:
    text = "叙利亚人权观察组织表示星期天的空袭造成二十四名平民死亡其中包括五名未成年人。" * 5

    assert article(replace(PAGE, body=text.encode(), content_type="text/plain")).language == "zh"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "text/html", "no_text"),
        (b" ", None, "no_text"),
        (b"<html></html>", "text/html", "no_text"),
        (b"<html><body><p>Please enable JavaScript to read on.</p></body></html>", "text/html", "no_text"),
        (b"<html><body>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000, "text/html", "no_text"),
        (b"%PDF-1.7 and so on", "text/html", "not_html"),
        (bytes(range(256)) * 40, "text/html", "not_html"),
        (PAGE.body, "application/pdf", "not_html"),
        (b"<?xml version='1.0'?><!-- a feed --><rss version='2.0'><channel>" + STORY.encode(), "text/html", "not_html"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>" + STORY.encode(), "application/xml", "not_html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>" + STORY.encode(), "text/xml", "not_html"),
        (json.dumps({"text": STORY}).encode(), "text/html", "not_html"),
    ],
)
def test_what_is_no_article_has_a_reason(body: bytes, content_type: str | None, expected: str) -> None:
    assert reason(body, content_type) == expected


markup = st.lists(
    st.sampled_from(
        [b"<p>", b"</p>", b"<div ", b"<!--", b"<script>", b"</", b"&#0;", b"\xff\xfe", b"<time datetime=", b"\x00"]
    )
    | st.binary(max_size=6)
    | st.text(max_size=6).map(lambda text: text.encode("utf-8", "replace")),
    max_size=25,
).map(b"".join)


@given(markup, st.sampled_from([None, "text/html", "text/plain", "text/html; charset=utf-16"]))
def test_any_bytes_are_an_article_or_have_a_reason(body: bytes, content_type: str | None) -> None:
    reading = read_article(replace(PAGE, body=body, content_type=content_type))

    assert (reading.article is None) == (reading.reason is not None)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(reading), type=PageReading) == reading
