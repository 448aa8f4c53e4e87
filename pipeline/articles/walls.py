"""What a page shows in, why that is no article out: bot checks, questions for consent, error pages that say 200.

Each rule asks for more than one sign, for a story may speak of cookies, robots or "404": how little the page shows, what
its heading says, and whether it calls itself an article. A reason that is wrong loses a story; a wall that is taken for
a story only adds a few words that make no claim. So in doubt it is a story.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.articles.signs import (
    BOT_TITLE,
    BOT_WORDS,
    CONSENT,
    CONSENT_HOST,
    CONSENT_PATH,
    MISSING,
    MISSING_PATH,
    PAID,
    SPOKEN_TO,
)
from pipeline.text import fold, words
from pipeline.web.urls import STORY_LIKE, registrable_domain, split_url

FEW_WORDS = 250  # on the whole page, navigation included: checks show 20 to 150, pages with a story begin at 300
END_CHARACTERS = 600
SHORT_TEXT = 150  # of the text that was read
CONSENT_KINDS = 3
CONSENT_SHARE = 0.6  # of the words, in paragraphs that speak of consent

TITLE_PARTS = re.compile(r"\s*[|»•·:]\s*|\s+[-–—]\s+")
PUNCTUATION = " .,!?…'\"()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows.

    text           what was read as its article
    visible        all text that it shows, navigation included
    titles         its title, its heading, in that order, without those it has not
    calls_article  whether it says of itself that it is an article that was published at some time
    url            that answered; requested_url: that was asked for. Either may be ""
    own_url        that the page calls its own, or ""
    """

    text: str
    visible: str = ""
    titles: tuple[str, ...] = ()
    calls_article: bool = False
    url: str = ""
    requested_url: str = ""
    own_url: str = ""


@dataclass(frozen=True, slots=True)
class Wall:
    """Why a page is no article: reason is bot_wall, consent_wall or soft_404; detail names the sign."""

    reason: str
    detail: str


def find_wall(shown: Shown) -> Wall | None:
    """What stands in the place of an article, or None where one may be.

    >>> find_wall(Shown(text="", visible="Verify you are human to continue.", titles=("Just a moment...",)))
    Wall(reason='bot_wall', detail='the title "just a moment"')
    >>> find_wall(Shown(text="Raids killed 24 civilians.", titles=("Raids kill 24",))) is None
    True
    """
    return find_moved(shown) or find_bot_wall(shown) or find_consent_wall(shown) or find_missing(shown)


def find_moved(shown: Shown) -> Wall | None:
    """An address that leads elsewhere: stories that are gone lead to the front page, unconsented readers to a question."""
    asked, came = split_url(shown.requested_url), split_url(shown.url)
    if asked is None or came is None or asked == came:
        return None
    if CONSENT_HOST.match(came.host) or (CONSENT_PATH.search(came.path) and not CONSENT_PATH.search(asked.path)):
        return Wall("consent_wall", f"redirected to {came.host}{came.path}"[:200])
    is_same_site = registrable_domain(shown.url) == registrable_domain(shown.requested_url)
    last = asked.path.rstrip("/").rpartition("/")[2]
    if is_same_site and came.path in ("", "/") and not came.query and STORY_LIKE.match(last):
        return Wall("soft_404", "redirected to the front page")
    return None


def find_bot_wall(shown: Shown) -> Wall | None:
    """A page that doubts that its reader is human. One that shows much, or calls itself an article, is none."""
    if shown.calls_article or len(words(shown.visible)) > FEW_WORDS:
        return None
    if title := find_title(shown, BOT_TITLE):
        return Wall("bot_wall", f'the title "{title}"')
    found = BOT_WORDS.search(fold(shown.visible))
    return Wall("bot_wall", f'the words "{found.group()}"') if found else None


def find_consent_wall(shown: Shown) -> Wall | None:
    """A page whose text is mostly a question for consent, of several kinds of words: a story on cookies has one or two."""
    total = asking = 0
    kinds: set[int] = set()
    for paragraph in shown.text.split("\n"):
        folded = fold(paragraph)
        found = {number for number, kind in enumerate(CONSENT) if kind.search(folded)}
        count = len(words(paragraph))
        total += count
        asking += count if found else 0
        kinds |= found
    if len(kinds) < CONSENT_KINDS or asking < CONSENT_SHARE * total:
        return None
    is_asking = SPOKEN_TO.search(fold(shown.text))
    return Wall("consent_wall", f"{len(kinds)} kinds of words, {asking} of {total} words") if is_asking else None


def find_missing(shown: Shown) -> Wall | None:
    """An error page that was sent as if it were a story."""
    if shown.calls_article or len(words(shown.text)) > SHORT_TEXT:
        return None
    if MISSING_PATH.search(urlsplit(shown.own_url).path if split_url(shown.own_url) else ""):
        return Wall("soft_404", f"it calls its address {shown.own_url}"[:200])
    title = find_title(shown, MISSING)
    return Wall("soft_404", f'the title "{title}"') if title else None


def find_title(shown: Shown, sign: re.Pattern[str]) -> str | None:
    """The part of a title that says nothing but the sign, or None: "404 | The Wire" does, "Error 404 and I" does not."""
    parts = (part.strip(PUNCTUATION) for title in shown.titles for part in TITLE_PARTS.split(fold(title)))
    return next((part for part in parts if sign.fullmatch(part)), None)


def has_paid_end(text: str) -> bool:
    """Whether a text ends where a story goes on for subscribers only.

    >>> has_paid_end("Raids killed 24 civilians.\\nSubscribe to continue reading.")
    True
    """
    return PAID.search(fold(text[-END_CHARACTERS:])) is not None
