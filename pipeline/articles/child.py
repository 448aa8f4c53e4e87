"""Calls in, replies out: the inside of a worker process, under its limits.

Nothing but frames may reach standard output, so the pipes are moved out of the way of libraries that print.
"""

import ctypes
import gc
import importlib
import logging
import os
import resource
import signal
import sys
import time
import typing
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from pipeline.articles.exchange import Call, Limits, Reply, read_frame, write_frame

PR_SET_PDEATHSIG = 1  # linux/prctl.h
WORN_SHARE = 0.7  # of the memory limit in address space: the libraries' caches have grown, a fresh worker is better
GARBAGE_THRESHOLD = 50_000  # the default of 700 costs a twentieth of the time; trees are freed without it
DETAIL_CHARACTERS = 300


def serve(arguments: bytes) -> None:
    """Answer calls until standard input ends or a call fails."""
    limits = msgspec.json.decode(arguments, type=Limits)
    die_with_parent()
    requests, replies = take_pipes()
    logging.disable(logging.CRITICAL)  # a bad page is told by its outcome
    gc.set_threshold(GARBAGE_THRESHOLD)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lower(resource.RLIMIT_AS, limits.memory_bytes)
    while (frame := read_frame(requests)) is not None:
        reply = answer(frame, limits)
        try:
            write_frame(replies, msgspec.msgpack.encode(reply))
        except BrokenPipeError:
            os._exit(0)  # the parent has gone: nobody to answer, nor to show a traceback to
        if reply.is_last:
            os._exit(0)  # at the memory limit even a clean exit may fail


def die_with_parent() -> None:
    """Have the kernel end this process when its parent's thread ends: a long C loop never reads standard input."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; from here on standard input is empty and standard output goes to standard error."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, replies


def lower(limit: int, value: int) -> None:
    """Set a soft limit, never above the hard one."""
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def answer(frame: bytes, limits: Limits) -> Reply:
    """The reply to one call. Any exception becomes a failure that ends this worker."""
    try:
        call = msgspec.msgpack.decode(frame, type=Call)
        function, kinds = find_function(call.function, limits.functions)
        if call.arguments is None:
            return Reply()
        # RLIMIT_CPU counts the whole life of a process; its default action, death, is what stops a loop inside C.
        lower(resource.RLIMIT_CPU, int(time.process_time()) + 1 + limits.cpu_s)
        values = [msgspec.msgpack.decode(raw, type=kind) for raw, kind in zip(call.arguments, kinds, strict=True)]
        value = msgspec.Raw(msgspec.msgpack.encode(function(*values)))
        return Reply(value=value, is_last=used_bytes() > WORN_SHARE * limits.memory_bytes)
    except BaseException as error:  # noqa: BLE001  # every input ends in an outcome, whatever a library raises
        return failed(error, limits)


@cache
def find_function(name: str, allowed: tuple[str, ...]) -> tuple[Callable[..., Any], list[Any]]:
    """An allowed `module:function` and the types of its parameters; the first time its module is warmed up.

    Raises ValueError on a name that is not allowed.
    """
    if name not in allowed:
        raise ValueError(f"expected one of {', '.join(allowed)}, got {name}")
    module_name, _, function_name = name.partition(":")
    is_new = module_name not in sys.modules
    module = importlib.import_module(module_name)
    if is_new and hasattr(module, "warm_up"):
        module.warm_up()
        gc.freeze()
    function = getattr(module, function_name)
    hints = typing.get_type_hints(function)
    return function, [kind for parameter, kind in hints.items() if parameter != "return"]


def used_bytes() -> int:
    """The address space in use."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def failed(error: BaseException, limits: Limits) -> Reply:
    """Why a call failed. Near the memory limit libraries raise odd errors, so a full address space counts as `memory`.

    >>> failed(RecursionError("too deep"), Limits(10, 1 << 40, ())).reason
    'error'
    >>> failed(OSError("Memory allocation failed"), Limits(10, 1 << 40, ())).reason
    'memory'
    """
    detail = f"{type(error).__name__}: {error}"[:DETAIL_CHARACTERS].encode("utf-8", "replace").decode()
    is_memory = isinstance(error, MemoryError) or "memory" in detail.lower() or used_bytes() > 0.9 * limits.memory_bytes
    return Reply(reason="memory" if is_memory else "error", detail=detail, is_transient=is_memory, is_last=True)
