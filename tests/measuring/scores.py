"""Counts in, precision, recall and F1 out."""

from typing import NamedTuple


class Score(NamedTuple):
    """Shares from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 when both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(found: int, right: int, wanted: int, reached: int | None = None) -> Score:
    """Of `found` answers `right` are; of `wanted` ones as many, or `reached`, were found.

    >>> score(4, 3, 6)
    Score(precision=0.75, recall=0.5)
    """
    hit = right if reached is None else reached
    return Score(right / found if found else 0.0, hit / wanted if wanted else 0.0)


def show(found: Score) -> str:
    """The three figures in percent.

    >>> show(Score(0.75, 0.5))
    '75.0 / 50.0 / 60.0'
    """
    return f"{100 * found.precision:.1f} / {100 * found.recall:.1f} / {100 * found.f1:.1f}"


def share(part: int, whole: int) -> str:
    """A share in percent, and of how many.

    >>> share(66, 69)
    '95.7% of 69'
    """
    return f"{100 * part / whole if whole else 0:.1f}% of {whole}"
