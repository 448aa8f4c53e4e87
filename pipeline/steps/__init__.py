"""The steps, a module each, and what `poll` and `capture` need beside: network.py, sitemapping.py, recaptures.py.

A step is imported when it is asked for: aiohttp and numpy take a tenth of a second each, spaCy a whole one.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from pipeline import STEPS

if TYPE_CHECKING:
    from pipeline.events import Event
    from pipeline.run import Run
    from pipeline.settings import Settings


class Step(Protocol):
    """What every module of a step has."""

    def producer(self, settings: "Settings") -> str:
        """The version of all that shapes what it appends: step, rules version and digest, as in `compare-3-0a1b2c3d4e`.

        Asked of each step by itself: that of `claim` reads all tables, for which the others should not wait.
        """

    def take(self, run: "Run") -> Iterator[list["Event"]]:
        """Batches of outcomes: of an input that the run takes one at most, and none where it stays pending."""


def load_steps(names: Iterable[str]) -> None:
    """Import these now, so that a program that is changed while they run (`git pull`) is not read half old, half new."""
    for name in names:
        load_step(name)


def load_step(name: str) -> Step:
    """The module of a step.

    >>> load_step("compare").__name__
    'pipeline.steps.compare'

    Raises KeyError on another name than those in STEPS.
    """
    if name not in STEPS:
        raise KeyError(name)
    return cast("Step", import_module(f"pipeline.steps.{name}"))
