"""The published warehouse in, what is not as usual now out: the rows of its mart `alerts`. All judgement is in sql/."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.settings import Settings
from pipeline.warehouse import QueryError, query

ALERTS = "select kind, subject, what, next, measured, usual, threshold, unit, since from alerts order by kind, since, subject"


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


def find_ringing(settings: Settings) -> tuple[Ringing, ...]:
    """What rings; nothing without a warehouse, and none in one that was built before it had alerts."""
    try:
        rows = query(settings, ALERTS).rows
    except QueryError:
        return ()
    return tuple(
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
    )
