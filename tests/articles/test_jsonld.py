import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles.jsonld import LinkedArticle, read_linked

URL = "https://wire.example/raqqa"
STORY = {"@type": "NewsArticle", "headline": "Toll rises", "datePublished": "2017-06-11T09:30:00Z"}
READ = LinkedArticle(headline="Toll rises", published="2017-06-11T09:30:00Z")
OTHER = {"@type": "NewsArticle", "headline": "Weather", "datePublished": "2017-06-01"}


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(STORY),
        json.dumps([{"@type": "Organization", "name": "Wire"}, STORY]),
        json.dumps({"@graph": [{"@type": "WebSite", "name": "Wire"}, STORY]}),
        json.dumps({"@type": "WebPage", "mainEntity": STORY}),
        json.dumps(STORY | {"@type": ["ReportageNewsArticle", "https://schema.org/NewsArticle"]}),
        json.dumps(STORY | {"mentions": [OTHER], "hasPart": OTHER}),
        json.dumps([{"@type": "ItemList", "itemListElement": [OTHER]}, STORY]),
    ],
)
def test_the_article_is_found_wherever_it_stands(script: str) -> None:
    assert read_linked([script], URL) == READ


@pytest.mark.parametrize(
    "script",
    [
        "<!-- " + json.dumps(STORY) + " -->",
        "//<![CDATA[\n" + json.dumps(STORY) + "\n//]]>",
        json.dumps(STORY) + ";",
        json.dumps(STORY)[:-1] + ",}",
        json.dumps(STORY).replace('"', "&quot;"),
        json.dumps(STORY).replace("Toll rises", "Toll\n rises"),
        json.dumps({"@type": "Thing"}) + json.dumps(STORY),
        json.dumps(STORY)[:-1] + ', "articleBody": "he said "no" to it"}',
    ],
)
def test_malformed_json_is_forgiven(script: str) -> None:
    assert read_linked([script], URL) == READ


def test_the_article_with_the_address_of_the_page_comes_before_the_first() -> None:
    addressed = STORY | {"mainEntityOfPage": {"@id": URL + "?utm_source=rss"}}

    assert read_linked([json.dumps(OTHER), json.dumps(addressed)], URL) == READ


def test_authors_are_read_in_every_form() -> None:
    person = {"@type": "Person", "@id": "#maya", "name": "Maya Haddad"}
    story = STORY | {"author": [{"@id": "#maya"}, {"name": ["Omar Saleh"]}, "Lina Aziz", "https://wire.example/lina"]}

    linked = read_linked([json.dumps({"@graph": [story, person]})], URL)

    assert linked is not None
    assert linked.authors == ("Maya Haddad", "Omar Saleh", "Lina Aziz")


def test_a_page_object_gives_the_date_that_the_article_lacks() -> None:
    graph = [{"@type": "Article", "headline": "Toll rises"}, {"@type": "WebPage", "datePublished": READ.published}]

    assert read_linked([json.dumps({"@graph": graph})], URL) == READ


@pytest.mark.parametrize(
    "script", ["", "[" * 100_000, '{"@type":"NewsArticle","datePublished":' + "9" * 5000 + "}", "null"]
)
def test_what_cannot_be_read_says_nothing(script: str) -> None:
    assert read_linked([script], URL) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([URL, "NewsArticle", "#maya"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("@type @id @graph headline author datePublished name mainEntityOfPage url @value".split()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(values)
def test_values_of_the_wrong_kind_are_passed_over(value: object) -> None:
    linked = read_linked([json.dumps(value)], URL)

    assert linked is None or isinstance(linked, LinkedArticle)
