"""The ledger in, the pages that are to be asked for again out: outlets change what they have published, for some days.

A page of the web is due at ages counted from when it was published, or first seen if that was earlier or is all that is known;
a document when its folder lists it changed. (page, due time) is an input of `capture` like any other: it is owed until the
page was had at that time or later. So a page owes its latest due time alone: earlier ones that no run came to are not made up
for. What a page owes:

- nothing before its first capture, and nothing more once it failed for good (gone, forbidden) or was withdrawn;
- nothing once it is twice as old as the last age: not a backfill of last year, nor a run after a month's pause;
- nothing while it waits after a failure that passes (`retry_at`); then the next attempt, or the next due time if that has come.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from pipeline.events import Again, EntrySeen, Pending
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import STEP_TYPES, Days, Selection
from pipeline.sources import polls
from pipeline.sources.registry import Source

EVERY_DAY = Days(date.min, date.max)
MICROSECONDS_PER_HOUR = 3_600_000_000
AHEAD = timedelta(days=2)  # an entry's own date may lie so far ahead, and its page is of that day

# The ages of young pages. The first sighting in the ledger says how old a page is: another may say otherwise later.
AGED = """
    with ages as (
        select to_microseconds(unnest(from_json($ages, '["BIGINT"]'))) as age
    ),
    seen as (
        select
            replace(stream, 'entry/', 'page/') as stream,
            arg_min(position, {first}) as position,
            arg_min(payload ->> '$.source_id', {first}) as source_id,
            arg_min(least((payload ->> '$.published_at')::timestamptz, occurred_at), position) as born_at,
        from ledger.events
        where event_type = 'EntrySeen'
            and payload is not null
            and event_date between $first_day and $last_day
            and (payload ->> '$.url_key') is not null
        group by all
        having count(payload ->> '$.document') = 0
    )

    select
        seen.stream,
        seen.position,
        seen.source_id,
        max(seen.born_at + ages.age) as due_at,
        max(ages.age) = any_value(last.age) as is_last,
        false as is_told,
    from seen
    cross join ages
    cross join (select max(age) as age from ages) as last
    where seen.born_at + ages.age <= $now and seen.born_at + 2 * last.age > $now
    group by all
"""
# Documents that their folder listed more than once. No payload of a page that was seen once is opened.
CHANGED = """
    select
        replace(stream, 'entry/', 'page/') as stream,
        max(position) as position,
        arg_max(payload ->> '$.source_id', position) as source_id,
        arg_max(occurred_at, position) as due_at,
        true as is_last,
        -- its source says that it changed: that an earlier change could not be read ends nothing
        true as is_told,
    from ledger.events
    where event_type = 'EntrySeen'
        and payload is not null
        and event_date between $first_day and $last_day
        and stream in (
            select stream from ledger.events where event_type = 'EntrySeen' group by stream having count(*) > 1
        )
        and (payload ->> '$.document') is not null
    group by stream
"""
OWED = """
with due as ({due}),
outcomes as (
    select
        stream,
        position,
        occurred_at,
        event_type = 'PageCaptured' as is_capture,
        event_type != 'CaptureFailed' as is_had,
        payload is null as is_withdrawn,
        (payload ->> '$.due_at')::timestamptz as due_at,
        (payload ->> '$.attempt')::integer as attempt,
        (payload ->> '$.retry_at')::timestamptz as retry_at,
    from ledger.events
    where event_type in ('PageCaptured', 'PageUnchanged', 'CaptureFailed')
        and event_date between $first_day and $last_day
        and stream in (select stream from due)
),
pages as (
    select
        stream,
        max(position) filter (is_capture) as capture_position,
        max(occurred_at) filter (is_had) as had_at,
        arg_max(is_had, position) as is_had_last,
        arg_max_null(retry_at, position) as retry_at,
        arg_max_null(due_at, position) as last_due_at,
    from outcomes
    group by stream
    having not bool_or(is_withdrawn)
),
attempts as (
    select stream, due_at, max(attempt) as attempts, bool_or(is_had) as is_had
    from outcomes
    where due_at is not null
    group by all
)

select due.position, coalesce(attempts.attempts, 0) + 1, due.due_at, due.is_last, pages.capture_position
from due
inner join pages using (stream)
left join attempts using (stream, due_at)
where pages.capture_position is not null
    and due.source_id in (select unnest(from_json($sources, '["VARCHAR"]')))
    and due.due_at > pages.had_at
    -- the wall clock may have been set back since
    and not coalesce(attempts.is_had, false)
    and (
        $retry_failed
        or pages.is_had_last
        or coalesce(pages.retry_at <= $now, false)
        or (due.is_told and due.due_at is distinct from pages.last_due_at)
    )
order by due.due_at, due.position
"""


class Owed(NamedTuple):
    """A page to be asked for again: the positions of its entry and of its last capture, and what `Again` says of it."""

    position: int
    attempt: int
    due_at: datetime
    is_last: bool
    capture_position: int


def find_owed(
    ledger: Ledger, selection: Selection, ages_h: Sequence[float], sources: Mapping[str, Source]
) -> list[Owed]:
    """What pages of these sources owe, the longest due first. `ages_h`: the setting `recapture_hours`."""
    found = []
    if followed := [source.id for source in sources.values() if ages_h and is_followed(source, selection.now)]:
        due = AGED.format(first=STEP_TYPES["capture"].first)
        ages = {"ages": json.dumps([round(hours * MICROSECONDS_PER_HOUR) for hours in ages_h])}
        found += ask(ledger, due, only_young(selection, ages_h[-1]), {"sources": json.dumps(followed)} | ages)
    if folders := [source.id for source in sources.values() if source.kind == "documents"]:
        found += ask(ledger, CHANGED, selection, {"sources": json.dumps(folders)})
    return found


def only_young(selection: Selection, last_age_h: float) -> Selection:
    """The same, but for days so old that their pages owe nothing any more: the ledger skips those."""
    days = selection.days or EVERY_DAY
    oldest, newest = selection.now - 2 * timedelta(hours=last_age_h), selection.now + AHEAD
    return replace(selection, days=Days(max(days.first, oldest.date()), min(days.last, newest.date())))


def is_followed(source: Source, now: datetime) -> bool:
    """Whether pages of a source may still be changed: a list of a past that is over is no news site."""
    return source.kind != "documents" and not polls.is_window_over(source, now)


def ask(ledger: Ledger, due: str, selection: Selection, parameters: Mapping[str, object]) -> list[Owed]:
    """The rows of one of the two questions."""
    days = selection.days or EVERY_DAY
    shared = {
        "first_day": days.first,
        "last_day": days.last,
        "now": selection.now,
        "retry_failed": selection.retry_failed,
    }
    rows = ledger.query(OWED.format(due=due), shared | dict(parameters))
    return [
        Owed(position, attempt, due_at.astimezone(UTC), is_last, last)
        for position, attempt, due_at, is_last, last in rows
    ]


def read_owed(ledger: Ledger, owed: Sequence[Owed]) -> list[Pending[EntrySeen]]:
    """The inputs: each entry with its page's last capture. One that was withdrawn meanwhile is left out."""
    by_position = {one.position: one for one in owed}
    captures = ledger.read_pending([(one.capture_position, 1) for one in owed]) if owed else []
    last = {found.cause.position: found.cause for found in captures}
    entries = ledger.read_pending([(one.position, one.attempt) for one in owed]) if owed else []
    found = []
    for entry in entries:
        one = by_position[entry.cause.position]
        if one.capture_position in last:
            again = Again(due_at=one.due_at, last=last[one.capture_position], is_last=one.is_last)
            found.append(Pending(cause=entry.cause, attempt=entry.attempt, again=again))
    return found
