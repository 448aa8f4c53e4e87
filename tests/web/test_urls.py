"""url_key: what folds into one key, and above all what does not."""

import csv
import hashlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.web import urls
from pipeline.web.urls import is_http, registrable_domain, url_key

STORY = "https://wire.example/news/raqqa-24"

SAME = [
    "https://wire.example/news/raqqa-24",
    "http://wire.example/news/raqqa-24",
    "HTTP://WIRE.EXAMPLE:80/news/raqqa-24/",
    "https://wire.example:443/news/raqqa-24",
    "https://wire.example./news/raqqa-24",
    " https://wire.example/news/\nraqqa-24 ",
    "https://user:secret@wire.example/news/raqqa-24",
    "https://www.wire.example/news/raqqa-24",
    "https://m.wire.example/news/raqqa-24",
    "https://mobile.wire.example/news/raqqa-24",
    "https://amp.wire.example/news/raqqa-24",
    "https://www.amp.wire.example/news/raqqa-24",
    "https://wire.example/news/raqqa-24#comments",
    "https://wire.example/sport/../news/./raqqa-24",
    "https://wire.example/sport/%2e%2E/news//raqqa-24",
    "https://wire.example/n%65ws/raqqa%2d24",
    "https://wire.example/news/raqqa-24?utm_source=rss&UTM_Medium=feed&amp;fbclid=abc",
    "https://wire.example/news/raqqa-24?ref=rss&at_medium=RSS&ns_mchannel=social&smid=tw-share&ocid=socialflow",
    "https://wire.example/news/raqqa-24?",
    "https://wire.example/news/raqqa-24?&",
    "https://wire.example/news/raqqa-24?amp",
    "https://wire.example/news/raqqa-24?amp=1",
    "https://wire.example/news/raqqa-24?outputType=amp",
    "https://wire.example/news/raqqa-24/amp/",
    "https://wire.example/amp/news/raqqa-24",
    "https://wire.example/news/raqqa-24.amp",
    "https://wire.example/news/raqqa-24;jsessionid=0A1B",
    "https://wire-example.cdn.ampproject.org/c/s/wire.example/news/raqqa-24",
    "https://www.google.com/amp/s/www.wire.example/news/raqqa-24/amp",
]

# Each line holds URLs of different pages.
DIFFERENT = [
    ["https://a.example/?12345", "https://a.example/?67890", "https://a.example/"],
    ["https://a.example/?cid=1", "https://a.example/?cid=2"],
    ["https://a.example/?gallery=1", "https://a.example/?gallery=2"],
    ["https://a.example/?source=12", "https://a.example/?source=13"],
    ["https://a.example/?ref=12", "https://a.example/?ref=13"],
    ["https://a.example/?id=1&id=2", "https://a.example/?id=2&id=1"],
    ["https://a.example/?/news/5&print", "https://a.example/?print&/news/5"],
    ["https://a.example/?q=a%26b", "https://a.example/?q=a&b"],
    ["https://a.example/a%2Fb", "https://a.example/a/b"],
    ["https://a.example/a%3Fb", "https://a.example/a?b"],
    ["https://a.example/Raqqa", "https://a.example/raqqa"],
    ["https://a.example/story/1.html", "https://a.example/story/1"],
    ["https://a.example/#!/story/5", "https://a.example/#!/story/6", "https://a.example/"],
    ["https://a.example/app#/story/5", "https://a.example/app#/story/6"],
    ["https://a.example:8080/x", "https://a.example/x"],
    ["https://news.a.example/x", "https://sport.a.example/x", "https://a.example/x"],
    ["https://m.blogspot.com/x", "https://blogspot.com/x"],
    ["https://m.news.a.example/x", "https://news.a.example/x"],
    ["https://www.gov.uk/x", "https://gov.uk/x"],
    ["https://a.example/technology/amp", "https://a.example/technology"],
    ["https://a.example/2017/amp", "https://a.example/2017"],
    ["https://a.example/?q=https://b.example/1", "https://a.example/?q=https://b.example/2", "https://b.example/1"],
    ["https://web.archive.org/web/2017/https://b.example/1", "https://web.archive.org/web/2018/https://b.example/1"],
]

NOT_A_PAGE = [
    "", "wire.example/a", "//wire.example/a", "mailto:desk@wire.example", "javascript:alert(1)", "data:text/html,a",
    "ftp://wire.example/a", "file:///etc/passwd", "http://", "http:///a", "http://?a", "http://wire.example:99999/",
    "http://wire.example:x/", "http://a b/", "http://[::1/", "http://[fe80::1%25eth0]/", "http://a..b/",
    f"http://{'a' * 64}.example/", "http://a\r\nHost: b/", "http://\ud800.example/",
]  # fmt: skip


@pytest.mark.parametrize("url", SAME)
def test_links_to_one_story_have_one_key(url: str) -> None:
    assert url_key(url) == STORY


@pytest.mark.parametrize("pages", DIFFERENT, ids=lambda pages: pages[0])
def test_different_pages_have_different_keys(pages: list[str]) -> None:
    keys = {url_key(page) for page in pages}

    assert None not in keys
    assert len(keys) == len(pages)


@pytest.mark.parametrize("url", NOT_A_PAGE, ids=ascii)
def test_what_is_no_http_url_with_a_host_has_no_key(url: str) -> None:
    assert url_key(url) is None
    assert not is_http(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://Bücher.example/é?ü=ö", "https://xn--bcher-kva.example/%C3%A9?%C3%BC=%C3%B6"),
        ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai/"),
        ("http://xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
        ("http://[2001:DB8:0::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("http://wire.example/100%/a b|c", "https://wire.example/100%25/a%20b%7Cc"),
        ("http://wire.example/?b=2&a=1&b=1", "https://wire.example/?a=1&b=2&b=1"),
        ("http://en.m.wire.example/wiki/Raqqa_(city)", "https://en.wire.example/wiki/Raqqa_(city)"),
        ("https://wire.example/../../a", "https://wire.example/a"),
    ],
)
def test_a_key_is_ascii_in_one_spelling(url: str, key: str) -> None:
    assert url_key(url) == key


def read_cases() -> list[tuple[str, str, str]]:
    """The rows of the table: kind of case, URL, key ("" for a URL that has none)."""
    with Path(__file__).with_name("url_keys.csv").open(encoding="utf-8", newline="") as table:
        return [(row["kind"], row["url"], row["key"]) for row in csv.DictReader(table)]


CASES = read_cases()


@pytest.mark.parametrize(("kind", "url", "key"), CASES)
def test_every_url_of_the_table_has_the_key_that_stands_there(kind: str, url: str, key: str) -> None:
    assert (url_key(url) or "") == key, kind


def test_the_table_is_that_of_this_version() -> None:
    # A row that changes is a key that changes: raise URL_KEY_VERSION, or ledgers hold one page under two keys unseen.
    digest = hashlib.sha256("\n".join(f"{url} {key}" for _, url, key in CASES).encode()).hexdigest()[:10]

    assert (urls.URL_KEY_VERSION, digest) == (3, "adb6eabf45")


PIECES = st.lists(
    st.sampled_from(
        ["/", "//", "..", "amp", "m.", "www.", ".amp", "&amp;", "?", "&", "=", "#!", "%", "%2e", "%41", "%25", "é",
         ";jsessionid=1", "a-1", "id=7", "utm_x=1", "b", "google.com/amp/s/", ".example", " ", "\ud800", "+", ":80"]
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@example(["?", "amp", ";jsessionid=1", "&amp;", "="])
@given(PIECES)
def test_a_key_is_its_own_key(pieces: list[str]) -> None:
    key = url_key("http://wire.example/" + "".join(pieces))

    assert key is not None
    assert url_key(key) == key


@settings(max_examples=100, deadline=None)
@example(["google.com/amp/s//google.com/amp/s/"])
@example(["m.", "google.com/amp/s/", "google.com/amp/s/"])
@given(PIECES)
def test_a_host_made_of_anything_never_raises(pieces: list[str]) -> None:
    key = url_key("http://" + "".join(pieces))

    assert key is None or url_key(key) == key


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("co.uk", "co.uk"),
        ("https://a.b.blogspot.com:8080/x", "b.blogspot.com"),
        ("a.b.wire.example", "wire.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
    ],
)
def test_the_registrable_domain_of_a_host(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_a_registrable_domain_needs_a_host() -> None:
    with pytest.raises(ValueError, match="expected a host or an http"):
        registrable_domain("file:///etc/passwd")


def test_the_list_of_suffixes_is_never_downloaded() -> None:
    with pytest.raises(RuntimeError, match="install it again"):
        urls.BundledSuffixes.update_tld_names()


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://wire.example", "https://wire.example/"),
        ("http://wire.example:443/a/../b", "http://wire.example:443/a/../b"),
        ("http://wire.example/a?b=1&&c#d", "http://wire.example/a?b=1&&c"),
        ("http://wire.example/a\r\nHost: evil.example", "http://wire.example/aHost:%20evil.example"),
        ("file:///etc/passwd", None),
    ],
)
def test_the_form_in_which_a_url_is_sent(url: str, sent: str | None) -> None:
    assert urls.request_url(url) == sent
