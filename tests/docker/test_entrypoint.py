"""The entry point: it becomes the command, or says in one sentence which secret is not fit for use."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.docker.composing import ENTRYPOINT, EXAMPLE, read_compose, read_variables

GOOD = {
    "database_password": "d" * 20,
    "jwt_secret": "j" * 64,
    "fernet_key": "f" * 43 + "=",
    "login_password": "l" * 12,
}


def write_secrets(folder: Path, secrets: dict[str, str]) -> None:
    """Secrets as files, as a container has them."""
    for name, value in secrets.items():
        (folder / name).write_text(value)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the entry point does with some words."""
    environment = {"SECRETS_FOLDER": str(folder), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    command: Sequence[str] = ["bash", str(ENTRYPOINT), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_shellcheck_has_nothing_against_it() -> None:
    ran = subprocess.run([Path(sys.executable).parent / "shellcheck", ENTRYPOINT], capture_output=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, b"")


def test_it_becomes_the_command(tmp_path: Path) -> None:
    write_secrets(tmp_path, GOOD)

    ran = run(tmp_path, "bash", "-c", 'echo "$0" "$@"; umask; exit 7', "with a space", "*")

    assert (ran.returncode, ran.stdout) == (7, "with a space *\n0077\n")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "is missing"),
        ("", "is empty"),
        ("change-me", "is still the example's"),
        ("short", "is shorter than"),
        ("p@ss/word" * 9, "may hold A-Z"),
    ],
)
def test_a_secret_that_is_not_fit_for_use_is_named_in_one_sentence(
    tmp_path: Path, name: str, value: str | None, said: str
) -> None:
    write_secrets(tmp_path, {other: good for other, good in GOOD.items() if other != name})
    if value is not None:
        write_secrets(tmp_path, {name: value})

    ran = run(tmp_path, "check", "true")

    assert ran.returncode == 2
    assert ran.stderr.startswith(f"claimwire: {name.upper()} {said}")
    assert len(ran.stderr.splitlines()) == 1


def test_a_refused_secret_is_not_shown(tmp_path: Path) -> None:
    write_secrets(tmp_path, GOOD | {"jwt_secret": "tooshort"})

    assert "tooshort" not in run(tmp_path, "true").stderr


def test_a_part_needs_no_password_for_the_pages(tmp_path: Path) -> None:
    write_secrets(tmp_path, {name: value for name, value in GOOD.items() if name != "login_password"})

    assert run(tmp_path, "true").returncode == 0


def test_nothing_to_run_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 2


def test_a_secret_is_printed_without_the_end_of_a_line(tmp_path: Path) -> None:
    write_secrets(tmp_path, GOOD | {"jwt_secret": "j" * 64 + "\n"})

    assert run(tmp_path, "secret", "jwt_secret").stdout == "j" * 64


def test_the_address_of_the_database_holds_the_password(tmp_path: Path) -> None:
    write_secrets(tmp_path, GOOD)

    said = run(tmp_path, "database-url", "airflow@postgres:5432/airflow").stdout

    assert said == f"postgresql+psycopg2://airflow:{'d' * 20}@postgres:5432/airflow"


def test_no_address_is_printed_without_a_password(tmp_path: Path) -> None:
    ran = run(tmp_path, "database-url", "airflow@postgres:5432/airflow")

    assert (ran.returncode, ran.stdout) == (2, "")


def test_the_example_is_refused(tmp_path: Path) -> None:
    write_secrets(tmp_path, {name: read_variables(EXAMPLE.read_text())[name.upper()] for name in GOOD})

    assert run(tmp_path, "check", "true").returncode == 2


def test_new_secrets_are_accepted_and_new_each_time(tmp_path: Path) -> None:
    printed = [run(tmp_path, "new-secrets").stdout for _ in range(2)]
    first, second = map(read_variables, printed)
    write_secrets(tmp_path, {name: first[name.upper()] for name in GOOD})

    assert run(tmp_path, "check", "true").returncode == 0
    assert not {first[name.upper()] for name in GOOD} & {second[name.upper()] for name in GOOD}


def test_new_secrets_are_the_example_but_for_the_secrets(tmp_path: Path) -> None:
    made = run(tmp_path, "new-secrets").stdout
    names = [line.partition("=")[0] for line in made.splitlines()]

    assert names == [line.partition("=")[0] for line in EXAMPLE.read_text().splitlines()]


def test_a_part_is_not_well_when_nobody_answers(tmp_path: Path) -> None:
    ran = run(tmp_path, "healthy", "scheduler", "http://127.0.0.1:9")

    assert (ran.returncode, ran.stdout) == (1, "not well: api-server\n")


def test_secrets_and_checks_are_those_of_the_compose_file() -> None:
    text = (ENTRYPOINT.parent / "compose.yaml").read_text()

    assert set(read_compose(text, {})["secrets"]) == set(GOOD)
