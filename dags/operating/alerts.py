"""A task that failed for good or a run that is late in, one line of DATA/alerts.jsonl out: what failed and what to do next.

Where Airflow calls these: `alert_task` in the task's own process, or in the DAG processor when the scheduler has found that
process dead. Of a task that was killed under a living supervisor the task's callback is never called, only the DAG's:
`alert_run`. The scheduler may also tell of one death twice. So a line is written only if the file has none for that try.

What is said no longer holds when a later line of kind `cleared` says so: that of a later success of the same task, or for
what a publish found to be not as usual (`subject`), that of a publish which no longer finds it.
"""

import fcntl
import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dags.operating.remedies import LATE, find_remedy
from pipeline.clock import utc_now
from pipeline.settings import PREFIX, read_settings
from pipeline.watch.scheduled import CLEARED, KEY

TAIL_BYTES = 1 << 18  # some hundreds of lines: a try is told within minutes or never
LONGEST = 500  # characters of an error
SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)")
BACKFILL = "backfill__"  # ids of their runs begin so: what failed in one is mended by the same day only

Line = dict[str, Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One line.

    kind        failed: a try that is final; late: a run that has not ended in time
    at          when the line was written (UTC)
    day         the day that the run stands for, or None if it takes all that is pending
    task_id     None where the run as a whole is meant; map_index: which shard, -1 where there are none
    error       what happened, in a sentence; next: what to do
    log         where the log is to be seen
    """

    kind: str
    at: str
    dag_id: str
    run_id: str
    day: str | None
    task_id: str | None
    map_index: int
    try_number: int
    error: str
    next: str
    log: str


def alert_task(context: Mapping[str, Any]) -> None:
    """Airflow's `on_failure_callback` of a task. Never raises."""
    try:
        write(make_alert(context))
    except Exception:
        log.exception("The alert could not be written.")


def alert_run(context: Mapping[str, Any]) -> None:
    """Airflow's `on_failure_callback` of a DAG: tells of the task that failed last, should nobody have done so."""
    alert_task(context)


def alert_late(context: Mapping[str, Any], within: str) -> None:
    """Airflow's callback of a deadline: a run has not ended `within` so long. Never raises.

    Backfills are left out: all their runs are queued at once, and wait for one another for as long as it takes. So are runs
    that have ended: Airflow keeps the deadline of one that failed, and that one had its alert.
    """
    try:
        run = context["dag_run"]
        if run["run_type"] != "backfill" and run["state"] in {"queued", "running"}:
            write(make_late(run, within))
    except Exception:
        log.exception("The alert could not be written.")


def clear_task(context: Mapping[str, Any]) -> None:
    """Airflow's `on_success_callback` of a task: what it or the runs before it said holds no longer. Never raises."""
    try:
        if find_file().exists():
            append(lambda lines: [to_cleared(line) for line in find_open(lines) if is_mended(line, context)])
    except Exception:
        log.exception("The alerts could not be cleared.")


def tell_ringing(found: Iterable[Any]) -> None:
    """One line for each new alert of the warehouse (pipeline.watch.ringing), and for each that is over. Never raises."""
    ringing = {(one.kind, one.subject): one for one in found}

    def choose(lines: list[Line]) -> list[Line]:
        told = {(line["kind"], line["subject"]): line for line in find_open(lines) if line.get("subject")}
        new = [to_line(one) for key, one in ringing.items() if key not in told]
        return [*new, *(to_cleared(line) for key, line in told.items() if key not in ringing)]

    try:
        if ringing or find_file().exists():
            append(choose)
    except Exception:
        log.exception("The alerts could not be written.")


def to_line(one: Any) -> Line:
    """The line of something that is not as usual."""
    return {
        "kind": one.kind,
        "at": tell_now(),
        "subject": one.subject,
        "since": one.since.isoformat(timespec="seconds"),
        "error": one.what,
        "next": one.next,
    }


def to_cleared(line: Line) -> Line:
    """The line that says that another one holds no longer."""
    return {"kind": CLEARED, "at": tell_now(), "cleared": {name: line.get(name) for name in KEY}}


def is_mended(line: Line, context: Mapping[str, Any]) -> bool:
    """Whether the success of a task mends what a line tells of the same task, or of an earlier run as a whole."""
    task = context["ti"]
    is_same_run = line.get("run_id") == context["run_id"]
    if line.get("dag_id") != context["dag"].dag_id:
        return False
    if str(line.get("run_id")).startswith(BACKFILL) and line.get("day") != find_day(context):
        return False
    if line.get("task_id") is None:
        return not is_same_run
    return line["task_id"] == task.task_id and (not is_same_run or line.get("map_index") == task.map_index)


def find_open(lines: list[Line]) -> list[Line]:
    """The lines that still hold.

    >>> late = {"kind": "late", "dag_id": "poll"}
    >>> find_open([late, {"kind": "cleared", "cleared": late}, {"kind": "late", "dag_id": "publish"}])
    [{'kind': 'late', 'dag_id': 'publish'}]
    """
    held: dict[tuple[Any, ...], Line] = {}
    for line in lines:
        if line.get("kind") == CLEARED:
            held.pop(key_of(line.get("cleared") or {}), None)
        else:
            held[key_of(line)] = line
    return list(held.values())


def key_of(line: Line) -> tuple[Any, ...]:
    """What makes two lines tell the same."""
    return tuple(line.get(name) for name in KEY)


def make_alert(context: Mapping[str, Any]) -> Alert:
    """What the context of a failure tells. Only a task's own process knows the exception."""
    task = context.get("ti")
    error = context.get("exception")
    dag_id = context["dag"].dag_id
    return Alert(
        kind="failed",
        at=tell_now(),
        dag_id=dag_id,
        run_id=context["run_id"],
        day=find_day(context),
        task_id=task.task_id if task else None,
        map_index=task.map_index if task and task.map_index is not None else -1,
        try_number=task.try_number if task else 0,
        error=tell_error(error),
        next=find_remedy(error).next,
        log=task.log_url if task else find_page(dag_id, context["run_id"]),
    )


def make_late(run: Mapping[str, Any], within: str) -> Alert:
    """The alert of a run, given as Airflow's API shows it, that has missed its deadline."""
    return Alert(
        kind="late",
        at=tell_now(),
        dag_id=run["dag_id"],
        run_id=run["dag_run_id"],
        day=run.get("partition_key"),
        task_id=None,
        map_index=-1,
        try_number=0,
        error=f"Not ended within {within}.",
        next=LATE.next,
        log=find_page(run["dag_id"], run["dag_run_id"]),
    )


def tell_now() -> str:
    """The instant, to the second."""
    return utc_now().isoformat(timespec="seconds")


def tell_error(error: BaseException | None) -> str:
    """What an error says, in its first sentence; with its type unless the sentence was written for the user.

    >>> tell_error(OSError(28, "No space left on device"))
    'OSError: [Errno 28] No space left on device.'
    >>> tell_error(None)
    'It ended without a word: its process was killed, or the machine went down.'
    """
    if error is None:
        return "It ended without a word: its process was killed, or the machine went down."
    line = str(error).strip().partition("\n")[0][:LONGEST] or "no message"
    found = SENTENCE.match(line)
    sentence = found[1] if found else f"{line}."
    is_ours = type(error).__module__.partition(".")[0] in {"dags", "pipeline"}
    return sentence if is_ours else f"{type(error).__name__}: {sentence}"


def find_day(context: Mapping[str, Any]) -> str | None:
    """The day that a run stands for, as `ingest` finds it; None for a DAG that takes no day."""
    if key := context.get("partition_key"):
        return str(key)
    params = context.get("params") or {}
    if params.get("day") or "day" not in params:
        return params.get("day")
    given = context.get("logical_date")
    return str(date(given.year, given.month, given.day)) if given else None


def find_page(dag_id: str, run_id: str) -> str:
    """The page of a run."""
    from airflow.sdk.configuration import conf  # noqa: PLC0415  # Airflow's settings: only when something is wrong

    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/dags/{dag_id}/runs/{quote(run_id)}"


def find_file() -> Path:
    """Where the alerts are. No other setting is looked at: it may be the one that is wrong."""
    name = f"{PREFIX}DATA"
    return read_settings({name: os.environ[name]} if name in os.environ else {}).alerts_file


def write(alert: Alert) -> bool:
    """Append an alert, unless it is there, and log it; return whether it was new."""
    line = asdict(alert)
    if not append(lambda lines: [] if key_of(line) in map(key_of, lines) else [line]):
        return False
    log.error("Alert: %s %s: %s %s", alert.dag_id, alert.task_id or alert.run_id, alert.error, alert.next)
    return True


def append(choose: Callable[[list[Line]], list[Line]]) -> bool:
    """Append in one write what is chosen in view of the last lines of the file; return whether that was anything."""
    file = find_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # two processes may tell of the same try; none holds it for long
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES)).decode(errors="replace")
        new = choose(read_lines(tail))
        torn = "\n" if tail and not tail.endswith("\n") else ""  # a full disk cut the last one short
        if new:
            text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in new)
            os.write(descriptor, f"{torn}{text}".encode())
    finally:
        os.close(descriptor)
    return bool(new)


def read_lines(lines: str) -> list[Line]:
    """The alerts of a text, without lines that are torn."""
    found = []
    for line in lines.splitlines():
        try:
            read = json.loads(line)
        except ValueError:
            continue
        if isinstance(read, dict):
            found.append(read)
    return found
