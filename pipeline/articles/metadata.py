"""A parsed page and the entry behind it in, metadata out: every candidate is kept, and each choice is a named rule.

JSON-LD comes first: it states the exact instant on nine of ten news pages. Then meta tags, elements that are marked
as the time of publication, the feed entry, and last what the address and the visible page suggest.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline.articles import tags as names
from pipeline.articles.dates import EARLIEST, Instant, read_instant
from pipeline.articles.exchange import Page
from pipeline.articles.jsonld import LinkedArticle, read_linked
from pipeline.articles.tags import Tags, read_tags
from pipeline.articles.titles import choose_title, letters_of
from pipeline.text import clean
from pipeline.values import Candidate
from pipeline.web.urls import is_http, registrable_domain

MOST_CHARACTERS = 500
MOST_AUTHORS = 20
MOST_VALUES = 20  # of one kind of tag: all are kept in the ledger
# A written day is a local one: zones run from 12 hours behind UTC to 14 before it.
DAY_BEGINS, DAY_ENDS = timedelta(hours=-14), timedelta(hours=36)
URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/-])")
LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.IGNORECASE)
BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av|af)[\s:;]+", re.IGNORECASE)
NO_NAME = re.compile(
    r"://|@|^www\.|^/|^\(|^(?:image|photo|picture|foto|illustration|source|quelle|fuente|fonte)s?\s*[:/]|\d{2}",
    re.IGNORECASE,
)
AND = re.compile(r"\s+(?:and|und|et|y|e|en|og|och|ja|ve|&)\s+|\s*[;|•·]\s*")
NAME = r"[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,3}"
NAMES = re.compile(rf"{NAME}(?:,\s*{NAME})+,?")  # full names only: "Haddad, Maya" is one, turned round
NO_LINKED = LinkedArticle()
TIERS = {"free": "free", "metered": "metered", "locked": "paid", "paid": "paid", "premium": "paid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What was chosen, and all that it was chosen from.

    headings       title and h1 as they stand on the page
    calls_article  whether it says of itself that it is an article that was published at some time
    stated_text    the article's text as JSON-LD has it, verbatim
    """

    title: str | None
    authors: tuple[str, ...]
    canonical_url: str | None
    language: str | None
    published: Instant | None
    published_rule: str
    candidates: tuple[Candidate, ...]
    headings: tuple[str, ...] = ()
    calls_article: bool = False
    stated_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A candidate for the time of publication, read."""

    instant: Instant
    origin: str


def read_metadata(tree: HtmlElement, page: Page) -> Metadata:
    """The metadata of an HTML page. Leaves the tree as it is."""
    tags = read_tags(tree)
    page = page if page.url else replace(page, url=find_own_url(tags))
    linked = read_linked(list(tags.scripts), page.url) or NO_LINKED
    found = list(find_candidates(tags, linked, page))
    timed = read_times(found, page.captured_at)
    if not timed and (guessed := guess_published(tree, page)):
        found.append(guessed)
        timed = read_times([guessed], page.captured_at)
    published, rule = choose_published(timed)
    canonical = urljoin_safely(page.url, tags.canonical)
    return Metadata(
        title=choose_title([one for one in found if one.name == "title"], sites_of(found, page)),
        authors=choose_authors(found),
        canonical_url=canonical if is_own(canonical, page.url) else None,
        language=next((one.value for one in found if one.name == "language"), None),
        published=published,
        published_rule=rule,
        candidates=tuple(dict.fromkeys(found)),
        headings=tuple(filter(None, (tags.title, tags.heading))),
        calls_article=linked.published is not None or tags.first(names.PUBLISHED[:2]) is not None,
        stated_text=linked.body,
    )


def read_plain_metadata(page: Page) -> Metadata:
    """The metadata of a text without tags: what the entry says."""
    found = list(entry_candidates(page))
    published, rule = choose_published(read_times(found, page.captured_at))
    return Metadata(
        title=next((one.value for one in found if one.name == "title"), None),
        authors=choose_authors(found),
        canonical_url=None,
        language=next((one.value for one in found if one.name == "language"), None),
        published=published,
        published_rule=rule,
        candidates=tuple(found),
    )


def find_candidates(tags: Tags, linked: LinkedArticle, page: Page) -> Iterator[Candidate]:
    """Every value that the page and its entry offer, those trusted most first within one name."""
    yield from offer("published_at", [linked.published], "json-ld")
    yield from offer("published_at", tags.all(names.PUBLISHED), "meta")
    yield from offer("published_at", tags.times, "html")
    yield from offer("modified_at", [linked.modified], "json-ld")
    yield from offer("modified_at", tags.all(names.MODIFIED), "meta")
    yield from offer("title", [linked.headline], "json-ld")
    yield from offer("title", tags.all(names.TITLES), "meta")
    yield from offer("title", [tags.heading, tags.title], "html")
    yield from offer("authors", linked.authors, "json-ld")
    yield from offer("authors", tags.all(names.AUTHORS), "meta")
    yield from offer("authors", tags.bylines, "html")
    yield from offer("language", [linked.language], "json-ld")
    yield from offer("language", [tags.language, *tags.all(names.LANGUAGES)], "meta")
    yield from offer("outlet", [linked.publisher], "json-ld")
    yield from offer("outlet", tags.all(("og:site_name", "application-name")), "meta")
    yield from offer("section", [linked.section], "json-ld")
    yield from offer("section", tags.all(names.SECTIONS), "meta")
    yield from offer("access", [linked.access], "json-ld")
    yield from offer("access", [TIERS.get(tier.strip().lower()) for tier in tags.all(names.TIERS)], "meta")
    yield from offer("canonical_url", [urljoin_safely(page.url, tags.canonical)], "html")
    yield from offer("canonical_url", [urljoin_safely(page.url, tags.first(("og:url",)))], "meta")
    yield from entry_candidates(page)
    yield from offer("published_at", [tags.lone_time], "html")
    yield from offer(
        "published_at", ["-".join(part.zfill(2) for part in day) for day in URL_DAY.findall(page.url)], "url"
    )


def entry_candidates(page: Page) -> Iterator[Candidate]:
    """What the entry behind a page offers."""
    if page.entry_published_at is not None:
        instant = Instant(page.entry_published_at, page.entry_precision or "exact")
        yield Candidate(name="published_at", value=str(instant), origin=page.entry_origin, precision=instant.precision)
    yield from offer("title", [page.entry_title], page.entry_origin)
    yield from offer("authors", page.entry_authors, page.entry_origin)
    yield from offer("language", [page.entry_language], page.entry_origin)


def offer(name: str, values: list[str | None] | list[str] | tuple[str, ...], origin: str) -> Iterator[Candidate]:
    """Candidates from the values that can be read as what they are named.

    >>> [(one.value, one.precision) for one in offer("published_at", ["2017-06-11T12:30+03:00", "Sunday"], "meta")]
    [('2017-06-11T09:30:00Z', 'minute')]
    """
    for raw in values[:MOST_VALUES]:
        value = clean(raw or "").strip()[:MOST_CHARACTERS]
        if name.endswith("_at"):
            if instant := read_instant(value):
                yield Candidate(name=name, value=str(instant), origin=origin, precision=instant.precision)
        elif name == "language":
            if code := LANGUAGE.fullmatch(value):
                yield Candidate(name=name, value=code.group(1).lower(), origin=origin)
        elif value:
            yield Candidate(name=name, value=value, origin=origin)


def read_times(candidates: list[Candidate], captured_at: datetime) -> list[Timed]:
    """The candidates that can be the time of publication: from 1990 on, not after the capture."""
    return [
        Timed(instant=Instant(at, one.precision or "day"), origin=one.origin)
        for one in candidates
        if one.name == "published_at" and EARLIEST <= (at := datetime.fromisoformat(one.value)) <= captured_at
    ]


def choose_published(timed: list[Timed]) -> tuple[Instant | None, str]:
    """The first time, or a finer one of the same day where the first is only a day; and the rule that says which."""
    if not timed:
        return None, "none: no candidate from 1990 to the capture"
    first = timed[0]
    if first.instant.precision == "day":
        for other in timed[1:]:
            since = other.instant.at - first.instant.at
            if other.instant.precision != "day" and DAY_BEGINS <= since < DAY_ENDS:
                return other.instant, f"{other.origin} {other.instant.precision}, on the day of {first.origin}"
    return first.instant, f"{first.origin} {first.instant.precision}"


def guess_published(tree: HtmlElement, page: Page) -> Candidate | None:
    """What htmldate makes of the visible page: asked last, since it costs more than all other readers together."""
    try:
        found = find_date(
            tree,
            original_date=True,
            outputformat="%Y-%m-%dT%H:%M:%S%z",
            url=page.url or None,
            min_date=EARLIEST.replace(tzinfo=None),
            max_date=page.captured_at.replace(tzinfo=None),
            deferred_url_extractor=True,
        )
    except MemoryError:
        raise  # the worker's limit: says nothing about the page
    except Exception:  # noqa: BLE001  # an offset of 99 hours raises in htmldate 1.9: a guess must not cost the article
        return None
    return next(offer("published_at", [found], "html"), None)


def choose_authors(candidates: list[Candidate]) -> tuple[str, ...]:
    """The names of the origin that is trusted most among those that name people; else what names the outlet.

    >>> choose_authors([Candidate(name="authors", value="By Maya Haddad and Omar Saleh", origin="meta")])
    ('Maya Haddad', 'Omar Saleh')
    """
    offered = [one for one in candidates if one.name == "authors"]
    outlets = {letters_of(one.value) for one in candidates if one.name == "outlet"}
    rest: tuple[str, ...] = ()
    for origin in dict.fromkeys(one.origin for one in offered):
        people = split_names(one.value for one in offered if one.origin == origin)
        if any(letters_of(name) not in outlets for name in people):
            return people[:MOST_AUTHORS]
        rest = rest or people
    return rest[:MOST_AUTHORS]


def split_names(bylines: Iterable[str]) -> tuple[str, ...]:
    """The names in some bylines, each once, as the first of them writes it.

    >>> split_names(["By Maya Haddad, Omar Saleh", "maya-haddad", "(Image: Agency)"])
    ('Maya Haddad', 'Omar Saleh')
    """
    names: dict[str, str] = {}
    for byline in bylines:
        bare = BYLINE.sub("", byline)
        for part in AND.split(bare):
            whole = part.strip(" ,")
            for name in whole.split(",") if NAMES.fullmatch(whole) else [whole]:
                if is_name(name):
                    names.setdefault(letters_of(name), BYLINE.sub("", name.strip()))
    return tuple(names.values())


def is_name(part: str) -> bool:
    """Whether a part of a byline can be a name."""
    name = part.strip(" ,")
    return 1 < len(name) <= 100 and not (NO_NAME.search(name) or BYLINE.fullmatch(name + " "))


def sites_of(candidates: list[Candidate], page: Page) -> list[str]:
    """The names under which the site may stand in a page's title."""
    domain = registrable_domain(page.url) if page.url else ""
    stated = [one.value for one in candidates if one.name == "outlet"]
    return [*stated, page.outlet or "", domain, domain.partition(".")[0]]


def find_own_url(tags: Tags) -> str:
    """The address that a saved page gives as its own, or "" when it gives none."""
    stated = (tags.canonical, tags.first(("og:url",)), tags.first(("twitter:url",)))
    return next((link for link in stated if link and is_http(link)), "")


def urljoin_safely(base: str, link: str | None) -> str | None:
    """An absolute URL, or None without one."""
    try:
        return urljoin(base, link) if link else None
    except ValueError:
        return None


def is_own(link: str | None, url: str) -> bool:
    """Whether a link names an address that the page may speak for: one of its own registrable domain."""
    return link is not None and url != "" and is_http(link) and registrable_domain(link) == registrable_domain(url)
