"""What Airflow says of all commands that stand in docker/: asked once, for its imports take seconds."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.settings import ROOT
from tests.docker.composing import FOLDER, read_services

collect_ignore = ["asking.py"]  # imports Airflow, which would read the user's own configuration
UNKNOWN = ["scheduler", "--skip-serve-log-files"]


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Mistakes in each command, and the options that Airflow knows: see tests/docker/asking.py."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    commands = [*list_commands(), UNKNOWN]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.docker.asking"],
        env=kept | {"AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow"))},
        cwd=ROOT,
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    by_command = zip(map(" ".join, commands), answer["mistakes"], strict=True)
    return answer | {"mistakes": dict(by_command)}


def list_commands() -> Iterator[list[str]]:
    """The words after `airflow` in the compose file and in the README's blocks."""
    for service in read_services().values():
        if service.get("command", [""])[0] == "airflow":
            yield service["command"][1:]
    for line in read_blocks():
        if " airflow " in line:
            yield shlex.split(line.partition(" airflow ")[2])


def read_blocks() -> list[str]:
    """The lines of docker/README.md that are set as commands."""
    return re.findall(r"^    (\S.*)$", (FOLDER / "README.md").read_text(), re.MULTILINE)
