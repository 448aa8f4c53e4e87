"""The last `SourcePolled` of a source in, where and how it is asked next out."""

from datetime import datetime

from pipeline.events import SourcePolled
from pipeline.sources.coverage import find_rhythm
from pipeline.sources.pacing import OFTEN
from pipeline.sources.registry import Source
from pipeline.sources.windows import Days
from pipeline.values import PollState

AUDIT_AFTER = 12  # 304s in a row: then the body is asked for all the same
AUDIT_SILENCE = 4.0  # entries that should have come meanwhile, or half of the listing: then too
MOVED_FAILURES = 3  # in a row at the place that a source moved to: then its own url is asked again


def find_known(source: Source, last: SourcePolled | None) -> SourcePolled | None:
    """What was learnt of the source at its present url, and of a sitemap for its present window, or None."""
    return last if last and last.url == source.url and find_window(source) == state_of(last).days else None


def find_window(source: Source) -> Days | None:
    """The days for which the source is read: only of sitemaps does it change what is read."""
    return source.window if source.kind == "sitemap" else None


def state_of(known: SourcePolled | None) -> PollState:
    """What the last poll handed on; of an event of schema 1 what follows from it."""
    if known is None:
        return PollState()
    if known.state is not None:
        return known.state
    interval = known.next_poll_at - known.polled_at if known.next_poll_at else OFTEN
    is_success = known.outcome != "failed"
    return PollState(interval_s=interval.total_seconds(), confirmed_at=known.polled_at if is_success else None)


def find_address(source: Source, last: SourcePolled | None) -> str:
    """Where to ask: where the source moved to, or its own url again when it is not found there."""
    state = state_of(find_known(source, last))
    return state.moved_to if state.moved_to and state.failures < MOVED_FAILURES else source.url


def find_validators(source: Source, last: SourcePolled | None, now: datetime) -> tuple[str | None, str | None]:
    """The etag and the date to ask with; none when the 304s are audited, of a server that lied, and after schema 1."""
    known = find_known(source, last)
    if known is None or known.state is None or not known.state.is_304_trusted or wants_audit(known, now):
        return None, None
    return known.etag, known.last_modified


def wants_audit(known: SourcePolled, now: datetime) -> bool:
    """Whether the body is asked for whatever the validators say: some servers answer 304 for ever."""
    state = state_of(known)
    if not state.not_modified or not (known.etag or known.last_modified):
        return False
    if state.half_at is None or state.listed_at is None:
        return state.not_modified >= AUDIT_AFTER
    rhythm_s = find_rhythm(state.half_at, state.entries, state.listed_at)
    silence_s = (now - state.listed_at).total_seconds()
    return state.not_modified >= AUDIT_AFTER or silence_s > rhythm_s * min(AUDIT_SILENCE, state.entries / 2)
