"""JSON-LD scripts in, what they say of the article out. https://schema.org/Article"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.text import clean
from pipeline.web.urls import url_key

MOST_NODES = 5_000  # a page with more is a catalogue
MOST_AUTHORS = 20
OPENINGS = ("<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[")
CLOSINGS = ("-->", "//]]>", "/*]]>*/", "]]>")
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
LONE_FIELD = re.compile(r'"(headline|datePublished|dateModified)"\s*:\s*"((?:[^"\\\n]|\\.)*)"')
# What an article points at; the dates and titles below are of other things.
ELSEWHERE = frozenset(
    {
        "mentions",
        "about",
        "citation",
        "comment",
        "hasPart",
        "isPartOf",
        "isRelatedTo",
        "relatedLink",
        "itemListElement",
        "liveBlogUpdate",
        "publisher",
        "author",
        "creator",
        "image",
        "video",
        "associatedMedia",
        "subjectOf",
        "review",
        "breadcrumb",
        "potentialAction",
        "speakable",
    }
)
PAGES = frozenset({"WebPage", "ItemPage", "MediaObject", "VideoObject", "Report", "CreativeWork"})
POSTS = frozenset({"BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "DiscussionForumPosting", "Review"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedArticle:
    """What JSON-LD says of the page's article; times and body verbatim. access: paid or free."""

    headline: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    publisher: str | None = None
    section: str | None = None
    access: str | None = None
    body: str | None = None


def read_linked(scripts: list[str], url: str) -> LinkedArticle | None:
    """The article that some scripts describe: the one whose address is `url`, else the first; or None.

    >>> script = '{"@type": "NewsArticle", "headline": "Toll rises", "datePublished": "2017-06-11T09:30:00Z",}'
    >>> read_linked([script], "") == LinkedArticle(headline="Toll rises", published="2017-06-11T09:30:00Z")
    True
    """
    roots = [root for script in scripts for root in read_roots(script)]
    nodes = list(walk(roots))
    found = sorted((node for node in nodes if rank(node) is not None), key=lambda node: order(node, url_key(url)))
    if not found:
        return read_broken(scripts)
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    return merge([describe(node, named) for node in found[:3] if is_same(node, found[0])])


def read_roots(script: str) -> list[Any]:
    """The JSON values of a script. Wrappings, raw line ends, escaped quotes and trailing commas are forgiven."""
    bare = unwrap(script)
    for text in (bare, TRAILING_COMMA.sub("", bare), TRAILING_COMMA.sub("", html.unescape(bare))):
        try:
            return [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
    return read_several(bare)


def unwrap(script: str) -> str:
    """The JSON inside what protects it from older parsers.

    >>> unwrap("//<![CDATA[\\n{}\\n//]]> ")
    '{}'
    """
    bare = script.strip()
    for opening, closing in zip(OPENINGS, CLOSINGS, strict=True):
        bare = bare.removeprefix(opening).removesuffix(closing).strip()
    return bare.rstrip("; \n")


def read_several(text: str) -> list[Any]:
    """JSON values that stand one after another, as far as they can be read."""
    decoder, position = json.JSONDecoder(strict=False), 0
    roots: list[Any] = []
    while (position := text.find("{", position)) >= 0 and len(roots) < 20:
        try:
            root, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        roots.append(root)
    return roots


def read_broken(scripts: list[str]) -> LinkedArticle | None:
    """The fields that can still be made out in one script that is no JSON."""
    for script in scripts:
        fields = {name: html.unescape(value) for name, value in reversed(LONE_FIELD.findall(script))}
        if "datePublished" in fields and not read_roots(script):
            return LinkedArticle(
                headline=fields.get("headline"), published=fields["datePublished"], modified=fields.get("dateModified")
            )
    return None


def walk(roots: list[Any]) -> Iterator[dict[str, Any]]:
    """The objects that describe this page, outermost first."""
    waiting = list(roots)
    for seen, value in enumerate(waiting):
        if seen > MOST_NODES:
            return
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            yield value
            waiting.extend(
                below for name, below in value.items() if name not in ELSEWHERE and isinstance(below, dict | list)
            )


def rank(node: dict[str, Any]) -> int | None:
    """0 for an article, 1 for a post, 2 for a page that has a date; None for what is none of these."""
    types = {str(name).rpartition("/")[2].removeprefix("schema:") for name in listed(node.get("@type"))}
    if any(name.endswith("Article") for name in types):
        return 0
    if types & POSTS:
        return 1
    return 2 if types & PAGES and ("datePublished" in node or "uploadDate" in node) else None


def order(node: dict[str, Any], page_key: str | None) -> tuple[bool, int, bool]:
    """What is preferred sorts first: the address of the page, then the rank, then having a date."""
    return (not has_address(node, page_key), rank(node) or 0, "datePublished" not in node)


def has_address(node: dict[str, Any], page_key: str | None) -> bool:
    """Whether a node says that it is the page. Page objects always do, so for them it says nothing."""
    if rank(node) == 2 or page_key is None:
        return False
    main = node.get("mainEntityOfPage")
    addresses = [node.get("url"), node.get("@id"), main.get("@id") if isinstance(main, dict) else main]
    return any(isinstance(one, str) and url_key(clean(one).partition("#")[0]) == page_key for one in addresses)


def is_same(node: dict[str, Any], first: dict[str, Any]) -> bool:
    """Whether a node speaks of the same thing as the first: itself, its page, or the same headline once more."""
    return node is first or rank(node) == 2 or text_of(node.get("headline")) == text_of(first.get("headline"))


def describe(node: dict[str, Any], named: dict[str, dict[str, Any]]) -> LinkedArticle:
    """The fields of one node."""
    authors = [name for value in listed(node.get("author") or node.get("creator")) for name in names_of(value, named)]
    publishers = [name for value in listed(node.get("publisher")) for name in names_of(value, named)]
    is_page = rank(node) == 2
    return LinkedArticle(
        headline=text_of(node.get("headline")) or (None if is_page else text_of(node.get("name"))),
        published=text_of(node.get("datePublished")) or text_of(node.get("uploadDate")),
        modified=text_of(node.get("dateModified")),
        authors=tuple(dict.fromkeys(authors))[:MOST_AUTHORS],
        language=text_of(node.get("inLanguage")),
        publisher=publishers[0] if publishers else None,
        section=text_of(node.get("articleSection")),
        access=find_access(node),
        body=node["articleBody"] if isinstance(node.get("articleBody"), str) else None,
    )


def find_access(node: dict[str, Any]) -> str | None:
    """Whether all of an article may be read for nothing: what publishers tell search engines about their paywall.

    >>> find_access({"isAccessibleForFree": "False"}), find_access({"isAccessibleForFree": True}), find_access({})
    ('paid', 'free', None)
    """
    parts = [part for part in listed(node.get("hasPart")) if isinstance(part, dict)]
    said = [str(text).lower().rpartition("/")[2] for text in (one.get("isAccessibleForFree") for one in (node, *parts))]
    return "paid" if "false" in said else "free" if "true" in said else None


def merge(articles: list[LinkedArticle]) -> LinkedArticle:
    """The first value that any of them has, field by field."""
    return LinkedArticle(
        headline=next((one.headline for one in articles if one.headline), None),
        published=next((one.published for one in articles if one.published), None),
        modified=next((one.modified for one in articles if one.modified), None),
        authors=next((one.authors for one in articles if one.authors), ()),
        language=next((one.language for one in articles if one.language), None),
        publisher=next((one.publisher for one in articles if one.publisher), None),
        section=next((one.section for one in articles if one.section), None),
        access=next((one.access for one in articles if one.access), None),
        body=next((one.body for one in articles if one.body), None),
    )


def listed(value: Any) -> list[Any]:
    """A list, whether one value was given or several."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str | None:
    """The first text of a value: itself, `@value` or `name` of an object, of a list the first; digits of a number."""
    for one in listed(value)[:5]:
        inner = one.get("@value", one.get("name", one.get("@id"))) if isinstance(one, dict) else one
        if isinstance(inner, int) and not isinstance(inner, bool) and 0 < inner < 10**14:
            return str(inner)
        if isinstance(inner, str) and inner.strip():
            return " ".join(html.unescape(inner).split())
    return None


def names_of(value: Any, named: dict[str, dict[str, Any]]) -> list[str]:
    """The names that an author or publisher value holds; a reference is looked up among the nodes of the page."""
    if isinstance(value, dict):
        person = value if "name" in value else named.get(str(value.get("@id")), {})
        return [name for one in listed(person.get("name")) if (name := text_of(one))]
    name = text_of(value)
    return [name] if name and "://" not in name else []
