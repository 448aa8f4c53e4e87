"""A command in, what it cost out: CPU seconds of all its processes, wall seconds and peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import ROOT

TICK_S = 0.05
WORKER = b"pipeline.articles.worker"  # in the command line of the process that parses


class MeasuredFailed(RuntimeError):
    """The command that was measured ended with an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a command cost.

    cpu_s         user and system seconds of it and of all the processes that it started and waited for
    main_bytes    most memory (resident) of its first process; worker_bytes: of the one that parses, 0 without one
    output        what it wrote to standard output
    """

    cpu_s: float
    wall_s: float
    main_bytes: int
    worker_bytes: int
    output: str


def measure(module: str, *arguments: str) -> Cost:
    """Run `python -m module arguments` to its end, start-up included.

    Raises MeasuredFailed when it does not end well. It must write less to standard output than a pipe holds.
    """
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    main_bytes = worker_bytes = 0
    while (ended := os.wait4(child.pid, os.WNOHANG))[0] == 0:
        main_bytes = max(main_bytes, peak_bytes(child.pid))
        worker_bytes = max([worker_bytes, *(peak_bytes(one) for one in children(child.pid) if is_worker(one))])
        time.sleep(TICK_S)
    child.returncode = os.waitstatus_to_exitcode(ended[1])
    assert child.stdout
    with child.stdout:
        output = child.stdout.read()
    if child.returncode:
        raise MeasuredFailed(f"python -m {module} {' '.join(arguments)} ended with {child.returncode}.")
    return Cost(
        cpu_s=ended[2].ru_utime + ended[2].ru_stime,
        wall_s=time.monotonic() - began,
        main_bytes=main_bytes,
        worker_bytes=worker_bytes,
        output=output,
    )


def peak_bytes(process: int) -> int:
    """Most resident memory of a process so far; 0 if it has gone.

    Not `ru_maxrss`: that of a child begins with what its parent had when it was started.
    """
    with suppress(OSError, StopIteration, IndexError):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) << 10
    return 0


def children(process: int) -> Iterator[int]:
    """The processes that any thread of a process started and that still run."""
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                yield from map(int, (task / "children").read_text().split())


def is_worker(process: int) -> bool:
    """Whether a process is the one that parses."""
    with suppress(OSError):
        return WORKER in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle.

    >>> median([3, 1, 2]), median([1, 2])
    (2, 1.5)
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
