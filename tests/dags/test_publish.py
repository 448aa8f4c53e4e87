import json
import logging
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.ledger.ledger import Ledger
from pipeline.settings import ROOT, Settings, read_settings
from pipeline.warehouse import warehouse
from tests import newsroom
from tests.newsroom import NOON
from tests.running import write_few_models

TEST = "-- no_polls: a poll.\n-- severity: stop\n-- model: events_by_type\nselect * from events_by_type"


@pytest.fixture
def settings(runs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder of its own, whose warehouse is built in no time: one staging table and one mart."""
    folder = write_few_models(tmp_path / "sql")
    monkeypatch.setattr(warehouse, "SQL", folder)
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path / "data"))
    return read_settings()


def claimwire(*arguments: str) -> str:
    """What the command says."""
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr


def test_a_publish_that_a_test_stops_is_red_at_once_tells_why_and_leaves_the_last_good_warehouse(
    runs: ModuleType, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(settings.ledger_folder, run_id="test", now=lambda: NOON, wait_s=5)
    dag: Any = runs.DAGS["publish"]()  # with its retries: dag.test() would sleep through their delays
    ledger.append([newsroom.entry("a")])
    assert dag.test().state == "success"
    ledger.append([newsroom.poll("raqqa-post")])
    (tmp_path / "sql/tests/no_polls.sql").write_text(TEST)

    with caplog.at_level(logging.ERROR):
        ended = dag.test()

    (line,) = map(json.loads, (settings.data / "alerts.jsonl").read_text().splitlines())
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert ended.state == "failed"
    assert (line["dag_id"], line["task_id"], line["try_number"]) == ("publish", "publish", 1)
    assert "no_polls (2) must select no rows" in line["error"]
    assert "claimwire withdraw" in line["next"]
    assert "no_polls selects 2 rows: a poll.\n" in told
    assert "\nselect * from events_by_type" in told
    assert "1" in claimwire("sql", "select sum(events) as events from events_by_type")
    assert "no_polls" in claimwire("status")
    (tmp_path / "sql/tests/no_polls.sql").unlink()
    assert dag.test().state == "success"
    last = json.loads((settings.data / "alerts.jsonl").read_text().splitlines()[-1])
    assert (last["kind"], last["cleared"]["run_id"]) == ("cleared", line["run_id"])


def test_a_publish_leaves_the_alerts_alone_when_it_cannot_ask_what_rings(
    runs: ModuleType, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "sql/marts/alerts.sql").write_text("-- alerts: of another shape.\n-- key: number\nselect 1 as number")
    Ledger(settings.ledger_folder, run_id="test", now=lambda: NOON, wait_s=5).append([newsroom.entry("a")])
    line = json.dumps({"kind": "source_silent", "subject": "wire"}) + "\n"
    settings.alerts_file.write_text(line)

    ended = runs.DAGS["publish"]().test()

    assert ended.state == "success"
    assert settings.alerts_file.read_text() == line
