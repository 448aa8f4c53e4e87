"""A folder in, how `make up` starts on a new machine out: seconds until its first run is done, and the memory it takes."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.e2e.postgres import take_free_port
from tests.e2e.supervised import Airflow, make_airflow

LOOK_S = 0.25  # the most lasts less than a second
REST_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A start on an empty data folder, which reads the bundled world.

    first_run_s  from the command to the end of the first run of `poll`, which publishes
    rest_bytes   memory of all processes when nothing runs; peak_bytes: at most until then. PSS: shared pages count once.
    """

    first_run_s: float
    rest_bytes: int
    peak_bytes: int


def measure_start(folder: Path) -> Start:
    """Start Airflow, wait for its first run, and stop it."""
    airflow = make_airflow(folder, take_free_port())
    seen = [0]
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_S):
            seen.append(count_bytes(airflow))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        began = time.monotonic()
        airflow.up()
        airflow.wait_for_success("poll")
        first_run_s = time.monotonic() - began
        time.sleep(REST_S)  # the last task's process is gone by then
        return Start(first_run_s=first_run_s, rest_bytes=count_bytes(airflow), peak_bytes=max(seen))
    finally:
        is_over.set()
        looking.join()
        airflow.run("dags", "down")
        airflow.reap()


def count_bytes(airflow: Airflow) -> int:
    """The memory of all its processes: those that it marks, the supervisor and its guard."""
    found = {process.pid: process for process in airflow.processes()}
    if airflow.supervisor:
        with suppress(psutil.Error):
            supervisor = psutil.Process(airflow.supervisor.pid)
            found |= {process.pid: process for process in (supervisor, *supervisor.children())}
    total = 0
    for process in found.values():
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total
