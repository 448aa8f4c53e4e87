"""An OPML 2.0 document in, the feeds that it lists out; and back. http://opml.org/spec2.opml"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from pipeline.sources.registry import INTERVAL_S_MIN, SECONDS_MAX, SPACING_S_MIN, Enabled, Source
from pipeline.sources.tables import TEXT_CHARACTERS, UNPRINTABLE, as_day
from pipeline.sources.writing import Wanted
from pipeline.text import clean
from pipeline.web.urls import is_http

OWN = "urn:claimwire:opml"  # namespace of what OPML has no attribute for
KEPT = ("id", "outlet", "owner", "enabled", "window", "spacing_s", "interval_s")
ENABLED: dict[str | None, Enabled] = {"true": True, "false": False, "live": "live"}
NOT_IN_XML = re.compile("[\ufffe\uffff]")  # nor is what `clean` takes out
FEED_HOST = re.compile(r"(?i)(?:feeds?|rss)[0-9]*\.")  # of which nobody reads pages


class OpmlError(ValueError):
    """A file is no OPML: one sentence with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """The feeds of a document in its order, and how many outlines name an address that is none."""

    feeds: tuple[Wanted, ...]
    unusable: int


def read_opml(body: bytes, name: str) -> Outlines:
    """Return the feeds that an OPML document lists, however deep; `name` is the file's, for messages.

    >>> body = b'<opml><body><outline text="News"><outline text="A" xmlUrl="https://a.example/rss"/></outline></body></opml>'
    >>> [(feed.name, feed.url, feed.remark) for feed in read_opml(body, "my.opml").feeds]
    [('A', 'https://a.example/rss', 'News')]

    Raises OpmlError on anything else.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser=parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        reason = re.sub(r", line \d+, column \d+.*", "", error.msg or "it is empty")
        raise OpmlError(f"{name}:{line}: this is no OPML: {reason}; export the list again.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise OpmlError(f"{name}:1: an OPML file has no document type; remove the line <!DOCTYPE ..>.")
    kind, text = etree.QName(root).localname, root.find("body")
    if kind != "opml" or text is None:
        raise OpmlError(f"{name}:1: this is no OPML with a body but a document <{kind}>; export the list as OPML.")
    outlines = [one for one in text.iter("outline") if find(one, "xmlUrl")]
    feeds = tuple(as_feed(one) for one in outlines if is_usable(find(one, "xmlUrl") or ""))
    return Outlines(feeds=feeds, unusable=len(outlines) - len(feeds))


def find(outline: Any, name: str) -> str | None:
    """An attribute, whatever the case of its name: some write xmlurl."""
    given = {key.lower(): value.strip() for key, value in outline.attrib.items()}
    return given.get(name.lower()) or None


def is_usable(url: str) -> bool:
    """Whether the sources file can hold an address."""
    is_one_line = len(url) <= TEXT_CHARACTERS and not UNPRINTABLE.search(url) and not re.search(r"\s", url)
    return is_one_line and is_http(url) and "@" not in urlsplit(url).netloc


def as_feed(outline: Any) -> Wanted:
    """One feed. The outlines around it, which readers show as folders, become a remark."""
    own = {name: outline.get(f"{{{OWN}}}{name}") for name in KEPT}
    folders = [find(one, "text") or find(one, "title") for one in outline.iterancestors("outline")]
    return Wanted(
        url=find(outline, "xmlUrl") or "",
        kind=find(outline, "type") or "rss",
        name=find(outline, "title") or find(outline, "text"),
        outlet=own["outlet"],
        site=(urlsplit(find(outline, "htmlUrl") or "").hostname or "").removeprefix("www.") or None,
        owner=own["owner"],
        language=(find(outline, "language") or "").partition("-")[0].lower() or None,
        source_id=own["id"],
        remark=None if own["id"] else " / ".join(filter(None, reversed(folders))) or None,
        enabled=ENABLED.get(own["enabled"], "live"),
        window=read_days(own["window"] or ""),
        spacing_s=read_seconds(own["spacing_s"], SPACING_S_MIN),
        interval_s=read_seconds(own["interval_s"], INTERVAL_S_MIN),
    )


def read_days(text: str) -> tuple[date, date] | None:
    """The first and the last day, or None of what the sources file cannot hold.

    >>> read_days("2017-06-08/2017-06-13"), read_days("2017-06-13/2017-06-08")
    ((datetime.date(2017, 6, 8), datetime.date(2017, 6, 13)), None)
    """
    first, last = map(as_day, text.partition("/")[::2])
    return (first, last) if first and last and first <= last else None


def read_seconds(text: str | None, least: float) -> float | None:
    """A number of seconds, or None of what the sources file cannot hold."""
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if least <= seconds <= SECONDS_MAX else None


def write_opml(sources: Iterable[Source]) -> bytes:
    """The document of these sources, those of one outlet together; only what has an address of its own is in it.

    >>> wire = Source(id="wire", kind="feed", name="Wire", outlet="Wire", url="https://wire.example/rss")
    >>> [feed.url for feed in read_opml(write_opml([wire]), "-").feeds]
    ['https://wire.example/rss']
    """
    root = etree.Element("opml", version="2.0", nsmap={"claimwire": OWN})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources of claimwire"
    body = etree.SubElement(root, "body")
    folders: dict[str, Any] = {}
    for source in list_shared(sources):
        if source.outlet not in folders:
            folders[source.outlet] = etree.SubElement(body, "outline", text=source.outlet)
        etree.SubElement(folders[source.outlet], "outline", attributes(source))
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def list_shared(sources: Iterable[Source]) -> Iterator[Source]:
    """The sources that others can ask too."""
    return (source for source in sources if source.kind != "documents" and source.connect_to is None)


def attributes(source: Source) -> dict[str, str]:
    """What an outline says of a source. Other readers pass over the type `sitemap`."""
    parts = urlsplit(source.url)
    said = {
        "type": "rss" if source.kind == "feed" else source.kind,
        "text": source.name,
        "title": source.name,
        "xmlUrl": source.url,
        "htmlUrl": None if FEED_HOST.match(parts.netloc) else f"{parts.scheme}://{parts.netloc}/",
        "language": source.language,
        f"{{{OWN}}}id": source.id,
        f"{{{OWN}}}outlet": source.outlet,
        f"{{{OWN}}}owner": source.owner,
        f"{{{OWN}}}enabled": str(source.enabled).lower(),
        f"{{{OWN}}}window": "/".join(map(str, source.window)) if source.window else None,
        f"{{{OWN}}}spacing_s": source.spacing_s,
        f"{{{OWN}}}interval_s": source.interval_s,
    }
    return {name: NOT_IN_XML.sub("\ufffd", clean(str(value))) for name, value in said.items() if value is not None}
