"""Calls in, values or failures out: a killable process in which untrusted bytes meet parsers.

100,000 attributes on one tag hang every HTML parser inside C, where no Python time-out reaches. So parsing runs in a
child process with limits on CPU, wall time and address space. Whatever goes wrong ends that process and only that: the
next call gets a fresh one. `python -m pipeline.articles.worker LIMITS` is the child.
"""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from pipeline.articles.exchange import FUNCTIONS, LENGTH_BYTES, Call, Limits, Reply
from pipeline.settings import ROOT, Settings

START_WALL_S = 120.0  # to import the libraries; 2 s of CPU, more on a busy machine
CLOSE_WALL_S = 2.0
READ_BYTES = 1 << 16

T = TypeVar("T")


class WorkerError(RuntimeError):
    """The worker cannot start at all: an installation is broken, no page is to blame."""


@dataclass(frozen=True, slots=True)
class WorkerFailure:
    """Why a call has no value.

    reason        too_costly | wall_time | memory | worker_died | error
    is_transient  whether the same call may succeed another time
    """

    reason: str
    detail: str
    is_transient: bool


class Worker:
    """A child process that is started at the first call and replaced after a failure.

    It holds state because starting costs two CPU seconds. Calls from several threads take turns. The kernel ends the
    child when the thread that started it ends, so call from threads that live as long as the worker.
    """

    def __init__(self, settings: Settings, functions: tuple[str, ...] = FUNCTIONS) -> None:
        self.settings = settings
        self.functions = functions
        self.child: subprocess.Popen[bytes] | None = None
        self.prepared: set[str] = set()
        self.deadline = 0.0
        self.is_busy = False
        self.turn = threading.Lock()

    def call(self, function: str, *arguments: object, returns: type[T]) -> T | WorkerFailure:
        """The value of one function of the allow-list, as type `returns`, or why there is none."""
        with self.turn:
            self.send(function, encode_call(function, arguments))
            return self.receive(returns)

    def map(
        self, function: str, calls: Iterable[tuple[object, ...]], *, returns: type[T]
    ) -> Iterator[T | WorkerFailure]:
        """The value or failure of each call, in order. While the child works on one, the next is prepared."""
        with self.turn:
            try:
                for arguments in calls:
                    frame = encode_call(function, arguments)
                    answered = [self.receive(returns)] if self.is_busy else []
                    self.send(function, frame)
                    yield from answered
                if self.is_busy:
                    yield self.receive(returns)
            finally:
                if self.is_busy:  # the caller stopped in the middle: nobody would take this answer
                    self.close()

    def send(self, function: str, frame: bytes) -> None:
        """Give a call to the child, if need be a new one. Raises ValueError on a function that is not allowed."""
        if function not in self.functions:
            raise ValueError(f"expected one of {', '.join(self.functions)}, got {function}")
        assert not self.is_busy
        if self.child is None or self.child.poll() is not None:
            self.start()
        if function not in self.prepared:
            self.prepare(function)
        self.write(frame)
        self.is_busy = True
        self.deadline = time.monotonic() + self.settings.worker_wall_s

    def receive(self, returns: type[T]) -> T | WorkerFailure:
        """The answer to the call that was sent last."""
        reply = self.read_reply()
        self.is_busy = False
        if isinstance(reply, WorkerFailure):
            return reply
        if reply.is_last:
            self.close()
        if reply.reason is not None:
            return WorkerFailure(reply.reason, reply.detail, reply.is_transient)
        return msgspec.msgpack.decode(reply.value, type=returns)

    def start(self) -> None:
        """Start a child: with a fixed hash seed and one thread, so that a page gives the same text everywhere."""
        self.close()
        limits = Limits(self.settings.worker_cpu_s, self.settings.worker_memory_bytes, self.functions)
        single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
        self.child = subprocess.Popen(  # noqa: S603  # our own module, run by our own interpreter
            [sys.executable, "-P", "-m", "pipeline.articles.worker", msgspec.json.encode(limits).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            process_group=0,  # Ctrl-C is for the parent, which closes the worker
            env=os.environ | single | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
        )

    def prepare(self, function: str) -> None:
        """Have the child import what a function needs, outside the limits of any page."""
        self.write(msgspec.msgpack.encode(Call(function)))
        self.deadline = time.monotonic() + START_WALL_S
        reply = self.read_reply()
        if isinstance(reply, WorkerFailure) or reply.reason is not None:
            self.close()
            raise WorkerError(f"The worker cannot load {function} ({reply.reason}: {reply.detail}); run `make` again.")
        self.prepared.add(function)

    def write(self, frame: bytes) -> None:
        """Write a frame. A child that died meanwhile is told by `read_reply`."""
        assert self.child is not None
        assert self.child.stdin is not None
        view = memoryview(len(frame).to_bytes(LENGTH_BYTES, "little") + frame)
        try:
            while view:
                view = view[self.child.stdin.write(view) or 0 :]
        except BrokenPipeError:
            return

    def read_reply(self) -> Reply | WorkerFailure:
        """The child's next reply, or how it ended."""
        received = bytearray()
        wanted = LENGTH_BYTES
        while len(received) < wanted:
            part = self.read_part()
            if isinstance(part, WorkerFailure):
                return part
            received += part
            if wanted == LENGTH_BYTES and len(received) >= LENGTH_BYTES:
                wanted += int.from_bytes(received[:LENGTH_BYTES], "little")
        return msgspec.msgpack.decode(memoryview(received)[LENGTH_BYTES:], type=Reply)

    def read_part(self) -> bytes | WorkerFailure:
        """Some bytes from the child before the deadline; else it is ended."""
        assert self.child is not None
        assert self.child.stdout is not None
        answered = select.poll()
        answered.register(self.child.stdout, select.POLLIN)
        left_s = max(0.0, self.deadline - time.monotonic())
        if not answered.poll(left_s * 1000):
            self.child.kill()
            self.close()
            return WorkerFailure("wall_time", f"no answer in {self.settings.worker_wall_s:g} s of wall time", True)
        if part := os.read(self.child.stdout.fileno(), READ_BYTES):
            return part
        exit_code = self.child.wait()
        self.close()
        return how_it_died(exit_code, self.settings.worker_cpu_s)

    def close(self) -> None:
        """End the child, if there is one."""
        child, self.child = self.child, None
        is_busy, self.is_busy = self.is_busy, False
        self.prepared.clear()
        if child is None:
            return
        if is_busy:
            child.kill()
        for stream in (child.stdin, child.stdout):
            assert stream is not None
            stream.close()
        try:
            child.wait(CLOSE_WALL_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def encode_call(function: str, arguments: tuple[object, ...]) -> bytes:
    """The frame of one call."""
    return msgspec.msgpack.encode(Call(function, [msgspec.Raw(msgspec.msgpack.encode(value)) for value in arguments]))


def how_it_died(exit_code: int, cpu_s: int) -> WorkerFailure:
    """What the exit of a child in the middle of a call means.

    >>> how_it_died(-signal.SIGXCPU, 10)
    WorkerFailure(reason='too_costly', detail='more than 10 s of CPU time', is_transient=False)
    >>> how_it_died(-signal.SIGSEGV, 10)
    WorkerFailure(reason='worker_died', detail='SIGSEGV', is_transient=True)
    """
    if exit_code == -signal.SIGXCPU:
        return WorkerFailure("too_costly", f"more than {cpu_s} s of CPU time", False)
    name = signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    return WorkerFailure("worker_died", name, True)


@contextmanager
def open_worker(settings: Settings, functions: tuple[str, ...] = FUNCTIONS) -> Iterator[Worker]:
    """A worker for the length of a `with`: `with open_worker(settings) as worker: worker.call(...)`."""
    worker = Worker(settings, functions)
    try:
        yield worker
    finally:
        worker.close()


if __name__ == "__main__":
    from pipeline.articles.child import serve

    serve(sys.argv[1].encode())
