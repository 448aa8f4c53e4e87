"""A path in, an exclusive lock on it out: how processes of the pipeline keep out of each other's way."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.02  # how often a waiting process looks again


class Busy(RuntimeError):
    """Another process holds the lock. `holder` is its process id, or None if it is not known."""

    def __init__(self, path: Path, holder: int | None) -> None:
        super().__init__(f"{path} is held by process {holder or 'unknown'}")
        self.holder = holder


@contextmanager
def hold(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the exclusive lock on `path` while the body runs; the kernel lets go of it when the process dies.

    Raises Busy when it is still held by another after `wait_s` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        wait_for(descriptor, path, time.monotonic() + wait_s)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def hold_replaced(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock on a file that is itself replaced by a new one, and that keeps what it holds.

    Raises OSError when there is none or it cannot be written, Busy when it is still held by another after `wait_s` seconds.
    """
    deadline = time.monotonic() + wait_s
    is_current = False
    while not is_current:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            wait_for(descriptor, path, deadline)
            # While we waited, whoever held it may have put another file in its place.
            is_current = os.path.samestat(os.fstat(descriptor), path.stat())
            if is_current:
                yield
        finally:
            os.close(descriptor)


def find_holder(path: Path) -> int | None:
    """The process that holds the lock, 0 if it is not known which, or None if nobody does."""
    try:
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = file.read(20)
                return int(holder) if holder.isdigit() else 0
    except FileNotFoundError:
        pass
    return None


def wait_for(descriptor: int, path: Path, deadline: float) -> None:
    """Lock the open file, looking again until the deadline (monotonic seconds)."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode(errors="replace")
                raise Busy(path, int(holder) if holder.isdigit() else None) from None
            time.sleep(POLL_S)
        else:
            return
