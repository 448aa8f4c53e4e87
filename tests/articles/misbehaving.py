"""Functions for a worker to call: each does one thing that a parser of untrusted bytes may do."""

import os
import time


def double(number: int) -> int:
    """Behaves."""
    return 2 * number


def count(body: bytes) -> int:
    """Behaves."""
    return len(body)


def print_then_double(number: int) -> int:
    """Writes where only frames may go."""
    print("noise")  # noqa: T201
    os.write(1, b"more noise")
    return 2 * number


def burn(seconds: float) -> float:
    """Uses CPU time."""
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        pass
    return seconds


def sleep(seconds: float) -> float:
    """Uses wall time."""
    time.sleep(seconds)
    return seconds


def hoard(count_bytes: int) -> int:
    """Uses memory."""
    return len(bytearray(count_bytes))


def abort() -> None:
    """Dies inside C."""
    os.abort()


def refuse() -> None:
    """Raises."""
    raise RuntimeError("a library gave up on \ud83d")


def process_id() -> int:
    """Tells which process it runs in."""
    return os.getpid()
