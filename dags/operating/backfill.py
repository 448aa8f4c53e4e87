"""A range of days in, all of them taken again and a line on each out: through Airflow when it runs, else in this process.

Airflow runs when its supervisor lives. What is told at the end comes from the warehouse, so it is the same either way.
Exit codes: 0 done; 1 a day or the publish failed; 2 the call was wrong; 3 try again later; 130 Ctrl-C.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from dags.operating.answers import Backfill, DagRun, TaskLog
from dags.operating.home import find_home
from dags.operating.rest import Airflow, AirflowRefused, AirflowSilent, Wanted, open_airflow
from dags.operating.supervisor import find_supervisor
from pipeline import daily, run
from pipeline.clock import utc_now
from pipeline.commands import showing
from pipeline.commands.endings import DONE, INTERRUPTED, LATER, MISUSED, WRONG, exit_code, say
from pipeline.ledger.pending import Days
from pipeline.settings import Settings

DAG, PUBLISH = "ingest", "publish"
ONLY_DAY = {"only_day": True}
# Of 4 places for tasks 2 stay free for `poll` and `publish`; 4 days at once are 9% faster than 2, for only one may capture.
RUNS_AT_ONCE = 2
LOOK_S = 2.0
CONFLICT = 409


class CannotNow(RuntimeError):
    """It can be done later: one sentence on what is in the way."""


@dataclass(slots=True)
class Told:
    """Where lines go while one waits. Each is written once, however often it is true."""

    out: TextIO
    last: str = ""

    def say(self, line: str) -> None:
        """Write a line unless it is the one before."""
        if line != self.last:
            self.out.write(f"{line}\n")
            self.out.flush()
        self.last = line


def backfill(first: date | None, last: date | None, settings: Settings, out: TextIO) -> int:
    """Take the days from `first` to `last`, both included, wait for it, write what came of each, and return the exit code."""
    home = find_home(settings)
    has_airflow = False
    try:
        days = daily.check_days(first, last, utc_now().date())
        has_airflow = find_supervisor(home) is not None
        failures = take_by_airflow(settings, days) if has_airflow else take_here(settings, days)
        for line in daily.describe(settings, days):
            out.write(f"{line}\n")
    except KeyboardInterrupt:
        goes_on = "Airflow goes on, and the same command waits for it again."
        left = "what was appended stays, and the same command goes on from there."
        return fail(f"Interrupted: {goes_on if has_airflow else left}", INTERRUPTED)
    except Exception as error:
        code = find_code(error)
        if code is None:
            raise
        return fail(f"{say(error)}{find_remedy(error)}", code)
    for failure in failures:
        fail(failure, WRONG)
    return WRONG if failures else DONE


def find_code(error: Exception) -> int | None:
    """The exit code of an error that a user can cause or wait out, or None for one that only we can."""
    if isinstance(error, daily.DaysError):
        return MISUSED
    if isinstance(error, AirflowSilent | AirflowRefused | CannotNow):
        return LATER
    return exit_code(error)


def find_remedy(error: Exception) -> str:
    """What to do about an Airflow that does not answer."""
    if not isinstance(error, AirflowSilent):
        return ""
    return " Start it with `make up`, or end what is left of it with `make down`; then the same command goes on."


def fail(sentence: str, code: int) -> int:
    """Say what is wrong and return the exit code."""
    sys.stderr.write(f"{sentence}\n")
    return code


def take_here(settings: Settings, days: Days) -> list[str]:
    """Take the days in this process, one after the other, and publish. What fails is raised."""
    this = run.Run(settings=settings)
    for _ in daily.take_days(this, days, showing.make_bar):
        pass  # what was appended is told from the warehouse
    run.publish(this)
    return []


def take_by_airflow(settings: Settings, days: Days) -> list[str]:
    """Let Airflow take the days and publish. Returns what failed, one sentence each."""
    home = find_home(settings)
    told = Told(sys.stderr)
    with open_airflow(home, lambda: find_supervisor(home) is not None) as airflow:
        check_paused(airflow)
        active = start_or_join(airflow, days, told)
        wait(airflow, active, told)
        runs = airflow.list_runs(active, DAG)
        told.say("Publishing ...")
        published = wait_for_run(airflow, airflow.trigger(PUBLISH))
        failed = [one for one in (*runs, published) if one.state == "failed"]
        return [*(describe_failure(airflow, one) for one in failed), *find_left_out(days, runs)]


def check_paused(airflow: Airflow) -> None:
    """Raise CannotNow when a DAG is paused: its runs would wait for ever."""
    for dag in (DAG, PUBLISH):
        if airflow.read_dag(dag).is_paused:
            raise CannotNow(f"The DAG {dag} is paused: switch it on at {airflow.url}/dags/{dag}, then ask again.")


def start_or_join(airflow: Airflow, days: Days, told: Told) -> Backfill:
    """The backfill of these days: the one that is under way, or a new one. Raises CannotNow when another is."""
    wanted = Wanted(DAG, days, RUNS_AT_ONCE, ONLY_DAY)
    while True:
        active = airflow.find_active(DAG)
        if active is None:
            if waited := set(map(str, days.each())) - set(airflow.plan(wanted)):
                told.say(f"A run of {min(waited)} is under way: waiting for its end ...")
            else:
                try:
                    return airflow.create(wanted)
                except AirflowRefused as refused:
                    if refused.status != CONFLICT:  # somebody else was faster
                        raise
        elif has_ended(airflow, active):
            told.say("Waiting for Airflow to close the backfill before, which takes half a minute ...")
        elif active.days == days and active.dag_run_conf == ONLY_DAY:
            told.say("Airflow is at it already: waiting for its end ...")
            return active
        else:
            raise CannotNow(describe_other(airflow, active))
        time.sleep(LOOK_S)


def describe_other(airflow: Airflow, active: Backfill) -> str:
    """Why a backfill cannot be made beside another."""
    first, last = active.days
    is_ours = active.dag_run_conf == ONLY_DAY
    waiting = f"wait for it with make backfill FROM={first} TO={last}" if is_ours else "wait for it"
    return (
        f"Airflow allows one backfill at a time, and that of {first} to {last} is under way: {waiting}, "
        f"or cancel it at {airflow.url}/dags/{DAG}/backfills."
    )


def has_ended(airflow: Airflow, active: Backfill) -> bool:
    """Whether all runs of a backfill have ended. One that has no runs yet is still being made."""
    return not airflow.count_unfinished(active, DAG) and bool(airflow.list_runs(active, DAG))


def wait(airflow: Airflow, active: Backfill, told: Told) -> None:
    """Wait until the runs of a backfill have ended. Raises CannotNow when somebody pauses it."""
    days = len(active.days.each())
    while True:
        now = airflow.read_backfill(active.id)
        left = airflow.count_unfinished(active, DAG)
        told.say(f"{days - left} of {days} days are done")
        if now.completed_at or (not left and has_ended(airflow, active)):
            return
        if now.is_paused:
            raise CannotNow(
                f"The backfill is paused: let it go on at {airflow.url}/dags/{DAG}/backfills, then ask again."
            )
        check_paused(airflow)
        time.sleep(LOOK_S)


def wait_for_run(airflow: Airflow, one: DagRun) -> DagRun:
    """A run when it has ended."""
    while not one.is_finished:
        time.sleep(LOOK_S)
        check_paused(airflow)
        one = airflow.read_run(one)
    return one


def find_left_out(days: Days, runs: list[DagRun]) -> Iterator[str]:
    """A sentence on the days that have no run: one began between the look and the start."""
    taken = {one.partition_key for one in runs}
    for day in days.each():
        if str(day) not in taken:
            yield f"{day} was left out, for another run of it was under way: ask for it again."


def describe_failure(airflow: Airflow, failed: DagRun) -> str:
    """Which day and task failed, with what error, and where its log is."""
    name = failed.partition_key or failed.dag_id
    task = airflow.find_failed_task(failed)
    if task is None:
        return (
            f"{name} failed before a task of it began: see {airflow.url}/dags/{failed.dag_id}/runs/{failed.dag_run_id}."
        )
    try:
        log = airflow.read_log(failed, task)
    except AirflowRefused:  # the log of a task that was killed early may not be there
        log = TaskLog(content=[])
    file = find_file(log) or f"{airflow.url}/dags/{failed.dag_id}/runs/{failed.dag_run_id}"
    return f"{name} {task.task_id} failed: {find_error(log)} The log: {file}"


def find_error(log: TaskLog) -> str:
    """The first line of the error that ended a task."""
    for line in reversed(log.content):
        for error in line.error_detail or ():
            said = str(error.get("exc_value") or "").strip().partition("\n")[0]
            return said or str(error.get("exc_type", "an error without a word"))
    return next((line.event for line in reversed(log.content) if line.level == "error"), "it was killed.")


def find_file(log: TaskLog) -> str | None:
    """Where a log is kept: Airflow writes it above the log."""
    return next(
        (line.event for line in log.content if line.event.startswith("/") and line.event.endswith(".log")), None
    )
