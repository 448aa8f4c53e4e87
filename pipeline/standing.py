"""A ledger and a warehouse in, where things stand out: what `status` shows."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipeline import STEPS
from pipeline import status as warehouse_status
from pipeline.pending import STEP_TYPES
from pipeline.run import Run, producers
from pipeline.settings import SettingsError

AGE = re.compile(r"(\d+)\s*([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

# An input whose outcomes are all of other producers was read by older rules. One that was withdrawn cannot be read again.
OLDER = """
with read_by as (
    select outcomes.caused_by, outcomes.event_date, bool_or(outcomes.producer = $producer) as is_current
    from ledger.events as outcomes
    inner join ledger.events as inputs on outcomes.caused_by = inputs.event_id
    where outcomes.event_type in ($read, $failed)
        and outcomes.payload is not null
        and inputs.event_type = $takes
        and inputs.payload is not null
    group by all
)

select count(*), count(distinct event_date) from read_by where not is_current
"""
# What was read at a later try, by whatever rules, has not failed.
FAILED = """
with last_failures as (
    select {input} as input, batch, payload ->> '$.reason' as reason
    from ledger.events
    where event_type = $failed and payload is not null
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

select last_failures.reason, count(*)
from last_failures
left join readings using (input)
where readings.batch is null or readings.batch < last_failures.batch
group by last_failures.reason
order by count(*) desc, last_failures.reason
"""
# A source whose last poll failed, whatever it was like before.
FAILED_SOURCES = """
with last_polls as (
    select stream, payload
    from ledger.events
    where event_type = 'SourcePolled'
    qualify row_number() over (partition by stream order by occurred_at desc, position desc) = 1
)

select payload ->> '$.source_id' as source_id, payload ->> '$.reason' as reason
from last_polls
where (payload ->> '$.outcome') = 'failed'
order by source_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStanding:
    """Where one step stands.

    last_at                when its newest event was recorded
    pending                inputs that a run would take now
    failed                 inputs whose last try failed, per reason; of `poll`: sources
    failed_sources         of `poll`: the reason of each source whose last poll failed
    older_inputs, older_days  inputs, and days with such inputs, that only older rules have read
    """

    step: str
    last_at: datetime | None
    pending: int
    failed: dict[str, int]
    older_inputs: int
    older_days: int
    failed_sources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where everything stands. warehouse_age is None when there is no warehouse."""

    head_position: int
    head_hash: str
    steps: tuple[StepStanding, ...]
    warehouse: str
    warehouse_age: timedelta | None

    def is_fresh(self, limit: timedelta) -> bool:
        """Whether the warehouse is at most this old."""
        return self.warehouse_age is not None and self.warehouse_age <= limit

    def to_json(self) -> str:
        """For programs."""
        steps = [{name: getattr(step, name) for name in StepStanding.__slots__} for step in self.steps]
        age_s = self.warehouse_age.total_seconds() if self.warehouse_age is not None else None
        found: dict[str, Any] = {"head_position": self.head_position, "head_hash": self.head_hash, "steps": steps}
        return json.dumps(found | {"warehouse": self.warehouse, "warehouse_age_s": age_s}, default=str)


def find_standing(run: Run) -> Standing:
    """Where the ledger and the warehouse of a run stand now."""
    head = run.ledger.head()
    published = warehouse_status.read_status(run.settings)
    return Standing(
        head_position=head.position,
        head_hash=head.hash,
        steps=tuple(find_step(run, step) for step in STEPS),
        warehouse=warehouse_status.describe(published),
        warehouse_age=find_age(run, published),
    )


def find_age(run: Run, published: warehouse_status.WarehouseStatus | None) -> timedelta | None:
    """Since when the warehouse may lack something: it is as old as the last publish that was not stopped."""
    if published is None or published.published_at is None:
        return None
    return run.now() - (published.published_at if published.is_stopped else published.tried_at)


def find_step(run: Run, step: str) -> StepStanding:
    """Where one step stands."""
    if step == "poll":
        return find_poll(run)
    types = STEP_TYPES[step]
    names = {"read": types.read, "failed": types.failed}
    last = run.ledger.query("select max(recorded_at) from ledger.events where event_type in ($read, $failed)", names)
    older = [(0, 0)]
    if step != "capture":  # a page is fetched once, whatever the rules
        current = {"takes": types.takes, "producer": producers(run.settings)[step]}
        older = run.ledger.query(OLDER, names | current)
    failed = run.ledger.query(FAILED.format(input="stream" if step == "capture" else "caused_by"), names)
    return StepStanding(
        step=step,
        last_at=last[0][0],
        pending=len(run.ledger.pending_positions(run.selection(step))),
        failed=dict(failed),
        older_inputs=older[0][0],
        older_days=older[0][1],
    )


def find_poll(run: Run) -> StepStanding:
    """Where polling stands: it has no inputs, and what failed is sources."""
    last = run.ledger.query("select max(recorded_at) from ledger.events where event_type = 'SourcePolled'")
    sources = dict(run.ledger.query(FAILED_SOURCES))
    return StepStanding(
        step="poll",
        last_at=last[0][0],
        pending=0,
        failed=dict(Counter(sources.values()).most_common()),
        failed_sources=sources,
        older_inputs=0,
        older_days=0,
    )


def read_age(text: str) -> timedelta:
    """A length of time such as 90m, 26h or 2d.

    >>> read_age("26h")
    datetime.timedelta(days=1, seconds=7200)

    Raises SettingsError on anything else.
    """
    found = AGE.fullmatch(text.strip())
    if not found:
        raise SettingsError(f"--max-age wants a number with m, h or d, such as 26h, not {text!r}.")
    return int(found[1]) * UNITS[found[2]]
