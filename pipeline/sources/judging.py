"""What a poll met and the poll before it in, what it means out: new entries, gaps, lies, moves, and what the next must know."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.events import SourcePolled
from pipeline.sources.coverage import Listing, find_gap, find_half, find_new, to_window
from pipeline.sources.known import find_address, state_of
from pipeline.sources.listing import Reading
from pipeline.sources.pacing import Outcome
from pipeline.sources.registry import Source
from pipeline.values import Gap, PolledSitemap, PollState, RecordRef

GONE = 410  # the only status that says "never again"
NOT_MODIFIED = 304
URL_CHARACTERS = 2_000
AUDITS_WITH_NEWS = 4  # in a row: an honest feed may have them by chance, and all that it loses by it is 304s
LATE = timedelta(hours=1)  # entries may appear that much after the instant that they bear


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one poll of a source met. Leave out what does not apply: a folder has no status, a 304 no reading.

    moved_to       where 301s and 308s alone, from the first redirect on, led to; None if there was none
    body_sha256    of the response's body, None without one. Folders: leave it out, their reading has a digest
    body           where the archive keeps it, None if unchanged
    max_age_s      how long the response says it stays fresh (Cache-Control, Expires); retry_after_s: Retry-After
    reason         why there is no answer (timeout, dns, status_500 ..), or why it could not be read; None on success
    is_transient   of a failure: whether waiting may help; is_conditional: asked with an etag or a date
    reading        what the body lists, None if it was not read; listing: its entries' keys and dates
    sitemaps       of an index, those that were asked with it
    is_incomplete  whether its window is past and a sitemap of it is missing for which waiting may help
    """

    polled_at: datetime
    status: int | None = None
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    body_bytes: int = 0
    body: RecordRef | None = None
    max_age_s: float | None = None
    retry_after_s: float | None = None
    reason: str | None = None
    detail: str | None = None
    is_transient: bool = True
    is_conditional: bool = False
    reading: Reading | None = None
    listing: Listing = field(default_factory=Listing)
    sitemaps: tuple[PolledSitemap, ...] = ()
    is_incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a poll means, given the one before.

    outcome  changed | unchanged | not_modified | failed, as the ledger has it; pace: the same as the policy has it
    new      places of the entries that the reading before did not list
    """

    outcome: str
    pace: Outcome
    new: Sequence[int] = ()
    gap: Gap | None = None
    is_audit: bool = False
    is_lie: bool = False


def judge(source: Source, poll: Poll, known: SourcePolled | None) -> Judged:
    """What a poll means."""
    has_validators = known is not None and bool(known.etag or known.last_modified)
    is_trusted = known is not None and known.state is not None and known.state.is_304_trusted
    is_audit = has_validators and is_trusted and not poll.is_conditional
    if poll.reason or (poll.reading and poll.reading.reason):
        return judge_failure(source, poll, known, is_audit=is_audit)
    if poll.status == NOT_MODIFIED:
        return Judged(outcome="not_modified", pace="quiet", is_audit=is_audit)
    digest = find_digest(poll)
    if known and known.state and digest and digest == known.body_sha256:  # schema 1 does not say what was listed
        return Judged(outcome="unchanged", pace="quiet", is_audit=is_audit)
    return judge_change(source, poll, known, is_audit=is_audit)


def judge_failure(source: Source, poll: Poll, known: SourcePolled | None, *, is_audit: bool) -> Judged:
    """What a failure means. With a source that is gone goes what it listed since it was last read."""
    pace = find_failure(source, poll, known)
    since = state_of(known).confirmed_at
    gap = Gap(from_at=since, until_at=poll.polled_at) if pace == "gone" and since else None
    return Judged(outcome="failed", pace=pace, gap=gap, is_audit=is_audit)


def judge_change(source: Source, poll: Poll, known: SourcePolled | None, *, is_audit: bool) -> Judged:
    """What a new body means: which entries are new, whether some may be missing, whether the 304s before were true."""
    state = state_of(known)
    new = find_new(poll.listing.keys, state.window)
    is_lie = bool(known and is_audit and is_lied(poll, known, new))
    since = state.listed_at if is_audit else state.confirmed_at  # whether the 304s since then were true is not known
    is_turned_over = bool(source.kind != "documents" and state.window and new and len(new) == count_ends(poll.listing))
    return Judged(
        outcome="changed",
        pace="turned_over" if is_turned_over else "news" if new or state.confirmed_at is None else "quiet",
        new=new,
        gap=find_gap(poll.listing, since, poll.polled_at) if is_turned_over and since else None,
        is_audit=is_audit,
        is_lie=is_lie,
    )


def count_ends(listing: Listing) -> int:
    """How many entries are looked at."""
    return len(find_new(listing.keys, ""))


def is_lied(poll: Poll, known: SourcePolled, new: Sequence[int]) -> bool:
    """Whether an audit found entries that a 304 had denied.

    They are there under the same validators, or they are older than that 304, or news come only when it is not asked.
    """
    if not new:
        return False
    if state_of(known).audits_with_news + 1 >= AUDITS_WITH_NEWS:
        return True
    same = (
        poll.etag == known.etag
        if poll.etag
        else bool(known.last_modified) and poll.last_modified == known.last_modified
    )
    confirmed_at = state_of(known).confirmed_at
    dates = [poll.listing.published[place] for place in new]
    return same or any(at < confirmed_at - LATE for at in dates if at and confirmed_at)


def find_failure(source: Source, poll: Poll, known: SourcePolled | None) -> Outcome:
    """Which failure it is. A 410 at the place that a source moved to says nothing about its own url."""
    if poll.status == GONE and find_address(source, known) == source.url:
        return "gone"
    return "failed" if poll.is_transient else "refused"


def find_state(source: Source, poll: Poll, known: SourcePolled | None, judged: Judged) -> PollState:
    """What the next poll must know."""
    before = state_of(known)
    if judged.outcome == "failed":
        is_lost = poll.status == GONE  # not there either: the next poll asks the own url
        return replace(before, failures=before.failures + 1, moved_to=None if is_lost else before.moved_to)
    state = replace(
        before,
        moved_to=find_move(source, poll, known),
        confirmed_at=poll.polled_at,
        failures=before.failures + 1 if poll.is_incomplete else 0,
        not_modified=before.not_modified + 1 if judged.outcome == "not_modified" else 0,
        audits_with_news=count_audits(before, judged),
        is_304_trusted=before.is_304_trusted and not judged.is_lie,
    )
    if judged.outcome != "not_modified":
        state = replace(state, listed_at=poll.polled_at)
    if poll.reading is None or source.kind == "documents":
        return state
    state = replace(state, ttl_s=poll.reading.ttl_s or 0, skips=poll.reading.skips)
    keys = poll.listing.keys
    if not keys or not judged.new:  # an empty listing says nothing, and dates that are written anew each time neither
        return state
    half_at = find_half(poll.listing, len(judged.new), before, poll.polled_at)
    return replace(state, window=to_window(keys), entries=len(keys), half_at=half_at)


def count_audits(before: PollState, judged: Judged) -> int:
    """How many bodies in a row brought news in spite of 304s. One that came to a conditional request ends the row."""
    if judged.is_audit and judged.new:
        return before.audits_with_news + 1
    return before.audits_with_news if judged.outcome == "not_modified" else 0


def find_move(source: Source, poll: Poll, known: SourcePolled | None) -> str | None:
    """Where the source is from now on, if not at its own url. Nobody is led from https to http for good, nor to a password."""
    asked = find_address(source, known)
    there = poll.moved_to or asked
    if there == source.url or "@" in urlsplit(there).netloc or len(there) > URL_CHARACTERS:
        return None
    if source.url.startswith("https:") and not there.startswith("https:"):
        return None
    return there


def find_digest(poll: Poll) -> str | None:
    """The digest of what was got."""
    return poll.body_sha256 or (poll.reading.listing_sha256 if poll.reading else None)
