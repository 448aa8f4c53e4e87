"""What tests of more than one room need: a ledger in a temporary folder, an outsider who opens files, a small disk."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from pipeline import STEPS
from pipeline import run as shell
from pipeline.articles.worker import open_worker
from pipeline.ledger.ledger import Ledger
from pipeline.run import Run
from pipeline.settings import Settings
from pipeline.steps import extract, poll
from tests.badweb import Web, serving
from tests.making import NOON
from tests.running import copy, make_run, take

SHARING = (
    "dags",
    "docker",
    "claims",
    "articles",
    "sql",
)  # folders whose tests share something costly: an Airflow, a model, a worker


LONG_BYTES = 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """The name of a parameter in a test's name: of long bytes their length, for packed ones may hold the time of packing."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) and len(val) > LONG_BYTES else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share something costly on one core, so that it is made once."""
    for item in items:
        folder = item.path.parent.name
        fixtures = getattr(item, "fixturenames", ())
        if folder in SHARING or "stages" in fixtures:
            item.add_marker(pytest.mark.xdist_group("world" if "stages" in fixtures else folder))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", run_id="run", now=lambda: NOON, wait_s=0.2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 100 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def outsider() -> Iterator[Callable[[Path], int]]:
    """Opens a database in a process of its own, as a user with a shell would."""
    children = []

    def open_in_other_process(file: Path) -> int:
        code = "import duckdb, sys, time; duckdb.connect(sys.argv[1], read_only=True); print(1, flush=True); time.sleep(60)"
        code = code.replace("duckdb.connect", "kept = duckdb.connect")
        child = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE)
        children.append(child)
        assert child.stdout
        child.stdout.readline()
        return child.pid

    yield open_in_other_process
    for child in children:
        child.kill()
        child.communicate()


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The bundled world, read once: a data folder as it was after each step and after `publish`. To be copied."""
    folder = tmp_path_factory.mktemp("stages")
    run = make_run(folder / "now")
    found = {}
    for step in STEPS:
        take(run, [step])
        found[step] = copy(run, folder / step)
    shell.publish(run)
    return found | {"publish": run}


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    """A web server: once for all tests of a file, for it takes half a second to stop."""
    with serving({}) as web:
        yield web


@pytest.fixture
def web(server: Web) -> Web:
    """The server without a page."""
    server.pages.clear()
    server.asked.clear()
    return server


@pytest.fixture
def one_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All steps of a test share one worker: starting it costs two CPU seconds, and a test takes many steps."""
    with open_worker(Settings()) as worker:
        for step in (poll, extract):
            monkeypatch.setattr(step, "open_worker", lambda settings: nullcontext(worker))
        yield


@pytest.fixture
def world(stages: dict[str, Run], tmp_path: Path) -> Run:
    """A copy of the bundled world, read and published."""
    return copy(stages["publish"], tmp_path / "data")
