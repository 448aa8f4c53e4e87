# ruff: noqa: E501  # a table: one kind a line
"""Hostile and malformed bytes by kind, made from a seed: what pages and feeds of the open web hold, and worse.

Every kind is a way in which real pages and feeds are broken, or by which parsers were brought down before.
"""

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

Make = Callable[[random.Random], bytes]
DOORS = (10, 1_000, 30_000)  # how often what is repeated is repeated
TOKENS = (
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&", b"&#0;", b"&#xD800;", b"&#x110000;", b'"', b"'", b"=",
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\r", b"<script>", b"<title>", b"<p>", b"<item>", b"<entry>", b"<?xml",
    b"%", b"\\u0000", b"\\ud83d", b"{", b"[", b"]", b"}", b"<table>", b"<svg>", b"<template>", b"\x1b$B", b"+ADw-",
)  # fmt: skip
SENTENCES = "".join(
    f"<p>On day {day} the monitoring group said that {day + 11} civilians had been killed near the city.</p>"
    for day in range(1, 9)
)
LINKED = '<script type="application/ld+json">%s</script>'
STORY = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Toll rises | The Wire</title>"
    '<link rel=canonical href="https://wire.example/raqqa"><meta property="og:title" content="Toll rises">'
    + LINKED % json.dumps({"@type": "NewsArticle", "headline": "Toll rises", "datePublished": "2017-06-11T09:30:00Z"})
    + f"</head><body><nav><a href=/>Home</a></nav><article><h1>Toll rises</h1>{SENTENCES}</article></body></html>"
).encode()
FEED = (
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>"
    "<title>Wire</title><ttl>15</ttl>"
    + "".join(
        f"<item><title>Toll {number} &amp; more</title><link>https://wire.example/{number}</link><guid>{number}</guid>"
        f"<pubDate>Sun, 11 Jun 2017 0{number}:00:00 GMT</pubDate><dc:creator>Maya Haddad</dc:creator>"
        f"<description><![CDATA[<p>Raids <b>killed</b> {number} civilians</p>]]></description></item>"
        for number in range(1, 9)
    )
    + "</channel></rss>"
).encode()
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Wire",
        "items": [{"id": str(number), "url": f"https://wire.example/{number}", "title": "Toll"} for number in range(5)],
    }
).encode()
ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Wire</title><entry><id>tag:wire.example,2017:1</id><title "
    b"type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Toll <b>rises</b></div></title><updated>2017-06-11T09:30:00Z"
    b"</updated><link href='https://wire.example/1'/></entry></feed>"
)
TYPES = (None, "", "text/html", "text/html; charset=utf-8", "text/html; charset=utf-16", "text/html; charset=iso-2022-jp",
         "text/html; charset=\x00", "text/plain", "application/xhtml+xml", "application/octet-stream", "TEXT/HTML;;;=")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of bytes. is_costly: made to use up the limit, so only a few are made."""

    name: str
    make: Make
    is_costly: bool = False


def around(inside: bytes | str, head: str = "") -> bytes:
    """A page with something in it."""
    raw = inside.encode("utf-8", "surrogatepass") if isinstance(inside, str) else inside
    return (
        b"<html><head><title>Toll</title>"
        + head.encode("utf-8", "surrogatepass")
        + b"</head><body>"
        + raw
        + b"</body></html>"
    )


def many(before: str, after: str = "", inside: str = "x", between: str = "") -> Make:
    """The same again and again, nested or in a row, inside a page."""

    def make(rng: random.Random) -> bytes:
        times = rng.choice(DOORS)
        return around(before * times + inside + between + after * times + SENTENCES)

    return make


def head(form: str, *values: str) -> Make:
    """A page with an odd value in its head."""
    return lambda rng: around(SENTENCES, form.replace("%s", rng.choice(values)))


def linked(*values: str) -> Make:
    """A page whose JSON-LD has odd values."""
    return lambda rng: around(SENTENCES, LINKED % rng.choice(values))


def article(**fields: object) -> str:
    """The JSON-LD of an article."""
    return json.dumps({"@type": "NewsArticle"} | fields)


def listing(*inside: str, root: str = "<rss version='2.0'><channel>%s</channel></rss>") -> Make:
    """A feed with an odd inside."""
    return lambda rng: root.replace("%s", rng.choice(inside)).encode("utf-8", "surrogatepass")


def item(**fields: str) -> str:
    """An RSS item."""
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</item>"


def mutated(*bodies: bytes) -> Make:
    """A whole one with pieces cut, doubled, moved, flipped, and tokens thrown in: what a fuzzer does first."""

    def make(rng: random.Random) -> bytes:
        body = bytearray(rng.choice(bodies))
        for _ in range(rng.randint(1, 30)):
            start = rng.randrange(len(body) + 1)
            end = min(len(body), start + rng.choice((1, 8, 200)))
            piece = rng.choice((b"", rng.choice(TOKENS), rng.randbytes(3), bytes(body[start:end]) * 2, b"<" * 50))
            body[start:end] = piece
        return bytes(body)

    return make


def cut(body: bytes) -> Make:
    """The beginning of a whole one."""
    return lambda rng: body[: rng.randrange(len(body))]


def soup(rng: random.Random) -> bytes:
    """Tokens in any order."""
    return b"".join(rng.choice((*TOKENS, b" ", b"Raqqa 24 ")) for _ in range(rng.choice((5, 200, 5_000))))


def recoded(rng: random.Random) -> bytes:
    """A page in one encoding that declares another."""
    labels = (
        "utf-8",
        "utf-16",
        "gb2312",
        "shift_jis",
        "iso-2022-jp",
        "utf-7",
        "x-user-defined",
        "punycode",
        "cp037",
        "zlib",
    )
    page = STORY.decode().replace("utf-8", rng.choice(labels)).replace("city", "cité – “город”")
    return page.encode(rng.choice(("utf-8", "utf-16", "utf-32", "cp1251", "shift_jis", "utf-7")), "replace")


def herd(rng: random.Random) -> bytes:
    """One tag with very many attributes: quadratic in every HTML parser."""
    return around(b"<p " + b" ".join(b"a%d=1" % number for number in range(rng.choice((60_000, 100_000)))) + b">x</p>")


LONG = "a" * 100_000
DATES = (
    "0000-00-00",
    "9999-12-31T23:59:60Z",
    "2017-02-31",
    "99999999999999",
    "-1",
    "2017-06-11T09:30:00+99:99",
    "1e309",
    LONG,
)
ODD: tuple[object, ...] = (None, True, 1, 2**70, 1.5, [], {}, [[[]]], {"name": {"name": 1}}, [None, {"@id": 1}])
HUGE = "9" * 5_000
ENTITY_BOMB = (
    "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9))
    + "]>"
)
XXE = "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY % y SYSTEM 'http://10.0.0.1/'> %y;]>"

PAGES = (
    Kind("nothing", lambda _: b""),
    Kind("space", lambda rng: rng.choice((b" ", b"\r\n", b"\xef\xbb\xbf", b"\x00")) * rng.choice(DOORS)),
    Kind("random bytes", lambda rng: rng.randbytes(rng.choice((1, 100, 100_000)))),
    Kind("token soup", soup),
    Kind("mutated story", mutated(STORY)),
    Kind("mutated story, again", mutated(STORY, ATOM, FEED)),
    Kind("cut story", cut(STORY)),
    Kind("recoded story", recoded),
    Kind("packed story", lambda rng: gzip.compress(STORY)[: rng.choice((20, 10_000))]),
    Kind("another kind of file", lambda rng: rng.choice((b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"GIF89a", b"MZ")) + STORY),
    Kind("json", lambda rng: rng.choice((JSON_FEED, b"[" * 100_000, b'{"a":' * 50_000, b"[1e999]", b'"text"'))),
    Kind("feed as page", lambda rng: rng.choice((FEED, ATOM, JSON_FEED))),
    Kind("deep boxes", many("<div>", "</div>")),
    Kind("boxes never closed", many("<div><span><b>")),
    Kind("deep formatting", many("<b><i><a href=#>", "</a></i></b>")),
    Kind("deep tables", many("<table><tr><td>", "</td></tr></table>")),
    Kind("deep lists", many("<ul><li>", "</li></ul>")),
    Kind("misnested", many("<p><b></p><table></b>")),
    Kind("comments", many("<!-- - -- ->")),
    Kind("comment never closed", lambda _: around("<!--" + SENTENCES)),
    Kind("script never closed", lambda _: around("<script>" + SENTENCES)),
    Kind("title never closed", lambda _: b"<title>" + SENTENCES.encode()),
    Kind("plaintext", lambda _: around("<plaintext>" + SENTENCES)),
    Kind("frames", lambda _: b"<html><frameset cols=*><frame src=//10.0.0.1/></frameset></html>"),
    Kind("one long word", lambda rng: around("x" * rng.choice(DOORS) * 30)),
    Kind("one long tag name", lambda rng: around("<" + "x" * rng.choice(DOORS) * 10 + ">" + SENTENCES)),
    Kind("one long attribute", lambda rng: around(f"<p title='{'x' * rng.choice(DOORS) * 30}'>" + SENTENCES)),
    Kind("many attributes", lambda rng: around("<p " + " ".join(f"a{n}=1" for n in range(rng.choice((10, 1_000, 3_000)))) + ">x")),
    Kind("a herd of attributes", herd, is_costly=True),
    Kind("references", many("&#x41;&amp;&nosuch;&#xD800;&#x110000;&")),
    Kind("entity bomb", lambda _: ENTITY_BOMB.encode() + around("&j;" + SENTENCES)),
    Kind("external entity", lambda _: XXE.encode() + around("&x;" + SENTENCES)),
    Kind("instructions", many("<?php echo 1 ?><?xml version='9'?>")),
    Kind("foreign", many("<svg><math><template>", "</template></math></svg>")),
    Kind("line ends", many("\r", inside="<br>", after="\n\r")),
    Kind("controls", lambda rng: around("".join(chr(rng.choice((1, 7, 27, 0x202E, 0xFEFF, 0xFFFE, 0x85))) + "Raqqa " for _ in range(999)))),
    Kind("surrogates", lambda _: around(SENTENCES.replace("city", "\ud83d\ud83d"))),
    Kind("combining", lambda rng: around("Z" + "\u0300\u20dd" * rng.choice(DOORS) + SENTENCES)),
    Kind("times", many("<time datetime='2017-06-11T09:30:00Z' itemprop=datePublished>x</time>")),
    Kind("headings", many("<h1>Toll | Toll - Toll</h1>")),
    Kind("links", many("<a href='http://[' rel=author>By and and and</a>")),
    Kind("bylines", many("<p class='byline author'>By ; ; and , , </p>")),
    Kind("forms", many("<form><input type=hidden><select><option>")),
    Kind("meta", many("<meta property=article:published_time content=2017-06-11><meta name=date content=x>")),
    Kind("dates in meta", head("<meta property='article:published_time' content='%s'>", *DATES)),
    Kind("dates in text", lambda rng: around(f"<p>Published: {rng.choice(DATES)}</p>" + "2017-06-11 " * rng.choice(DOORS))),
    Kind("title of separators", head("<title>%s</title>", " - " * 50_000, "|" * 100_000, " " * 200_000, "\u202e" * 999, LONG)),
    Kind("canonical", head("<link rel=canonical href='%s'>", "http://[", "javascript:1", "//", "http://\ud800", LONG, "http://a:99999")),
    Kind("base", head("<base href='%s'>", "http://10.0.0.1/", "file:///etc/passwd", "http://[")),
    Kind("language", head("<meta http-equiv=content-language content='%s'>", "x" * 999, "en,de,fr", "\x00", "12")),
    Kind("linked: broken", linked("", "{", '{"a":1}}', "[,]", "//<![CDATA[", "null", "NaN", "1" * 5_000, '"' * 9_999)),
    Kind("linked: deep", linked("[" * 5_000, "[" * 100_000, '{"@graph":' * 900 + "1" + "}" * 900)),
    Kind("linked: wide", lambda _: around(SENTENCES, LINKED % json.dumps([{"@type": "NewsArticle", "headline": str(n)} for n in range(9_000)]))),
    Kind("linked: types", linked(*(article(headline=v, datePublished=v, author=v, publisher=v, articleSection=v, isAccessibleForFree=v)
                                   for v in ODD))),
    Kind("linked: surrogates", linked('{"@type": "NewsArticle", "headline": "Toll \\ud83d", "author": "\\udc00\\u0000"}')),
    Kind("linked: numbers", linked(article(datePublished=10**400), f'{{"@type":"Article","datePublished":{HUGE}}}', article(datePublished=-1))),
    Kind("linked: dates", linked(*(article(datePublished=date) for date in DATES))),
    Kind("linked: authors", linked(article(author=["Maya Haddad and Omar Saleh, " * 50] * 500), article(author=[{"name": [" "]}] * 999))),
    Kind("linked: circle", linked('{"@graph": [{"@type": "Article", "@id": "#a", "author": {"@id": "#a"}, "name": {"@id": "#a"}}]}')),
    Kind("almost a wall", lambda rng: around(("verify you are " * 3_000) + "cookies our partners " * rng.choice(DOORS))),
    Kind("consent", lambda rng: around("<p>We and our 9 partners use cookies. Accept all. Your privacy.</p>" * rng.choice(DOORS[:2]))),
    Kind("inlined image", lambda rng: around(f"<img src='data:image/png;base64,{'A' * rng.choice(DOORS) * 20}'>" + SENTENCES)),
)  # fmt: skip

FEEDS = (
    Kind("nothing", lambda _: b""),
    Kind("random bytes", lambda rng: rng.randbytes(rng.choice((1, 100, 50_000)))),
    Kind("a path", lambda rng: rng.choice((b"/etc/passwd", b"file:///etc/passwd", b"http://10.0.0.1/", b"-"))),
    Kind("token soup", soup),
    Kind("mutated feed", mutated(FEED)),
    Kind("mutated Atom", mutated(ATOM)),
    Kind("mutated JSON Feed", mutated(JSON_FEED)),
    Kind("cut feed", cut(FEED)),
    Kind("cut JSON Feed", cut(JSON_FEED)),
    Kind("page as feed", lambda rng: rng.choice((STORY, b"<html><body>no</body></html>", b"<p>" + FEED))),
    Kind("packed feed", lambda _: gzip.compress(FEED)),
    Kind("wrong encoding", lambda rng: FEED.decode().replace("Toll", "Bilanz – “város”").encode(rng.choice(("utf-16", "cp1252", "utf-32", "utf-7")), "replace")),
    Kind("declared encoding", lambda rng: FEED.replace(b"utf-8", rng.choice((b"utf-16", b"x", b"punycode", b"zlib", b"", b"\xff")))),
    Kind("entity bomb", lambda _: (ENTITY_BOMB + "<rss><channel>" + item(title="&j;" * 10, link="http://wire.example/1") + "</channel></rss>").encode()),
    Kind("external entity", lambda _: (XXE + "<rss><channel>" + item(title="&x;", link="http://wire.example/1") + "</channel></rss>").encode()),
    Kind("deep", lambda rng: b"<rss><channel>" + b"<item>" * rng.choice((10, 1_000, 20_000)) + b"</channel></rss>"),
    Kind("deep markup", lambda rng: listing(item(title="<b>" * rng.choice((10, 1_000, 5_000)), link="http://wire.example/"))(rng)),
    Kind("wide", lambda rng: listing(item(title="Toll", guid="1") * rng.choice((10, 900, 3_000)))(rng)),
    Kind("long values", listing(*(item(**{name: "x" * 900_000}) for name in ("title", "link", "guid", "pubDate", "author")))),
    Kind("dates", listing(*(item(title="a", guid="1", pubDate=date) for date in (*DATES, "Sun, 99 Jun 2017 25:61:61 +9999", "11 июня", "now")))),
    Kind("links", listing(*(item(title="a", link=link) for link in ("javascript:alert(1)", "http://[", "//", "http://\ud800/", "\x00", LONG)))),
    Kind("ttl", listing(*(f"<ttl>{value}</ttl>" + item(title="a", guid="1") for value in ("-1", "NaN", HUGE, "1e9", "", "٣")))),
    Kind("references", listing(item(title="&#xD83D;&#0;&nosuch;&amp;amp;lt;&#x110000;" * 500, guid="1"))),
    Kind("no namespace", listing(item(title="a", guid="1") + "<x:item><x:title>b</x:title></x:item><media:content url='a'/>")),
    Kind("no root", listing(item(title="a", guid="1"), root="%s")),
    Kind("two roots", lambda _: FEED + FEED + ATOM),
    Kind("comments", lambda rng: b"<!-- -->" * rng.choice(DOORS) + FEED),
    Kind("instructions", lambda rng: b"<?x y?>" * rng.choice(DOORS[:2]) + FEED),
    Kind("section never closed", listing("<item><title><![CDATA[ a </title></item>", "<item><description><![CDATA[" + "a" * 99_999)),
    Kind("many attributes", lambda rng: listing("<item " + " ".join(f"a{n}='1'" for n in range(rng.choice((10, 1_000, 3_000)))) + "/>")(rng)),
    Kind("RDF", listing(item(title="a", link="http://wire.example/"), root="<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>%s</rdf:RDF>")),
    Kind("sitemap", lambda _: b"<urlset><url><loc>http://wire.example/</loc></url></urlset>"),
    Kind("JSON deep", lambda rng: rng.choice((b"[" * 100_000, b'{"version":' * 9_999, b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 9_999))),
    Kind("JSON types", lambda rng: json.dumps({"version": "https://jsonfeed.org/version/1", "items": [
        {name: rng.choice((None, True, 2**70, 1e300, [], {}, [None], "x", "\ud800")) for name in ("id", "url", "title", "authors", "date_published")}
        for _ in range(20)]}).encode()),
    Kind("Atom text", listing("<entry><title type='html'>&lt;b&gt;" + "x" * 9_999 + "</title></entry>", "<entry><content type='application/octet-stream'>AAAA</content></entry>",
                              "<entry><link href='a'/><link href='b'/><id/></entry>", root="<feed xmlns='http://www.w3.org/2005/Atom'>%s</feed>")),
    Kind("surrogates", listing(item(title="Toll \ud83d rises", guid="\udc00"))),
)  # fmt: skip
