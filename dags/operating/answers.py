"""What Airflow's public REST API answers, as far as a backfill needs it: each class is one answer, its fields a part of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.ledger.pending import Days

UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Token:
    """What a login answers."""

    access_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dag:
    """A DAG as Airflow has it."""

    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """A backfill of Airflow's. It is active until `completed_at`, which the scheduler writes within 30 seconds of its end."""

    id: int
    from_date: datetime
    to_date: datetime
    is_paused: bool
    created_at: datetime
    completed_at: datetime | None = None
    dag_run_conf: dict[str, Any] | None = None

    @property
    def days(self) -> Days:
        """Its range of days."""
        return Days(self.from_date.date(), self.to_date.date())


@dataclass(frozen=True, slots=True, kw_only=True)
class DagRun:
    """One run of a DAG; `partition_key` is the day of a run of `ingest`."""

    dag_run_id: str
    dag_id: str
    state: str
    partition_key: str | None = None
    queued_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state not in UNFINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One task of one run; `map_index` is its shard, or -1."""

    task_id: str
    state: str | None
    map_index: int = -1
    try_number: int = 0
    start_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a task's log, and the error that it tells of."""

    event: str = ""
    level: str = ""
    error_detail: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLog:
    """A task's log."""

    content: list[LogLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a listing answers; only one of the lists is there."""

    total_entries: int = 0
    backfills: list[Backfill] = field(default_factory=list)
    dag_runs: list[DagRun] = field(default_factory=list)
    task_instances: list[TaskRun] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A run that a backfill would make."""

    partition_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """The runs that a backfill would make."""

    backfills: list[Planned]
