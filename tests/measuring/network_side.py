"""A data folder, a sources file and a step in, that step taken out: what polling or capturing costs by itself."""

import json
import sys
from pathlib import Path

from pipeline.run import Run, take_step
from pipeline.settings import Settings

if __name__ == "__main__":
    settings = Settings(
        data=Path(sys.argv[1]),
        sources=Path(sys.argv[2]),
        # Patient: on a machine that is busy with other things nothing is to fail.
        connect_timeout_s=120.0,
        read_timeout_s=240.0,
        page_timeout_s=600.0,
        worker_wall_s=600.0,
    )
    sys.stdout.write(json.dumps(take_step(Run(settings=settings), sys.argv[3])))
