"""A folder in, an Airflow that `make up` runs on it out: asked by its API, looked at, killed and started again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb
import psutil

from dags.operating import leftovers
from dags.operating.home import Home, find_home, read_login
from pipeline.settings import ROOT, Settings, read_settings

WAIT_S = 300.0  # far more than anything here takes


def wait_for(happened: Callable[[], object], what: str) -> None:
    """Look again until it has happened."""
    deadline = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < deadline, f"{what}: not within {WAIT_S:.0f} s"
        time.sleep(0.5)


@dataclass(slots=True)
class Airflow:
    """An Airflow of our own.

    environment  of every command: CLAIMWIRE_DATA and a free port, nothing else of ours
    supervisor   the process of `python -m dags up`
    """

    environment: Mapping[str, str]
    supervisor: subprocess.Popen[bytes] | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """As the commands read them."""
        return read_settings(self.environment)

    @property
    def home(self) -> Home:
        """Where it lives."""
        return find_home(self.settings)

    @property
    def said(self) -> str:
        """What the supervisor has said since it was last started."""
        return (self.settings.data / "up.log").read_text()

    def up(self) -> None:
        """Start it and wait until it says that it runs."""
        self.settings.data.mkdir(exist_ok=True)
        with (self.settings.data / "up.log").open("wb") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "dags", "up"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        wait_for(lambda: "Airflow runs at" in self.said or self.supervisor.poll() is not None, "make up")  # type: ignore[union-attr]
        assert self.supervisor.poll() is None, self.said

    def reap(self) -> None:
        """Wait for a supervisor that was told to end."""
        if self.supervisor:
            self.supervisor.wait(WAIT_S)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What a command of ours prints: `python -m` and its arguments."""
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, check=False, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def ask(self, path: str, body: Mapping[str, Any] | None = None, *, is_anonymous: bool = False) -> Any:
        """What the API answers. Raises HTTPError."""
        headers = {"Content-Type": "application/json"}
        if not is_anonymous:
            headers["Authorization"] = f"Bearer {self.token()}"
        content = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.home.url + path, data=content, headers=headers), timeout=30) as answer:
                return json.load(answer)
        except HTTPError as refused:
            refused.close()
            raise

    def token(self) -> str:
        """What the API gives for the login; asked once."""
        if not self.tokens:
            login = read_login(self.home)
            body = json.dumps({"username": login.user, "password": login.password}).encode()
            request = Request(f"{self.home.url}/auth/token", data=body, headers={"Content-Type": "application/json"})
            with urlopen(request, timeout=30) as answer:
                self.tokens["token"] = json.load(answer)["access_token"]
        return self.tokens["token"]

    def list_runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The newest runs of a DAG."""
        runs: list[dict[str, Any]] = self.ask(f"/api/v2/dags/{dag_id}/dagRuns?order_by=-id&limit=50")["dag_runs"]
        return runs

    def wait_for_success(self, dag_id: str) -> None:
        """Wait until a DAG has a run and all of its runs have succeeded."""

        def has_succeeded() -> bool:
            states = {run["state"] for run in self.list_runs(dag_id)}
            assert "failed" not in states, f"{dag_id} has failed; see {self.home.logs}"
            return states == {"success"}

        wait_for(has_succeeded, f"the runs of {dag_id}")

    def processes(self, part: str = "") -> list[psutil.Process]:
        """Those of a part, or all."""
        return list(leftovers.find(self.home, part))

    def query(self, question: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_file), read_only=True) as connection:
            return connection.execute(question).fetchall()


def make_airflow(folder: Path, port: int, **knobs: str) -> Airflow:
    """An Airflow that is not started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "CLAIMWIRE_"))}
    ours = {"CLAIMWIRE_DATA": str(folder), "CLAIMWIRE_AIRFLOW_PORT": str(port), "CLAIMWIRE_SPACING_S": "0"}
    return Airflow(kept | ours | {f"CLAIMWIRE_{name.upper()}": value for name, value in knobs.items()})
