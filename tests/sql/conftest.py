"""Events in, rows of a model out: the real models over a real ledger and a real warehouse file."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.events import Event
from pipeline.ledger.ledger import Ledger
from pipeline.settings import Settings
from pipeline.warehouse.warehouse import publish, query
from tests.newsroom import NOON

Rows = list[dict[str, Any]]


class Warehouse:
    """Publishes what it is given and answers questions."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings(data=data)
        self.ledger = Ledger(folder=self.settings.ledger_folder, run_id="test", now=lambda: NOON)

    def publish(self, *events: Event, producers: dict[str, str] | None = None) -> "Warehouse":
        self.ledger.append(events)
        publish(self.ledger, self.settings, now=NOON, producers=producers or {})
        return self

    def rows(self, sql: str) -> Rows:
        result = query(self.settings, sql)
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

    def row(self, sql: str) -> dict[str, Any]:
        (only,) = self.rows(sql)
        return only


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)
