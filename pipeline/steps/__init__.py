"""The steps, a module each: `producer` is the version of all that shapes what it appends, `take` does it.

A step is imported when it is taken: aiohttp, lxml, numpy and spaCy take seconds to import, each for one or two steps.
"""

from collections.abc import Iterator
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
        """Step, rules version and digest, as in `compare-3-0a1b2c3d4e`."""

    def take(self, run: "Run") -> Iterator[list["Event"]]:
        """Batches of outcomes, one for each input that the run's selection takes."""


def find_step(name: str) -> Step:
    """The module of a step.

    >>> find_step("compare").__name__
    'pipeline.steps.compare'

    Raises KeyError on another name than those in STEPS.
    """
    if name not in STEPS:
        raise KeyError(name)
    return cast("Step", import_module(f"pipeline.steps.{name}"))
