"""Pages in, what Airflow adds to a run of them out: `ingest` as `make up` runs it, beside the same steps in one process.

The CPU seconds of a run are many, and those that Airflow adds are few: a plain difference of two runs drowns in the noise
of both. So what it adds is the sum of two parts that can be measured:

- what the processes that stay (scheduler with its executor, API server, DAG processor, supervisor) use up during the run:
  exact;
- what its tasks, and the executor's worker that each of them has, cost beyond their work: those of a run of one page, which
  have next to nothing to do, scaled to the number of tasks of the full run, less the same one page in one process.

The plain difference is told beside it, as a check.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from dags.operating import rest
from dags.operating.answers import Dag, DagRun, Listing
from dags.operating.leftovers import find
from pipeline.clock import utc_now
from pipeline.ledger.ledger import Ledger
from tests.e2e.postgres import take_free_port
from tests.e2e.supervised import Airflow, make_airflow, wait_for
from tests.measuring.costs import Cost, measure
from tests.measuring.serving import open_server
from tests.measuring.site import build_site, write_sources

DAY = "2017-06-13"  # what the runs stand for: they take all that is pending, whatever its day
IDLE_S = 60.0
ASK_S = 2.0  # often enough to see the end, seldom enough to cost the API server next to nothing
FIRST = ("poll", "publish")  # run by themselves as soon as Airflow sees them
SCHEDULED = ("poll", "publish", "maintenance")  # paused, so that nothing runs but what is measured
ONE_PAGE = "single.example"  # its host
SAME = ("EntrySeen", "PageCaptured", "ArticleExtracted", "ClaimsExtracted")  # as many on both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """CPU seconds of an Airflow, since its start or in a time.

    staying  of the processes that stay, and of what the DAG processor starts to read DAG files
    tasks    of the tasks that have ended, and of their workers
    """

    staying: float
    tasks: float

    def since(self, before: "Spent") -> "Spent":
        """What was spent from then to now."""
        return Spent(staying=self.staying - before.staying, tasks=self.tasks - before.tasks)

    @property
    def cpu_s(self) -> float:
        """All of it."""
        return self.staying + self.tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A run under Airflow, of so many tasks, and the same in one process."""

    spent: Spent
    wall_s: float
    tasks: int
    alone: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What Airflow costs.

    one, full  a run of one page, and one of many
    idle       of IDLE_S seconds in which nothing runs
    """

    one: Compared
    full: Compared
    idle: Spent

    @property
    def tasks_s(self) -> float:
        """What the tasks of the full run cost beyond their work."""
        return self.one.spent.tasks * self.full.tasks / self.one.tasks - self.one.alone.cpu_s

    @property
    def share(self) -> float:
        """What Airflow adds to the full run, of all its CPU seconds."""
        return (self.full.spent.staying + self.tasks_s) / self.full.spent.cpu_s

    @property
    def plain_share(self) -> float:
        """The same as the difference of both sides."""
        return 1 - self.full.alone.cpu_s / self.full.spent.cpu_s

    @property
    def wall_ratio(self) -> float:
        """Wall time of the full run under Airflow for one in one process: below 1, since shards run side by side."""
        return self.full.wall_s / self.full.alone.wall_s


def measure_scheduled(folder: Path, bodies: Sequence[bytes], pages: int) -> Scheduled:
    """Take one page and then `pages` through all steps, in one process and then under Airflow.

    Raises AssertionError unless both sides got and read the same.
    """
    site = folder / "site"
    build_site(site, tuple(bodies), pages)
    hosts = sorted(path.name for path in site.iterdir())
    add_single_page(site, bodies[0])
    with open_server(site) as port:
        sources = [folder / "one.toml", folder / "full.toml"]
        write_sources(sources[0], [ONE_PAGE], port)
        write_sources(sources[1], hosts, port)
        alone = [measure("tests.measuring.steps_side", str(folder / "alone"), str(file)) for file in sources]
        with open_airflow(folder) as airflow, rest.open_airflow(airflow.home, lambda: True) as asked:
            idle = watch_idle(airflow)
            one, full = (run_under(airflow, asked, *side) for side in zip(sources, alone, strict=True))
            assert count_events(airflow.settings.data) == count_events(folder / "alone")
    return Scheduled(one=one, full=full, idle=idle)


def add_single_page(site: Path, body: bytes) -> None:
    """Add a host with one page to a site."""
    build_site(site / "made", (body,), 1)
    [made] = (site / "made").iterdir()
    feed = made / "feed.xml"
    feed.write_text(feed.read_text().replace(made.name, ONE_PAGE))
    made.rename(site / ONE_PAGE)
    (site / "made").rmdir()


@contextmanager
def open_airflow(folder: Path) -> Iterator[Airflow]:
    """An Airflow whose first runs are over and which starts none by itself; nothing of it is left at the end."""
    (folder / "sources.toml").write_text("")
    airflow = make_airflow(folder / "scheduled", take_free_port(), sources=str(folder / "sources.toml"))
    try:
        airflow.up()
        for dag in FIRST:
            airflow.wait_for_success(dag)
        with rest.open_airflow(airflow.home, lambda: True) as asked:
            for dag in SCHEDULED:
                asked.ask("PATCH", f"/dags/{dag}", Dag, body={"is_paused": True})
        wait_for(lambda: not is_at_work(airflow), "the end of the first tasks")
        yield airflow
    finally:
        airflow.run("dags", "down")
        airflow.reap()
        for process in airflow.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()


def run_under(airflow: Airflow, asked: rest.Airflow, sources: Path, alone: Cost) -> Compared:
    """Put a sources file in place and let a run of `ingest` take what it lists."""
    sources.replace(airflow.settings.sources)
    before = look(airflow)
    body = {"logical_date": None, "conf": {"day": DAY}}
    run = asked.ask("POST", "/dags/ingest/dagRuns", DagRun, body=body)
    path = f"/dags/ingest/dagRuns/{run.dag_run_id}"
    while not asked.read_run(run).is_finished:
        time.sleep(ASK_S)
    wait_for(lambda: not is_at_work(airflow), "the end of the last task")
    spent = look(airflow).since(before)
    ended = asked.ask("GET", path, Ended)
    assert ended.state == "success", f"ingest ended as {ended.state}; see {airflow.home.logs}"
    tasks = asked.ask("GET", f"{path}/taskInstances", Listing).total_entries
    return Compared(spent=spent, wall_s=ended.wall_s, tasks=tasks, alone=alone)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended, as Airflow's API tells it."""

    state: str
    start_date: datetime
    end_date: datetime

    @property
    def wall_s(self) -> float:
        """Seconds from its start to its end."""
        return (self.end_date - self.start_date).total_seconds()


def watch_idle(airflow: Airflow) -> Spent:
    """What it spends on nothing."""
    before = look(airflow)
    time.sleep(IDLE_S)
    return look(airflow).since(before)


def look(airflow: Airflow) -> Spent:
    """What it has spent so far. A task that runs right now is not counted."""
    staying = tasks = 0.0
    for part, processes in find_staying(airflow).items():
        times = [process.cpu_times() for process in processes]
        staying += sum(one.user + one.system for one in times)
        ended = sum(one.children_user + one.children_system for one in times)
        if part == "scheduler":
            tasks += ended
        elif part == "dag-processor":
            staying += ended
    return Spent(staying=staying, tasks=tasks)


def find_staying(airflow: Airflow) -> dict[str, list[psutil.Process]]:
    """The supervisor and the parts. What the scheduler starts are workers, each of which starts a process for its task."""
    assert airflow.supervisor
    supervisor = psutil.Process(airflow.supervisor.pid)
    found = {"supervisor": [supervisor]}
    for part in ("api-server", "dag-processor", "scheduler"):
        found[part] = [process for process in find(airflow.home, part) if process.ppid() == supervisor.pid]
    return found


def is_at_work(airflow: Airflow) -> bool:
    """Whether a task runs, or its worker."""
    [scheduler] = find_staying(airflow)["scheduler"]
    return bool(scheduler.children())


def count_events(data: Path) -> dict[str, int]:
    """How many events of the types that both sides must have alike."""
    ledger = Ledger(data / "ledger", run_id="bench", now=utc_now, wait_s=60.0)
    counted = dict(ledger.query("select event_type, count(*) from ledger.events group by all"))
    return {name: counted.get(name, 0) for name in SAME}
