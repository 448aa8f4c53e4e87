"""One captured page in, an article or the reason why there is none out. Runs in the worker; no state between pages."""

import re

import trafilatura
from lxml.html import HtmlElement

from pipeline import text as characters
from pipeline.articles.decoding import decode, is_binary
from pipeline.articles.exchange import Page, PageReading, ReadArticle
from pipeline.articles.language import find_language, identifier
from pipeline.articles.metadata import Metadata, read_metadata, read_plain_metadata
from pipeline.articles.tags import is_linked
from pipeline.web.urls import registrable_domain

FEWEST_WORDS = 25  # a two-sentence flash has more; "Please enable JavaScript", "Subscribe to read on" have fewer
FEWEST_LETTERS = 120  # or this many, for languages that are written without spaces
HTML_TYPES = ("html", "xml", "text/plain", "octet-stream")
MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
INLINE = re.compile(rb"(data:[\w.+/-]{0,60};base64,)[A-Za-z0-9+/=%\s]+")
UNREAD = ("script", "style", "svg", "template")


def warm_up() -> None:
    """Load the language model and the public suffixes before the first page is timed."""
    identifier()
    registrable_domain("wire.example")


def read_article(page: Page) -> PageReading:
    """The article of a page, or why there is none: the same for the same page, however many came before it."""
    media_type = (page.content_type or "html").partition(";")[0].strip().lower()
    if not any(known in media_type for known in HTML_TYPES):
        return PageReading(reason="not_html", detail=f"content type {media_type[:100]}")
    body, unread_bytes = shorten(page.body, page.html_bytes)
    text = decode(body, page.content_type)
    if is_binary(text):
        return PageReading(reason="not_html", detail="the bytes are no text")
    if media_type == "text/plain" and not MARKUP.match(text):
        return judge(text, read_plain_metadata(page), unread_bytes)
    tree = trafilatura.load_html(text)
    if tree is None:
        return PageReading(reason="no_text", detail="no HTML element could be read")
    metadata = read_metadata(tree, page)
    drop_unread(tree)
    return judge(read_text(tree, page.url), metadata, unread_bytes)


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


def judge(raw: str, metadata: Metadata, unread_bytes: int) -> PageReading:
    """An article, if there is enough text for one."""
    text = characters.clean(raw).rstrip("\n")
    found = characters.words(text)
    words = len(found)
    if words < FEWEST_WORDS and sum(map(len, found)) < FEWEST_LETTERS:
        return PageReading(reason="no_text", detail=f"{words} words, fewer than {FEWEST_WORDS}")
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
