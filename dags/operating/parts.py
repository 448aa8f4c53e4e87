"""The name of one of Airflow's parts in, its process out, with a log file that does not grow without end."""

import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from logging import INFO, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

import psutil

from dags.operating.home import Home, environment
from dags.operating.leftovers import mark

# In the order in which they start. The scheduler's own log server would listen on every address and is not needed: the
# API server reads the same disk.
COMMANDS = {
    "api-server": ("python", "-m", "dags.operating.api_server"),
    "dag-processor": ("airflow", "dag-processor"),
    "scheduler": ("airflow", "scheduler", "--skip-serve-logs"),
}
ONCE = {"db": ("airflow", "db", "migrate")}
STOP_ORDER = ("scheduler", "dag-processor", "api-server")
# The scheduler waits for running tasks. They may be killed anywhere and are taken up again, but it is tidier to let them end.
STOP_S = {"scheduler": 60.0, "dag-processor": 10.0, "api-server": 15.0}
LOG_BYTES = 10_000_000
LOG_FILES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A process, and the file that its output goes to."""

    process: subprocess.Popen[str]
    log: Path
    name: str


def start(name: str, home: Home) -> Part:
    """Start a part in a session of its own."""
    log = home.logs / f"{name}.log"
    program, *arguments = (COMMANDS | ONCE)[name]
    process = subprocess.Popen(  # noqa: S603  # our own commands
        [str(Path(sys.executable).parent / program), *arguments],
        env=environment(home) | mark(home, name),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    threading.Thread(target=keep_output, args=(process, log), daemon=True).start()
    return Part(process, log, name)


def is_serving(part: Part, port: int) -> bool:
    """Whether it is this part that listens on the port, and not another Airflow's."""
    try:
        sockets = psutil.Process(part.process.pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)


def start_guard(home: Home) -> subprocess.Popen[bytes]:
    """Start a process that ends the parts when this one is killed: it waits for the end of its standard input."""
    return subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", "dags.operating.guard", str(home.folder)], stdin=subprocess.PIPE, start_new_session=True
    )


def keep_output(process: subprocess.Popen[str], log: Path) -> None:
    """Write what the process prints to a file, and start a new one when it is large."""
    assert process.stdout
    file = RotatingFileHandler(log, maxBytes=LOG_BYTES, backupCount=LOG_FILES)
    with process.stdout as lines, closing(file):
        for line in lines:
            file.emit(LogRecord(log.stem, INFO, str(log), 0, line.rstrip("\n"), None, None))


def stop(part: Part) -> None:
    """Ask a part to end and wait for it; what is left after its time is ended with the leftovers."""
    part.process.terminate()
    try:
        part.process.wait(timeout=STOP_S[part.name])
    except subprocess.TimeoutExpired:
        part.process.kill()
        part.process.wait()
