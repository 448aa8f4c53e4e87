"""One Airflow for each file of tests here: a start costs half a minute."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.settings import SEEDS
from tests.e2e.postgres import take_free_port
from tests.e2e.supervised import Airflow, make_airflow


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lookup tables that a test may edit: what older tables have read is then read again by a backfill."""
    folder = tmp_path_factory.mktemp("seeds")
    for file in SEEDS.glob("*.csv"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[Airflow]:
    """An Airflow that runs on a new data folder; it is stopped at the end, and nothing of it may be left."""
    made = make_airflow(tmp_path_factory.mktemp("supervised") / "data", take_free_port(), seeds=str(seeds))
    try:
        made.up()
        yield made
    finally:
        stopped = made.run("dags", "down")
        made.reap()
        left = made.processes()
        for process in left:
            process.kill()
    assert stopped.stdout == "Airflow is stopped.\n", stopped.stderr
    assert not left
    assert not [
        one
        for one in psutil.net_connections("tcp")
        if one.laddr and one.laddr.port == made.home.port and one.status == "LISTEN"
    ]
