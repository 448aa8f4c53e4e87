"""What Airflow leaves in the data folder in, what somebody on call wants of it out: its alerts, and whether it runs.

Nothing here needs Airflow: it is looked at from outside, also while it is down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.locks import find_holder
from pipeline.settings import Settings
from pipeline.text import clean

RECENT = timedelta(days=1)
RECENT_AT_MOST = 20
TAIL_BYTES = 256 << 10  # of the alerts: far more than the recent ones
SHOWN_CHARACTERS = 1_000  # of one text in an alert

CLEARED = "cleared"  # the kind of a line that says that an earlier one holds no longer
KEY = (
    "kind",
    "dag_id",
    "run_id",
    "task_id",
    "map_index",
    "try_number",
    "subject",
)  # what makes two lines tell the same

State = Literal["running", "died", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A task that failed, or a run that is late.

    at          when that was noticed
    kind        failed: a try that is final; late: a run that has not ended in time
    day         that the run stands for
    error, next what happened, and what to do; log: where it is told at length. None where it is not known
    """

    at: datetime
    kind: str | None = None
    dag_id: str | None = None
    task_id: str | None = None
    day: str | None = None
    error: str | None = None
    next: str | None = None
    log: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Alert):
    """A line of the file: an alert and what tells it from others.

    subject  of what a publish found to be not as usual; the warehouse tells of that itself
    cleared  of the kind `cleared`: the KEY of the line that holds no longer
    """

    run_id: str | None = None
    map_index: int | None = None
    try_number: int | None = None
    subject: str | None = None
    cleared: dict[str, str | int | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """What stands in the file of alerts.

    recent         of the last day, those that no later success has cleared, the newest first, at most 20
    total          lines in the file
    damaged        lines among the last ones that cannot be read
    problem        why the file cannot be read, or None
    """

    recent: tuple[Alert, ...] = ()
    total: int = 0
    damaged: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """Whether the Airflow of `make up` runs.

    state       running; died: it ended without being stopped; off: it was stopped, or never ran with this data folder
    process_id  of its supervisor while it runs
    """

    state: State
    process_id: int | None = None


def read_alerts(settings: Settings, now: datetime) -> Alerts:
    """The alerts. A file that is missing holds none; what was torn by a crash is counted, not shown."""
    try:
        with settings.alerts_file.open("rb") as file:
            total = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
            length = file.tell()
            file.seek(max(0, length - TAIL_BYTES))
            tail = file.read(TAIL_BYTES)
    except FileNotFoundError:
        return Alerts()
    except OSError as error:
        return Alerts(problem=f"{settings.alerts_file} cannot be read ({error.strerror}).")
    lines = tail.split(b"\n")[1 if length > TAIL_BYTES else 0 :]
    read = [read_alert(line) for line in lines if line.strip()]
    held = [to_alert(line) for line in find_open(read)]
    recent = sorted((alert for alert in held if now - alert.at <= RECENT), key=lambda alert: alert.at)
    return Alerts(
        recent=tuple(reversed(recent[-RECENT_AT_MOST:])),
        total=total + bool(lines[-1].strip()),
        damaged=sum(alert is None for alert in read),
    )


def read_alert(line: bytes) -> Line | None:
    """One line of the file, or None if it is damaged."""
    try:
        return msgspec.json.decode(line, type=Line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def find_open(lines: Iterable[Line | None]) -> list[Line]:
    """The alerts of Airflow that still hold."""
    held: list[Line] = []
    for line in filter(None, lines):
        if line.kind == CLEARED:
            cleared = line.cleared or {}
            held = [one for one in held if any(getattr(one, name) != cleared.get(name) for name in KEY)]
        elif line.subject is None:
            held.append(line)
    return held


def to_alert(line: Line) -> Alert:
    """The alert of a line. Of long texts the beginning is kept."""
    texts = {name: getattr(line, name) for name in ("kind", "dag_id", "task_id", "day", "error", "next", "log")}
    at = line.at.astimezone(UTC) if line.at.tzinfo else line.at.replace(tzinfo=UTC)
    return Alert(at=at, **{name: shorten(text) if text else None for name, text in texts.items()})


def shorten(text: str) -> str:
    """The text in one line, without what a terminal would obey."""
    return " ".join(clean(text).split())[:SHOWN_CHARACTERS]


def find_supervisor(settings: Settings) -> Supervisor:
    """Whether the supervisor runs: whether anybody holds its lock, which the kernel takes from a process that dies.

    One that ends in order leaves no process id behind.
    """
    holder = find_holder(settings.supervisor_lock)
    if holder is not None:
        return Supervisor(state="running", process_id=holder or None)
    return Supervisor(state="died" if is_written(settings.supervisor_lock) else "off")


def is_written(file: Path) -> bool:
    """Whether the file is there and holds something."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False
