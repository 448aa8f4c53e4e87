"""One Airflow for all tests here: its imports and its metadata database cost some 10 seconds, so both are paid for once."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from dags.__main__ import use
from dags.operating.home import find_own_home, prepare
from pipeline.settings import ROOT, read_settings

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag
    from fastapi.testclient import TestClient

    from dags.operating.rest import Airflow


collect_ignore = ["metadata.py"]  # imports Airflow, which must find its environment set

# Warnings that are none of ours: Airflow 3.3 and what it imports, on newer versions of what they import.
OF_AIRFLOW = (
    "ignore:GitWildMatchPattern:DeprecationWarning",  # Airflow reads .airflowignore by an older class of pathspec's
    "ignore:Using `httpx` with `starlette.testclient`",  # svcs, in the API server that a task reports to
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder pass over Airflow's own warnings; all others stay errors."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for rule in OF_AIRFLOW:
                item.add_marker(pytest.mark.filterwarnings(rule))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that the settings name, with a real Airflow in it."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAIMWIRE_DATA", str(folder))
        patch.setenv("CLAIMWIRE_SPACING_S", "0")
        home = find_own_home(read_settings())
        patch.setenv("AIRFLOW_HOME", str(home.folder))
        prepare(home)
        use(home)
        yield folder


@pytest.fixture(scope="session")
def runs(data: Path) -> ModuleType:
    """The module that runs DAGs, with Airflow's database in place."""
    from dags.operating import runs  # noqa: PLC0415  # imports Airflow, which then reads its environment

    runs.migrate(find_own_home(read_settings()).database_file)
    return runs


@pytest.fixture(scope="session")
def bag(runs: ModuleType) -> "DagBag":
    """The DAGs as Airflow's own parser finds them."""
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415  # after the environment is set

    return DagBag(ROOT / "dags")


@pytest.fixture(scope="session")
def served(runs: ModuleType) -> "TestClient":
    """Airflow's own API in this process, on the metadata database, which has the DAGs as a dag-processor writes them."""
    from airflow.api_fastapi.app import create_app  # noqa: PLC0415  # after the environment is set
    from fastapi.testclient import TestClient  # noqa: PLC0415  # a dependency of Airflow

    from tests.dags import metadata  # noqa: PLC0415  # the same

    metadata.write_dags()
    return TestClient(create_app(apps="core"), base_url=find_own_home(read_settings()).url)


@pytest.fixture
def airflow(served: "TestClient") -> Iterator["Airflow"]:
    """A client of that API. What a test leaves in the database is removed."""
    from dags.operating.rest import Airflow  # noqa: PLC0415  # the same
    from tests.dags import metadata  # noqa: PLC0415  # the same

    yield Airflow(find_own_home(read_settings()), served, lambda: True, patience_s=0)
    metadata.remove_backfills()
