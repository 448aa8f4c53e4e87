import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.articles.worker import Worker, WorkerError, WorkerFailure, open_worker
from pipeline.settings import ROOT, Settings

HERE = "tests.articles.misbehaving:"
NAMES = tuple(
    HERE + name
    for name in (
        "double",
        "count",
        "print_then_double",
        "burn",
        "sleep",
        "hoard",
        "abort",
        "refuse",
        "process_id",
        "missing",
    )
)
SETTINGS = Settings(worker_cpu_s=1, worker_wall_s=20.0, worker_memory_bytes=500_000_000)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with open_worker(SETTINGS, NAMES) as opened:
        yield opened


def is_running(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_a_value_comes_back_as_the_type_that_was_asked_for(worker: Worker) -> None:
    assert worker.call(HERE + "double", 21, returns=int) == 42


def test_one_child_serves_many_calls(worker: Worker) -> None:
    assert len({worker.call(HERE + "process_id", returns=int) for _ in range(3)}) == 1


def test_what_a_library_prints_does_not_reach_the_pipe(worker: Worker) -> None:
    assert worker.call(HERE + "print_then_double", 21, returns=int) == 42


def test_a_call_that_costs_too_much_cpu_is_final(worker: Worker) -> None:
    failure = worker.call(HERE + "burn", 30.0, returns=float)

    assert failure == WorkerFailure("too_costly", "more than 1 s of CPU time", is_transient=False)


def test_the_cpu_limit_is_for_each_call_anew(worker: Worker) -> None:
    assert [worker.call(HERE + "burn", 0.7, returns=float) for _ in range(3)] == [0.7, 0.7, 0.7]


def test_a_call_that_does_not_end_is_ended_and_may_be_tried_again() -> None:
    with open_worker(Settings(worker_wall_s=0.2), NAMES) as impatient:
        failure = impatient.call(HERE + "sleep", 60.0, returns=float)

    assert failure == WorkerFailure("wall_time", "no answer in 0.2 s of wall time", is_transient=True)


def test_a_call_above_the_memory_limit_may_be_tried_again(worker: Worker) -> None:
    failure = worker.call(HERE + "hoard", 600_000_000, returns=int)

    assert failure == WorkerFailure("memory", "MemoryError: ", is_transient=True)


def test_a_crash_ends_only_the_child(worker: Worker) -> None:
    assert worker.call(HERE + "abort", returns=int) == WorkerFailure("worker_died", "SIGABRT", is_transient=True)
    assert worker.call(HERE + "double", 21, returns=int) == 42


def test_an_exception_is_final_and_replaces_the_child(worker: Worker) -> None:
    before = worker.call(HERE + "process_id", returns=int)

    failure = worker.call(HERE + "refuse", returns=int)

    assert failure == WorkerFailure("error", "RuntimeError: a library gave up on ?", is_transient=False)
    assert worker.call(HERE + "process_id", returns=int) != before


def test_a_child_that_died_while_idle_is_replaced_unseen(worker: Worker) -> None:
    idle = worker.call(HERE + "process_id", returns=int)
    assert isinstance(idle, int)
    os.kill(idle, signal.SIGKILL)
    assert worker.child is not None
    worker.child.wait()

    assert worker.call(HERE + "double", 21, returns=int) == 42


def test_a_function_that_is_not_allowed_is_refused(worker: Worker) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        worker.call("os:abort", returns=int)


def test_a_function_that_cannot_be_loaded_is_not_blamed_on_a_page(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="missing"):
        worker.call(HERE + "missing", returns=int)


def test_answers_keep_the_order_of_their_calls_when_one_fails(worker: Worker) -> None:
    answers = list(worker.map(HERE + "hoard", ((size,) for size in (1, 600_000_000, 3)), returns=int))

    assert answers == [1, WorkerFailure("memory", "MemoryError: ", is_transient=True), 3]


def test_an_argument_larger_than_a_pipe_crosses_it(worker: Worker) -> None:
    answers = worker.map(HERE + "count", [(bytes(size),) for size in (3_000_000, 0, 70_000)], returns=int)

    assert list(answers) == [3_000_000, 0, 70_000]


def test_no_answer_is_left_over_when_the_caller_stops_early(worker: Worker) -> None:
    answers = worker.map(HERE + "double", ((number,) for number in range(9)), returns=int)
    assert next(answers) == 0
    answers.close()  # type: ignore[attr-defined]  # a generator

    assert worker.call(HERE + "double", 21, returns=int) == 42


def test_closing_ends_the_child() -> None:
    with open_worker(SETTINGS, NAMES) as opened:
        child = opened.call(HERE + "process_id", returns=int)
        assert isinstance(child, int)

    assert not is_running(child)


def test_the_child_dies_with_a_parent_that_is_killed() -> None:
    program = f"""if True:
        from pipeline.articles.worker import open_worker
        from pipeline.settings import Settings
        with open_worker(Settings(), {NAMES!r}) as worker:
            print(worker.call({HERE + "process_id"!r}, returns=int), flush=True)
            worker.call({HERE + "sleep"!r}, 60.0, returns=float)
    """
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)
