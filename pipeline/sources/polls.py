"""What a poll met in, `SourcePolled` out; and from the last `SourcePolled` alone: whether a source is due.

So the ledger is all the state there is: a run on another machine goes on where this one stopped.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.events import SourcePolled
from pipeline.sources.listing import Reading
from pipeline.sources.registry import Source
from pipeline.text import clean
from pipeline.values import RecordRef

INTERVAL = timedelta(minutes=15)  # the shortest, and that of a source that asks for nothing
INTERVAL_MAX = timedelta(days=1)  # whatever the source asks for: a ttl of a year would end it
GONE = 410  # the only status that says "never again"
NOT_MODIFIED = 304
DETAIL_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one poll of a source met. Leave out what does not apply: a folder has no status, a 304 no reading.

    body_sha256    of the response's body, None without one. Folders: leave it out, their reading has a digest
    body           where the archive keeps it, None if unchanged
    max_age_s      how long the response says it stays fresh (Cache-Control, Expires); retry_after_s: Retry-After
    reason         why there is no answer (timeout, dns, status_500 ..), or why it could not be read; None on success
    reading        what the body lists, None if it was not read
    """

    polled_at: datetime
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    body_bytes: int = 0
    body: RecordRef | None = None
    max_age_s: float | None = None
    retry_after_s: float | None = None
    reason: str | None = None
    detail: str | None = None
    reading: Reading | None = None


def polled(source: Source, poll: Poll, *, last: SourcePolled | None, producer: str) -> SourcePolled:
    """Return the event of a poll. `last` is the source's `SourcePolled` before it, or None.

    What a failed or an unchanged poll did not learn (etag, last_modified, digest) is carried over from `last`, so that
    the last event alone is enough to ask again.
    """
    known = last if last and last.url == source.url else None
    reading = poll.reading or Reading()
    reason = poll.reason or reading.reason
    digest = poll.body_sha256 or reading.listing_sha256
    outcome = find_outcome(poll, digest, reason, known)
    is_news = outcome in ("changed", "unchanged")
    return SourcePolled(
        event_date=poll.polled_at.date(),
        occurred_at=poll.polled_at,
        producer=producer,
        source_id=source.id,
        polled_at=poll.polled_at,
        url=source.url,
        outcome=outcome,
        reason=reason,
        detail=find_detail(source, poll.detail or reading.detail),
        status=poll.status,
        etag=poll.etag if is_news else (known.etag if known else None),
        last_modified=poll.last_modified if is_news else (known.last_modified if known else None),
        body_sha256=digest if is_news else (known.body_sha256 if known else None),
        body_bytes=poll.body_bytes or reading.listing_bytes,
        body=poll.body,
        entries=len(reading.entries),
        is_bozo=reading.is_bozo,
        bozo_reason=clean(reading.bozo_reason)[:DETAIL_CHARACTERS] if reading.bozo_reason else None,
        is_truncated=reading.is_truncated,
        next_poll_at=next_poll_at(source, poll, last=known),
    )


def find_outcome(poll: Poll, digest: str | None, reason: str | None, known: SourcePolled | None) -> str:
    """changed | unchanged | not_modified | failed."""
    if reason:
        return "failed"
    if poll.status == NOT_MODIFIED:
        return "not_modified"
    return "unchanged" if known and digest and digest == known.body_sha256 else "changed"


def find_detail(source: Source, detail: str | None) -> str | None:
    """The detail as the ledger keeps it: a folder by the name that the source gives it, not by this machine's."""
    if not detail:
        return None
    shown = detail.replace(str(source.folder), source.url) if source.folder else detail
    return clean(shown)[:DETAIL_CHARACTERS]


def next_poll_at(source: Source, poll: Poll, *, last: SourcePolled | None) -> datetime | None:
    """When the source is due again, or None when it never is: its window is over, or it said that it is gone.

    After a success: as long as the source asks for, from 15 minutes to a day; an answer without a reading keeps the
    interval of the last one. After a failure: twice the last interval, and not before Retry-After.
    """
    has_failed = bool(poll.reason or (poll.reading and poll.reading.reason))
    if poll.status == GONE or (not has_failed and is_window_over(source, poll.polled_at)):
        return None
    interval = failed_interval(poll, last) if has_failed else asked_interval(poll, last)
    return poll.polled_at + min(max(interval, INTERVAL), INTERVAL_MAX)


def asked_interval(poll: Poll, last: SourcePolled | None) -> timedelta:
    """How long the source asks to be left alone."""
    asked_s = [poll.max_age_s or 0, (poll.reading and poll.reading.ttl_s) or 0]
    if poll.reading is None and last and last.outcome != "failed":
        asked_s.append(last_interval(last).total_seconds())
    return timedelta(seconds=min(max(asked_s), INTERVAL_MAX.total_seconds()))


def failed_interval(poll: Poll, last: SourcePolled | None) -> timedelta:
    """How long to wait after a failure: it doubles with each in a row."""
    asked = timedelta(seconds=min(poll.retry_after_s or 0, INTERVAL_MAX.total_seconds()))
    return max(asked, 2 * last_interval(last) if last and last.outcome == "failed" else INTERVAL)


def last_interval(last: SourcePolled) -> timedelta:
    """The interval that the last poll set."""
    return last.next_poll_at - last.polled_at if last.next_poll_at else INTERVAL


def is_window_over(source: Source, polled_at: datetime) -> bool:
    """Whether the poll came after the last day that the source lists."""
    return source.window is not None and polled_at.date() > source.window[1]


def is_due(source: Source, last: SourcePolled | None, now: datetime) -> bool:
    """Whether the source may be polled now. `last` is its last `SourcePolled`, or None if it never was.

    A source whose url was changed in the file starts anew, and so does one whose window was made longer. Whether live
    sources are asked for at all is not decided here: see `is_wanted`.
    """
    if source.enabled is False:
        return False
    if last is None or last.url != source.url:
        return True
    if last.status == GONE or (last.outcome != "failed" and is_window_over(source, last.polled_at)):
        return False
    return last.next_poll_at is None or last.next_poll_at <= now


def is_wanted(source: Source, *, live: bool) -> bool:
    """Whether the source is switched on: live ones only in a run that asks for live ones."""
    return source.enabled is True or (source.enabled == "live" and live)


def can_list(source: Source, day: date) -> bool:
    """Whether the source can still list a past day: folders always can, feeds only the days of their window."""
    return source.kind == "documents" or (source.window is not None and source.window[0] <= day <= source.window[1])
