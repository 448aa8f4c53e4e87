"""A data folder, a sources file and a step in, that step taken out: what polling or capturing costs by itself."""

import json
import sys
from pathlib import Path

from pipeline.run import Run, take_step
from pipeline.settings import Settings

if __name__ == "__main__":
    run = Run(settings=Settings(data=Path(sys.argv[1]), sources=Path(sys.argv[2])))
    sys.stdout.write(json.dumps(take_step(run, sys.argv[3])))
