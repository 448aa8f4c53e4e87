"""What the pipeline costs, as ratios: `make bench`. Prints a table and writes it into the README.

Ratios hold from machine to machine, seconds do not. CPU seconds are those of all processes of a side, their start-up
included; the server of the pages is a process of its own and counts on no side.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.settings import ROOT
from tests.measuring.costs import Cost, measure, median
from tests.measuring.network_costs import Compared, ask_network, to_network_rows
from tests.measuring.report import to_table, write_between
from tests.measuring.scheduled_side import IDLE_S, Scheduled, measure_scheduled
from tests.measuring.serving import open_server
from tests.measuring.site import Bodies, build_site, read_bodies, write_sources
from tests.measuring.start_side import Start, measure_start

MEASURED = "tests.measuring"
FIRST_NEW_PAGE = 10_000_000  # pages of the filled ledger have lower numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured.

    pages            on each side of the comparison with library calls; rounds of it and of the appends
    ledger_events    in the filled ledger; appended: in one append
    scheduled_pages  of a run under Airflow, which takes minutes; 0 leaves it out
    asked            feeds polled and pages captured, each of a host of its own; 0 leaves it out
    """

    pages: int = 414
    rounds: int = 3
    ledger_events: int = 1_000_000
    appended: int = 10_000
    scheduled_pages: int = 1_000
    asked: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The same pages through the bare library calls and through the pipeline, round by round."""

    bare: tuple[Cost, ...]
    pipeline: tuple[Cost, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """CPU seconds of the bare calls for one of the pipeline: 1 would be a pipeline that adds nothing."""
        return tuple(bare.cpu_s / ours.cpu_s for bare, ours in zip(self.bare, self.pipeline, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCosts:
    """What a ledger costs. Each is {found, cpu_s, wall_s}; appends to an empty and to a filled ledger, round by round."""

    to_empty: tuple[dict[str, float], ...]
    to_filled: tuple[dict[str, float], ...]
    pending: dict[str, float]
    verify: dict[str, float]
    peak_bytes: int

    @property
    def ratios(self) -> tuple[float, ...]:
        """CPU seconds of an append to the filled ledger for one of the same append to an empty one."""
        return tuple(full["cpu_s"] / empty["cpu_s"] for full, empty in zip(self.to_filled, self.to_empty, strict=True))


def compare_sides(folder: Path, bodies: Bodies, sizes: Sizes) -> Sides:
    """Run both sides in turn on one site. Raises AssertionError unless both got every entry and page."""
    build_site(folder / "site", bodies.bodies, sizes.pages)
    hosts = sorted(path.name for path in (folder / "site").iterdir())
    bare, ours = [], []
    with open_server(folder / "site") as port:
        for number in range(sizes.rounds):
            say(f"round {number + 1} of {sizes.rounds}: library calls, then the pipeline")
            bare.append(measure(f"{MEASURED}.bare_side", str(port), *hosts))
            data = folder / f"data-{number}"
            data.mkdir()
            write_sources(data / "sources.toml", hosts, port)
            ours.append(measure(f"{MEASURED}.pipeline_side", str(data)))
    for cost in (*bare, *ours):
        found = json.loads(cost.output)
        assert (found["entries"], found["pages"]) == (sizes.pages, sizes.pages), found
    return Sides(bare=tuple(bare), pipeline=tuple(ours))


def measure_ledger(folder: Path, sizes: Sizes) -> LedgerCosts:
    """Fill a ledger, then append to it and to empty ones, ask what is pending in it, and verify an appended one."""
    say(f"filling a ledger with {sizes.ledger_events:,} events")
    ask(folder / "filled", "fill", sizes.ledger_events)
    to_empty, to_filled, peaks = [], [], []
    for number in range(sizes.rounds):
        say(f"round {number + 1} of {sizes.rounds}: an append to an empty ledger, then to the filled one")
        new = FIRST_NEW_PAGE + number * sizes.appended, sizes.appended
        to_empty.append(ask(folder / f"empty-{number}", "append", *new)[0])
        found, cost = ask(folder / "filled", "append", *new)
        to_filled.append(found)
        peaks.append(cost.main_bytes)
    say("asking what is pending, and verifying")
    return LedgerCosts(
        to_empty=tuple(to_empty),
        to_filled=tuple(to_filled),
        pending=ask(folder / "filled", "pending")[0],
        verify=ask(folder / "empty-0", "verify")[0],
        peak_bytes=max(peaks),
    )


def ask(folder: Path, question: str, *numbers: int) -> tuple[dict[str, float], Cost]:
    """What one question about a ledger cost, without and with the start of its process."""
    cost = measure(f"{MEASURED}.ledger_side", question, str(folder), *map(str, numbers))
    return json.loads(cost.output), cost


def compare_asked(folder: Path, bodies: Bodies, sizes: Sizes) -> tuple[Compared, ...]:
    """What polling and capturing add to the same requests, round by round; none if that is left out."""
    if not sizes.asked:
        return ()
    say(f"{sizes.asked:,} feeds polled and as many pages captured, and the same requests alone, {sizes.rounds} rounds")
    return ask_network(folder, bodies.bodies, sizes.asked, sizes.rounds)


def compare_scheduled(folder: Path, bodies: Bodies, sizes: Sizes) -> Scheduled | None:
    """What Airflow adds to a run, or None if that is left out."""
    if not sizes.scheduled_pages:
        return None
    say(f"a run of {sizes.scheduled_pages:,} pages in one process, then the same under Airflow")
    return measure_scheduled(folder, bodies.bodies, sizes.scheduled_pages)


def compare_start(folder: Path, sizes: Sizes) -> Start | None:
    """How Airflow starts on an empty folder, or None if Airflow is left out."""
    if not sizes.scheduled_pages:
        return None
    say("a start of Airflow on an empty folder")
    return measure_start(folder)


def to_start_rows(start: Start | None) -> list[tuple[str, str, str]]:
    """The rows of a start."""
    if start is None:
        return []
    memory = f"{start.rest_bytes / 1e6:.0f} / {start.peak_bytes / 1e6:.0f}"
    return [
        ("make up, s until its first run is done", f"{start.first_run_s:.0f}", ""),
        ("  memory at rest / at most meanwhile, MB (PSS)", memory, ""),
    ]


def to_rows(sides: Sides, ledger: LedgerCosts, sizes: Sizes) -> list[tuple[str, str, str]]:
    """The table of what was measured, but for Airflow."""
    full, new = short(sizes.ledger_events), short(sizes.appended)
    ours, bare = sides.pipeline, sides.bare
    verified = ledger.verify["found"] / ledger.verify["cpu_s"]
    peaks = [cost.main_bytes for cost in ours], [cost.worker_bytes for cost in ours], [cost.main_bytes for cost in bare]
    memory = " / ".join(str(max(peak) >> 20) for peak in (*peaks, [ledger.peak_bytes]))
    return [
        ("measured", "median", "range"),
        ("library calls alone / pipeline to extract, CPU", *spread(sides.ratios)),
        ("pipeline, CPU s per page", *spread([cost.cpu_s / sizes.pages for cost in ours], 3)),
        (f"append {new} events to {full} / to an empty one, CPU", *spread(ledger.ratios)),
        (f"append {new} events to {full}, CPU s", *spread([found["cpu_s"] for found in ledger.to_filled])),
        (f"append {new} events to {full}, wall s", *spread([found["wall_s"] for found in ledger.to_filled])),
        (f"find what is pending for claim among {full}, CPU s", *spread([ledger.pending["cpu_s"]])),
        ("verify, events per CPU s", f"{verified:,.0f}", ""),
        ("peak MB: pipeline / worker / calls alone / append", memory, ""),
    ]


def to_scheduled_rows(scheduled: Scheduled | None, sizes: Sizes) -> list[tuple[str, str, str]]:
    """The rows of what Airflow adds. CPU seconds and shares are those of the full run."""
    if scheduled is None:
        return [("Airflow: left out (--scheduled-pages 0)", "", "")]
    one, full = scheduled.one, scheduled.full
    idle = scheduled.idle.staying * 60 / IDLE_S
    return [
        (f"Airflow in a run of {short(sizes.scheduled_pages)} pages, of all CPU", f"{scheduled.share:.1%}", ""),
        ("  as the plain difference of two runs", f"{scheduled.plain_share:.1%}", ""),
        ("  its own processes, CPU s", f"{full.spent.staying:.1f}", ""),
        (f"  {full.tasks} tasks beyond their work, CPU s", f"{scheduled.tasks_s:.1f}", ""),
        ("  run under Airflow / in one process, wall", f"{scheduled.wall_ratio:.2f}", ""),
        ("  the same with one page, wall s", f"{one.wall_s:.0f} / {one.alone.wall_s:.0f}", ""),
        ("Airflow that has nothing to do, CPU s a minute", f"{idle:.1f}", ""),
    ]


def short(count: int) -> str:
    """A count in few characters.

    >>> short(1_000_000), short(10_000), short(1_500)
    ('1M', '10k', '1500')
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count and count % size == 0:
            return f"{count // size}{letter}"
    return str(count)


def spread(values: Sequence[float], digits: int = 2) -> tuple[str, str]:
    """The median, and the lowest and the highest of several values.

    >>> spread([0.8, 0.7, 0.9]), spread([0.8])
    (('0.80', '0.70 to 0.90'), ('0.80', ''))
    """
    middle = f"{median(values):.{digits}f}"
    return middle, f"{min(values):.{digits}f} to {max(values):.{digits}f}" if len(values) > 1 else ""


def describe(bodies: Bodies, sizes: Sizes) -> str:
    """What the figures were measured on."""
    kilobytes = sum(map(len, bodies.bodies)) / len(bodies.bodies) / 1000
    return (
        f"{sizes.pages} pages made of {len(bodies.bodies)} {bodies.origin}, {kilobytes:.0f} KB each;\n"
        f"{sizes.rounds} rounds in turn on {os.cpu_count()} cores. CPU seconds are those of all processes,\n"
        "start-up included. Library calls: aiohttp, feedparser, trafilatura with\n"
        "metadata, sha256, gzip. Feeds polled and pages captured are each on a host of\n"
        "its own, whose robots.txt is among the requests of both sides. Packed: gzip,\n"
        "level 6, made before; both sides ask for it and unpack it, the requests alone\n"
        "as aiohttp does. Unpacked: the server never packs, so the archive does.\n"
        "Payloads in the filled ledger have some 750 bytes, real articles more."
    )


def describe_scheduled(scheduled: Scheduled | None) -> str:
    """What Airflow's rows mean; "" without them."""
    if scheduled is None:
        return ""
    return (
        "\nAirflow: a run of `ingest` as `make up` runs it. Its own processes are scheduler,\n"
        "API server, DAG processor and supervisor. Tasks beyond their work: they and their\n"
        f"workers in a run of one page, scaled from {scheduled.one.tasks} to {scheduled.full.tasks}, less it in one process."
    )


def say(what: str) -> None:
    """Tell on a terminal, or in a log, what goes on."""
    sys.stderr.write(f"{what} ...\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the README's table if this was the full size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What the pipeline costs, as ratios.")
    for name, value in asdict(Sizes()).items():
        parser.add_argument(f"--{name.replace(chr(95), chr(45))}", type=int, default=value)
    sizes = Sizes(**vars(parser.parse_args(arguments)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped, as on Ctrl-C
    bodies = read_bodies()
    with tempfile.TemporaryDirectory(prefix="claimwire-bench-") as folder:
        start = compare_start(Path(folder) / "start", sizes)
        sides = compare_sides(Path(folder), bodies, sizes)
        asked = compare_asked(Path(folder) / "asked", bodies, sizes)
        ledger = measure_ledger(Path(folder), sizes)
        scheduled = compare_scheduled(Path(folder) / "scheduled", bodies, sizes)
    network = to_network_rows(asked, short(sizes.asked), spread)
    rows = [*to_rows(sides, ledger, sizes), *network, *to_scheduled_rows(scheduled, sizes), *to_start_rows(start)]
    text = f"{to_table(rows)}\n\n{describe(bodies, sizes)}{describe_scheduled(scheduled)}"
    is_written = sizes == Sizes() and write_between(ROOT / "README.md", "bench", text)
    sys.stdout.write(f"{text}\n{'Written to README.md.' if is_written else 'README.md was not changed.'}\n")


if __name__ == "__main__":
    main()
