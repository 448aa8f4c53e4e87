"""The published warehouse in, what is not as usual now out: the rows of its mart `alerts`. All judgement is in sql/."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.settings import Settings
from pipeline.sources.polls import is_wanted
from pipeline.sources.registry import SourcesError, read_sources
from pipeline.warehouse.warehouse import query

HAS_ALERTS = "select 1 from duckdb_tables() where database_name = current_database() and table_name = 'alerts'"
ALERTS = """
select kind, subject, what, next, measured, usual, threshold, unit, since
from alerts
where $written_after < (select max(recorded_at) from stg_events)
order by kind, since, subject
"""
OF_A_SOURCE = frozenset({"source_silent", "source_volume"})
STILL = timedelta(hours=26)  # without a write: what is wrong then is ours, and `status` says that nothing is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """One thing that is not as usual.

    kind       source_silent | source_volume | language_volume | step_failing; subject: which source, language or step
    what       happened, in a sentence; next: what to do
    measured   against what is usual, in `unit`; beyond `threshold` it rings
    since      when it began
    """

    kind: str
    subject: str
    what: str
    next: str
    measured: float
    usual: float | None
    threshold: float
    unit: str
    since: datetime


def find_ringing(settings: Settings, now: datetime) -> tuple[Ringing, ...]:
    """What rings; nothing without a warehouse, and none in one that was built before it had alerts.

    Nothing rings for a source that is switched off, nor while the ledger that it is judged by stands still.
    Raises QueryError on a warehouse that cannot be asked: then it is not known what rings.
    """
    if not settings.warehouse_file.exists() or not query(settings, HAS_ALERTS).rows:
        return ()
    rows = query(settings, ALERTS.replace("$written_after", f"timestamptz '{now - STILL}'")).rows
    found = [
        Ringing(
            kind=kind,
            subject=subject,
            what=what,
            next=following,
            measured=float(measured),
            usual=None if usual is None else float(usual),
            threshold=float(threshold),
            unit=unit,
            since=since.astimezone(UTC),
        )
        for kind, subject, what, following, measured, usual, threshold, unit, since in rows
    ]
    asked = find_asked(settings) if found else None
    return tuple(one for one in found if asked is None or one.kind not in OF_A_SOURCE or one.subject in asked)


def find_asked(settings: Settings) -> frozenset[str] | None:
    """The ids of the sources that are switched on; None where their file cannot be used: `status` says so itself."""
    try:
        sources = read_sources(settings.sources)
    except SourcesError:
        return None
    return frozenset(source.id for source in sources if is_wanted(source, live=settings.live))
