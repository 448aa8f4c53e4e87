"""Things with a place in a text in, those near a place out, without a look at all of them: long texts take linear time."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.values import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """Things in the order of their places.

    items   sorted by start; starts: their first characters; longest: characters of the longest one
    """

    items: tuple[T, ...]
    starts: tuple[int, ...]
    longest: int

    def near(self, start: int, end: int) -> Sequence[T]:
        """All that touch [start, end), and perhaps some that end before it."""
        return self.items[bisect_left(self.starts, start - self.longest) : bisect_left(self.starts, end)]

    def starting(self, start: int, end: int) -> Sequence[T]:
        """Those whose first character is in [start, end)."""
        return self.items[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def locate(items: Iterable[T], span_of: Callable[[T], Span]) -> Located[T]:
    """Things by their places.

    >>> locate([(8, 9), (0, 3)], lambda span: span).near(2, 5)
    ((0, 3),)
    """
    placed = sorted(((span_of(item), number, item) for number, item in enumerate(items)), key=lambda found: found[:2])
    longest = max((span[1] - span[0] for span, _, _ in placed), default=0)
    return Located(tuple(item for _, _, item in placed), tuple(span[0] for span, _, _ in placed), longest)
