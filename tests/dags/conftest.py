"""One Airflow for all tests here: its imports and its metadata database cost some 10 seconds, so both are paid for once."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from dags.__main__ import DATABASE, set_environment
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


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
        patch.setenv("AIRFLOW_HOME", str(folder / "airflow"))
        (folder / "airflow").mkdir(mode=0o700)
        set_environment(folder / "airflow")
        yield folder


@pytest.fixture(scope="session")
def runs(data: Path) -> ModuleType:
    """The module that runs DAGs, with Airflow's database in place."""
    from dags import runs  # noqa: PLC0415  # imports Airflow, which then reads its environment

    runs.migrate(data / "airflow" / DATABASE)
    return runs


@pytest.fixture(scope="session")
def bag(runs: ModuleType) -> "DagBag":
    """The DAGs as Airflow's own parser finds them."""
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415  # after the environment is set

    return DagBag(ROOT / "dags")
