"""An exception in, what it means and what to do about it out: the one table of the retries, the alerts and the DAGs' pages.

Exceptions are named by their dotted names, for Airflow reads the DAG files again and again and a rule of its own imports the
exceptions that it names: DuckDB, among others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from airflow.sdk import RetryAction, RetryDecision, RetryPolicy

SOON = timedelta(minutes=1)
LATER = timedelta(minutes=5)
MUCH_LATER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One kind of failure.

    name         what it is called in the DAGs' documentation
    errors       dotted names of the exceptions, their subclasses included unless those have a place of their own
    seen         words of the log, or what is seen where there is no log
    next         what to do when the task is red
    retry_after  when it is tried again, None: never, for it would fail the same way
    """

    name: str
    errors: tuple[str, ...] = ()
    seen: str
    next: str
    retry_after: timedelta | None


NETWORK_BUSY = Remedy(
    name="another run captures",
    errors=("pipeline.web.hosts.NetworkBusy",),
    seen="another run is capturing (process N)",
    next="Nothing was lost. Wait until that run has ended, or look what process N is (ps -fp N), then clear the task.",
    retry_after=LATER,
)
BUSY = Remedy(
    name="ledger or index held, or disk full",
    errors=(
        "pipeline.ledger.ledger.LedgerError",
        "pipeline.comparison.index_file.IndexUnusableError",
        "pipeline.locks.Busy",
    ),
    seen="is held by process N; N MB free",
    next="Do what the sentence says: close the program that has the file open (ps -fp N) or make room; then clear the task.",
    retry_after=LATER,
)
STOPPED = Remedy(
    name="a test stopped the publish",
    errors=("pipeline.warehouse.warehouse.PublishStopped",),
    seen="must select no rows",
    next="The last good warehouse stays. Run the query in the log on warehouse.stopped.duckdb, mend what it shows (a model in"
    " sql/, or an event: claimwire withdraw), then clear the task.",
    retry_after=None,
)
UNPUBLISHED = Remedy(
    name="publishing wants room or its turn",
    errors=("pipeline.warehouse.warehouse.PublishError",),
    seen="is publishing; MB free; disk is full",
    next="The last good warehouse stays. Make room, twice the size of the warehouse, or wait; then clear the task.",
    retry_after=LATER,
)
WRONG = Remedy(
    name="a setting, the sources, a lookup table or a model is wrong",
    errors=(
        "dags.operating.code.CodeChangedError",
        "pipeline.settings.SettingsError",
        "pipeline.sources.tables.SourcesError",
        "pipeline.claims.tables.SeedsError",
        "pipeline.web.world.WorldError",
        "pipeline.warehouse.models.ModelError",
        "dags.steps.NoDayError",
    ),
    seen="one sentence that names the setting, the file or the parameter",
    next="Do what the sentence says, then clear the task. A changed setting holds after a restart of Airflow, and so does a"
    " changed program.",
    retry_after=None,
)
DAMAGED = Remedy(
    name="the ledger cannot be opened",
    errors=("pipeline.ledger.ledger.LedgerUnreadableError",),
    seen="cannot be opened: put it back from a copy",
    next="Stop Airflow, put the ledger back from a copy, check it by claimwire verify, start Airflow and clear the task.",
    retry_after=None,
)
MACHINE = Remedy(
    name="disk, memory or worker",
    errors=("builtins.OSError", "builtins.MemoryError", "pipeline.articles.worker.WorkerError"),
    seen="No space left on device; MemoryError; the worker cannot start",
    next="Make room on the disk (df -h) or in memory (free -h), or install anew (make install); then clear the task.",
    retry_after=MUCH_LATER,
)
TIMED_OUT = Remedy(
    name="its time was up",
    errors=("airflow.sdk.exceptions.AirflowTaskTimeout",),
    seen="Timeout, PID",
    next="What it appended stays: clear the task and it goes on from there. If it comes back, look in claimwire status for what"
    " is pending, and take fewer pages a run (CLAIMWIRE_PAGES_PER_SOURCE).",
    retry_after=SOON,
)
CLEANING = Remedy(
    name="Airflow's own database was not cleaned",
    errors=("dags.operating.cleaning.CleaningError",),
    seen="airflow db clean ended with code N",
    next="Nothing of the pipeline waits for it. Read the command's last lines in the log; clear the task.",
    retry_after=MUCH_LATER,
)
BUG = Remedy(
    name="a mistake in the program",
    errors=(
        "builtins.ValueError",
        "builtins.TypeError",
        "builtins.AssertionError",
        "builtins.AttributeError",
        "builtins.LookupError",
        "builtins.NameError",
        "builtins.ImportError",
    ),
    seen="a traceback",
    next="It would fail the same way again, so it was not retried: keep the log for whoever mends it, then clear the task.",
    retry_after=None,
)
KILLED = Remedy(
    name="killed",
    seen="a log that breaks off; heartbeat timeout among the run's events",
    next="What it appended stays. Look whether memory ran out (dmesg) or the machine was restarted, then clear the task.",
    retry_after=SOON,
)
LATE = Remedy(
    name="late",
    seen="an alert, no red task",
    next="Look which task runs or waits and read its log; claimwire status tells what is pending. It may still end well.",
    retry_after=None,
)
UNKNOWN = Remedy(
    name="anything else",
    seen="a traceback",
    next="Read the last lines of the task's log. Events already appended stay: clearing the task is always safe.",
    retry_after=LATER,
)
REMEDIES = (NETWORK_BUSY, BUSY, STOPPED, UNPUBLISHED, WRONG, DAMAGED, MACHINE, TIMED_OUT, CLEANING, BUG)
BY_ERROR = {error: remedy for remedy in REMEDIES for error in remedy.errors}


def find_remedy(error: BaseException | None) -> Remedy:
    """What kind of failure an exception is: that of its class, else of the nearest one above. None: it was killed.

    >>> find_remedy(PermissionError(13, "Permission denied")).name
    'disk, memory or worker'
    """
    if error is None:
        return KILLED
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((BY_ERROR[name] for name in names if name in BY_ERROR), UNKNOWN)


class RetryByRemedy(RetryPolicy):
    """Airflow's rule for retries: the table above. It can only end the retries early, never add one."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,  # noqa: ARG002  # Airflow's signature
        max_tries: int,  # noqa: ARG002  # the same
        context: Any = None,  # noqa: ARG002  # the same
    ) -> RetryDecision:
        """Whether and when to try again, and why."""
        remedy = find_remedy(exception)
        action = RetryAction.FAIL if remedy.retry_after is None else RetryAction.RETRY
        return RetryDecision(action=action, retry_delay=remedy.retry_after, reason=f"{remedy.name}: {remedy.next}")


def to_table(remedies: Iterable[Remedy]) -> str:
    """The rows of a Markdown table for a DAG's page.

    >>> to_table([LATE]).splitlines()[-1].split("|")[1:4]
    ['late', 'an alert, no red task', 'no']
    """
    rows = "\n".join(f"|{one.name}|{one.seen}|{tell_retry(one)}|{one.next}|" for one in remedies)
    return f"|when red|you see|tried again|what to do|\n|---|---|---|---|\n{rows}"


def tell_retry(remedy: Remedy) -> str:
    """When a remedy is tried again, in words."""
    return "no" if remedy.retry_after is None else f"after {remedy.retry_after.seconds // 60} min"
