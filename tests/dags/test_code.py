import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dags.operating import code


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Path]:
    """A program of one module and one model that is remembered."""
    for name in ("pipeline/stage.py", "sql/marts/claims.sql"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1")
    code.remember(tmp_path)
    yield tmp_path
    code._imported.clear()


@pytest.mark.parametrize("name", ["pipeline/stage.py", "sql/marts/claims.sql", "pipeline/articles/new.py"])
def test_a_program_that_was_changed_is_not_run_until_the_restart(program: Path, name: str) -> None:
    code.check(program)
    (program / name).parent.mkdir(exist_ok=True)
    (program / name).write_text("2")

    with pytest.raises(code.CodeChangedError, match="`make down`, `make up`"):
        code.check(program)
    code.remember(program)
    code.check(program)


def test_a_process_that_imports_what_it_needs_itself_checks_nothing(tmp_path: Path) -> None:
    code.check(tmp_path)


def test_lookup_tables_and_the_sources_are_no_part_of_the_program(program: Path) -> None:
    (program / "seeds").mkdir()
    (program / "seeds/actors.csv").write_text("id")

    code.check(program)


def test_a_forked_process_knows_what_was_remembered(program: Path) -> None:
    (program / "pipeline/stage.py").write_text("2")

    if not (child := os.fork()):
        try:
            code.check(program)
        except code.CodeChangedError:
            os._exit(7)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
