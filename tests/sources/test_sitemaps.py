"""Sitemaps as they are out there: what they list, the newest first, and never an error."""

import gzip
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.listing import Listed, ListedSitemap, Reading
from pipeline.sources.sitemaps import SITEMAPS_ASKED, choose, merge, read_sitemap
from pipeline.sources.windows import is_within
from pipeline.values import Media

URL = "https://www.wire.example/sitemaps/news.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<!-- made at noon -->
<url><xhtml:link rel="alternate" hreflang="ar" href="https://www.wire.example/ar/raqqa"/>
  <loc> https://www.wire.example/raqqa?a=1&amp;b=2 </loc>
  <lastmod>2017-06-12T08:00:00+03:00</lastmod>
  <image:image><image:loc>/raqqa.jpg</image:loc><image:title>A street</image:title></image:image>
  <news:news><news:publication><news:name>The Wire</news:name><news:language>en</news:language></news:publication>
    <news:publication_date>2017-06-11T09:30:00Z</news:publication_date>
    <news:title><![CDATA[Raids kill 24 & wound 5]]></news:title><news:keywords>Raqqa</news:keywords></news:news></url>
<url><loc>https://www.wire.example/newer</loc><news:news><news:title>Newer</news:title>
  <news:publication_date>2017-06-11T10:30:00Z</news:publication_date></news:news></url>
</urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>"""


def read(body: str | bytes, limit: int = 100, content_type: str | None = "application/xml") -> Reading:
    return read_sitemap(body.encode() if isinstance(body, str) else body, content_type, URL, limit)


def urlset(*urls: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</urlset>'


def listed(loc: str, lastmod: str = "", name: str = "url") -> str:
    return f"<{name}><loc>{loc}</loc>{lastmod and f'<lastmod>{lastmod}</lastmod>'}</{name}>"


def names(reading: Reading) -> list[str]:
    return [(entry.url or "").rpartition("/")[2] for entry in reading.entries]


def asked(*sitemaps: str) -> list[str]:
    return [sitemap.url for sitemap in read(INDEX.format("".join(sitemaps))).sitemaps]


def test_a_page_of_a_news_sitemap_keeps_its_values_verbatim() -> None:
    assert read(NEWS).entries[1] == Listed(
        url="https://www.wire.example/raqqa?a=1&b=2",
        title="Raids kill 24 & wound 5",
        published="2017-06-11T09:30:00Z",
        published_at=datetime(2017, 6, 11, 9, 30, tzinfo=UTC),
        updated="2017-06-12T08:00:00+03:00",
        updated_at=datetime(2017, 6, 12, 5, 0, tzinfo=UTC),
        language="en",
        publication="The Wire",
        media=(Media(url="https://www.wire.example/raqqa.jpg", medium="image"),),
    )


def test_a_sitemap_in_order_has_no_remarks() -> None:
    reading = read(NEWS)

    assert (reading.is_bozo, reading.bozo_reason, reading.reason, reading.is_truncated) == (False, None, None, False)


def test_the_newest_pages_come_first_and_the_rest_is_told_of() -> None:
    pages = [listed(f"/{day}", f"2017-06-{day:02}") for day in (3, 9, 1, 7)] + [listed("/undated")]

    reading = read(urlset(*pages), limit=2)

    assert names(reading) == ["9", "7"]
    assert (reading.is_truncated, reading.detail) == (True, "5 entries listed, 2 read")


def test_of_pages_without_dates_those_whose_address_names_the_latest_day_come_first_then_the_end_of_the_file() -> None:
    pages = ("/old/a", "/2017/06/10/b", "/2017/06/11/c", "/2017/06/11/d", "/2017/06/e", "/f")

    reading = read(urlset(*map(listed, pages)), limit=4)

    assert names(reading) == ["d", "c", "b", "f"]
    assert names(merge([read(urlset(listed(page))) for page in pages], 2)) == ["c", "d"]


def test_a_last_change_is_no_date_of_publication() -> None:
    (entry,) = read(urlset(listed("/a", "2017-06-11"))).entries

    assert (entry.published_at, entry.updated_at) == (None, datetime(2017, 6, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    "opening",
    ['<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">', "<urlset>", '<s:urlset xmlns:s="urn:other">'],
)
def test_another_namespace_is_a_remark_and_costs_nothing(opening: str) -> None:
    prefix = "s:" if "s:" in opening else ""
    page = f"<{prefix}url><{prefix}loc>/a</{prefix}loc></{prefix}url></{prefix}urlset>"

    reading = read(opening + page)

    assert names(reading) == ["a"]
    assert reading.bozo_reason == "its namespace is not that of sitemaps"


@pytest.mark.parametrize(
    "body",
    [
        urlset(listed("/a?x=1&y=2"), listed("/b")),  # the ampersand is bare
        urlset(listed("/a?x=1"), listed("/b"))[: -len("</urlset>")],
        urlset(listed("/a?x=1"), "<url><news:news><news:title>T</news:title></news:news><loc>/b</loc></url>"),
        urlset(listed("/a?x=1"), listed("/b")) + "<!-- cached -->\n<p>",
    ],
)
def test_faults_of_the_xml_are_recorded_and_cost_no_page(body: str) -> None:
    reading = read(body)

    assert {name.partition("?")[0] for name in names(reading)} == {"a", "b"}
    assert reading.is_bozo


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("", "the body is empty"),
        ("<html><body>Not here</body></html>", "the body is an HTML page"),
        ("<!doctype html><title>Not here", "the body is an HTML page"),
        ("<rss><channel/></rss>", 'the body is a feed: kind = "feed" reads it'),
        ("<svg/>", "its root element is svg, not urlset or sitemapindex"),
        ('{"version": "https://jsonfeed.org/version/1"}', "the body does not begin as XML does"),
        (gzip.compress(NEWS.encode(), mtime=0), "the body does not begin as XML does"),
    ],
)
def test_what_is_no_sitemap_is_called_so(body: str | bytes, detail: str) -> None:
    reading = read(body)

    assert (reading.reason, reading.detail, reading.entries) == ("not_sitemap", detail, ())


def test_a_sitemap_without_pages_is_a_sitemap() -> None:
    assert read(urlset()).reason is None


def test_entities_that_hold_each_other_do_not_grow() -> None:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    bomb = f'<!DOCTYPE urlset [<!ENTITY e0 "lol">{levels}]>' + urlset(listed("/a&e9;"))

    assert len(msgspec.msgpack.encode(read(bomb))) < 10_000


def test_an_external_entity_is_not_loaded(tmp_path: object) -> None:
    outside = '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

    assert "root:" not in str(read(outside + urlset("<url><loc>/a&x;</loc></url>")))


def test_an_index_gives_the_sitemaps_that_changed_last() -> None:
    days = [listed(f"https://wire.example/{day}.xml", f"2017-06-{day:02}T10:00:00Z", "sitemap") for day in range(1, 10)]

    assert asked(*days) == [f"https://wire.example/{day}.xml" for day in (9, 8, 7, 6, 5)]


def test_an_index_says_whether_each_change_of_its_sitemaps_shows() -> None:
    sitemaps = [listed("/day.xml", "2017-06-11", "sitemap"), listed("/minute.xml", "2017-06-11T09:30Z", "sitemap")]

    reading = read(INDEX.format("".join([*sitemaps, listed("/never.xml", name="sitemap")])))

    assert {one.url.rpartition("/")[2]: one.is_timed for one in reading.sitemaps} == {
        "minute.xml": True,
        "day.xml": False,
        "never.xml": False,
    }


def test_only_sitemaps_of_the_same_site_are_asked_and_each_once() -> None:
    sitemaps = ["https://cdn.wire.example/a.xml", "https://other.example/b.xml", "ftp://wire.example/c.xml", URL]

    reading = read(INDEX.format("".join(listed(url, name="sitemap") for url in sitemaps * 2)))

    assert [one.url for one in reading.sitemaps] == ["https://cdn.wire.example/a.xml"]
    assert reading.detail == "1 of 8 sitemaps asked; 1 are of another site"


def test_an_index_that_gives_nothing_to_ask_is_called_so() -> None:
    reading = read(INDEX.format(listed("https://other.example/b.xml", name="sitemap")))

    assert (reading.reason, reading.detail) == ("not_sitemap", "0 of 1 sitemaps asked; 1 are of another site")


def test_sitemaps_of_other_things_than_stories_are_asked_only_when_there_is_nothing_else() -> None:
    others = [listed(f"/{name}.xml", "2017-06-11", "sitemap") for name in ("category-sitemap", "sitemap_authors")]

    assert len(asked(*others)) == 2
    assert asked(*others, listed("/post-sitemap.xml", "2017-06-01", "sitemap")) == [
        "https://www.wire.example/post-sitemap.xml"
    ]


def test_a_page_that_two_sitemaps_list_counts_once() -> None:
    assert names(merge([read(urlset(listed("/a"))), read(urlset(listed("/a"), listed("/b")))], 10)) == ["a", "b"]


WINDOW = (date(2017, 6, 8), date(2017, 6, 13))


def test_of_an_archive_the_sitemaps_that_name_the_days_of_the_window_are_asked() -> None:
    names = (
        "2016.xml",
        "2017.xml",
        "2017-06.xml",
        "2017-06-12.xml.gz",
        "2017-06-14.xml",
        "a.xml?yyyy=2017&mm=06&dd=08",
    )
    sitemaps = [ListedSitemap(url=f"https://wire.example/{name}") for name in names]

    assert [one.url[21:] for one in choose(sitemaps, WINDOW)] == [
        "2017-06-12.xml.gz", "a.xml?yyyy=2017&mm=06&dd=08", "2017-06.xml", "2017.xml",
    ]  # fmt: skip


def test_of_sitemaps_that_name_no_days_those_that_changed_soonest_after_the_window_began_are_asked() -> None:
    sitemaps = [
        ListedSitemap(url=f"https://wire.example/{month}", modified_at=datetime(2017, month, 1, tzinfo=UTC))
        for month in range(1, 12)
    ]

    assert [one.url[21:] for one in choose(sitemaps, WINDOW)] == ["7", "8", "9", "10", "11"]


@pytest.mark.parametrize(
    ("page", "counts"),
    [
        (Listed(published_at=datetime(2017, 6, 13, 23, tzinfo=UTC)), True),
        (Listed(published_at=datetime(2017, 6, 14, tzinfo=UTC), url="https://wire.example/2017/06/11/a"), False),
        (Listed(url="https://wire.example/2017/06/11/a", updated_at=datetime(2019, 1, 1, tzinfo=UTC)), True),
        (Listed(url="https://wire.example/2017/05/a", updated_at=datetime(2017, 6, 11, tzinfo=UTC)), False),
        (Listed(url="https://wire.example/a", updated_at=datetime(2017, 6, 7, tzinfo=UTC)), False),
        (Listed(url="https://wire.example/a", updated_at=datetime(2017, 6, 20, tzinfo=UTC)), True),
        (Listed(url="https://wire.example/a-40312017"), True),
    ],
)
def test_a_page_counts_that_may_be_of_the_window(page: Listed, counts: bool) -> None:
    assert is_within(page, WINDOW) is counts


def test_pages_of_other_days_than_the_windows_are_left_out_and_counted() -> None:
    pages = urlset(listed("/2017/06/11/a"), listed("/2016/06/11/b"))

    reading = read_sitemap(pages.encode(), None, URL, 10, WINDOW)

    assert (names(reading), reading.detail) == (["a"], "1 of other days")


def test_of_more_pages_than_the_limit_those_closest_to_the_window_are_kept() -> None:
    changed = [listed(f"/changed-{day}", f"2017-06-{day:02}") for day in range(1, 31)]
    pages = urlset(*changed, listed("/undated"), listed("/2017/06/10/told", "2019-01-01"))

    reading = read_sitemap(pages.encode(), None, URL, 9, WINDOW)

    first = [*(f"changed-{day}" for day in (13, 12, 11)), "told", *(f"changed-{day}" for day in (10, 9, 8, 14, 15))]
    assert sorted(names(reading)) == sorted(first)
    assert reading.detail == "25 entries listed, 9 read; 7 of other days"


def test_of_more_pages_in_several_sitemaps_those_closest_to_the_window_are_kept() -> None:
    readings = [
        read_sitemap(urlset(listed(f"/{day}", f"2017-06-{day:02}")).encode(), None, URL, 9, WINDOW)
        for day in (29, 12, 20, 13)
    ]

    assert names(merge(readings, 2, WINDOW)) == ["13", "12"]


SITEMAPS = st.builds(
    ListedSitemap,
    url=st.sampled_from(
        [f"https://wire.example/{name}.xml" for name in ("a", "b", "news", "p-1", "p-2", "p-10", "tag")]
    ),
    modified_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(SITEMAPS, unique_by=lambda one: one.url), st.randoms())
def test_the_order_of_an_index_changes_nothing(sitemaps: list[ListedSitemap], random: object) -> None:
    shuffled = list(sitemaps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    assert choose(shuffled) == choose(sitemaps)
    assert len(choose(sitemaps)) <= SITEMAPS_ASKED


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_raising(body: bytes) -> None:
    assert read(b"<urlset>" + body).entries is not None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(NEWS)), st.integers(0, 40), st.binary(max_size=20))
def test_a_damaged_sitemap_is_read_without_raising(start: int, length: int, instead: bytes) -> None:
    body = NEWS.encode()

    read(body[:start] + instead + body[start + length :])
