"""The other side of the comparison: the pipeline's own steps from the sources to the end of extract, ledger and all."""

import json
import sys
from pathlib import Path

from pipeline.run import Run, take_step
from pipeline.settings import Settings


def main(data: Path) -> dict[str, int]:
    """Poll, capture and extract what `sources.toml` in the folder lists; how many entries, pages and texts came of it."""
    run = Run(settings=Settings(data=data, sources=data / "sources.toml"))
    counts = [take_step(run, step) for step in ("poll", "capture", "extract")]
    names = {"EntrySeen": "entries", "PageCaptured": "pages", "ArticleExtracted": "texts"}
    return {called: sum(count.get(name, 0) for count in counts) for name, called in names.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
