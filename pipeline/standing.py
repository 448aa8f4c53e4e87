"""A ledger and a warehouse in, where things stand out: what `status` shows."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline import STEPS
from pipeline import status as warehouse_status
from pipeline.pending import STEP_TYPES
from pipeline.run import Run, producers
from pipeline.settings import SettingsError

AGE = re.compile(r"(\d+)\s*([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

# An input whose outcomes are all of other producers was read by older rules.
OLDER = """
with read_by as (
    select caused_by, event_date, bool_or(producer = $producer) as is_current
    from ledger.events
    where event_type in ($read, $failed)
    group by all
)

select count(*), count(distinct event_date) from read_by where not is_current
"""
FAILED = """
select payload ->> '$.reason' as reason, count(*)
from ledger.events
where event_type = $failed and payload is not null
group by reason
order by count(*) desc, reason
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStanding:
    """Where one step stands.

    last_at                when its newest event was recorded
    pending                inputs that a run would take now
    failed                 failures per reason
    older_inputs, older_days  inputs, and days with such inputs, that only older rules have read
    """

    step: str
    last_at: datetime | None
    pending: int
    failed: dict[str, int]
    older_inputs: int
    older_days: int


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
        last = run.ledger.query("select max(recorded_at) from ledger.events where event_type = 'SourcePolled'")
        failed = run.ledger.query(
            "select payload ->> '$.reason', count(*) from ledger.events where event_type = 'SourcePolled' "
            "and (payload ->> '$.outcome') = 'failed' group by all order by all"
        )
        return StepStanding(step=step, last_at=last[0][0], pending=0, failed=dict(failed), older_inputs=0, older_days=0)
    types = STEP_TYPES[step]
    names = {"read": types.read, "failed": types.failed}
    last = run.ledger.query("select max(recorded_at) from ledger.events where event_type in ($read, $failed)", names)
    older = [(0, 0)]
    if step != "capture":  # a page is fetched once, whatever the rules
        older = run.ledger.query(OLDER, names | {"producer": producers(run.settings)[step]})
    return StepStanding(
        step=step,
        last_at=last[0][0],
        pending=len(run.ledger.pending_positions(run.selection(step))),
        failed=dict(run.ledger.query(FAILED, {"failed": types.failed})),
        older_inputs=older[0][0],
        older_days=older[0][1],
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
