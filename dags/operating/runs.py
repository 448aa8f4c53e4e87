"""Runs in, what failed out: DAGs run here and now by `dag.test()`, in this process and one after the other.

Airflow reads its configuration when it is first imported: import this module only after the environment is set.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from airflow.listeners import hookimpl
from airflow.sdk import DagRunState
from airflow.sdk.listener import get_listener_manager
from airflow.utils import db

from dags import ingest, maintenance, poll, publish
from pipeline import STEPS
from pipeline.commands.showing import describe_counts

if TYPE_CHECKING:
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
    from airflow.utils.state import TaskInstanceState

Counts = dict[str, int | bool | str]
DAGS = {"poll": poll.poll, "ingest": ingest.ingest, "publish": publish.publish, "maintenance": maintenance.maintenance}
SHOWN = (*STEPS, "publish")  # not the tasks that only share out the work


def run_all(runs: Sequence[tuple[str, date | None]], out: TextIO) -> str:
    """Run DAGs, given by name and day, until one fails. Return what failed, in one sentence, or ""."""
    report = Report(out)
    listeners = get_listener_manager()
    listeners.clear()  # type: ignore[no-untyped-call]
    listeners.add_listener(report)  # type: ignore[no-untyped-call]
    return next(filter(None, (run_one(name, day, report) for name, day in runs)), "")


def run_one(name: str, day: date | None, report: "Report") -> str:
    """Run one DAG once, without waiting for retries. Return what failed, in one sentence, or ""."""
    report.label = str(day or name)
    dag = DAGS[name]()
    for task in dag.tasks:
        task.retries = 0  # dag.test() would sleep through the delays; whoever started this run can start it again
    if day is None:
        ended = dag.test()
    else:
        midnight = datetime.combine(day, time(), UTC)
        ended = dag.test(logical_date=midnight, run_conf={"day": str(day), "only_day": True})
    report.end_run(has_failed=ended.state != DagRunState.SUCCESS)
    if ended.state == DagRunState.SUCCESS:
        return ""
    return report.failure or f"{report.label} {name} ended as {ended.state}."


def migrate(database: Path) -> None:
    """Create Airflow's metadata database, or bring an older one up to date; leave a current one alone."""
    if database.exists() and database.stat().st_size:
        with suppress(TimeoutError):  # raised when a migration is missing
            db.check_migrations(1)  # type: ignore[no-untyped-call]
            return
    db.initdb()


@dataclass(slots=True, eq=False)
class Report:
    """A listener: Airflow calls its hooks as each task ends.

    The shards of a step end one after another and make one line, so a line is written when the next step ends. A step that
    appended nothing makes none; a run of which no step did says so.

    out      where the lines go
    label    what the run stands for: a day, or the name of the DAG
    failure  the first task that failed and its error, in one sentence, or ""
    """

    out: TextIO
    label: str = ""
    failure: str = ""
    step: str = ""
    counts: Counts = field(default_factory=dict)
    is_quiet: bool = True

    @hookimpl
    def on_task_instance_success(
        self,
        previous_state: "TaskInstanceState | None",  # noqa: ARG002  # the hook's signature
        task_instance: "RuntimeTaskInstance",
    ) -> None:
        """Count what the task did."""
        step = task_instance.task_id
        if step in SHOWN:
            if step != self.step:
                self.write_line()
            self.step = step
            counted = task_instance.xcom_pull(task_ids=step, map_indexes=task_instance.map_index)
            self.counts = add_counts(self.counts, counted)

    @hookimpl
    def on_task_instance_failed(
        self,
        previous_state: "TaskInstanceState | None",  # noqa: ARG002  # the hook's signature
        task_instance: "RuntimeTaskInstance",
        error: str | BaseException | None,
    ) -> None:
        """Keep the first error: the later ones follow from it."""
        self.failure = self.failure or f"{self.label} {task_instance.task_id} failed: {one_sentence(error)}"

    def write_line(self) -> None:
        """Write the line of the step that is done, if it did something."""
        is_asked_for = self.label == "publish" and "is_new" in self.counts  # at the end of `poll` it tells only news
        if is_asked_for or any(self.counts.get(name) for name in ("appended", "left_to_another", "is_new")):
            words = describe(self.counts)
            step = "" if self.step == self.label else f"{self.step:<8} "
            self.out.write(f"{self.label:<10}  {step}{words}\n")
            self.out.flush()
            self.is_quiet = False
        self.step, self.counts = "", {}

    def end_run(self, *, has_failed: bool) -> None:
        """Write what is left to be said of a run."""
        self.write_line()
        if self.is_quiet and not has_failed:
            self.out.write(f"{self.label:<10}  nothing new\n")
        self.is_quiet = True


def describe(counts: Counts) -> str:
    """What a step did, in words.

    >>> describe({"appended": 2, "PageCaptured": 1, "CaptureFailed": 1})
    '1 pages captured, 1 captures failed'
    """
    if counts.get("left_to_another"):
        return "left to another run that is at it"
    if "is_new" in counts:
        return f"warehouse {'published' if counts['is_new'] else 'is up to date'} at position {counts['position']}"
    return describe_counts({name: int(count) for name, count in counts.items()})


def add_counts(counts: Counts, more: Counts) -> Counts:
    """Numbers are added up; of anything else the later one stays.

    >>> add_counts({"pages": 2, "head": "0a"}, {"pages": 3, "head": "1b", "failed": 0})
    {'pages': 5, 'head': '1b', 'failed': 0}
    """
    return counts | {name: value + counts.get(name, 0) if type(value) is int else value for name, value in more.items()}  # type: ignore[operator]  # a name always counts the same kind


def one_sentence(error: str | BaseException | None) -> str:
    """The first line of what an error says, after its type unless the sentence was written for the user.

    >>> one_sentence(OSError(28, "No space left on device"))
    'OSError: [Errno 28] No space left on device.'
    >>> one_sentence(ingest.NoDayError("This run stands for no day: give it one."))
    'This run stands for no day: give it one.'
    """
    first_line = str(error).strip().partition("\n")[0].rstrip(".")
    is_ours = type(error).__module__.partition(".")[0] in {"dags", "pipeline"}
    return f"{first_line}." if is_ours else f"{type(error).__name__}: {first_line}."
