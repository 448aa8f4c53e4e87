"""A home in, a running Airflow out: its three parts on the loopback address, watched, started again, stopped in order.

`airflow standalone` would take 1.7 GB and leave children behind; this starts the same commands. Each part has a session
of its own, so that Ctrl-C reaches the supervisor alone: it stops the scheduler first, which lets running tasks end, and
last the API server, to which they report. A part that dies is started again, after what it left behind was ended, and so
is one that runs and does nothing any more; one that keeps dying ends everything.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from types import FrameType
from typing import TextIO

from dags.operating import health, leftovers, parts
from dags.operating.home import LOOPBACK, Home, HomeError, prepare, read_login
from pipeline import locks

HEALTHY_S = 240.0  # a slow machine needs a minute and a half
WATCH_S = 0.5
ASKED_S = 30.0  # between two looks whether all parts are well
HUNG_S = 300.0  # a part that was not well for so long is ended: ten looks, and far more than a busy machine needs
DEATHS = 3  # of one part within DEATHS_S; after one more we give up
DEATHS_S = 600.0
DOWN_S = 120.0  # more than all parts take together
KILL_S = 10.0
MIGRATED = "migrated"  # a file that names the version of Airflow which last brought the database up to date
TOLD = "told"  # a file that says that the password was shown
DONE, FAILED, LATER, INTERRUPTED = 0, 1, 3, 130
STARTED = "Airflow runs at"


class Stopped(BaseException):
    """Ctrl-C, TERM or `make down`; `number` is the signal's. Not to be caught as an error."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class CannotRun(RuntimeError):
    """Airflow cannot start, or cannot go on: one sentence with the remedy."""


class PortTaken(CannotRun):
    """Another program listens where Airflow would."""


def up(home: Home, out: TextIO) -> int:
    """Run Airflow until it is told to stop. Return the exit code."""
    try:
        with locks.hold(home.lock_file, wait_s=0), signals_raised():
            run(home, out)
    except locks.Busy as busy:
        say(out, f"Airflow is running already (process {busy.holder}): {home.url}. `make down` stops it.")
        return LATER
    except (CannotRun, HomeError) as reason:
        say(out, str(reason))
        return FAILED
    except Stopped as stopped:
        return INTERRUPTED if stopped.number == signal.SIGINT else DONE
    return DONE


def run(home: Home, out: TextIO) -> None:
    """Run Airflow under its lock. A lock that still names a process when nobody holds it tells `status` that Airflow has died."""
    try:
        Supervisor(home, out).run()
    except (Stopped, PortTaken, HomeError):  # it was stopped, or has not begun
        os.truncate(home.lock_file, 0)
        raise


def up_detached(home: Home, out: TextIO) -> int:
    """Run Airflow in a process of its own and return when it is healthy, or when it has failed."""
    if find_supervisor(home) is not None:
        return up(home, out)  # which says so
    home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = home.logs / "supervisor.log"
    with log.open("a") as written, log.open() as read:
        read.seek(0, os.SEEK_END)
        process = subprocess.Popen(  # our own command
            [sys.executable, "-m", "dags", "up"],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
        try:
            return follow(process, read, out)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            return INTERRUPTED


def follow(process: subprocess.Popen[bytes], log: TextIO, out: TextIO) -> int:
    """Show what a supervisor says until it has started or ended. Return its exit code, or 0 when it runs."""
    while True:
        has_ended = process.poll() is not None  # asked before reading, so that nothing it says last is missed
        for line in log:
            say(out, line.rstrip("\n"))
            if line.startswith(STARTED):
                return DONE
        if has_ended:
            return process.returncode
        time.sleep(WATCH_S)


def down(home: Home, out: TextIO) -> int:
    """Stop Airflow, and what a killed supervisor left behind. Return the exit code."""
    supervisor = find_supervisor(home)
    for number, limit_s in ((signal.SIGTERM, DOWN_S), (signal.SIGKILL, KILL_S)):
        if find_supervisor(home) and not ask_to_end(find_supervisor(home) or 0, number):
            say(out, f"Airflow is run by process {supervisor}, which is not yours to stop.")
            return FAILED
        deadline = time.monotonic() + limit_s
        while find_supervisor(home) is not None and time.monotonic() < deadline:
            time.sleep(WATCH_S)
    ended = leftovers.end(home)
    if find_supervisor(home) is not None:
        say(out, f"Airflow does not stop: process {find_supervisor(home)} still holds {home.lock_file}.")
        return FAILED
    with suppress(locks.Busy), locks.hold(home.lock_file, wait_s=0):
        os.truncate(home.lock_file, 0)  # of one that was killed: that is known now
    say(out, "Airflow is stopped." if supervisor is not None or ended else "Airflow was not running.")
    return DONE


def ask_to_end(process: int, number: signal.Signals) -> bool:
    """Send a signal, unless the process has just ended. Return whether we may."""
    try:
        with suppress(ProcessLookupError):
            os.kill(process, number)
    except PermissionError:
        return False
    return True


def find_supervisor(home: Home) -> int | None:
    """The process that runs Airflow, or None."""
    return locks.find_holder(home.lock_file)


@dataclass(slots=True, eq=False)
class Supervisor:
    """Starts the parts, watches them, and stops them whatever happens.

    deaths  of each part: when it ended by itself, in monotonic seconds
    heard   of each part: when it was last well, or started; asked: when that was last looked at
    """

    home: Home
    out: TextIO
    running: dict[str, parts.Part] = field(default_factory=dict)
    deaths: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[str, float] = field(default_factory=dict)
    asked: float = 0.0

    def run(self) -> None:
        """Run until a signal is raised. Raises CannotRun."""
        leftovers.end(self.home)  # of a supervisor that was killed
        if is_taken(self.home.port):
            raise PortTaken(f"Port {self.home.port} is taken: set CLAIMWIRE_AIRFLOW_PORT to another.")
        prepare(self.home)
        guard = parts.start_guard(self.home)
        try:
            say(self.out, "Starting Airflow, which takes about half a minute ...")
            self.migrate()
            self.start("api-server")
            self.start("dag-processor")
            self.wait_until_well(health.SERVING)  # to it a task reports: one that starts before it fails
            self.start("scheduler")
            health.warm_up(self.home.url)  # while the scheduler starts
            self.wait_until_well(health.PARTS)
            say(self.out, describe(self.home))
            while True:
                self.watch()
                self.end_hung()
        except Stopped:
            say(self.out, "Stopping Airflow; running tasks get a minute to end (again to stop at once) ...")
            raise
        finally:
            self.stop()
            guard.communicate()

    def migrate(self) -> None:
        """Create Airflow's database or bring it up to date, unless this version has done so."""
        done = self.home.folder / MIGRATED
        wanted = version("apache-airflow-core")
        if done.exists() and done.read_text() == wanted:
            return
        part = parts.start("db", self.home)
        if part.process.wait():
            raise CannotRun(f"Airflow's database could not be prepared; see {part.log}.")
        done.write_text(wanted)

    def start(self, name: str) -> None:
        """Start a part."""
        self.running[name] = parts.start(name, self.home)
        self.heard[name] = time.monotonic()

    def wait_until_well(self, wanted: Sequence[str]) -> None:
        """Wait until these parts say that they are well. Raises CannotRun when that takes too long."""
        deadline = time.monotonic() + HEALTHY_S
        while unwell := self.find_unwell(wanted):
            self.watch()
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"Airflow did not start within {HEALTHY_S:.0f} s ({', '.join(unwell)}); see {self.home.logs}."
                )

    def find_unwell(self, wanted: Sequence[str]) -> list[str]:
        """Which of these parts are not well. Whoever else has taken the port meanwhile does not answer for them."""
        if not parts.is_serving(self.running["api-server"], self.home.port):
            return ["api-server"]
        return health.find_unwell(self.home.url, wanted)

    def watch(self) -> None:
        """Wait a moment, and start again what has died. Raises CannotRun when one part keeps dying."""
        time.sleep(WATCH_S)
        for name, part in list(self.running.items()):
            code = part.process.poll()
            if code is None:
                continue
            leftovers.end(self.home, name)
            now = time.monotonic()
            self.deaths[name] = [*(died for died in self.deaths[name] if died > now - DEATHS_S), now]
            if len(self.deaths[name]) > DEATHS:
                raise CannotRun(f"Airflow's {name} keeps dying (exit code {code}); see {part.log}.")
            say(self.out, f"Airflow's {name} has died (exit code {code}) and is started again; see {part.log}.")
            self.start(name)

    def end_hung(self) -> None:
        """Now and then, end what runs but was not well for long; `watch` starts it again.

        While the API server is silent nobody knows of the others: they are not to blame.
        """
        now = time.monotonic()
        if now < self.asked + ASKED_S:
            return
        self.asked = now
        unwell = {name.replace("_", "-") for name in self.find_unwell(health.PARTS)}
        for name, part in self.running.items():
            if name not in unwell:
                self.heard[name] = now
            elif now > self.heard[name] + HUNG_S:
                say(self.out, f"Airflow's {name} hangs: it was not well for {HUNG_S / 60:.0f} minutes; see {part.log}.")
                leftovers.end(self.home, name)

    def stop(self) -> None:
        """Stop the parts in order, then whatever is left."""
        try:
            for name in parts.STOP_ORDER:
                if name in self.running:
                    parts.stop(self.running[name])
        except Stopped:
            pass  # asked a second time
        finally:
            with signals_ignored():
                leftovers.end(self.home)
        say(self.out, "Airflow is stopped.")


def describe(home: Home) -> str:
    """Where Airflow is and how to get in: the password is told once."""
    login = read_login(home)
    told = home.folder / TOLD
    password = f"password in {home.login_file}" if told.exists() else f"password {login.password}"
    told.touch()
    return f"{STARTED} {home.url}  user {login.user}  {password}. `make down` stops it."


def say(out: TextIO, text: str) -> None:
    """Write lines that are seen at once; nobody may be left to see them."""
    with suppress(OSError):
        out.write(f"{text}\n")
        out.flush()


def is_taken(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


@contextmanager
def signals_raised() -> Iterator[None]:
    """Raise Stopped where the program stands when somebody asks it to end."""

    def stop(number: int, _: FrameType | None) -> None:
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Do a last short thing whatever is asked."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
