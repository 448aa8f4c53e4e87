"""The ledger in, how far each step has come out: what it last did, what waits for it, what it could not read.

Each question is one query, so the ledger is held for no longer than its dearest one takes.
"""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pipeline import STEPS
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import STEP_TYPES, Selection, pending_query
from pipeline.run import Run
from pipeline.sources.registry import read_sources
from pipeline.steps import recaptures

# No payload is opened here.
LAST_EVENTS = "select event_type, max(recorded_at) from ledger.events group by event_type"
LAST_ANSWER = """
select max(recorded_at)
from ledger.events
where event_type = 'SourcePolled' and (payload ->> '$.outcome') != 'failed'
"""
# Of the inputs only the oldest is opened, but for pages, whose source may be switched off.
PENDING = """
with waiting as (
    select inputs.position, {is_off} as is_off, pending.attempt
    from ({query}) as pending
    inner join ledger.events as inputs using (position)
),
counted as (
    select
        count(*) filter (not is_off and attempt = 1) as never_tried,
        count(*) filter (not is_off and attempt > 1) as tried_before,
        count(*) filter (is_off) as switched_off,
        min(position) filter (not is_off) as position,
    from waiting
)

select
    counted.never_tried,
    counted.tried_before,
    counted.switched_off,
    oldest.recorded_at,
    oldest.event_id::varchar,
    coalesce(oldest.payload ->> '$.url', oldest.payload ->> '$.requested_url'),
from counted
left join (
    select * from ledger.events where position in (select counted.position from counted)
) as oldest using (position)
"""
IS_OFF = "(inputs.payload ->> '$.source_id') not in (select unnest(from_json($asked, '[\"VARCHAR\"]')))"
# An input whose outcomes are all of other producers was read by older rules. One that was withdrawn cannot be read again.
OLDER = """
with withdrawn as (
    select unnest(from_json(payload -> '$.withdrawn_ids', '["UUID"]')) as event_id
    from ledger.events
    where event_type = 'ContentWithdrawn'
),
read_by as (
    select caused_by, event_date, bool_or(producer = $producer) as is_current
    from ledger.events
    where event_type in ($read, $failed)
        and event_id not in (select event_id from withdrawn)
        and caused_by not in (select event_id from withdrawn)
    group by all
)

select count(*), count(distinct event_date) from read_by where not is_current
"""
# What was read at a later try, by whatever rules, has not failed; nor has a page that was had, if asking for it again failed.
FAILED = """
with last_failures as (
    select
        {input} as input,
        batch,
        payload ->> '$.reason' as reason,
        (payload ->> '$.retry_at') is not null as is_retried,
    from ledger.events
    where event_type = $failed and payload is not null and (payload ->> '$.due_at') is null
    qualify row_number() over (
        partition by {input} order by batch desc, (payload ->> '$.attempt')::integer desc, position desc
    ) = 1
),
readings as (
    select {input} as input, max(batch) as batch
    from ledger.events
    where event_type = $read
    group by input
)

select last_failures.reason, count(*), count(*) filter (last_failures.is_retried)
from last_failures
left join readings using (input)
where readings.batch is null or readings.batch < last_failures.batch
group by last_failures.reason
order by count(*) desc, last_failures.reason
"""
# A source whose last poll failed, whatever it was like before.
FAILED_SOURCES = """
with last_polls as (
    select stream, max_by(payload, (occurred_at, position)) as payload
    from ledger.events
    where event_type = 'SourcePolled'
    group by stream
)

select payload ->> '$.source_id' as source_id, payload ->> '$.reason' as reason
from last_polls
where (payload ->> '$.outcome') = 'failed'
order by source_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStanding:
    """Where one step stands.

    last_success_at        when its newest outcome that is no failure was recorded; of `poll`: when a source last answered.
                           A run that finds nothing to do leaves no trace
    last_failure_at        when its newest failure was recorded; of `poll` this is not asked
    last_at                the later of both
    pending                inputs that a run would take now: pending_retries of them were tried before
    pending_again          of `capture`: pages that were had and are due to be asked for again, beside those pending
    pending_switched_off   of `capture`: pages that wait beside them, because their source is switched off
    oldest_at              when the pending input that is longest in the ledger was recorded; oldest_id, oldest_url: which
    failed                 inputs whose last try failed, per reason; of `poll`: sources
    retried                how many of these will be tried again without being asked to, per reason
    failed_sources         of `poll`: the reason of each source whose last poll failed
    older_inputs, older_days  inputs, and days with such inputs, that only older rules have read
    """

    step: str
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_at: datetime | None = None
    pending: int = 0
    pending_retries: int = 0
    pending_again: int = 0
    pending_switched_off: int = 0
    oldest_at: datetime | None = None
    oldest_id: str | None = None
    oldest_url: str | None = None
    failed: dict[str, int] = field(default_factory=dict)
    retried: dict[str, int] = field(default_factory=dict)
    failed_sources: dict[str, str] = field(default_factory=dict)
    older_inputs: int = 0
    older_days: int = 0


def find_steps(run: Run, asked: Collection[str] | None) -> tuple[StepStanding, ...]:
    """Where each step stands. `asked`: ids of the sources that are switched on, or None if that is not known."""
    last_events = dict(run.ledger.query(LAST_EVENTS))
    found = {step: find_step(run.ledger, run.selection(step), last_events, asked) for step in STEPS[1:]}
    capture = replace(found["capture"], pending_again=count_again(run, asked or ()))
    found |= {"poll": find_poll(run.ledger, last_events), "capture": capture}
    return tuple(found[step] for step in STEPS)


def count_again(run: Run, asked: Collection[str]) -> int:
    """How many pages a run would ask for again."""
    sources = (
        {source.id: source for source in read_sources(run.settings.sources) if source.id in asked} if asked else {}
    )
    return len(recaptures.find_owed(run.ledger, run.selection("capture"), run.settings.recapture_hours, sources))


def find_poll(ledger: Ledger, last_events: dict[str, datetime]) -> StepStanding:
    """Where polling stands: it has no inputs, and what failed is sources."""
    sources = dict(ledger.query(FAILED_SOURCES))
    failed = dict(Counter(sources.values()).most_common())
    return StepStanding(
        step="poll",
        last_success_at=ledger.query(LAST_ANSWER)[0][0],
        last_at=last_events.get("SourcePolled"),
        failed=failed,
        retried=failed,
        failed_sources=sources,
    )


def find_step(
    ledger: Ledger, selection: Selection, last_events: dict[str, datetime], asked: Collection[str] | None
) -> StepStanding:
    """Where a step with inputs stands."""
    step, types = selection.step, STEP_TYPES[selection.step]
    names = {"read": types.read, "failed": types.failed}
    also = last_events.get("PageUnchanged") if step == "capture" else None
    succeeded = max(filter(None, (last_events.get(types.read), also)), default=None)
    failed = last_events.get(types.failed)
    failures = ledger.query(FAILED.format(input="stream" if step == "capture" else "caused_by"), names)
    older = [(0, 0)]
    if step != "capture":  # a page is fetched once, whatever the rules
        older = ledger.query(OLDER, names | {"producer": selection.producer})
    return StepStanding(
        step=step,
        last_success_at=succeeded,
        last_failure_at=failed,
        last_at=max(filter(None, (succeeded, failed)), default=None),
        failed={reason: number for reason, number, _ in failures},
        retried={reason: retried for reason, _, retried in failures if retried},
        older_inputs=older[0][0],
        older_days=older[0][1],
        **find_pending(ledger, selection, asked),
    )


def find_pending(ledger: Ledger, selection: Selection, asked: Collection[str] | None) -> dict[str, Any]:
    """The fields of a standing that tell what is pending."""
    query, parameters = pending_query(selection)
    is_source_asked = selection.step == "capture" and asked is not None
    if is_source_asked:
        parameters |= {"asked": json.dumps(sorted(asked or ()))}
    text = PENDING.format(query=query, is_off=IS_OFF if is_source_asked else "false")
    [(never_tried, tried_before, switched_off, oldest_at, oldest_id, oldest_url)] = ledger.query(text, parameters)
    return {
        "pending": never_tried + tried_before,
        "pending_retries": tried_before,
        "pending_switched_off": switched_off,
        "oldest_at": oldest_at,
        "oldest_id": oldest_id,
        "oldest_url": oldest_url,
    }
