"""The files of the program in, whether they are still those that a running Airflow has imported out.

Its tasks are forked with their modules, while models and the worker that reads pages come from the disk: after an update, events
of new rules would bear the name of the old ones.
"""

from hashlib import sha256
from pathlib import Path

from pipeline.settings import ROOT

PROGRAM = ("dags/**/*.py", "pipeline/**/*.py", "sql/**/*.sql")

_imported: list[str] = []  # the digest of what was imported, once it was


class CodeChangedError(RuntimeError):
    """The program on the disk is not the one that runs: one sentence with the remedy."""


def remember(root: Path = ROOT) -> None:
    """Keep what the program is now, for this process and those that are forked from it."""
    _imported[:] = [digest(root)]


def check(root: Path = ROOT) -> None:
    """Raise CodeChangedError if the program is another one than was remembered."""
    if _imported and _imported != [digest(root)]:
        raise CodeChangedError(
            "The program was changed while Airflow runs: `make down`, `make up`, then clear this task."
        )


def digest(root: Path) -> str:
    """A digest of all files of the program, their names included."""
    found = sha256()
    for file in sorted(file for pattern in PROGRAM for file in root.glob(pattern)):
        found.update(f"{file.relative_to(root)}\n{sha256(file.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()
