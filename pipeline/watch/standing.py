"""A ledger, a warehouse and their folder in, where things stand out: what `status` shows."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.run import Run
from pipeline.settings import Settings, SettingsError
from pipeline.warehouse import status as warehouse_status
from pipeline.warehouse.status import WarehouseStatus
from pipeline.warehouse.warehouse import QueryError
from pipeline.watch.growth import Growth, find_growth
from pipeline.watch.overdue import SourcesStanding, find_sources
from pipeline.watch.progress import StepStanding, find_steps
from pipeline.watch.ringing import Ringing, find_ringing
from pipeline.watch.scheduled import Alerts, Supervisor, find_supervisor, read_alerts

AGE = re.compile(r"([0-9]{1,9})\s*([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where everything stands.

    at              when this was found
    data            the folder that it was found in
    head_position, head_hash  the end of the ledger
    published       how the last publish went, or None if that is not known
    warehouse       the same in a line
    warehouse_age   since when the warehouse may lack something; None when there is none
    ringing         what the warehouse says is not as usual
    """

    at: datetime
    data: str
    head_position: int
    head_hash: str
    steps: tuple[StepStanding, ...]
    published: WarehouseStatus | None
    warehouse: str
    warehouse_age: timedelta | None
    sources: SourcesStanding
    growth: Growth
    alerts: Alerts
    supervisor: Supervisor
    ringing: tuple[Ringing, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Whether a test stopped the last publish."""
        return self.published is not None and self.published.is_stopped

    @property
    def stopped_by(self) -> list[dict[str, Any]]:
        """The tests that stopped the last publish, each with the query that shows its rows."""
        failures = self.published.failures if self.published and self.published.is_stopped else ()
        return [asdict(failure) for failure in failures if failure.severity == "stop"]

    @property
    def events_behind(self) -> int:
        """How many events the ledger holds that the warehouse does not."""
        return max(self.head_position - (self.published.position if self.published else 0), 0)

    def is_fresh(self, limit: timedelta) -> bool:
        """Whether the warehouse is at most this old."""
        return self.warehouse_age is not None and self.warehouse_age <= limit

    def to_json(self, problems: list[dict[str, Any]] | None = None) -> str:
        """One document for programs. Names stay; instants are RFC 3339 in UTC; null where something is not known.

        at, data, head_position, head_hash
        problems          [{problem, what, next}], the most urgent first; `problem` is a name that stays
        steps             [{step, and the fields of `StepStanding`}]
        warehouse         in words; warehouse_age_s, warehouse_position, warehouse_behind_events
        warehouse_stopped whether a test stopped the last publish, at warehouse_tried_at;
                          warehouse_stopped_by: [{test, severity, meaning, rows, query}]
        sources           the fields of `SourcesStanding`; overdue: [{source_id, due_at, interval_s, overdue_s}]
        growth            {base, base_s, is_known, stores: [{store, size_bytes, grown_bytes, bytes_a_day}],
                          disks: [{stores, free_bytes, reserved_bytes, bytes_a_day, days_left}]};
                          bytes_a_day 0 with days_left null: nothing grows
        alerts            {recent: [{at, kind, dag_id, task_id, day, error, next, log}], total, damaged, problem}
        airflow           {state: running | died | off, process_id}
        ringing           [{kind, subject, what, next, measured, usual, threshold, unit, since}], the mart `alerts`
        """
        age_s = self.warehouse_age.total_seconds() if self.warehouse_age is not None else None
        found: dict[str, Any] = {
            "at": self.at,
            "data": self.data,
            "head_position": self.head_position,
            "head_hash": self.head_hash,
            "problems": problems or [],
            "steps": [asdict(step) for step in self.steps],
            "warehouse": self.warehouse,
            "warehouse_age_s": age_s,
            "warehouse_position": self.published.position if self.published else None,
            "warehouse_behind_events": self.events_behind,
            "warehouse_stopped": self.is_stopped,
            "warehouse_stopped_by": self.stopped_by,
            "warehouse_tried_at": self.published.tried_at if self.published else None,
            "sources": asdict(self.sources),
            "growth": asdict(self.growth),
            "alerts": asdict(self.alerts),
            "airflow": asdict(self.supervisor),
            "ringing": [asdict(one) for one in self.ringing],
        }
        return json.dumps(found, default=datetime.isoformat, allow_nan=False)


def find_standing(run: Run) -> Standing:
    """Where the ledger, the warehouse and the rest of a run's folder stand now."""
    now = run.now()
    head = run.ledger.head()
    published = warehouse_status.read_status(run.settings)
    sources = find_sources(run)
    return Standing(
        at=now,
        data=str(run.settings.data),
        head_position=head.position,
        head_hash=head.hash,
        steps=find_steps(run, None if sources.problem else sources.asked),
        published=published,
        warehouse=warehouse_status.describe(published),
        warehouse_age=find_age(run, published),
        sources=sources,
        growth=find_growth(run),
        alerts=read_alerts(run.settings, now),
        supervisor=find_supervisor(run.settings),
        ringing=find_known_ringing(run.settings, now),
    )


def find_known_ringing(settings: Settings, now: datetime) -> tuple[Ringing, ...]:
    """What rings. A warehouse that cannot be asked is no reason to be silent about all the rest."""
    try:
        return find_ringing(settings, now)
    except QueryError:
        return ()


def find_age(run: Run, published: WarehouseStatus | None) -> timedelta | None:
    """Since when the warehouse may lack something: it is as old as the last publish that was not stopped."""
    if published is None or published.published_at is None or not run.settings.warehouse_file.exists():
        return None
    return run.now() - (published.published_at if published.is_stopped else published.tried_at)


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
