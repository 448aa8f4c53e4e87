"""A parsed page in, what its tags say of it out: meta, link, time, title and heading elements, in one pass."""

import itertools
import re
from dataclasses import dataclass

from lxml.etree import XPath
from lxml.html import HtmlElement

MOST_TAGS = 3_000
MOST_CHARACTERS = 2_000  # of one value; a description is shorter, an inlined image longer
# How pages mark the time of publication, commonest first. Each name was seen on a news page.
PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "og:published_time",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published-date",
    "published_at",
    "published_time_telegram",
    "article_date_original",
    "article.published",
    "date_published",
    "rnews:datepublished",
    "citation_publication_date",
    "bt:pubdate",
    "date",
)
MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "article:modified",
)
AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "citation_author",
)
TITLES = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "headline",
)
LANGUAGES = (
    "content-language",
    "og:locale",
    "dc.language",
    "dcterms.language",
    "inlanguage",
)
SECTIONS = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "sailthru.section",
    "cxenseparse:section",
    "section",
)
TIERS = ("article:content_tier", "og:article:content_tier")  # free | metered | locked, as Facebook defined it
OTHER_TIMES = XPath("//*[@itemprop='datePublished'][@content or @datetime][not(self::meta or self::time)]")
# The most telling first. A class such as "article-byline", "byline__name" or "author-link", not "author-box" or "authors".
BYLINES = (
    XPath("//a[contains(concat(' ', @rel, ' '), ' author ')]"),
    XPath("//*[@itemprop='author'][not(self::figcaption or self::meta or ancestor::figure)]"),
    XPath("//*[contains(@class, 'byline') or contains(@class, 'author')][not(ancestor::figure or ancestor::footer)]"),
)
BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:byline|author)(?:[_-]+(?:name|link|text))?(?=\s|$)", re.IGNORECASE)
BYLINE_CHARACTERS = 120
MOST_BYLINES = 5
OTHERS = ("comment", "related", "teaser", "sidebar", "footer")  # whose writers are not the article's
TIME_MARKS = ("publish", "pubdate", "posted", "entry-date", "post-date", "dateline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What the tags of a page say, verbatim but for space.

    meta      (name in lower case, content) in the order of the page, itemprop values included
    times     the times of elements that are marked as the publication's
    lone_time the `datetime` of the only time element, when that is not marked
    heading   the text of the only h1, or of the first; None without one
    scripts   the JSON-LD scripts
    bylines   what marked elements show as the writers, pieces joined by ";"
    """

    meta: tuple[tuple[str, str], ...] = ()
    times: tuple[str, ...] = ()
    lone_time: str | None = None
    title: str | None = None
    heading: str | None = None
    canonical: str | None = None
    language: str | None = None
    scripts: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()

    def first(self, names: tuple[str, ...]) -> str | None:
        """The first value of the first of some names that the page has."""
        return next(iter(self.all(names)), None)

    def all(self, names: tuple[str, ...]) -> list[str]:
        """The values of some names, in the order of the names."""
        by_name: dict[str, list[str]] = {}
        for name, content in self.meta:
            by_name.setdefault(name, []).append(content)
        return [content for name in names for content in by_name.get(name, [])]


def read_tags(tree: HtmlElement) -> Tags:
    """What the tags of a page say of it.

    >>> from lxml.html import fromstring
    >>> tree = fromstring('<html lang=en><meta property="og:title" content="Toll rises"><h1>Toll <b>rises</b></h1>')
    >>> tags = read_tags(tree)
    >>> tags.meta, tags.heading, tags.language
    ((('og:title', 'Toll rises'),), 'Toll rises', 'en')
    """
    elements: dict[str, list[HtmlElement]] = {"meta": [], "link": [], "time": [], "title": [], "h1": [], "script": []}
    for element in tree.iter(*elements):
        if len(found := elements[str(element.tag)]) < MOST_TAGS:
            found.append(element)
    times, lone_time = read_times(elements["time"] + OTHER_TIMES(tree)[:MOST_TAGS])
    return Tags(
        meta=tuple(pair for element in elements["meta"] for pair in read_meta(element)),
        times=times,
        lone_time=lone_time,
        title=next((text for element in elements["title"] if (text := squeeze(element.text_content()))), None),
        heading=read_heading(elements["h1"]),
        canonical=read_canonical(elements["link"]),
        language=tree.get("lang") or tree.get("xml:lang"),
        scripts=tuple(element.text for element in elements["script"] if is_linked(element) and element.text),
        bylines=read_bylines(tree),
    )


def read_bylines(tree: HtmlElement) -> tuple[str, ...]:
    """What elements show that are marked as naming the writers: those of the first kind of mark that the page has.

    >>> from lxml.html import fromstring
    >>> read_bylines(fromstring("<div><p class='story-byline'>By <b>Maya Haddad</b></p></div>"))
    ('By;Maya Haddad',)
    """
    for find in BYLINES:
        marked = (element for element in find(tree)[:MOST_TAGS] if is_byline(element))
        shown = [(element, text) for element in marked if 0 < len(text := show_pieces(element)) <= BYLINE_CHARACTERS]
        near = [text for element, text in shown if parent_of(element) is parent_of(shown[0][0])]
        if near:
            return tuple(dict.fromkeys(near))[:MOST_BYLINES]
    return ()


def parent_of(element: HtmlElement) -> HtmlElement:
    """What stands three levels above: the writers of one article are named in one place, those of others elsewhere."""
    return next(itertools.islice(element.iterancestors(), 2, None), element.getroottree().getroot())


def is_byline(element: HtmlElement) -> bool:
    """Whether a marked element can name this article's writers."""
    around = [element, *itertools.islice(element.iterancestors(), 8)]
    if any(word in (one.get("class") or "").lower() for one in around for word in OTHERS):
        return False
    is_marked_so = element.get("itemprop") == "author" or "author" in (element.get("rel") or "").split()
    return is_marked_so or BYLINE_CLASS.search(element.get("class") or "") is not None


def show_pieces(element: HtmlElement) -> str:
    """The text of an element, the pieces of its own elements apart."""
    return ";".join(filter(None, (squeeze(piece) for piece in element.itertext())))


def read_meta(element: HtmlElement) -> list[tuple[str, str]]:
    """The (name, content) pairs of a meta tag: one, or one for each way in which it is named."""
    content = squeeze(element.get("content"))
    if not content:
        return []
    names = (element.get(attribute) for attribute in ("property", "name", "itemprop", "http-equiv"))
    return [(name.strip().lower(), content) for name in dict.fromkeys(names) if name]


def read_times(elements: list[HtmlElement]) -> tuple[tuple[str, ...], str | None]:
    """The marked times of publication among some elements, and else the only time that there is.

    An unmarked one among several may be a teaser's, a comment's or the clock of the page.
    """
    stated = [(element, squeeze(element.get("datetime") or element.get("content"))) for element in elements]
    marked = dict.fromkeys(raw for element, raw in stated if raw and is_marked(element))
    every = dict.fromkeys(raw for _, raw in stated if raw)
    return tuple(marked), next(iter(every)) if len(every) == 1 and not marked else None


def is_marked(element: HtmlElement) -> bool:
    """Whether a time element says that it is the time of publication."""
    names = " ".join(element.get(name) or "" for name in ("itemprop", "class", "id")).lower()
    return element.get("pubdate") is not None or any(mark in names for mark in TIME_MARKS)


def read_heading(elements: list[HtmlElement]) -> str | None:
    """The page's heading: of several h1 the first with more than two words; the others name sites and sections."""
    texts = [text for element in elements if (text := squeeze(element.text_content()))]
    return next((text for text in texts if len(text.split()) > 2), texts[0] if texts else None)


def read_canonical(elements: list[HtmlElement]) -> str | None:
    """The address that the page calls its own."""
    links = (one.get("href") for one in elements if (one.get("rel") or "").lower() == "canonical")
    return next((href.strip() for href in links if href), None)


def is_linked(element: HtmlElement) -> bool:
    """Whether a script holds JSON-LD."""
    return "ld+json" in (element.get("type") or "").lower()


def squeeze(text: str | None) -> str:
    """The text with every run of space as one space, and nothing of what cannot be metadata."""
    return " ".join(text.split()) if text and len(text) <= MOST_CHARACTERS else ""
