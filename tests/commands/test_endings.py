"""How a command ends: one sentence and an exit code for what a user can cause, nothing for what only we can."""

import errno

import pytest

from pipeline.commands.endings import LATER, MISUSED, WRONG, exit_code, say
from pipeline.locks import Busy
from pipeline.settings import SettingsError
from pipeline.sources.registry import SourcesError
from pipeline.warehouse.warehouse import PublishError, QueryError


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (SettingsError, MISUSED), (QueryError, MISUSED), (SourcesError, WRONG), (PublishError, WRONG), (Busy, LATER),
        (KeyError, None), (ValueError, None),
    ],
)  # fmt: skip
def test_an_error_has_the_code_of_its_kind(kind: type[Exception], code: int | None) -> None:
    assert exit_code(kind.__new__(kind)) == code


def test_an_error_that_is_derived_from_one_that_is_known_has_its_code() -> None:
    class NoPortError(SettingsError):
        pass

    assert exit_code(NoPortError()) == MISUSED


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, MISUSED),
        (errno.ENOENT, MISUSED),
        (errno.EROFS, MISUSED),
        (errno.ENOSPC, LATER),
        (errno.EIO, None),
    ],
)
def test_an_error_of_the_system_has_the_code_of_its_number(number: int, code: int | None) -> None:
    assert exit_code(OSError(number, "No", "/srv/data")) == code


def test_without_a_file_an_error_of_the_system_is_ours() -> None:
    assert exit_code(OSError(errno.EACCES, "No")) is None


def test_an_error_says_its_own_sentence_and_that_of_the_system_gets_one() -> None:
    assert say(SettingsError("Set it.")) == "Set it."
    assert say(OSError(errno.ENOENT, "No such file or directory", "/proc/x")).startswith(
        "/proc/x cannot be used (No such"
    )
