"""Feeds as they are out there: broken, mislabelled and hostile ones give what can be had, and never an error."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.feeds import Listed, Reading, read_feed
from pipeline.values import Credit, Media

URL = "https://wire.example/feeds/rss.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Wire</title><link>https://wire.example/</link><language>en-gb</language><ttl>60</ttl>
<item>
  <title>Raids kill 24 in Raqqa – &lt;b&gt;monitor&lt;/b&gt; &amp;amp; residents</title>
  <link>https://wire.example/raqqa?a=1&amp;copy=2</link>
  <guid isPermaLink="false">wire-7</guid>
  <pubDate>Sun, 11 Jun 2017 10:30:00 BST</pubDate>
  <dc:creator>A. Writer</dc:creator><dc:creator>B. Writer</dc:creator>
  <description>&lt;p onclick="x()"&gt;Up from 13.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description>
  <source url="https://agency.example/rss">Agency</source>
</item>
<item><title>Second</title><link>../second</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Desk</title><id>urn:desk</id>
<entry><id>urn:1</id><title type="html">Toll &amp;lt;rises&amp;gt;</title>
  <link rel="enclosure" href="https://desk.example/a.mp3"/>
  <link rel="alternate" href="https://desk.example/one"/><link rel="alternate" hreflang="ar" href="https://desk.example/ar"/>
  <updated>2017-06-11T15:00:00+0530</updated><author><name>C. Writer</name></author><summary>s</summary></entry>
<entry><id>https://desk.example/id-only</id><title>No link</title>
  <published>2017-06-10T00:00:00Z</published><updated>2017-06-11T00:00:00Z</updated></entry>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://old.example/"><title>Old</title></channel>
<item rdf:about="https://old.example/1"><title>One</title><link>https://old.example/1</link><dc:date>2017-06-11T09:30Z</dc:date>
</item></rdf:RDF>"""

NINE_THIRTY = datetime(2017, 6, 11, 9, 30, tzinfo=UTC)


def read(body: str | bytes, content_type: str | None = "application/rss+xml", limit: int = 100) -> Reading:
    return read_feed(body.encode() if isinstance(body, str) else body, content_type, URL, limit)


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'


def item(title: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://wire.example/{title}</link>{more}</item>"


def titles(reading: Reading) -> list[str]:
    return [entry.title for entry in reading.entries]


def test_an_rss_item_keeps_its_values_verbatim() -> None:
    assert read(RSS).entries[0] == Listed(
        guid="wire-7",
        url="https://wire.example/raqqa?a=1&copy=2",
        title="Raids kill 24 in Raqqa – <b>monitor</b> &amp; residents",
        summary='<p onclick="x()">Up from 13.</p><script>x</script>',
        published="Sun, 11 Jun 2017 10:30:00 BST",
        published_at=NINE_THIRTY,
        authors=("A. Writer", "B. Writer"),
        origin_name="Agency",
        origin_url="https://agency.example/rss",
        language="en-gb",
    )


def test_the_media_of_an_item_keep_who_is_credited_for_them() -> None:
    more = (
        '<enclosure url="/a.mp3" type="audio/mpeg"/>'
        '<media:content url="/a.jpg" medium="image"><media:credit role="photographer">J. Doe/AFP</media:credit></media:content>'
        '<media:content url="javascript:x()"/>'
    )
    feed = rss(item("one", more)).replace("<rss ", '<rss xmlns:media="http://search.yahoo.com/mrss/" ')

    entry = read(feed).entries[0]

    assert entry.credits == (Credit(name="J. Doe/AFP", role="photographer"),)
    assert entry.media == (
        Media(url="https://wire.example/a.jpg", medium="image"),
        Media(url="https://wire.example/a.mp3", content_type="audio/mpeg"),
    )


def test_an_atom_source_tells_where_the_entry_is_from() -> None:
    source = '<source><title>Agency</title><link href="https://agency.example/"/></source>'

    entry = read(ATOM.replace("<summary>s</summary>", source)).entries[0]

    assert (entry.origin_name, entry.origin_url) == ("Agency", "https://agency.example/")


def test_a_feed_in_order_has_no_remarks() -> None:
    reading = read(RSS)

    assert (reading.is_bozo, reading.bozo_reason, reading.reason, reading.is_truncated) == (False, None, None, False)


def test_a_relative_link_is_made_absolute() -> None:
    assert read(RSS).entries[1].url == "https://wire.example/second"


def test_an_atom_entry_takes_its_first_alternate_link() -> None:
    assert read(ATOM).entries[0].url == "https://desk.example/one"


def test_an_atom_entry_without_a_published_date_takes_the_updated_one() -> None:
    entry = read(ATOM).entries[0]

    assert (entry.published_at, entry.updated_at) == (NINE_THIRTY, NINE_THIRTY)


def test_an_atom_id_is_no_link() -> None:
    assert (read(ATOM).entries[1].url, read(ATOM).entries[1].guid) == (None, "https://desk.example/id-only")


def test_an_rdf_item_is_dated_by_dublin_core() -> None:
    (entry,) = read(RDF).entries

    assert (entry.url, entry.published_at) == ("https://old.example/1", NINE_THIRTY)


def test_the_time_to_live_is_in_seconds() -> None:
    assert read(RSS).ttl_s == 3600


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><html><head><title>Not found</title></head><body><p>Gone</body></html>",
        "<?xml version='1.0'?><!-- x --><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html><item>x</item></html>",
        "\n\n<HTML><body>Log in</body></HTML>",
        "<?xml version='1.0'?><urlset><url><loc>https://wire.example/</loc></url></urlset>",
        "Service unavailable",
        '{"error": "not found"}',
        "{",
        "[]",
        "&#xD800;+ADw-&#xD800;<item>}",
        "",
        "\ufeff \n",
    ],
)
def test_what_is_no_feed_is_called_so(body: str) -> None:
    reading = read(body)

    assert (reading.reason, reading.entries) == ("not_feed", ())
    assert reading.detail


def test_a_feed_without_entries_is_a_feed() -> None:
    assert (read(rss()).reason, read(rss()).entries) == (None, ())


@pytest.mark.parametrize("cut", ["<item><title>Thi", "<item><title>Third</title><description><![CDATA[<p>it", "<item"])
def test_a_truncated_feed_gives_its_whole_entries(cut: str) -> None:
    reading = read(rss(item("First"), item("Second")).removesuffix("</channel></rss>") + cut)

    assert (titles(reading), reading.is_bozo, reading.reason) == (["First", "Second"], True, None)


def test_a_feed_cut_inside_a_character_gives_its_whole_entries() -> None:
    whole = rss(item("Первый"), item("Второй"))

    reading = read(whole.encode()[: whole.encode().index("Второй".encode()) + 3])

    assert (titles(reading), reading.is_bozo) == (["Первый"], True)


def test_undeclared_entities_do_not_lose_entries() -> None:
    reading = read(rss(item("Caf&eacute;&nbsp;24"), item("Second")))

    assert (titles(reading), reading.is_bozo) == (["Café\xa024", "Second"], True)


@pytest.mark.parametrize("content_type", ["text/xml; charset=iso-8859-1", "text/html", "application/json", "", None])
def test_a_header_that_contradicts_changes_nothing(content_type: str | None) -> None:
    assert read(RSS, content_type).entries == read(RSS).entries


def test_a_wrong_encoding_gives_entries_all_the_same() -> None:
    body = rss(item("Café")).encode("cp1252")

    assert titles(read(b"<?xml version='1.0' encoding='utf-8'?>" + body)) == ["Café"]


def test_bytes_that_look_like_a_path_open_no_file(tmp_path: Path) -> None:
    file = tmp_path / "secret.xml"
    file.write_text(rss(item("Secret")))

    assert read(str(file)).reason == "not_feed"


def test_a_document_type_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Secret")
    entity = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'

    assert "Secret" not in str(read(entity + rss(item("a &x; b"))))


def test_entities_that_hold_each_other_do_not_grow() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))

    reading = read(f'<!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>' + rss(item("a &l8; b"), item("Second")))

    assert len(str(reading)) < 10_000
    assert titles(reading)[1:] == ["Second"]


def test_an_epoch_date_is_not_the_year_1497() -> None:
    assert read(rss(item("a", "<pubDate>1497173400</pubDate>"))).entries[0].published_at == NINE_THIRTY


def test_a_date_in_an_ambiguous_zone_is_kept_raw_only() -> None:
    (entry,) = read(rss(item("a", "<pubDate>Sun, 11 Jun 2017 09:30:00 IST</pubDate>"))).entries

    assert (entry.published, entry.published_at) == ("Sun, 11 Jun 2017 09:30:00 IST", None)


def test_a_guid_that_does_not_say_that_it_is_no_link_is_no_link() -> None:
    assert read(rss("<item><guid>wire-7</guid><title>a</title></item>")).entries[0].url is None


def test_a_guid_that_is_a_link_is_one() -> None:
    assert read(rss("<item><guid>https://wire.example/7</guid></item>")).entries[0].url == "https://wire.example/7"


def test_a_script_link_stays_as_written() -> None:
    assert read(rss("<item><link>javascript:alert(1)</link></item>")).entries[0].url == "javascript:alert(1)"


@pytest.mark.parametrize("reference", ["&#xD83D;", "&#0;", "&#x110000;", "&#99999999999999999999;", "\x00", "\x0b"])
def test_characters_that_xml_forbids_cost_no_entry(reference: str) -> None:
    reading = read(rss(item("a" + reference), item("Second")))

    assert titles(reading)[1:] == ["Second"]
    assert reading.is_bozo
    str(reading).encode()


def test_a_warning_before_the_markup_costs_no_entry() -> None:
    assert titles(read("Warning: cannot modify header\n" + RSS)) == titles(read(RSS))


def test_a_prefix_without_a_namespace_costs_no_entry() -> None:
    body = "<rss><rss:channel><rss:item><rss:title>Raqqa</rss:title></rss:item></rss:channel></rss>"

    assert (titles(read(body)), read(body).is_bozo) == (["Raqqa"], True)


def test_at_most_limit_entries_are_read_and_the_rest_is_told_of() -> None:
    reading = read(rss(*(item(str(number)) for number in range(30))), limit=10)

    assert (titles(reading), reading.is_truncated) == ([str(number) for number in range(10)], True)
    assert reading.detail == "30 entries listed, 10 read"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_raising(body: bytes) -> None:
    assert isinstance(read(body), Reading)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([RSS, ATOM, RDF]), st.integers(0, 2000), st.integers(0, 60), st.binary(max_size=12))
def test_a_damaged_feed_is_read_without_raising(feed: str, start: int, length: int, instead: bytes) -> None:
    body = feed.encode()

    reading = read(body[:start] + instead + body[start + length :])

    # It leaves the worker through a pipe, where a lone surrogate would end it.
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(reading), type=Reading) == reading
