"""The Dockerfile, as far as it can be judged without building it: lint, pins, what it copies, what it takes away."""

import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docker.unneeded import find_needed
from pipeline.settings import ROOT
from tests.docker.composing import DOCKERFILE, ENTRYPOINT, FOLDER, read_image, read_instructions

PROGRAMS = Path(sys.executable).parent
INSTRUCTIONS = list(read_instructions(DOCKERFILE.read_text()))
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
of_checkout = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
DRIVERS = ("asyncpg", "psycopg2-binary")


def list_copied() -> list[str]:
    """What the image takes from the checkout."""
    words = [shlex.split(rest) for instruction, rest in INSTRUCTIONS if instruction == "COPY" and "--from=" not in rest]
    return [source for copy in words for source in copy[:-1]]


def test_hadolint_has_nothing_against_it() -> None:
    ran = subprocess.run([PROGRAMS / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "")


def test_hadolint_would_find_a_base_without_a_version(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python\n")

    assert subprocess.run([PROGRAMS / "hadolint", tmp_path / "Dockerfile"], capture_output=True, check=False).returncode


def test_all_stages_have_one_base_of_the_python_that_is_tested() -> None:
    bases = {rest.split()[0] for instruction, rest in INSTRUCTIONS if instruction == "FROM"}
    python = re.search(r"^PYTHON \?= python(\S+)$", MAKEFILE, re.MULTILINE)

    assert python
    assert [base.rpartition(".")[0] for base in bases] == [f"python:{python[1]}"]


def test_uv_is_the_one_of_the_makefile() -> None:
    uv = re.search(r"^UV_VERSION := (\S+)$", MAKEFILE, re.MULTILINE)

    assert uv
    assert re.findall(r"uv==(\S+)", DOCKERFILE.read_text()) == [uv[1]]


@pytest.mark.parametrize("flags", ["--require-hashes requirements.lock", "--no-deps --no-build-isolation -e ."])
def test_it_installs_as_make_does(flags: str) -> None:
    assert flags in MAKEFILE
    assert flags in DOCKERFILE.read_text()


def test_each_thing_that_it_copies_is_there_and_is_let_through() -> None:
    allowed = {
        line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }

    assert all((ROOT / source).exists() for source in list_copied())
    assert set(list_copied()) == allowed


def test_it_holds_all_that_runs() -> None:
    assert {"pipeline", "dags", "sql", "seeds"} <= set(list_copied())


def test_its_entry_point_is_the_file_that_is_copied() -> None:
    assert read_image()[1] == [f"/opt/claimwire/{ENTRYPOINT.relative_to(ROOT)}"]
    assert str(ENTRYPOINT.relative_to(ROOT)) in list_copied()


def test_it_runs_as_nobody_in_particular() -> None:
    users = [rest for instruction, rest in INSTRUCTIONS if instruction == "USER"]

    assert users == ["10001:10001"]
    assert INSTRUCTIONS.index(("USER", "10001:10001")) > max(
        number for number, (instruction, _) in enumerate(INSTRUCTIONS) if instruction == "RUN"
    )


def test_no_secret_goes_into_a_layer() -> None:
    named = [rest for instruction, rest in INSTRUCTIONS if instruction in ("ENV", "ARG")]

    assert not re.search(r"(?i)password|secret|token|key", " ".join(named))


@of_checkout
def test_no_file_with_secrets_is_in_the_tree() -> None:
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True
    )

    assert not [file for file in listed.splitlines() if Path(file).name == ".env"]


@of_checkout
def test_a_file_with_secrets_is_not_taken_into_the_tree() -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", "docker/.env"], cwd=ROOT, check=False).returncode == 0


def test_the_drivers_of_postgres_are_an_extra_and_in_the_lock() -> None:
    extra = {Requirement(line).name for line in PROJECT["project"]["optional-dependencies"]["postgres"]}

    assert extra == set(DRIVERS)
    assert all(re.search(f"^{driver}==", LOCK, re.MULTILINE) for driver in DRIVERS)


def test_what_development_needs_is_taken_away_again_and_the_rest_is_kept() -> None:
    needed = find_needed("claimwire", ["postgres"])
    development = {
        canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["optional-dependencies"]["dev"]
    }
    direct = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}

    assert {"apache-airflow-core", *DRIVERS, *direct} <= needed
    assert {"pytest", "mypy", "ruff", "hypothesis"} <= development - needed


def test_all_that_is_needed_is_installed() -> None:
    assert find_needed("claimwire", ["postgres"]) <= {canonicalize_name(found.name) for found in distributions()}


def test_an_extra_is_followed_into_what_it_asks_for() -> None:
    tree = {"a": ['b[c]; extra == "x"'], "b": ['d; extra == "c"', 'e; extra == "f"'], "d": ["a"]}

    assert find_needed("a", ["x"], tree.get) == {"a", "b", "d"}
