"""docker/README.md: what it names is there."""

import re
from typing import Any

import typer

from pipeline.__main__ import app
from tests.docker.composing import EXAMPLE, FOLDER, read_services, read_variables
from tests.docker.conftest import read_blocks

TEXT = (FOLDER / "README.md").read_text()


def test_each_command_of_airflow_is_one(airflow: dict[str, Any]) -> None:
    [backfill] = [line.partition(" airflow ")[2] for line in read_blocks() if " airflow " in line]
    [mistake] = [said for command, said in airflow["mistakes"].items() if command.startswith("backfill create")]

    assert backfill
    assert mistake == ""


def test_each_command_of_claimwire_is_one() -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

    assert set(re.findall(r"exec scheduler claimwire (\w+)", TEXT)) <= known


def test_each_service_is_one() -> None:
    named = re.findall(r"dc (?:exec(?: -T)?|stop|start|logs --tail 50) ([a-z-]+)|--entrypoint tar ([a-z-]+)", TEXT)

    assert {"".join(found) for found in named} <= set(read_services())


def test_each_variable_stands_in_the_example() -> None:
    named = {"LOGIN_PASSWORD", "CLAIMWIRE_LIVE", "CLAIMWIRE_CONTACT", "FERNET_KEY"}

    assert all(name in TEXT for name in named)
    assert named <= set(read_variables(EXAMPLE.read_text()))


def test_the_version_of_postgres_that_was_tested_is_the_one_of_the_compose_file() -> None:
    [version] = re.findall(r"Postgres (\d+\.\d+)", TEXT)

    assert read_services()["postgres"]["image"].startswith(f"postgres:{version}-")
