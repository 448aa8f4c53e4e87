"""What a command has to say in, the terminal and an exit code out.

A reader that hangs up (`claimwire status | head -1`) ends nothing: the rest is done in silence, and the exit code stands.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console

from pipeline.commands.endings import DONE, INTERRUPTED, exit_code, say


class Terminal(Console):
    """A console that is silent once nobody reads; rich's own ends the program with 1."""

    def on_broken_pipe(self) -> None:
        """Let all that follows go nowhere."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())  # also for what the stream still keeps
        os.close(nowhere)


# What is printed is mostly others' words: in them neither [b] nor :cat: is meant for us.
out = Terminal(highlight=False, markup=False, emoji=False)
errors = Terminal(stderr=True, highlight=False, markup=False, emoji=False)


def write(text: str) -> None:
    """Print a text for programs as it is."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        out.on_broken_pipe()


def fail(message: str, code: int) -> NoReturn:
    """Say one sentence and end."""
    errors.print(message, soft_wrap=True, markup=False)
    sys.exit(code)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a user can cause into one sentence and an exit code."""
    try:
        yield
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError) and "--help" in sys.argv:  # which typer prints
            sys.exit(DONE)
        if end.code == INTERRUPTED:  # typer has caught Ctrl-C
            errors.print("Interrupted: what was appended stays, and the next run goes on from there.", soft_wrap=True)
        raise
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        fail(say(error), code)
