import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml.html import fromstring

from pipeline.articles.exchange import Page
from pipeline.articles.metadata import Metadata, read_metadata, read_plain_metadata

PAGE = Page(
    body=b"",
    content_type="text/html",
    url="https://www.wire.example/raqqa",
    captured_at=datetime(2017, 6, 12, 8, tzinfo=UTC),
    entry_title="Entry title",
    entry_published_at=datetime(2017, 6, 11, 10, tzinfo=UTC),
    entry_precision="exact",
)
BARE = replace(PAGE, entry_published_at=None, entry_title=None)
META = '<meta property="article:published_time" content="2017-06-11T09:40:00Z">'


def linked(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | fields)}</script>'


def read(head: str, body: str = "", page: Page = PAGE) -> Metadata:
    return read_metadata(fromstring(f"<html><head>{head}</head><body><p>x</p>{body}</body></html>"), page)


@pytest.mark.parametrize(
    ("head", "body", "page", "published", "rule"),
    [
        (linked(datePublished="2017-06-11T12:30:05+03:00") + META, "", PAGE, "2017-06-11T09:30:05Z", "json-ld exact"),
        (META, "", PAGE, "2017-06-11T09:40:00Z", "meta exact"),
        ("", "<time pubdate datetime=2017-06-11T09:50Z></time>", PAGE, "2017-06-11T09:50:00Z", "html minute"),
        ("", "<time datetime=2017-06-11T09:50Z></time>", PAGE, "2017-06-11T10:00:00Z", "entry exact"),
        ("", "<time datetime=2017-06-11T09:50Z></time>", BARE, "2017-06-11T09:50:00Z", "html minute"),
        ("", "", replace(BARE, url="https://wire.example/2017/6/9/a"), "2017-06-09T00:00:00Z", "url day"),
        ("", "<p>Published: June 10, 2017</p>", BARE, "2017-06-10T00:00:00Z", "html day"),
    ],
)
def test_the_time_of_publication_comes_from_the_most_trusted_origin(
    head: str, body: str, page: Page, published: str, rule: str
) -> None:
    metadata = read(head, body, page)

    assert (str(metadata.published), metadata.published_rule) == (published, rule)


def test_a_mere_day_gives_way_to_an_instant_on_that_day() -> None:
    metadata = read(linked(datePublished="2017-06-11T12:30:05") + META)

    assert str(metadata.published) == "2017-06-11T09:40:00Z"
    assert metadata.published_rule == "meta exact, on the day of json-ld"


def test_a_mere_day_does_not_give_way_to_an_instant_on_another_day() -> None:
    metadata = read(linked(datePublished="2017-06-08") + META)

    assert (str(metadata.published), metadata.published_rule) == ("2017-06-08T00:00:00Z", "json-ld day")


def test_no_time_after_the_capture_is_chosen() -> None:
    assert read(linked(datePublished="2017-06-13T00:00:01Z") + META).published_rule == "meta exact"


def test_a_page_that_states_no_time_has_none() -> None:
    metadata = read("", page=BARE)

    assert (metadata.published, metadata.published_rule) == (None, "none: no candidate from 1990 to the capture")


def test_every_candidate_is_kept_with_its_origin() -> None:
    metadata = read(linked(datePublished="2017-06-13T00:00:01Z") + META)

    assert [(one.value, one.origin) for one in metadata.candidates if one.name == "published_at"] == [
        ("2017-06-13T00:00:01Z", "json-ld"),
        ("2017-06-11T09:40:00Z", "meta"),
        ("2017-06-11T10:00:00Z", "entry"),
    ]


def test_a_page_cannot_fill_the_ledger_with_candidates() -> None:
    many = "".join(
        f'<meta name="date" content="2017-06-{day:02}T00:{minute:02}Z">' for day in range(1, 9) for minute in range(60)
    )

    assert len(read(many).candidates) < 30


def test_lone_surrogates_in_json_ld_are_replaced() -> None:
    assert read(linked(headline="Toll \ud83d rises", url="https://wire.example/\ud83d")).title == "Toll \ufffd rises"


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("/raqqa?id=1", "https://www.wire.example/raqqa?id=1"),
        ("https://m.wire.example/raqqa", "https://m.wire.example/raqqa"),
        ("https://other.example/raqqa", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_a_canonical_url_counts_only_on_the_domain_of_the_page(href: str, canonical: str | None) -> None:
    assert read(f'<link rel="canonical" href="{href}">').canonical_url == canonical


def test_a_text_without_tags_has_the_metadata_of_its_entry() -> None:
    metadata = read_plain_metadata(replace(PAGE, entry_origin="document", entry_authors=("Maya Haddad",)))

    assert (metadata.title, metadata.authors) == ("Entry title", ("Maya Haddad",))
    assert metadata.published_rule == "document exact"


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        (linked(author={"name": "Maya Haddad"}), "<a rel=author>Omar Saleh</a>", ("Maya Haddad",)),
        (linked(author="Maya Haddad") + '<meta name="author" content="maya-haddad">', "", ("Maya Haddad",)),
        (linked(author=["Maya Haddad", "maya-haddad", "(Image: Agency)"]), "", ("Maya Haddad",)),
        (linked(author="Maya Haddad og Omar Saleh"), "", ("Maya Haddad", "Omar Saleh")),
        (linked(author="Maya Haddad, Omar Saleh"), "", ("Maya Haddad", "Omar Saleh")),
        (linked(author="Haddad, Maya"), "", ("Haddad, Maya",)),
        ("", "<p>By <a rel=author>Maya Haddad</a></p>", ("Maya Haddad",)),
        ("", "<p class=article-byline><b>Maya Haddad</b><b>Omar Saleh</b></p>", ("Maya Haddad", "Omar Saleh")),
        ("", "<p class=byline>By <b>Maya Haddad</b></p>", ("Maya Haddad",)),
        ("", "<div class=comment><p class=author>A reader</p></div>", ()),
        ("", "<figure><span itemprop=author>A photographer</span></figure>", ()),
        (
            linked(author={"name": "The Wire"}, publisher={"name": "The Wire"}),
            "<i class=author-name>Maya Haddad</i>",
            ("Maya Haddad",),
        ),
        (linked(author={"name": "The Wire"}, publisher={"name": "The Wire"}), "", ("The Wire",)),
    ],
)
def test_the_writers_are_people_where_any_are_named(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert read(head, body).authors == authors


def test_section_and_outlet_are_kept_with_their_origin() -> None:
    metadata = read(
        linked(articleSection=["World", "Syria"], publisher={"name": "The Wire"})
        + '<meta property="article:section" content="Middle East"><meta property="og:site_name" content="Wire">'
    )

    assert [(one.name, one.value, one.origin) for one in metadata.candidates if one.name in ("section", "outlet")] == [
        ("outlet", "The Wire", "json-ld"),
        ("outlet", "Wire", "meta"),
        ("section", "World", "json-ld"),
        ("section", "Middle East", "meta"),
    ]


@pytest.mark.parametrize("link", ['<link rel="canonical" href="{}">', '<meta property="og:url" content="{}">'])
def test_a_saved_page_without_an_address_has_the_one_that_it_states(link: str) -> None:
    metadata = read(link.format("https://wire.example/2017/06/09/raqqa"), page=replace(BARE, url=""))

    assert str(metadata.published) == "2017-06-09T00:00:00Z"


def test_a_saved_page_that_states_no_address_is_read() -> None:
    assert read(META, page=replace(BARE, url="")).published_rule == "meta exact"


def test_a_date_that_a_library_trips_over_costs_no_article() -> None:
    head = '<meta property="article:published_time" content="2017-06-11T09:30:00+99:99">'

    assert read(head, page=BARE).published is None
