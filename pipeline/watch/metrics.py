"""Where everything stands in, Prometheus' text format out: for the textfile collector of its node_exporter.

What is not known has no sample: an alert on `absent()` tells it from 0. Instants are seconds since 1970, ages and sizes
seconds and bytes. claimwire_status_timestamp_seconds says when all was found: alert on its age too.
"""

import math
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.settings import SettingsError
from pipeline.text import clean
from pipeline.watch.standing import Standing
from pipeline.watch.troubles import Trouble

PREFIX = "claimwire_"
MODE = 0o644  # the collector runs as another user

Labels = tuple[str, ...]


class Standings(Collector):
    """One standing, as the library's registry wants it."""

    def __init__(self, standing: Standing, troubles: Iterable[Trouble]) -> None:
        self.standing = standing
        self.troubles = tuple(troubles)

    def collect(self) -> Iterator[Metric]:
        yield from tell_steps(self.standing)
        yield from tell_warehouse(self.standing)
        yield from tell_sources(self.standing)
        yield from tell_growth(self.standing)
        yield from tell_schedule(self.standing)
        ringing = [((one.kind, one.subject), one.measured) for one in self.standing.ringing]
        yield gauge("ringing", "What is not as usual, as measured: the mart alerts.", ringing, ("kind", "subject"))
        problems = [((trouble.problem,), 1.0) for trouble in self.troubles]
        yield gauge(
            "problem", "Something that `claimwire status` tells; the label is its name.", problems, ("problem",)
        )


def to_metrics(standing: Standing, troubles: Iterable[Trouble]) -> bytes:
    """Everything that is measured, in the text format."""
    registry = CollectorRegistry()
    registry.register(Standings(standing, troubles))
    return generate_latest(registry)


def gauge(name: str, meaning: str, values: Iterable[tuple[Labels, float]], labels: Labels = ()) -> GaugeMetricFamily:
    """A metric with a value for each of its labels' values."""
    family = GaugeMetricFamily(PREFIX + name, meaning, labels=labels)
    for labelled, value in values:
        family.add_metric([clean(label) for label in labelled], value)
    return family


def single(name: str, meaning: str, value: float | None) -> GaugeMetricFamily:
    """A metric without labels; without a sample when its value is not known."""
    return gauge(name, meaning, [] if value is None else [((), value)])


def instants(found: Iterable[tuple[str, datetime | None]]) -> list[tuple[Labels, float]]:
    """Those that are known, in seconds since 1970."""
    return [((label,), at.timestamp()) for label, at in found if at is not None]


def tell_steps(standing: Standing) -> Iterator[Metric]:
    """How far the steps have come."""
    steps, step = standing.steps, ("step",)
    yield single("ledger_position", "Events in the ledger.", standing.head_position)
    yield gauge("pending", "Inputs that a run would take now.", [((one.step,), one.pending) for one in steps], step)
    yield single(
        "pending_again",
        "Pages that were had and are due to be asked for again.",
        sum(one.pending_again for one in steps),
    )
    yield single(
        "pending_switched_off",
        "Pages that wait because their source is switched off.",
        sum(one.pending_switched_off for one in steps),
    )
    yield gauge(
        "pending_oldest_timestamp_seconds",
        "When the pending input that is longest in the ledger was recorded.",
        instants((one.step, one.oldest_at) for one in steps),
        step,
    )
    failed = [((one.step, reason), number) for one in steps for reason, number in one.failed.items()]
    yield gauge("failed", "Inputs, and of poll sources, whose last try failed.", failed, ("step", "reason"))
    yield gauge(
        "last_success_timestamp_seconds",
        "When the newest outcome that is no failure was recorded; a run that finds nothing to do leaves none.",
        instants((one.step, one.last_success_at) for one in steps),
        step,
    )
    older = [((one.step,), one.older_inputs) for one in steps if one.step not in ("poll", "capture")]
    yield gauge("older_rules_inputs", "Inputs that only older rules have read: for a backfill.", older, step)


def tell_warehouse(standing: Standing) -> Iterator[Metric]:
    """How fresh the warehouse is."""
    age = standing.warehouse_age
    yield single(
        "warehouse_age_seconds",
        "Since the last publish that was not stopped; no sample without a warehouse.",
        age.total_seconds() if age is not None else None,
    )
    yield single("warehouse_stopped", "1 if a test stopped the last publish.", standing.is_stopped)
    yield single("warehouse_behind_events", "Events that the warehouse does not hold yet.", standing.events_behind)


def tell_sources(standing: Standing) -> Iterator[Metric]:
    """Which sources are not asked, or do not answer."""
    sources, overdue = standing.sources, standing.sources.overdue
    is_known = sources.problem is None
    yield single("sources_asked", "Sources that are switched on.", len(sources.asked) if is_known else None)
    yield single("sources_overdue", "Sources due for longer than their interval.", len(overdue) if is_known else None)
    yield gauge(
        "source_overdue_seconds",
        "Since an overdue source is due.",
        [((one.source_id,), one.overdue_s) for one in overdue],
        ("source",),
    )
    failing = [(labels, 1.0) for labels in standing.steps[0].failed_sources.items()]
    yield gauge("source_failing", "A source whose last poll failed, and why.", failing, ("source", "reason"))


def tell_growth(standing: Standing) -> Iterator[Metric]:
    """What the stores weigh, and how long the disk lasts."""
    growth, store = standing.growth, ("store",)
    sizes = [((one.store,), one.size_bytes) for one in growth.stores]
    grown = [((one.store,), one.bytes_a_day) for one in growth.stores if one.bytes_a_day is not None]
    yield gauge("store_bytes", "What a store weighs.", sizes, store)
    yield gauge(
        "store_growth_bytes_per_day",
        "By how much a store grows, over the last 7 days or since the first event.",
        grown,
        store,
    )
    free = min(disk.free_bytes for disk in growth.disks)
    yield single("disk_free_bytes", "Free on the disk of the stores; of several, the fullest.", free)
    known = [find_days(disk.days_left, disk.bytes_a_day) for disk in growth.disks]
    days = [left for left in known if left is not None]
    yield single(
        "disk_days_left",
        "Days until a publish or an append is refused for want of room; +Inf when nothing grows.",
        min(days) if days else None,
    )


def find_days(days_left: float | None, bytes_a_day: float | None) -> float | None:
    """Days that are left, infinitely many when nothing grows, None when it is too early to say."""
    return math.inf if days_left is None and bytes_a_day == 0 else days_left


def tell_schedule(standing: Standing) -> Iterator[Metric]:
    """Whether runs are scheduled, and failed."""
    yield CounterMetricFamily(f"{PREFIX}alerts", "Lines in alerts.jsonl.", value=standing.alerts.total)
    newest = [((), alert.at.timestamp()) for alert in standing.alerts.recent[:1]]
    yield gauge("last_alert_timestamp_seconds", "When the newest alert of the last day was noticed.", newest)
    state = standing.supervisor.state
    is_up = None if state == "off" else float(state == "running")
    yield single("airflow_up", "1 if the Airflow of `make up` runs, 0 if it died; no sample if it was stopped.", is_up)
    yield single("status_timestamp_seconds", "When all of this was found.", standing.at.timestamp())


def write_metrics(file: Path, text: bytes) -> None:
    """Put the file in place in one step, readable by all: the collector never sees half of it.

    Raises SettingsError when it cannot be written there.
    """
    final = file.resolve()
    unfinished = final.with_name(f".{final.name}.{os.getpid()}")  # does not end in .prom: it is not collected
    if not final.parent.is_dir():
        raise SettingsError(f"--prometheus {file}: there is no folder {final.parent}; make it, or name another file.")
    if final.exists() and not final.is_file():
        raise SettingsError(f"--prometheus {file}: this is no ordinary file; name another, or - for the terminal.")
    try:
        unfinished.write_bytes(text)
        unfinished.chmod(MODE)
        unfinished.replace(final)
    except OSError as error:
        raise SettingsError(f"--prometheus {file} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
