import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dags.operating.home import find_own_home
from pipeline.locks import hold
from pipeline.settings import Settings


def test_a_run_that_finds_another_at_the_network_leaves_it_the_work_and_is_green(
    runs: ModuleType, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path))
    monkeypatch.setenv("CLAIMWIRE_NETWORK_WAIT_S", "0")
    dag: Any = runs.DAGS["poll"]()

    with hold(tmp_path / "network.lock", wait_s=0):
        ended = dag.partial_subset(["poll", "capture"], include_downstream=False, include_upstream=False).test()

    with sqlite3.connect(find_own_home(Settings(data=data)).database_file) as database:
        query = "select task_id, value from xcom where run_id = ? and dag_id = 'poll' and key = 'return_value'"
        counts = {task: json.loads(value) for task, value in database.execute(query, [ended.run_id])}
    assert ended.state == "success"
    assert counts == {task: {"appended": 0, "left_to_another": 1} for task in ("poll", "capture")}
    assert not (tmp_path / "alerts.jsonl").exists()
