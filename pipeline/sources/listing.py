"""What a source lists, before anything is made of it: the values that feeds, JSON feeds and folders have in common."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.text import clean
from pipeline.values import Skips


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One item of a source, its values verbatim but for what `text.clean` removes.

    url              made absolute with the feed's own address; it may still be no http link
    *_at             the instant that the string beside it names, UTC; not yet checked for being plausible
    document         file name below the folder, for sources of kind `documents`
    document_sha256  hex digest of that file
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    summary: str = ""
    published: str | None = None
    published_at: datetime | None = None
    updated: str | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    origin_name: str | None = None
    language: str | None = None
    outlet: str | None = None
    document: str | None = None
    document_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one listing says.

    is_bozo         the listing breaks the rules of its format; its entries count all the same
    is_truncated    more entries were listed than were read
    ttl_s           how long the listing asks to be left alone, or None; skips: at which hours and days, or None
    reason          why nothing could be read (not_feed | parser_error), else None
    detail          the same in words, or a remark
    listing_sha256  digest of the whole listing, for folders: the same means unchanged. Feeds have their body's.
    """

    entries: tuple[Listed, ...] = ()
    is_bozo: bool = False
    bozo_reason: str | None = None
    is_truncated: bool = False
    ttl_s: int | None = None
    skips: Skips | None = None
    reason: str | None = None
    detail: str | None = None
    listing_sha256: str | None = None
    listing_bytes: int = 0


def not_feed(detail: str) -> Reading:
    """The reading of a body that is no feed."""
    return Reading(reason="not_feed", detail=detail)


def truncation(listed: int, limit: int) -> str | None:
    """The remark that entries were left out, or None when none were.

    >>> truncation(3, 2)
    '3 entries listed, 2 read'
    """
    return f"{listed} entries listed, {limit} read" if listed > limit else None


def find_text(value: object) -> str | None:
    """The text in a value of whatever type a feed has there, or None when it holds none.

    >>> find_text("  Raqqa "), find_text(7), find_text(["Raqqa"]), find_text(" ")
    ('Raqqa', '7', None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean(str(value)).strip() or None
