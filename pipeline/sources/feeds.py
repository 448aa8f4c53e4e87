"""The bytes of a feed in, what it lists out: RSS, RDF and Atom through feedparser, JSON Feed through our own reader.

Pure and slow on purpose-built input: it runs in the worker process, under its limits.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from pipeline.sources.dates import read_instant
from pipeline.sources.encodings import decode
from pipeline.sources.jsonfeed import read_json_feed
from pipeline.sources.listing import Listed, Reading, absolute, find_text, is_html, not_feed, to_media, truncation
from pipeline.sources.skipping import find_skips
from pipeline.text import clean
from pipeline.values import Credit, Media
from pipeline.web.urls import is_http

__all__ = ["Listed", "Reading", "read_feed"]

REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,100})|([0-9]{1,100}));?")
ROOT_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--[^>]*-->\s*)*$", re.IGNORECASE)
ENTRY_START = re.compile(r"<(?:(?P<prefix>\w+):)?(?:item|entry)[\s>]", re.IGNORECASE)
ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
MEDIA = 10  # of one entry: some feeds list each size of a picture
PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}


def read_feed(body: bytes, content_type: str | None, url: str, limit: int) -> Reading:
    """Return what a feed lists, at most `limit` entries in its own order; links are made absolute with its own `url`.

    Whatever the bytes are, it does not raise: a body that is no feed has the reason `not_feed`.

    >>> rss = b"<rss version='2.0'><channel><item><title>Raqqa: 24</title><link>/a</link></item></channel></rss>"
    >>> read_feed(rss, "application/rss+xml", "https://wire.example/rss", 10).entries[0].url
    'https://wire.example/a'
    """
    text, remark = decode(body, content_type)
    text = text.lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        return read_json_feed(text, url, limit)
    if is_html(text):
        return not_feed("the body is an HTML page")
    if "<" not in text:
        return not_feed("the body is empty" if not text else "the body has no markup")
    text, repairs = repair(text)
    return parse(text, list(filter(None, [remark, *repairs])), url, limit)


def parse(text: str, remarks: list[str], url: str, limit: int) -> Reading:
    """What feedparser makes of XML that is repaired; `remarks` say what was wrong with it."""
    kept, left_out = first_entries(text, limit)
    try:
        parsed = feedparser.parse(
            io.BytesIO(kept.encode()),  # never bytes: feedparser opens the file that they name
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except MemoryError:
        raise  # the worker's limit: says nothing about the feed
    except Exception as error:  # noqa: BLE001 # other people's bytes in another library: a fact about this feed
        return Reading(reason="parser_error", detail=f"{type(error).__name__}: {str(error)[:200]}")
    kind = str(parsed.get("version") or "")  # feedparser leaves it out of what it cannot make anything of
    if not parsed.entries and not kind:
        return not_feed("the body has no element of a feed")
    if parsed.bozo:
        remarks.append(clean(str(parsed.get("bozo_exception", "")))[:200] or "not well-formed")
    atom, listed = kind.startswith("atom"), len(parsed.entries) + left_out
    language = find_text(dict.get(parsed.feed, "language"))
    return Reading(
        entries=tuple(read_entry(entry, url, language, is_atom=atom) for entry in parsed.entries[:limit]),
        title=find_text(dict.get(parsed.feed, "title")),
        is_bozo=bool(remarks),
        bozo_reason="; ".join(remarks) or None,
        is_truncated=listed > limit,
        ttl_s=find_ttl(parsed.feed),
        skips=None if atom else find_skips(text),
        detail=truncation(listed, limit),
    )


def repair(text: str) -> tuple[str, list[str]]:
    """The XML without what would cost whole entries or the strict parser, and a remark for each thing that was wrong.

    >>> repair("Warning: x<rss><channel><item>a&#xD83D;</item><item><tit")
    ('<rss><channel><item>a&#xFFFD;</item>', ['text before the markup', 'characters that XML forbids', \
'cut off inside an entry'])
    """
    markup = text[text.index("<") :]
    remarks = ["text before the markup"] if len(markup) < len(text) else []
    allowed = REFERENCE.sub(allowed_reference, clean(markup))
    if allowed != markup.replace("\r\n", "\n").replace("\r", "\n"):
        remarks.append("characters that XML forbids")
    if (whole := whole_entries(allowed)) != allowed:
        remarks.append("cut off inside an entry")
    if (named := without_undeclared_prefix(whole)) != whole:
        remarks.append("a prefix without a namespace")
    return named, remarks


def first_entries(text: str, limit: int) -> tuple[str, int]:
    """The feed with its first `limit` entries, and how many were left out: feedparser needs 0.3 ms for each of them.

    >>> first_entries("<rss><item>a</item><item>b</item><item>c</item></rss>", 1)
    ('<rss><item>a</item></rss>', 2)
    """
    ends = [end.end() for end in ENTRY_END.finditer(text)]
    if len(ends) <= limit:
        return text, 0
    return text[: ends[limit - 1]] + text[ends[-1] :], len(ends) - limit


def allowed_reference(reference: re.Match[str]) -> str:
    """The reference, or that of the replacement character where XML forbids the one it names (a lone surrogate)."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    is_allowed = number in (0x9, 0xA, 0xD) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
    return reference[0] if is_allowed or 0x10000 <= number <= 0x10FFFF else "&#xFFFD;"


def whole_entries(text: str) -> str:
    """The feed without a last entry that was cut off; the loose parser would take its half title for a title."""
    if ROOT_END.search(text[-1000:]):
        return text
    ends = [end.end() for end in ENTRY_END.finditer(text)]
    start = ENTRY_START.search(text, ends[-1] if ends else 0)
    return text[: start.start()] if start else text


def without_undeclared_prefix(text: str) -> str:
    """The feed without the prefix of its entries if no namespace declares it; else feedparser finds none of them.

    >>> without_undeclared_prefix("<rss><rss:item><rss:title>Raqqa</rss:title></rss:item></rss>")
    '<rss><item><title>Raqqa</title></item></rss>'
    """
    entry = ENTRY_START.search(text)
    prefix = entry["prefix"] if entry else None
    if not prefix or re.search(rf"xmlns:{prefix}\s*=", text):
        return text
    return re.sub(rf"(</?){prefix}:", r"\1", text)


def read_entry(entry: Any, url: str, language: str | None, *, is_atom: bool) -> Listed:
    """One entry. `dict.get`, since feedparser's own `get` gives one field in place of another, with a warning.

    An entry without a date of publication takes the date of its last change: Atom asks for that one only, and RSS 1.0
    has just `dc:date`, which feedparser files as a change.
    """
    guid = find_text(dict.get(entry, "id"))
    updated = find_text(dict.get(entry, "updated"))
    published = find_text(dict.get(entry, "published")) or find_text(dict.get(entry, "created")) or updated
    detail = dict.get(entry, "title_detail") or {}
    origin = dict.get(entry, "source") or {}
    return Listed(
        guid=guid,
        url=absolute(url, find_link(entry, guid, is_atom=is_atom)),
        title=find_text(dict.get(entry, "title")) or "",
        summary=find_text(dict.get(entry, "summary")) or "",
        published=published,
        published_at=read_instant(published),
        updated=updated,
        updated_at=read_instant(updated),
        authors=tuple(dict.fromkeys(find_authors(entry))),
        origin_name=find_text(dict.get(origin, "title")),
        origin_url=absolute(url, find_text(dict.get(origin, "href")) or find_text(dict.get(origin, "link"))),
        credits=tuple(dict.fromkeys(find_credits(entry)))[:MEDIA],
        media=tuple(dict.fromkeys(find_media(entry, url)))[:MEDIA],
        language=find_text(dict.get(detail, "language")) or language,
    )


def find_link(entry: Any, guid: str | None, *, is_atom: bool) -> str | None:
    """The entry's link as written. Of several, Atom's first alternate one: feedparser takes the last."""
    alternates = [link.get("href") for link in dict.get(entry, "links") or () if link.get("rel") == "alternate"]
    link = find_text(dict.get(entry, "link"))
    if alternates and (is_atom or not link):
        return find_text(alternates[0])
    # feedparser offers a guid as a link unless it says isPermaLink="false", which many forget, and Atom's id always
    is_guid = link is not None and link == guid
    return None if is_guid and link and (is_atom or not (is_http(link) or link.startswith("/"))) else link


def find_authors(entry: Any) -> Iterator[str]:
    """The names of the writers, or what stands in their place."""
    named = [find_text(author.get("name")) for author in dict.get(entry, "authors") or ()]
    for name in named if any(named) else [find_text(dict.get(entry, "author"))]:
        if name:
            yield name


def find_credits(entry: Any) -> Iterator[Credit]:
    """Who is credited for the media (Media RSS).

    >>> list(find_credits({"media_credit": [{"role": "photographer", "content": "J. Doe/AFP"}, {"role": "x"}]}))
    [Credit(name='J. Doe/AFP', role='photographer')]
    """
    for credit in dict.get(entry, "media_credit") or ():
        if name := find_text(dict.get(credit, "content")):
            yield Credit(name=name, role=find_text(dict.get(credit, "role")))


def find_media(entry: Any, url: str) -> Iterator[Media]:
    """The media (media:content, then enclosures), their addresses absolute; those without an http(s) one are left out."""
    for one in dict.get(entry, "media_content") or ():
        yield from to_media(url, dict.get(one, "url"), dict.get(one, "type"), dict.get(one, "medium"))
    for link in dict.get(entry, "links") or ():
        if link.get("rel") == "enclosure":
            yield from to_media(url, link.get("href"), link.get("type"))


def find_ttl(feed: Any) -> int | None:
    """How long the feed asks to be left alone, in seconds: RSS's ttl in minutes, or the syndication module's period.

    >>> find_ttl({"ttl": "60"}), find_ttl({"sy_updateperiod": "hourly", "sy_updatefrequency": "2"}), find_ttl({})
    (3600, 1800, None)
    """
    minutes = find_text(dict.get(feed, "ttl")) or ""
    if re.fullmatch(r"[0-9]{1,6}", minutes):
        return int(minutes) * 60
    period_s = PERIODS_S.get((find_text(dict.get(feed, "sy_updateperiod")) or "").lower())
    times = find_text(dict.get(feed, "sy_updatefrequency")) or "1"
    return period_s // max(1, int(times)) if period_s and re.fullmatch(r"[0-9]{1,4}", times) else period_s
