"""Where everything stands in, what somebody on call sees in the terminal out: what is wrong first, then the rest."""

import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.amounts import count, duration, short_duration, size
from pipeline.watch.growth import Disk, Growth
from pipeline.watch.progress import StepStanding
from pipeline.watch.standing import Standing
from pipeline.watch.troubles import Trouble

REASONS = 3  # of failures, in one line of the table
INDENT = "   "


def print_standing(console: Console, standing: Standing, troubles: Sequence[Trouble]) -> None:
    """Everything, the most important first."""
    print_troubles(console, standing, troubles)
    print_steps(console, standing)
    console.print()
    for title, told in describe(standing):
        print_wrapped(console, Text(f"{title:<10} ", style="bold"), told, " " * 11)


def print_troubles(console: Console, standing: Standing, troubles: Sequence[Trouble]) -> None:
    """What is wrong, and beside each what to do."""
    if not standing.head_position and not troubles:
        told = f"Nothing is recorded in {standing.data} yet: `make run` fills it."
        print_wrapped(console, Text(), told, "")
    elif not troubles:
        console.print(f"Nothing is wrong at {standing.at:%Y-%m-%d %H:%M} UTC.", style="bold green")
    else:
        console.print(f"{count(len(troubles), 'problem')} at {standing.at:%Y-%m-%d %H:%M} UTC:", style="bold red")
    for number, trouble in enumerate(troubles, 1):
        print_wrapped(console, Text(f"{number:>2} ", style="bold"), trouble.what, INDENT)
        print_wrapped(console, Text(f"{INDENT}-> ", style="bold"), trouble.next, f"{INDENT}   ")
    console.print()


def print_wrapped(console: Console, head: Text, told: str, indent: str) -> None:
    """A head and a sentence: between words on a terminal, paths whole; in one line elsewhere, so that it can be searched."""
    width = max(console.width - len(indent), 20) if console.is_terminal else len(told) + 1
    lines = textwrap.wrap(told, width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        console.print(Text.assemble(head if number == 0 else indent, line), soft_wrap=True)


def print_steps(console: Console, standing: Standing) -> None:
    """A line for each step."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("step", "last success (UTC)", "pending", "oldest", "failed"):
        table.add_column(name, justify="right" if name in ("pending", "oldest") else "left", overflow="fold")
    for step in standing.steps:
        succeeded, oldest = step.last_success_at, step.oldest_at
        table.add_row(
            step.step,
            f"{succeeded:%Y-%m-%d %H:%M}" if succeeded else "never",
            "" if step.step == "poll" else f"{step.pending:,}",
            short_duration(standing.at - oldest) if oldest else "",
            Text(describe_failed(step)),
        )
    console.print(table)


def describe_failed(step: StepStanding) -> str:
    """What failed, the most frequent reasons first, and how much of it comes back by itself.

    >>> describe_failed(StepStanding(step="capture", failed={"timeout": 3, "status_404": 1}, retried={"timeout": 3}))
    '3 timeout, 1 status_404; 3 will be retried'
    """
    if not step.failed:
        return "none"
    told = [f"{number:,} {reason}" for reason, number in step.failed.items()]
    rest = sum(list(step.failed.values())[REASONS:])
    if rest:
        told = [*told[:REASONS], f"{rest:,} others"]
    retried = sum(step.retried.values())
    return ", ".join(told) + (f"; {retried:,} will be retried" if retried else "")


def describe(standing: Standing) -> Iterator[tuple[str, str]]:
    """Title and text of what stands below the table."""
    yield from describe_waiting(standing)
    yield "warehouse", describe_warehouse(standing)
    yield "ledger", f"{count(standing.head_position, 'event')}, head {standing.head_hash}"
    yield "sources", describe_sources(standing)
    yield from describe_growth(standing.growth)
    yield "alerts", describe_alerts(standing)
    yield "airflow", describe_airflow(standing)


def describe_warehouse(standing: Standing) -> str:
    """How fresh the warehouse is."""
    if standing.warehouse_age is None:
        return "none that is known to be good." if standing.head_position else "none yet."
    lacks = f"lacks {count(standing.events_behind, 'event')}" if standing.events_behind else "lacks nothing"
    told = standing.warehouse.removeprefix("Warehouse ")
    return f"{told} {duration(standing.warehouse_age)} old; {lacks} of the ledger."


def describe_waiting(standing: Standing) -> Iterator[tuple[str, str]]:
    """What waits for a person to decide."""
    for step in standing.steps:
        if step.pending_again:
            yield step.step, f"{count(step.pending_again, 'page')} had before, due to be asked for again."
        if step.pending_switched_off:
            told = (
                f"{count(step.pending_switched_off, 'page')} of sources that are switched off wait until they are on."
            )
            yield step.step, told
        if step.older_inputs:
            yield (
                step.step,
                f"{count(step.older_inputs, 'input')} of {count(step.older_days, 'day')} were read by older rules; "
                "a backfill of those days reads them again.",
            )


def describe_sources(standing: Standing) -> str:
    """How many sources are asked, and of which nothing can be said."""
    sources = standing.sources
    if sources.problem:
        return "not known"
    told = [f"{count(len(sources.asked), 'source')} switched on", f"{len(sources.overdue)} overdue"]
    if sources.never_asked:
        told.append(f"{len(sources.never_asked)} never asked")
    if sources.live_off:
        told.append(f"{sources.live_off} live ones left out (CLAIMWIRE_LIVE is not 1 here)")
    return ", ".join(told) + "."


def describe_growth(growth: Growth) -> Iterator[tuple[str, str]]:
    """What the stores weigh, by how much they grow, and how long their disks last."""
    stores = ", ".join(f"{store.store} {size(store.size_bytes)}" for store in growth.stores if store.size_bytes)
    yield "stores", f"{stores or 'empty'}."
    grown = ", ".join(f"{store.store} {size(store.bytes_a_day)}" for store in growth.stores if store.bytes_a_day)
    if growth.is_known:
        yield "a day", f"{grown or 'nothing'}, {growth.base}."
    for disk in growth.disks:
        where = "disk" if len(growth.disks) == 1 else f"disk of {', '.join(disk.stores)}"
        yield (
            where,
            f"{size(disk.free_bytes)} free, {size(disk.reserved_bytes)} of it kept for a publish; {describe_left(disk, growth)}.",
        )


def describe_left(disk: Disk, growth: Growth) -> str:
    """How long a disk lasts."""
    if disk.days_left is not None:
        return f"about {count(int(disk.days_left), 'day')} left"
    if growth.is_known:
        return "it does not fill: nothing grows"
    return f"how long it lasts can be said after a day ({growth.base})"


def describe_alerts(standing: Standing) -> str:
    """How many alerts there are."""
    alerts = standing.alerts
    if not alerts.total:
        return "none."
    damaged = f"; {count(alerts.damaged, 'line')} cannot be read" if alerts.damaged else ""
    return f"{len(alerts.recent)} of the last day, {count(alerts.total, 'line')} in all{damaged}: {standing.data}/alerts.jsonl."


def describe_airflow(standing: Standing) -> str:
    """Whether runs are scheduled from here."""
    found = standing.supervisor
    if found.state == "running":
        return f"runs (process {found.process_id or 'unknown'})."
    return "has died." if found.state == "died" else "does not run: `make up` schedules runs."
