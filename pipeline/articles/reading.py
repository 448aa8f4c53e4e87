"""One captured page in, an article or the reason why there is none out. Runs in the worker; no state between pages."""

import re
from dataclasses import replace

import trafilatura
from lxml.html import HtmlElement

from pipeline import text as characters
from pipeline.articles.bodies import choose_text
from pipeline.articles.decoding import decode, find_other_kind
from pipeline.articles.exchange import Page, PageReading, ReadArticle
from pipeline.articles.language import find_language, identifier
from pipeline.articles.metadata import Metadata, read_metadata, read_plain_metadata
from pipeline.articles.tags import is_linked
from pipeline.articles.walls import Shown, find_wall, has_paid_end
from pipeline.values import Candidate
from pipeline.web.urls import registrable_domain

FEWEST_WORDS = 25  # a two-sentence flash has more; "Please enable JavaScript", "Subscribe to read on" have fewer
FEWEST_LETTERS = 120  # or this many, for languages that are written without spaces
HTML_TYPES = ("html", "xml", "text/plain", "octet-stream", "unknown", "*/*")  # the bytes decide
MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
INLINE = re.compile(rb"(data:[\w.+/-]{0,60};base64,)[A-Za-z0-9+/=%\s]+")
VISIBLE_CHARACTERS = 20_000  # enough to count a few hundred words
UNREAD = ("script", "style", "svg", "template")


def warm_up() -> None:
    """Load the language model and the public suffixes before the first page is timed."""
    identifier()
    registrable_domain("wire.example")


def read_article(page: Page) -> PageReading:
    """The article of a page, or why there is none: the same for the same page, however many came before it."""
    media_type = (page.content_type or "").partition(";")[0].strip().lower() or "html"
    if not any(known in media_type for known in HTML_TYPES):
        return PageReading(reason="not_html", detail=f"content type {media_type[:100]}")
    body, unread_bytes = shorten(page.body, page.html_bytes)
    text = decode(body, page.content_type)
    if other := find_other_kind(text):
        return PageReading(reason="not_html", detail=other)
    if media_type == "text/plain" and not MARKUP.match(text):
        return judge(text, read_plain_metadata(page), unread_bytes)
    return read_html(text, page, unread_bytes)


def read_html(text: str, page: Page, unread_bytes: int) -> PageReading:
    """The article of a page of HTML, or why there is none."""
    tree = trafilatura.load_html(text)
    if tree is None:
        return PageReading(reason="no_text", detail="no HTML element could be read")
    metadata = read_metadata(tree, page)
    drop_unread(tree)
    visible = tree.text_content()[:VISIBLE_CHARACTERS]
    raw = choose_text(read_text(tree, page.url), metadata.stated_text)
    if wall := find_wall(show(raw, visible, metadata, page)):
        return PageReading(reason=wall.reason, detail=wall.detail)
    return judge(raw, with_access(metadata, raw), unread_bytes)


def show(raw: str, visible: str, metadata: Metadata, page: Page) -> Shown:
    """What a page shows to whoever asks whether it is a wall."""
    own = (one.value for one in metadata.candidates if one.name == "canonical_url")
    return Shown(
        text=characters.clean(raw),
        visible=visible,
        titles=metadata.headings,
        calls_article=metadata.calls_article,
        url=page.url,
        requested_url=page.requested_url,
        own_url=next(own, ""),
    )


def shorten(body: bytes, limit: int) -> tuple[bytes, int]:
    """The bytes up to the limit, and how many were cut off.

    Above the limit inlined images go first: they, not words, are what makes a page that long.

    >>> shorten(b'<img src="data:image/png;base64,iVBORw0KGgo="><p>Raqqa</p>', 45)
    (b'<img src="data:image/png;base64,"><p>Raqqa</p', 1)
    """
    if len(body) <= limit:
        return body, 0
    bare = INLINE.sub(rb"\1", body)
    return bare[:limit], max(0, len(bare) - limit)


def drop_unread(tree: HtmlElement) -> None:
    """Take out what is never shown: it makes every copy dearer, a tenth of the time. trafilatura reads JSON-LD too."""
    for element in list(tree.iter(*UNREAD)):
        if not is_linked(element) and element.getparent() is not None:
            element.drop_tree()


def read_text(tree: HtmlElement, url: str) -> str:
    """The readable text of a page, a paragraph a line."""
    document = trafilatura.bare_extraction(tree, url=url or None, include_comments=False, deduplicate=False)
    return getattr(document, "text", None) or ""


def with_access(metadata: Metadata, text: str) -> Metadata:
    """The metadata with what the end of the text says of a paywall."""
    if not has_paid_end(text):
        return metadata
    hint = Candidate(name="access", value="paid", origin="text")
    return replace(metadata, candidates=(*metadata.candidates, hint))


def judge(raw: str, metadata: Metadata, unread_bytes: int) -> PageReading:
    """An article, if there is enough text for one."""
    text = characters.clean(raw).rstrip("\n")
    found = characters.words(text)
    words = len(found)
    if words < FEWEST_WORDS and sum(map(len, found)) < FEWEST_LETTERS:
        is_paid = any(one.name == "access" and one.value == "paid" for one in metadata.candidates)
        return PageReading(
            reason="paywall" if is_paid else "no_text", detail=f"{words} words, fewer than {FEWEST_WORDS}"
        )
    language, probability = find_language(text, metadata.language)
    published = metadata.published
    return PageReading(
        article=ReadArticle(
            title=metadata.title,
            text=text,
            authors=metadata.authors,
            canonical_url=metadata.canonical_url,
            language=language,
            language_probability=probability,
            published_at=published.at if published else None,
            published_precision=published.precision if published else None,
            published_rule=metadata.published_rule,
            candidates=metadata.candidates,
            words=words,
            unread_bytes=unread_bytes,
        )
    )
