"""The README is true: its questions have its answers, its commands exist, its tables are whole."""

import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dags.__main__ import make_parser
from dags.operating.home import find_home
from pipeline.__main__ import app
from pipeline.events import EVENT_TYPES
from pipeline.run import Run
from pipeline.settings import PREFIX, ROOT, SQL, Settings
from pipeline.warehouse.status import status_file
from tests.readme import README, find_answer, read_examples

TEXT = README.read_text()
ON_CALL = "".join(
    re.search(rf"^## {title}$.*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL)[0]  # type: ignore[index]
    for title in ("Run it every day", "When something breaks")
)
CODE = re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", ON_CALL) + re.findall(r"^    (.+)$", ON_CALL, re.MULTILINE)
FIRST_CELLS = {name for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def test_every_question_has_the_answer_that_is_printed_below_it(world: Run) -> None:
    examples = read_examples(TEXT)

    assert [find_answer(world, example.question) for example in examples] == [example.answer for example in examples]


def test_every_mart_is_in_the_table_and_has_an_example() -> None:
    marts = {path.stem for path in (SQL / "marts").glob("*.sql")}
    asked = {name for name in marts for example in read_examples(TEXT) if re.search(rf"\b{name}\b", example.question)}

    assert marts <= FIRST_CELLS
    assert asked == marts


def test_every_event_type_is_in_the_table() -> None:
    assert set(EVENT_TYPES) <= FIRST_CELLS


def test_every_command_that_is_named_exists_and_every_command_is_named() -> None:
    named = set(re.findall(r"`claimwire ([a-z]+)", TEXT))
    commands = {(command.name or command.callback.__name__) for command in app.registered_commands if command.callback}

    assert named == commands | {"sources"}


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"(?:`|^    )make ([a-z]+)", TEXT, re.MULTILINE))

    assert named
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_every_setting_that_is_named_is_one() -> None:
    knobs = {PREFIX + knob.name.upper() for knob in fields(Settings)}

    assert set(re.findall(r"CLAIMWIRE_[A-Z_]+", TEXT)) <= knobs


def test_the_documented_exit_codes_are_those_of_the_program() -> None:
    wrong = subprocess.run([sys.executable, "-m", "pipeline", "run", "--day", "x"], capture_output=True, check=False)

    assert "2 the call was wrong" in TEXT
    assert wrong.returncode == 2


def find_commands(program: str) -> list[list[str]]:
    """The commands of a program in what is said to whoever is on call, as words; of a line of cron its first one."""
    called = re.compile(rf"(?:^|bin/|/python -m |&& |; ){re.escape(program)} ([a-z][^|&>]*)")
    found = [called.search(" ".join(code.split())) for code in CODE]
    return [shlex.split(one[1]) for one in found if one]


def test_every_command_for_whoever_is_on_call_runs(world: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMWIRE_DATA", str(world.settings.data))
    monkeypatch.setenv("CLAIMWIRE_SPACING_S", "0")
    commands = find_commands("claimwire")
    assert {words[0] for words in commands} == {"status", "run", "sql", "publish", "retry"}

    for words in commands:
        here = [str(tmp_path / "a.prom") if word.endswith(".prom") else word for word in words]
        result = CliRunner().invoke(app, here)
        # The world is of 2017: before a publish of today a check finds it old.
        assert result.exit_code in ((0, 1) if "--check" in words else (0,)), f"{words}: {result.output}"


def test_every_make_command_for_whoever_is_on_call_is_one_that_airflows_door_takes() -> None:
    commands = find_commands("make")
    assert {words[0] for words in commands} == {"up", "down", "run", "backfill"}

    for words in commands:
        said = subprocess.run(
            ["make", "-n", "-o", "install", *words], cwd=ROOT, capture_output=True, text=True, check=True
        )
        [taken] = [line for line in said.stdout.splitlines() if " -m dags " in line]
        make_parser().parse_args(shlex.split(taken.partition(" -m dags ")[2]))


def test_every_call_of_the_dags_for_whoever_is_on_call_is_understood() -> None:
    calls = find_commands("python -m dags")
    assert len(calls) == 1

    for words in calls:
        make_parser().parse_args(words)


def test_the_files_for_whoever_is_on_call_are_where_they_are_said_to_be() -> None:
    settings = Settings(data=Path("data"))
    home = find_home(settings)
    known = {
        settings.data / "alerts.jsonl",
        status_file(settings),
        home.login_file,
        home.folder,
        home.logs / "scheduler.log",
    }

    assert {Path(code) for code in CODE if code.startswith("data/")} == known
