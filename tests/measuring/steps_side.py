"""A data folder and a sources file in, all five steps taken in one process out: what a scheduler's run is compared with."""

import json
import sys
from collections import Counter
from pathlib import Path

from pipeline import STEPS
from pipeline.run import Run, take_step
from pipeline.settings import Settings


def main(data: Path, sources: Path) -> dict[str, int]:
    """Take what the sources list through all steps; how many events of each type came of it, and `appended` in all."""
    run = Run(settings=Settings(data=data, sources=sources))
    counts: Counter[str] = Counter()
    for step in STEPS:
        counts.update(take_step(run, step))
    return dict(counts)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(Path, sys.argv[1:]))))
