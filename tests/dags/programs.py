"""A program in, the last line that it prints in a process of its own out, with the environment of an Airflow's home."""

import os
import subprocess
import sys
from pathlib import Path

from dags.operating.home import Home, environment, prepare
from pipeline.settings import ROOT


def run(program: str, folder: Path) -> str:
    """The last line; the program is given a folder for a ledger. Raises AssertionError with what it says if it fails."""
    home = Home(folder / "airflow", 8080)
    prepare(home)
    ran = subprocess.run(
        [sys.executable, "-c", program, str(folder / "ledger")],
        cwd=ROOT,
        env=environment(home, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()[-1]
