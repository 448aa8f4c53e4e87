"""The README is true: its questions have its answers, its commands exist, its tables are whole."""

import re
import subprocess
import sys
from dataclasses import fields

from pipeline.__main__ import app
from pipeline.events import EVENT_TYPES
from pipeline.run import Run
from pipeline.settings import PREFIX, ROOT, SQL, Settings
from tests.readme import README, find_answer, read_examples

TEXT = README.read_text()
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
