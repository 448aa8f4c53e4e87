"""Steps that are killed from outside: a process is forked off one that has everything imported, and ended by SIGKILL.

The child is forked from a fork server, never from the tests' own process, which has threads and open databases.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from pipeline import run as shell
from pipeline.claims.parse import load_model
from pipeline.ledger import withdrawal
from pipeline.settings import Settings
from tests.running import make_run

load_model(Settings().language_model)  # a second that each child would spend
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


def take_step(step: str, data: Path, knobs: dict[str, Any], told: Connection) -> None:
    """Take one step and tell when it begins and after each chunk that was appended."""
    run = replace(make_run(data, **knobs), progress=lambda done, total: told.send(done))
    told.send(0)
    if step == "publish":
        shell.publish(run)
    else:
        shell.take_step(run, step)


def withdraw_until(function: str, data: Path, event_id: UUID) -> None:
    """Withdraw an event in a process that dies where it would call a function of the module `withdrawal`."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(withdrawal, function, die)
    shell.withdraw(make_run(data), event_id, "asked for by the person named")


def kill_in(step: str, data: Path, knobs: dict[str, Any], moment: tuple[int, float]) -> int:
    """Kill a step so many seconds after it has told so many times that it goes on; return its exit code."""
    chunks, delay_s = moment
    ours, theirs = CONTEXT.Pipe(duplex=False)
    with ours, theirs:
        process = CONTEXT.Process(target=take_step, args=(step, data, knobs, theirs))
        process.start()
        theirs.close()
        try:
            for _ in range(chunks + 1):
                ours.recv()
        except EOFError:
            pass  # it had fewer chunks, and has ended
        time.sleep(delay_s)
        process.kill()
        process.join()
    return process.exitcode or 0


def die_in(function: Callable[..., None], arguments: Sequence[object]) -> int:
    """Run a function in a process of its own and return its exit code."""
    process = CONTEXT.Process(target=function, args=tuple(arguments))
    process.start()
    process.join()
    return process.exitcode or 0
