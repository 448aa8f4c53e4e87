"""Every fact that can be recorded, in the order in which the pipeline records them. READ THIS FIRST.

An event is an immutable fact in the past tense. Its *envelope* (event_date, occurred_at, caused_by, producer) goes into
columns of `ledger.events`, everything else into its payload. `identity()` decides its event_id: appending the same fact twice
appends it once. The outcomes of one step share one identity, so one attempt cannot have two different outcomes.

Six times, never mixed: occurred_on (the harm, as claimed), said_on (the speaker spoke), published_at (outlet),
captured_at (fetched), recorded_at (appended), logical_date (the day a run stands for).
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from pipeline.keys import NAMESPACE, canonical, hash_key, utc
from pipeline.values import (
    Candidate,
    Claim,
    Credit,
    Gap,
    MeasuredPair,
    Media,
    PolledSitemap,
    PollState,
    RecordRef,
    TextSentence,
)

RETRY_DELAYS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


def retry_at(attempt: int, failed_at: datetime) -> datetime | None:
    """When a transient failure may be tried again, or None if it is final after this attempt.

    >>> retry_at(1, datetime(2017, 6, 11, 12, 0))
    datetime.datetime(2017, 6, 11, 12, 15)
    >>> retry_at(5, datetime(2017, 6, 11, 12, 0)) is None
    True
    """
    return failed_at + RETRY_DELAYS[attempt - 1] if attempt <= len(RETRY_DELAYS) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events have: the envelope.

    event_date   the UTC day that the fact belongs to: the page's day, for all that is made from a page
    occurred_at  when it happened (UTC)
    caused_by    event_id of the event it was made from, or None
    producer     step, version and digest of the rules that made it
    """

    SCHEMA_VERSION: ClassVar[int] = 1
    ENVELOPE: ClassVar[frozenset[str]] = frozenset({"event_date", "occurred_at", "caused_by", "producer"})

    event_date: date
    occurred_at: datetime
    caused_by: uuid.UUID | None = None
    producer: str

    def __post_init__(self) -> None:
        if self.occurred_at.utcoffset() != timedelta(0):
            raise ValueError(f"expected occurred_at in UTC, got {self.occurred_at.isoformat()}")

    def identity(self) -> tuple[str, ...]:
        """What makes this fact the same fact. Starts with the type, or for an outcome with the step."""
        raise NotImplementedError

    def stream(self) -> str:
        """The thing it happened to, such as `article/9f2c`."""
        raise NotImplementedError

    @property
    def event_id(self) -> uuid.UUID:
        """uuid5 of the identity: the same on every machine and in every run."""
        return uuid.uuid5(NAMESPACE, canonical(list(self.identity())).decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePolled(Event):
    """A source was asked for its entries.

    outcome       changed | unchanged (same body) | not_modified (304) | failed
    reason        code of the failure, of an index also that of one of its sitemaps, or None; detail says it in words
    next_poll_at  when the source is due again, or None when it never is; paced_by: what set that (sources/pacing.py)
    body          the archived response, or None if unchanged or not had
    body_sha256   its digest; of an index whose unchanged body says nothing of its sitemaps, one of theirs too
    sitemaps      those of an index that were asked with it
    entries_new   of the entries, those that the reading before did not list
    gap           the time in which entries may have come and gone: none of the reading before is listed any more
    is_audit      asked without etag and last_modified, to see whether the 304s before were true
    state         what the next poll must know; None in events of schema 1, which had none of the last five

    Events of schema 2 had no sitemaps.
    """

    SCHEMA_VERSION: ClassVar[int] = 3

    source_id: str
    polled_at: datetime
    url: str
    outcome: str
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    body_bytes: int = 0
    body: RecordRef | None = None
    entries: int = 0
    is_bozo: bool = False
    bozo_reason: str | None = None
    is_truncated: bool = False
    next_poll_at: datetime | None = None
    paced_by: str | None = None
    entries_new: int = 0
    gap: Gap | None = None
    is_audit: bool = False
    state: PollState | None = None
    sitemaps: tuple[PolledSitemap, ...] = ()

    def identity(self) -> tuple[str, ...]:
        return ("SourcePolled", self.source_id, utc(self.polled_at))

    def stream(self) -> str:
        return f"source/{self.source_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySeen(Event):
    """A source listed an entry that is new or whose content changed.

    entry_key     guid, disambiguated by URL; else URL; else title and content
    url           the link as listed, or None; url_key: its key, None if it is no http(s) link (then there is no page)
    *_raw         verbatim from the source
    published_at  the plausible one (1990 to polled + 2 days), UTC, or None
    day_rule      why event_date is that day: published | archive | modified (by a sitemap) | first_polled
    document      file name below the source's folder, for sources of kind `documents`
    origin_name   who really published it, from RSS <source>; origin_url: where, as that says (often the address of a feed)
    publication   what a news sitemap calls the publication
    credits       who is named for the entry's media; media: the first of them (Media RSS, enclosures)
    is_own_page   the page is on the source's own registrable domain: of several sources that list it, this one names it

    Events of schema 1 had no origin_url, publication, credits and media.
    """

    SCHEMA_VERSION: ClassVar[int] = 2

    source_id: str
    entry_key: str
    url: str | None
    url_key: str | None
    outlet: str
    owner: str | None
    language: str | None
    title: str
    title_raw: str
    summary: str = ""
    guid_raw: str | None = None
    published_raw: str | None = None
    published_at: datetime | None = None
    updated_raw: str | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    origin_name: str | None = None
    origin_url: str | None = None
    publication: str | None = None
    credits: tuple[Credit, ...] = ()
    media: tuple[Media, ...] = ()
    day_rule: str
    document: str | None = None
    is_own_page: bool = True
    content_sha256: str

    def identity(self) -> tuple[str, ...]:
        return ("EntrySeen", self.source_id, self.entry_key, self.content_sha256)

    def stream(self) -> str:
        # The page's key, so that the first sighting of a page is found by its stream alone, without reading payloads.
        return "entry/" + (hash_key(self.url_key) if self.url_key else hash_key(self.source_id, self.entry_key))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOutcome(Event):
    """One attempt to get the bytes of a page.

    caused_by  the first `EntrySeen` of the page; for a document that was changed, the one that showed it
    due_at     the instant from which a page was to be asked for again; None: it was asked for the first time, as in all
               events of schema 1. Each due time is an input of its own, with its own attempts
    """

    STEP: ClassVar[str] = "capture"
    SCHEMA_VERSION: ClassVar[int] = 2

    url_key: str
    requested_url: str
    attempt: int
    due_at: datetime | None = None

    def identity(self) -> tuple[str, ...]:
        due = (utc(self.due_at),) if self.due_at else ()
        return (self.STEP, self.url_key, *due, str(self.attempt))

    def stream(self) -> str:
        return f"page/{hash_key(self.url_key)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCaptured(CaptureOutcome):
    """The bytes of a page were got and archived.

    redirects  every URL asked for after the first, in order; final_url is the last one, or requested_url
    headers    those that matter later, names in lower case
    """

    final_url: str
    redirects: tuple[str, ...] = ()
    status: int
    content_type: str | None
    headers: dict[str, str]
    body_bytes: int
    body: RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUnchanged(CaptureOutcome):
    """A page that was asked for again is what it was: status 304, or the same bytes. Nothing is archived.

    same_as  event_id of the `PageCaptured` that has the bytes
    """

    final_url: str
    status: int
    same_as: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFailed(CaptureOutcome):
    """The bytes of a page could not be had.

    reason    timeout | dns | connect | status_404 | status_5xx.. | robots | too_large | not_html | private_address | ..
    retry_at  when a transient failure is tried again; None: final
    """

    reason: str
    detail: str
    final_url: str | None = None
    status: int | None = None
    retry_at: datetime | None = None
    body: RecordRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractOutcome(Event):
    """One attempt to read a capture as an article. caused_by is the `PageCaptured`."""

    STEP: ClassVar[str] = "extract"

    article_id: str
    url_key: str
    source_id: str
    outlet: str
    owner: str | None
    attempt: int

    def identity(self) -> tuple[str, ...]:
        return (self.STEP, str(self.caused_by), self.producer, str(self.attempt))

    def stream(self) -> str:
        return f"article/{self.article_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleExtracted(ExtractOutcome):
    """Readable text and metadata of a page. All later spans are offsets into `text`.

    url_key               of the final URL; article_id is its hash
    published_precision   exact | minute | day | None; published_rule names the candidate that was chosen
    language_probability  0 to 1
    unread_bytes          bytes of a very long page that were cut off before it was read; 0: all was read
    """

    revision_id: str
    url: str
    canonical_url: str | None
    title: str | None
    text: str
    authors: tuple[str, ...] = ()
    language: str | None
    language_probability: float
    published_at: datetime | None
    published_precision: str | None
    published_rule: str
    candidates: tuple[Candidate, ...] = ()
    words: int
    unread_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionFailed(ExtractOutcome):
    """No article could be read from the capture.

    reason    no_text | not_html | bot_wall | consent_wall | soft_404 | paywall | too_costly | memory | wall_time
              | worker_died | archive_damaged | ..
    retry_at  when a transient failure is tried again; None: final
    """

    reason: str
    detail: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOutcome(Event):
    """What `compare` or `claim` made of one article revision. caused_by is its `ArticleExtracted`."""

    STEP: ClassVar[str]

    article_id: str
    revision_id: str
    attempt: int

    def identity(self) -> tuple[str, ...]:
        return (self.STEP, self.revision_id, self.producer, str(self.attempt))

    def stream(self) -> str:
        return f"article/{self.article_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCompared(ReadingOutcome):
    """A revision was measured against every earlier one in the ledger: each pair once, in the event of the later one.

    sentences  those of the text that hold words; empty in events of schema version 1, which did not have them
    """

    STEP: ClassVar[str] = "compare"
    SCHEMA_VERSION: ClassVar[int] = 2

    words: int
    normal_sha256: str
    sentences: tuple[TextSentence, ...] = ()
    pairs: tuple[MeasuredPair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsExtracted(ReadingOutcome):
    """The claims of one revision in the order of the text: possibly none.

    Schema version 2 says of speakers and actors which words of the text define their short names; version 3 says of days and
    places which sentence before they are carried over from.
    """

    STEP: ClassVar[str] = "claim"
    SCHEMA_VERSION: ClassVar[int] = 3

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsFailed(ReadingOutcome):
    """The rules could not read the revision: reason is `language` for one that is not English, never an empty list.

    reason  language | too_long | too_costly | error
    """

    STEP: ClassVar[str] = "claim"

    reason: str
    detail: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentWithdrawn(Event):
    """The payload of an event, and of all made from it, was taken out of the ledger and the archive.

    withdrawn_id  the event asked for; withdrawn_ids: it and all made from it; withdrawn_stream: what it happened to
    """

    withdrawn_id: uuid.UUID
    withdrawn_ids: tuple[uuid.UUID, ...]
    withdrawn_stream: str
    reason: str

    def identity(self) -> tuple[str, ...]:
        return ("ContentWithdrawn", str(self.withdrawn_id))

    def stream(self) -> str:
        return self.withdrawn_stream


EVENT_TYPES: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        SourcePolled, EntrySeen, PageCaptured, PageUnchanged, CaptureFailed, ArticleExtracted, ExtractionFailed,
        ArticleCompared, ClaimsExtracted, ClaimsFailed, ContentWithdrawn,
    )
}  # fmt: skip
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[E]):
    """An event as the ledger holds it."""

    position: int
    event_id: uuid.UUID
    event: E


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is known of a page that is to be asked for once more.

    due_at   since when it is to be asked for
    last     its last capture
    is_last  whether no further due time follows by itself
    """

    due_at: datetime
    last: Recorded[PageCaptured]
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending(Generic[E]):
    """An input that waits for its outcome: the event it is, and which attempt is next.

    entry  for `extract` the entry behind it; again: for `capture`, of a page that was captured before
    """

    cause: Recorded[E]
    attempt: int = 1
    entry: EntrySeen | None = None
    again: Again | None = None
