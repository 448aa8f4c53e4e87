"""A home in, its processes ended out: also those whose parents were killed, and which nobody waits for any more.

They are found by a variable that the supervisor puts into the environment of each part: what a part starts inherits it,
and the system tells the environment of a process even when its parent is gone.
"""

import os
from collections.abc import Iterator
from contextlib import suppress

import psutil

from dags.operating.home import Home

MARK = "AIRFLOW_SUPERVISED"
KILL_AFTER_S = 5.0


def mark(home: Home, part: str) -> dict[str, str]:
    """What the environment of a part says about it.

    >>> from pathlib import Path
    >>> mark(Home(Path("/srv/airflow"), 8080), "scheduler")
    {'AIRFLOW_SUPERVISED': 'scheduler of /srv/airflow', 'SPT_NOENV': '1'}
    """
    return {MARK: f"{part} of {home.folder}", "SPT_NOENV": "1"}  # setproctitle must not write its titles over it


def find(home: Home, part: str = "") -> Iterator[psutil.Process]:
    """Processes of a part of this home, or of all its parts; never this one."""
    wanted = mark(home, part)[MARK] if part else f" of {home.folder}"
    for process in psutil.process_iter():
        try:
            marked = process.environ().get(MARK, "")
        except (psutil.Error, OSError):
            continue  # gone, or somebody else's
        if process.pid != os.getpid() and marked.endswith(wanted) and process.is_running():
            yield process


def end(home: Home, part: str = "") -> int:
    """End them by TERM, and by KILL those that do not listen. Return how many there were."""
    found = list(find(home, part))
    for process in found:
        signal_to(process, is_last=False)
    _, living = psutil.wait_procs(found, timeout=KILL_AFTER_S)
    for process in living:
        signal_to(process, is_last=True)
    psutil.wait_procs(living, timeout=KILL_AFTER_S)
    return len(found)


def signal_to(process: psutil.Process, *, is_last: bool) -> None:
    """Ask a process to end, or end it; it may have ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        (process.kill if is_last else process.terminate)()
