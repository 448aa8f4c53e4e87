"""What a poll met in, `SourcePolled` out; and from the last one alone: whether a source is due.

So the ledger is all the state there is: a run on another machine goes on where this one stopped.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.events import SourcePolled
from pipeline.settings import Settings, SettingsError
from pipeline.sources import pacing
from pipeline.sources.coverage import find_rhythm
from pipeline.sources.judging import GONE, Judged, Poll, find_digest, find_state, judge
from pipeline.sources.known import find_known, find_window, state_of
from pipeline.sources.listing import Reading
from pipeline.sources.registry import Source, read_sources
from pipeline.sources.skipping import is_skipped
from pipeline.text import clean
from pipeline.values import PollState

__all__ = ["Poll", "can_list", "is_due", "is_ended", "is_wanted", "is_window_over", "polled", "wanted_sources"]

DETAIL_CHARACTERS = 500


def polled(source: Source, poll: Poll, *, last: SourcePolled | None, producer: str) -> SourcePolled:
    """Return the event of a poll. `last` is the source's `SourcePolled` before it, or None.

    What a failed or an unchanged poll did not learn (etag, last_modified, digest, state) is carried over from `last`, so
    that the last event alone is enough to ask again.
    """
    known = find_known(source, last)
    reading = poll.reading or Reading()
    judged = judge(source, poll, known)
    is_news = judged.outcome in ("changed", "unchanged")
    state = find_state(source, poll, known, judged)
    pace = find_pace(source, poll, state, "failed" if poll.is_incomplete else judged.pace)
    return SourcePolled(
        event_date=poll.polled_at.date(),
        occurred_at=poll.polled_at,
        producer=producer,
        source_id=source.id,
        polled_at=poll.polled_at,
        url=source.url,
        outcome=judged.outcome,
        reason=poll.reason or reading.reason or next((one.reason for one in poll.sitemaps if one.reason), None),
        detail=find_detail(source, poll.detail or reading.detail),
        status=poll.status,
        etag=poll.etag if is_news else (known.etag if known else None),
        last_modified=poll.last_modified if is_news else (known.last_modified if known else None),
        body_sha256=find_digest(poll) if is_news else (known.body_sha256 if known else None),
        body_bytes=poll.body_bytes or reading.listing_bytes,
        body=poll.body,
        entries=len(reading.entries),
        is_bozo=reading.is_bozo,
        bozo_reason=clean(reading.bozo_reason)[:DETAIL_CHARACTERS] if reading.bozo_reason else None,
        is_truncated=reading.is_truncated,
        next_poll_at=find_next(source, poll, judged, pace),
        paced_by=pace.set_by,
        entries_new=len(judged.new),
        gap=judged.gap,
        is_audit=judged.is_audit,
        state=replace(state, interval_s=pace.interval_s, days=find_window(source)),
        sitemaps=poll.sitemaps,
    )


def find_pace(source: Source, poll: Poll, state: PollState, outcome: pacing.Outcome) -> pacing.Pace:
    """When the source is asked again, as the policy has it."""
    found = pacing.Known(
        last_s=state.interval_s,
        rhythm_s=find_rhythm(state.half_at, state.entries, poll.polled_at),
        entries=state.entries,
        failures=state.failures,
        wanted_s=source.interval_s or 0.0,
        ttl_s=state.ttl_s,
        max_age_s=poll.max_age_s or 0.0,
        retry_after_s=poll.retry_after_s or 0.0,
    )
    return pacing.wait_out(pacing.find_pace(source.kind, outcome, found), poll.polled_at, state.skips)


def find_next(source: Source, poll: Poll, judged: Judged, pace: pacing.Pace) -> datetime | None:
    """When the source is due again, or None when it never is: its window is over, or it said that it is gone."""
    is_over = judged.outcome != "failed" and not poll.is_incomplete and is_window_over(source, poll.polled_at)
    if pace.wait_s is None or is_over:
        return None
    return poll.polled_at + timedelta(seconds=pace.wait_s)


def find_detail(source: Source, detail: str | None) -> str | None:
    """The detail as the ledger keeps it: a folder by the name that the source gives it, not by this machine's."""
    if not detail:
        return None
    shown = detail.replace(str(source.folder), source.url) if source.folder else detail
    return clean(shown)[:DETAIL_CHARACTERS]


def is_window_over(source: Source, polled_at: datetime) -> bool:
    """Whether the poll came after the last day that the source lists."""
    return source.window is not None and polled_at.date() > source.window[1]


def is_ended(last: SourcePolled) -> bool:
    """Whether the source said that it is gone."""
    return last.status == GONE and last.next_poll_at is None


def is_due(source: Source, last: SourcePolled | None, now: datetime) -> bool:
    """Whether the source may be polled now. `last` is its last `SourcePolled`, or None if it never was.

    A source whose url was changed in the file starts anew, and so does a sitemap whose window was; a feed is due again when
    its window was made longer. Whether live sources are asked for at all is not decided here: see `is_wanted`.
    """
    if source.enabled is False:
        return False
    if last is None or find_known(source, last) is None:
        return True
    is_had = last.outcome != "failed" and not state_of(last).failures
    if is_ended(last) or (is_had and is_window_over(source, last.polled_at)):
        return False
    return last.next_poll_at is None or (last.next_poll_at <= now and not is_left_alone(source, last, now))


def is_left_alone(source: Source, last: SourcePolled, now: datetime) -> bool:
    """Whether the source asks not to be polled at this hour, and the sources file does not set its own interval."""
    return last.state is not None and not source.interval_s and is_skipped(now, last.state.skips)


def wanted_sources(settings: Settings) -> dict[str, Source]:
    """The sources that are switched on, in the order of the file. Raises SettingsError on a live run without a contact."""
    if settings.live and not settings.contact:
        raise SettingsError(
            "Set CLAIMWIRE_CONTACT to an address or a page where you can be reached: live sources are told who asks."
        )
    return {source.id: source for source in read_sources(settings.sources) if is_wanted(source, live=settings.live)}


def is_wanted(source: Source, *, live: bool) -> bool:
    """Whether the source is switched on: live ones only in a run that asks for live ones."""
    return source.enabled is True or (source.enabled == "live" and live)


def can_list(source: Source, day: date) -> bool:
    """Whether the source can still list a past day: folders always can, feeds and sitemaps only the days of their window.

    A sitemap with a window is read for the days of its window, also where it is an archive of years (windows.py).
    """
    return source.kind == "documents" or (source.window is not None and source.window[0] <= day <= source.window[1])
