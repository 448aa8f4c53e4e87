"""OPML both ways: lists of other readers come in, ours go out, and nothing is lost between."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.sources.opml import OpmlError, read_opml, write_opml
from pipeline.sources.registry import Source, read_sources
from pipeline.sources.writing import add_sources, place_sources, to_table

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>My feeds</title></head><body>
<outline text="News" title="News">
  <outline text="Middle East"><outline type="rss" text="Enab" title="Enab Baladi" xmlUrl="https://enab.example/feed"
    htmlUrl="https://www.enab.example/"/></outline>
  <outline text="Wire &amp; Co" xmlurl=" https://wire.example/rss?a=1&amp;b=2 "/>
</outline>
<outline text="Not a feed" htmlUrl="https://wire.example/"/>
<outline text="A script" xmlUrl="javascript:alert(1)"/>
<outline text="A secret" xmlUrl="https://me:secret@wire.example/rss"/>
</body></opml>"""


def test_feeds_are_read_however_deep_with_their_folders() -> None:
    feeds = read_opml(LIST.encode(), "my.opml").feeds

    assert [(feed.name, feed.url, feed.site, feed.remark) for feed in feeds] == [
        ("Enab Baladi", "https://enab.example/feed", "enab.example", "News / Middle East"),
        ("Wire & Co", "https://wire.example/rss?a=1&b=2", None, "News"),
    ]


def test_addresses_that_the_sources_file_cannot_hold_are_counted() -> None:
    assert read_opml(LIST.encode(), "my.opml").unusable == 2


BOMB = '<!DOCTYPE opml [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>' + LIST.partition("?>")[2]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "my.opml:1: this is no OPML: Document is empty; export"),
        (LIST.replace("&amp;", "&"), "my.opml:6: this is no OPML: xmlParseEntityRef: no name; export"),
        (LIST[:200], "my.opml:4: this is no OPML: "),
        ("<html><body/></html>", "this is no OPML with a body but a document <html>"),
        ('<opml version="2.0"/>', "this is no OPML with a body but a document <opml>"),
        (BOMB, "an OPML file has no document type"),
        (b"\xff\xfe\x00", "my.opml:1: this is no OPML"),
    ],
)
def test_what_is_no_opml_is_told_in_one_sentence_with_its_line(body: str | bytes, told: str) -> None:
    with pytest.raises(OpmlError) as error:
        read_opml(body.encode() if isinstance(body, str) else body, "my.opml")

    assert told in str(error.value)
    assert "\n" not in str(error.value)


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30).filter(
    lambda name: name.strip() == name and name.isprintable()
)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
SOURCES = st.lists(
    st.builds(
        Source,
        id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
        kind=st.sampled_from(["feed", "sitemap"]),
        name=NAMES,
        outlet=NAMES,
        owner=st.none() | NAMES,
        language=st.none() | st.sampled_from(["en", "ar"]),
        url=st.integers(0, 30).map(lambda number: f"https://s{number % 7}.example/feed?id={number}&x=%D8%B9"),
        enabled=st.sampled_from([True, False, "live"]),
        window=st.none() | st.tuples(DAYS, DAYS).map(sorted).map(tuple),
        spacing_s=st.none() | st.floats(1, 86_400),
        interval_s=st.none() | st.floats(600, 86_400),
    ),
    max_size=6,
    unique_by=(lambda source: source.id, lambda source: source.url),
)


ODD = st.sampled_from(
    ["", "true", "nan", "inf", "0.5", "1e9", "700", "2017-06-13/2017-06-08", "a" * 64, "x" * 2_001]
) | (
    st.text(
        st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff", include_characters="\x7f\x85")
    )
)


@settings(max_examples=20, deadline=None)
@given(SOURCES)
def test_what_is_exported_comes_back_as_it_was(sources: list[Source]) -> None:
    feeds = read_opml(write_opml(sources), "-").feeds

    back = [source for source, _ in place_sources(feeds, [])]

    assert sorted(back, key=lambda one: one.id) == sorted(sources, key=lambda one: one.id)


@settings(max_examples=20, deadline=None)
@given(SOURCES)
def test_what_is_written_into_the_file_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, sources: list[Source]
) -> None:
    file = tmp_path_factory.mktemp("sources") / "sources.toml"
    file.write_text("\n\n".join(to_table(source, source.name) for source in sources), "utf-8")

    assert read_sources(file) == tuple(sources)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["enabled", "window", "spacing_s", "interval_s", "id"]), ODD)), ODD)
def test_whatever_another_list_says_can_be_written_into_the_file(
    tmp_path_factory: pytest.TempPathFactory, outlines: list[dict[str, str]], path: str
) -> None:
    root = etree.fromstring(b'<opml xmlns:claimwire="urn:claimwire:opml"><body/></opml>')
    for number, outline in enumerate(outlines):
        own = {f"{{urn:claimwire:opml}}{name}": value for name, value in outline.items()}
        etree.SubElement(root[0], "outline", own | {"xmlUrl": f"https://{path}w{number}.example/{path}", "text": path})
    file = tmp_path_factory.mktemp("sources") / "sources.toml"
    file.touch()

    new = add_sources(file, read_opml(etree.tostring(root), "my.opml").feeds)

    assert read_sources(file) == tuple(source for source, _ in new)


def test_folders_and_what_is_only_on_this_machine_stay_here(tmp_path: Path) -> None:
    papers = Source(id="papers", kind="documents", name="Papers", outlet="Papers", url="papers")
    door = Source(id="a", kind="feed", name="A", outlet="A", url="http://a.example/", connect_to="127.0.0.1:1")

    assert read_opml(write_opml([papers, door]), "-").feeds == ()


def test_a_name_that_xml_cannot_hold_is_exported_without_what_it_cannot() -> None:
    odd = Source(id="a", kind="feed", name="A\ufffeB", outlet="A", url="https://a.example/")

    assert [feed.name for feed in read_opml(write_opml([odd]), "-").feeds] == ["A\ufffdB"]
