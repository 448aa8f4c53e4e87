"""Where everything stands in, what is wrong and what to do about it out: the most urgent first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from pipeline.amounts import count, duration, size
from pipeline.settings import Settings
from pipeline.warehouse.status import status_file, stopped_file
from pipeline.watch.progress import StepStanding
from pipeline.watch.standing import Standing

AGE_AT_MOST = timedelta(hours=26)  # a daily run, and two hours for it
PENDING_AT_MOST = timedelta(hours=26)
DAYS_LEFT_AT_LEAST = 14.0
NAMED = 5  # sources in one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong.

    problem  a name that stays, for programs
    what     happened, in a sentence; next: what to do
    """

    problem: str
    what: str
    next: str


def find_troubles(standing: Standing, settings: Settings, max_age: timedelta = AGE_AT_MOST) -> tuple[Trouble, ...]:
    """What is wrong, the most urgent first: what people read, then what keeps it from going on, then single sources."""
    return (
        *find_stopped(standing, settings),
        *find_full_disks(standing),
        *find_unusable_sources(standing),
        *find_stillness(standing),
        *find_silence(standing, max_age),
        *find_alerts(standing),
        *find_stale(standing, max_age),
        *find_overdue_sources(standing),
        *(trouble for step in standing.steps for trouble in find_stuck(standing, step)),
        *find_unreachable(standing),
        *find_ringing(standing),
        *find_warnings(standing, settings),
    )


def find_stopped(standing: Standing, settings: Settings) -> Iterator[Trouble]:
    """A publish that a test stopped."""
    if standing.is_stopped and standing.published:
        told = "; ".join(
            f"{one['test']} selects {count(one['rows'], 'row')} ({one['meaning']})" for one in standing.stopped_by
        )
        is_kept = standing.warehouse_age is not None
        kept = "The last good warehouse stays." if is_kept else "There is no warehouse until this is mended."
        yield Trouble(
            problem="publish_stopped",
            what=f"The publish of {standing.published.tried_at:%Y-%m-%d %H:%M} UTC was stopped: {told.rstrip('.)')}).",
            next=(
                f"{kept} Look at the rows: the query is in {status_file(settings)}, to be run on "
                f"{stopped_file(settings)}. Mend the cause, then `claimwire publish`."
            ),
        )


def find_full_disks(standing: Standing) -> Iterator[Trouble]:
    """Disks that are full, or soon will be."""
    for disk in standing.growth.disks:
        held = ", ".join(disk.stores)
        if disk.free_bytes < disk.reserved_bytes:
            yield Trouble(
                problem="disk_full",
                what=(
                    f"The disk of {held} has {size(disk.free_bytes)} free; the next publish or append wants "
                    f"{size(disk.reserved_bytes)} and will refuse."
                ),
                next=f"Make room on the disk of {standing.data}; nothing is lost meanwhile.",
            )
        elif disk.days_left is not None and disk.days_left < DAYS_LEFT_AT_LEAST:
            yield Trouble(
                problem="disk_filling",
                what=f"The disk of {held} lasts about {count(int(disk.days_left), 'more day')} ({standing.growth.base}).",
                next=f"Make room on the disk of {standing.data}, or give it a larger one.",
            )


def find_unusable_sources(standing: Standing) -> Iterator[Trouble]:
    """A file of sources that cannot be read."""
    if standing.sources.problem:
        yield Trouble(
            problem="sources_unusable",
            what=f"The sources file cannot be used, so nothing is polled: {standing.sources.problem}",
            next="Mend it; `claimwire sources check` says whether it can be used.",
        )


def find_stillness(standing: Standing) -> Iterator[Trouble]:
    """An Airflow that ran here and was not stopped on purpose."""
    if standing.supervisor.state == "died":
        yield Trouble(
            problem="airflow_died",
            what="Airflow ended without being stopped (it was killed, or the machine went down): nothing is scheduled.",
            next=(
                "`make up` starts it, `make down` says that it is to stay off; "
                f"its logs are in {standing.data}/airflow/logs."
            ),
        )


def find_silence(standing: Standing, max_age: timedelta) -> Iterator[Trouble]:
    """Sources that are switched on, and none of them has answered for long: publishing goes on without news."""
    answered = standing.steps[0].last_success_at
    if answered and standing.sources.awaited and standing.at - answered > max_age:
        yield Trouble(
            problem="poll_silent",
            what=(
                f"No source has answered for {duration(standing.at - answered)}, although "
                f"{count(len(standing.sources.awaited), 'source')} could: nothing new is read."
            ),
            next=(
                "`claimwire run --step poll` asks them now and says what is in the way; "
                "in Airflow, see whether the DAG poll is paused or red."
            ),
        )


def find_alerts(standing: Standing) -> Iterator[Trouble]:
    """Tasks that failed within a day and have not succeeded since, the newest told."""
    alerts = standing.alerts
    if alerts.problem:
        yield Trouble(problem="alerts_unreadable", what=alerts.problem, next="Mend its permissions, or move it aside.")
    if alerts.recent:
        newest = alerts.recent[0]
        named = ".".join(filter(None, (newest.dag_id, newest.task_id))) or "a task"
        day = f" for {newest.day}" if newest.day else ""
        gone = "An alert goes away when the same task succeeds, or after a day."
        yield Trouble(
            problem="alerts",
            what=(
                f"{count(len(alerts.recent), 'alert')} of the last day, the newest {duration(standing.at - newest.at)} ago: "
                f"{named}{day}: {newest.error or 'no reason was noted'}"
            ),
            next=" ".join(filter(None, (newest.next, gone, newest.log and f"Log: {newest.log}"))),
        )


def find_stale(standing: Standing, max_age: timedelta) -> Iterator[Trouble]:
    """A warehouse that is missing or old."""
    if not standing.head_position:
        return
    age = standing.warehouse_age
    if age is None and not standing.is_stopped:
        yield Trouble(
            problem="warehouse_missing",
            what="There is no warehouse that is known to be good.",
            next="`claimwire publish` builds it from the ledger.",
        )
    elif age is not None and age > max_age:
        behind = standing.events_behind
        lacks = f"lacks {count(behind, 'event')} of the ledger" if behind else "lacks nothing of the ledger"
        yield Trouble(
            problem="warehouse_old",
            what=f"The warehouse is {duration(age)} old and {lacks}.",
            next="`claimwire run` polls, reads and publishes; `make up` does it every 15 minutes.",
        )


def find_overdue_sources(standing: Standing) -> Iterator[Trouble]:
    """Sources that nobody asked."""
    sources = standing.sources
    if sources.overdue:
        waits = [f"{one.source_id} for {duration(timedelta(seconds=one.overdue_s))}" for one in sources.overdue]
        verb = "is" if len(waits) == 1 else "are"
        yield Trouble(
            problem="sources_overdue",
            what=f"{count(len(waits), 'source')} {verb} overdue, due but not asked: {name(waits)}.",
            next="`claimwire run` asks them now; `make up` does it every 15 minutes.",
        )


def find_stuck(standing: Standing, step: StepStanding) -> Iterator[Trouble]:
    """Inputs that nobody took for long."""
    if step.oldest_at and standing.at - step.oldest_at > PENDING_AT_MOST:
        named = f" ({step.oldest_url})" if step.oldest_url else ""
        yield Trouble(
            problem=f"{step.step}_stuck",
            what=(
                f"{count(step.pending, 'input')} of {step.step} pending, the oldest recorded "
                f"{duration(standing.at - step.oldest_at)} ago{named}."
            ),
            next=f"`claimwire run --step {step.step}` takes them now, and says what stops it.",
        )


def find_unreachable(standing: Standing) -> Iterator[Trouble]:
    """Sources whose last poll failed."""
    failed = standing.steps[0].failed_sources
    if failed:
        told = ", ".join(f"{source} ({reason})" for source, reason in failed.items())
        yield Trouble(
            problem="sources_failing",
            what=f"poll failed: {told}",
            next='They are asked again by themselves. In words: claimwire sql "select source_id, last_detail from source_health"',
        )


def find_ringing(standing: Standing) -> Iterator[Trouble]:
    """What is not as usual, by kind."""
    for kind, found in groupby(standing.ringing, key=lambda one: one.kind):
        first, *others = found
        rest = f" So it is with {name([one.subject for one in others])}." if others else ""
        yield Trouble(
            problem=kind,
            what=f"{first.what}{rest}",
            next=f'{first.next} All figures: claimwire sql "from alerts". It goes away by itself.',
        )


def find_warnings(standing: Standing, settings: Settings) -> Iterator[Trouble]:
    """Tests that warn of something in what was last built."""
    published = standing.published
    warnings = [failure for failure in published.failures if failure.severity == "warn"] if published else []
    if warnings:
        told = ", ".join(f"{failure.test} ({failure.rows}): {failure.meaning.rstrip('.')}" for failure in warnings)
        yield Trouble(
            problem="warehouse_warnings",
            what=f"The last publish warns of {told}.",
            next=f"The queries that show the rows are in {status_file(settings)}.",
        )


def name(named: list[str]) -> str:
    """The first few, and how many more.

    >>> name(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e and 2 more'
    """
    rest = len(named) - NAMED
    return ", ".join(named[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def tell_wrong(troubles: Sequence[Trouble]) -> Iterator[str]:
    """Why `--check` fails, in one sentence; nothing when there is no problem.

    >>> next(tell_wrong([Trouble(problem="disk_full", what="It is full.", next="Make room.")]))
    '1 problem: disk_full. `claimwire status` says what to do.'
    """
    if troubles:
        names = ", ".join(trouble.problem for trouble in troubles)
        yield f"{count(len(troubles), 'problem')}: {names}. `claimwire status` says what to do."


def tell_stale(standing: Standing, max_age: timedelta, asked: str) -> str | None:
    """Why `--max-age` fails, in one sentence; None when the warehouse is fresh."""
    if standing.is_fresh(max_age):
        return None
    if standing.warehouse_age is None:
        return f"There is no warehouse, so none that is at most {asked} old: run `claimwire publish`."
    stopped = ", ".join(one["test"] for one in standing.stopped_by)
    remedy = f"{stopped} stopped the last publish" if stopped else "run `claimwire publish`, and see `claimwire status`"
    return f"The warehouse is {duration(standing.warehouse_age)} old, more than {asked}: {remedy}."
