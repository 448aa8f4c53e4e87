"""Sizes in, how the index of the comparison grows out: a table and a picture, both for the README.

`python -m tests.measuring.index_growth 10000 100000 1000000` takes two minutes, most of it to make a million articles
and to take them in. Only a call with these three sizes writes.
"""

import json
import math
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from pipeline.settings import ROOT
from tests.bench import short
from tests.measuring.costs import measure
from tests.measuring.index_side import NEW
from tests.measuring.report import Table, to_table, write_between
from tests.measuring.site import MEASURING

SIZES = (10_000, 100_000, 1_000_000)
PICTURE = Path(__file__).with_suffix(".svg")
WIDTH, HEIGHT, LEFT, TOP = 640, 360, 70, 30
LINES = {"fingerprints_cpu_s": ("articles", "#1f6f8b"), "sentence_keys_cpu_s": ("sentences", "#b3541e")}
LIMITS = {"fingerprints_cpu_s": 2.0, "sentence_keys_cpu_s": 10.0}
LEAST_S, MOST_S = 0.05, 20.0

Side = dict[str, float]


def to_rows(sides: Sequence[Side]) -> Table:
    """One row for each size."""
    head = (
        "articles", f"{NEW:,} new: articles, CPU s", "sentences, CPU s", "candidates a new one", "bytes an article", "peak MB"
    )  # fmt: skip
    return [head, *map(to_row, sides)]


def to_row(side: Side) -> tuple[str, ...]:
    """What one size cost."""
    return (
        short(int(side["articles"])),
        f"{side['fingerprints_cpu_s']:.1f}",
        f"{side['sentence_keys_cpu_s']:.1f}",
        f"{(side['fingerprints_pairs'] + side['sentence_keys_pairs']) / NEW:.0f}",
        f"{side['bytes_per_article']:,.0f}",
        f"{side['peak_bytes'] / 1e6:.0f}",
    )


def draw(sides: Sequence[Side]) -> str:
    """The two searches over the size of the index as an SVG picture, both axes logarithmic, their limits dashed."""
    title = f"CPU s for {NEW:,} new articles (dashed: at most)"
    parts = [write(WIDTH / 2, HEIGHT - 12, "articles in the index"), write(LEFT + 80, 18, title)]
    parts += [write(across(side), HEIGHT - 34, short(int(side["articles"]))) for side in sides]
    parts += [write(LEFT - 26, up(seconds) + 4, f"{seconds:g}") for seconds in (0.1, 1, 10)]
    for name, (title, colour) in LINES.items():
        points = " ".join(f"{across(side):.1f},{up(side[name]):.1f}" for side in sides)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(side):.1f}" cy="{up(side[name]):.1f}" r="4" fill="{colour}"/>' for side in sides
        ]
        parts.append(write(across(sides[-1]) + 45, up(sides[-1][name]) + 4, title))
        limit = up(LIMITS[name])
        parts.append(f'<path d="M{LEFT} {limit:.1f}H{WIDTH - 100}" stroke="{colour}" stroke-dasharray="4 4"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        f'font-size="12" text-anchor="middle"><rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def across(side: Side) -> float:
    """Where a size stands."""
    share = math.log10(side["articles"] / SIZES[0]) / math.log10(SIZES[-1] / SIZES[0])
    return LEFT + 20 + share * (WIDTH - LEFT - 140)


def up(seconds: float) -> float:
    """Where a cost stands.

    >>> up(MOST_S)
    30.0
    """
    share = math.log10(max(seconds, LEAST_S) / LEAST_S) / math.log10(MOST_S / LEAST_S)
    return HEIGHT - 55 - share * (HEIGHT - 55 - TOP)


def write(x: float, y: float, text: str) -> str:
    """A word in the picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def measure_side(articles: int) -> Side:
    """What one size costs, in a process of its own."""
    sys.stderr.write(f"{articles:,} articles ...\n")
    side: Side = json.loads(measure("tests.measuring.index_side", str(articles)).output)
    return side


def main(sizes: Sequence[int]) -> None:
    """Measure, print, and write the table and the picture if these were the README's sizes."""
    if not (MEASURING / "dedup").is_dir():
        sys.stdout.write("There is no measuring data beside this checkout (../shared/data): nothing was measured.\n")
        return
    sides = [measure_side(size) for size in sizes]
    text = to_table(to_rows(sides))
    if is_full := tuple(sizes) == SIZES:
        PICTURE.write_text(draw(sides))
    is_written = is_full and write_between(ROOT / "README.md", "index", text)
    sys.stdout.write(f"{text}\n{'Written to README.md.' if is_written else 'README.md was not changed.'}\n")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
