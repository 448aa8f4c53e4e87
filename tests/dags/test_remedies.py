from importlib import import_module
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def remedies(data: object) -> ModuleType:
    return import_module("dags.operating.remedies")  # brings Airflow, which then reads its environment


def make(name: str) -> BaseException:
    """An exception of the class with this dotted name."""
    module, _, kind = name.rpartition(".")
    found = getattr(import_module(module), kind)
    error: BaseException = found.__new__(found)
    return error


def decide(remedies: ModuleType, name: str) -> tuple[bool, int]:
    """Whether the policy tries again, and after how many minutes."""
    decision = remedies.RetryByRemedy().evaluate(make(name), try_number=1, max_tries=3)
    minutes = decision.retry_delay.total_seconds() / 60 if decision.retry_delay else 0
    return decision.action.value == "retry", int(minutes)


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("pipeline.web.hosts.NetworkBusy", 5),
        ("pipeline.ledger.ledger.LedgerError", 5),
        ("pipeline.comparison.index_file.IndexUnusableError", 5),
        ("pipeline.locks.Busy", 5),
        ("pipeline.warehouse.warehouse.PublishError", 5),
        ("builtins.OSError", 15),
        ("builtins.PermissionError", 15),
        ("builtins.MemoryError", 15),
        ("airflow.sdk.exceptions.AirflowTaskTimeout", 1),
        ("dags.operating.cleaning.CleaningError", 15),
        ("builtins.RuntimeError", 5),
    ],
)
def test_what_may_be_better_in_minutes_is_tried_again(remedies: ModuleType, name: str, minutes: int) -> None:
    assert decide(remedies, name) == (True, minutes)


@pytest.mark.parametrize(
    "name",
    [
        "pipeline.warehouse.warehouse.PublishStopped",
        "pipeline.warehouse.models.ModelError",
        "pipeline.settings.SettingsError",
        "dags.steps.NoDayError",
        "pipeline.ledger.ledger.LedgerUnreadableError",
        "builtins.ValueError",
        "builtins.TypeError",
        "builtins.AssertionError",
        "builtins.KeyError",
        "builtins.ModuleNotFoundError",
    ],
)
def test_what_would_fail_the_same_way_again_fails_at_once(remedies: ModuleType, name: str) -> None:
    assert decide(remedies, name) == (False, 0)


def test_every_decision_gives_a_reason_that_says_what_to_do(remedies: ModuleType) -> None:
    decision = remedies.RetryByRemedy().evaluate(ValueError("a bad argument"), try_number=1, max_tries=3)

    assert decision.reason == f"{remedies.BUG.name}: {remedies.BUG.next}"


def test_every_exception_that_is_named_exists_and_has_one_remedy(remedies: ModuleType) -> None:
    named = [error for remedy in remedies.REMEDIES for error in remedy.errors]

    assert all(isinstance(make(error), BaseException) for error in named)
    assert len(named) == len(set(named)) == len(remedies.BY_ERROR)


def test_of_an_exception_and_its_base_the_nearer_one_decides(remedies: ModuleType) -> None:
    assert remedies.find_remedy(make("pipeline.warehouse.warehouse.PublishStopped")) is remedies.STOPPED
    assert remedies.find_remedy(make("pipeline.warehouse.warehouse.PublishError")) is remedies.UNPUBLISHED


def test_a_task_without_an_exception_was_killed(remedies: ModuleType) -> None:
    assert remedies.find_remedy(None) is remedies.KILLED


def test_no_cell_of_a_table_breaks_it(remedies: ModuleType) -> None:
    lines = remedies.to_table([*remedies.REMEDIES, remedies.KILLED, remedies.UNKNOWN]).splitlines()

    assert {line.count("|") for line in lines} == {5}
