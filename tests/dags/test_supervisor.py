"""The supervisor with small programs in place of Airflow's; tests/e2e runs it with Airflow itself."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from dags.operating import leftovers, parts, supervisor
from dags.operating.home import Home, prepare, read_login
from pipeline import locks

SLEEPS = ("python", "-c", "import time; time.sleep(60)")
DIES = ("python", "-c", "raise SystemExit('no room')")
# Starts a child that outlives it, and names it as Airflow names its workers.
FORKS = (
    "python",
    "-c",
    "import os, time, setproctitle\n"
    "if not os.fork():\n    setproctitle.setproctitle('airflow worker -- with a long name' * 9)\n    print('ready', flush=True)\n"
    "time.sleep(60)",
)

# Answers as the API server does, that the scheduler is not well.
TELLS = (
    "python",
    "-c",
    "import json, sys\n"
    "from http.server import BaseHTTPRequestHandler, HTTPServer\n"
    "class Teller(BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        self.send_response(200)\n"
    "        self.end_headers()\n"
    "        states = {'metadatabase': 'healthy', 'scheduler': 'unhealthy', 'dag_processor': 'healthy'}\n"
    "        self.wfile.write(json.dumps({name: {'status': state} for name, state in states.items()}).encode())\n"
    "HTTPServer(('127.0.0.1', int(sys.argv[1])), Teller).serve_forever()",
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Home(tmp_path / "airflow", free.getsockname()[1])
    prepare(made)
    yield made
    leftovers.end(made)


def wait_for(happened: Callable[[], object], what: str) -> None:
    """Look again until it has happened, a minute at most."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.05)


def read(part: parts.Part) -> str:
    """What the part has printed."""
    return part.log.read_text() if part.log.exists() else ""


def test_what_a_part_prints_is_in_its_log(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.COMMANDS, "scheduler", DIES)

    part = parts.start("scheduler", home)

    part.process.wait()
    wait_for(lambda: "no room\n" in read(part), "the line")


def test_a_log_that_grows_is_rotated(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LOG_BYTES", 1_000)
    monkeypatch.setitem(parts.COMMANDS, "scheduler", ("python", "-c", "for _ in range(100): print('x' * 99)"))

    part = parts.start("scheduler", home)

    part.process.wait()
    wait_for((home.logs / f"scheduler.log.{parts.LOG_FILES}").exists, "the last file")
    assert all(file.stat().st_size <= 1_000 for file in home.logs.glob("scheduler.log*"))


def test_a_child_that_outlived_its_part_is_found_and_ended(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.COMMANDS, "scheduler", FORKS)
    part = parts.start("scheduler", home)
    wait_for(lambda: "ready" in read(part), "the fork")
    part.process.kill()
    part.process.wait()

    ended = leftovers.end(home, "scheduler")

    assert ended == 1
    assert not list(leftovers.find(home))


def test_only_processes_of_this_home_are_ended(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.COMMANDS, "scheduler", SLEEPS)
    other = Home(tmp_path / "not" / "airflow", home.port)
    other.logs.mkdir(parents=True)
    theirs = parts.start("scheduler", other)

    assert leftovers.end(home) == 0
    assert theirs.process.poll() is None
    assert leftovers.end(other) == 1
    theirs.process.wait()


def test_all_parts_end_when_the_supervisor_is_killed(home: Home) -> None:
    script = (
        "import time; from pathlib import Path\n"
        "from dags.operating import parts; from dags.operating.home import Home\n"
        f"parts.COMMANDS['scheduler'] = {FORKS!r}\n"
        f"home = Home(Path({str(home.folder)!r}), 1)\n"
        "part, guard = parts.start('scheduler', home), parts.start_guard(home)\n"
        "time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script])
    wait_for(lambda: len(list(leftovers.find(home))) == 2, "the part and its child")

    supervisor.kill()
    supervisor.wait()

    wait_for(lambda: not list(leftovers.find(home)), "their end")


def test_a_part_that_dies_is_started_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.COMMANDS, "scheduler", SLEEPS)
    out = StringIO()
    watching = supervisor.Supervisor(home, out)
    watching.start("scheduler")
    first = watching.running["scheduler"].process
    first.kill()
    first.wait()

    watching.watch()

    second = watching.running["scheduler"].process
    assert second.pid != first.pid
    assert second.poll() is None
    assert "scheduler has died (exit code -9) and is started again; see " in out.getvalue()
    watching.stop()


def test_a_part_that_keeps_dying_ends_the_watch_with_its_log(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.COMMANDS, "scheduler", DIES)
    watching = supervisor.Supervisor(home, StringIO())
    watching.start("scheduler")

    def watch() -> None:
        while True:
            watching.watch()

    with pytest.raises(supervisor.CannotRun, match=r"scheduler keeps dying \(exit code 1\); see .*scheduler\.log\.$"):
        watch()


@pytest.fixture
def watching(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[supervisor.Supervisor, StringIO]]:
    """A supervisor whose API server says that the scheduler is not well, and who is soon out of patience."""
    monkeypatch.setattr(supervisor, "ASKED_S", 0.0)
    monkeypatch.setattr(supervisor, "HUNG_S", 2.0)
    monkeypatch.setattr("dags.operating.health.ANSWER_S", 0.5)
    for name, program in (("api-server", (*TELLS, str(home.port))), ("dag-processor", SLEEPS), ("scheduler", SLEEPS)):
        monkeypatch.setitem(parts.COMMANDS, name, program)
    out = StringIO()
    made = supervisor.Supervisor(home, out)
    for name in parts.COMMANDS:
        made.start(name)
    wait_for(lambda: made.find_unwell(("scheduler", "dag_processor")) == ["scheduler"], "an answer")
    yield made, out
    made.stop()


def wait_for_another(watching: supervisor.Supervisor, name: str) -> set[str]:
    """Watch until a part was started again; return all that were."""
    before = {name: part.process.pid for name, part in watching.running.items()}

    def is_another() -> bool:
        watching.watch()
        watching.end_hung()
        return watching.running[name].process.pid != before[name]

    wait_for(is_another, f"another {name}")
    return {name for name, part in watching.running.items() if part.process.pid != before[name]}


def test_a_part_that_hangs_is_started_again(watching: tuple[supervisor.Supervisor, StringIO]) -> None:
    supervising, out = watching

    assert wait_for_another(supervising, "scheduler") == {"scheduler"}
    assert "Airflow's scheduler hangs: it was not well for 0 minutes; see " in out.getvalue()


def test_of_an_api_server_that_hangs_only_it_is_started_again(
    watching: tuple[supervisor.Supervisor, StringIO],
) -> None:
    supervising, out = watching
    supervising.running["api-server"].process.send_signal(signal.SIGSTOP)

    assert wait_for_another(supervising, "api-server") == {"api-server"}
    assert "Airflow's api-server hangs" in out.getvalue()


def test_a_part_that_does_not_listen_is_killed_with_its_children(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = (
        "python",
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
    )
    monkeypatch.setitem(parts.COMMANDS, "scheduler", deaf)
    monkeypatch.setitem(parts.STOP_S, "scheduler", 0.1)
    watching = supervisor.Supervisor(home, StringIO())
    watching.start("scheduler")
    wait_for(lambda: "ready" in read(watching.running["scheduler"]), "its start")

    watching.stop()

    assert watching.running["scheduler"].process.returncode == -signal.SIGKILL
    assert not list(leftovers.find(home))


def test_a_taken_port_is_told_with_the_remedy(home: Home) -> None:
    out = StringIO()
    with socket.create_server(("127.0.0.1", home.port)):
        code = supervisor.up(home, out)

    assert code == supervisor.FAILED
    assert out.getvalue() == f"Port {home.port} is taken: set CLAIMWIRE_AIRFLOW_PORT to another.\n"


def test_a_second_supervisor_is_refused_and_told_of_the_first(home: Home) -> None:
    out = StringIO()
    with locks.hold(home.lock_file, wait_s=0):
        code = supervisor.up(home, out)
        found = supervisor.find_supervisor(home)

    assert code == supervisor.LATER
    assert out.getvalue() == f"Airflow is running already (process {os.getpid()}): {home.url}. `make down` stops it.\n"
    assert found == os.getpid()
    assert supervisor.find_supervisor(home) is None


def test_stopping_what_does_not_run_says_so(home: Home) -> None:
    out = StringIO()

    assert supervisor.down(home, out) == supervisor.DONE
    assert out.getvalue() == "Airflow was not running.\n"


def test_the_password_is_told_once(home: Home) -> None:
    password = read_login(home).password

    assert [password in supervisor.describe(home) for _ in range(3)] == [True, False, False]
    assert str(home.login_file) in supervisor.describe(home)


def test_a_new_password_is_told_again(home: Home) -> None:
    supervisor.describe(home)
    home.login_file.unlink()
    prepare(home)

    assert read_login(home).password in supervisor.describe(home)


def test_what_a_running_supervisor_has_said_stays_when_another_is_started(home: Home) -> None:
    (home.logs / "supervisor.log").write_text("Airflow's scheduler has died\n")
    with locks.hold(home.lock_file, wait_s=0):
        code = supervisor.up_detached(home, StringIO())

    assert code == supervisor.LATER
    assert (home.logs / "supervisor.log").read_text() == "Airflow's scheduler has died\n"


def test_a_supervisor_that_does_not_listen_is_killed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "DOWN_S", 0.1)
    script = (
        "import signal, sys, time; from pathlib import Path; from pipeline import locks\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"with locks.hold(Path({str(home.lock_file)!r}), wait_s=0): time.sleep(60)"
    )
    holding = subprocess.Popen([sys.executable, "-c", script])
    wait_for(lambda: supervisor.find_supervisor(home), "its start")
    out = StringIO()

    code = supervisor.down(home, out)

    assert (code, out.getvalue()) == (supervisor.DONE, "Airflow is stopped.\n")
    assert holding.wait() == -signal.SIGKILL


def test_another_airflow_on_the_port_is_not_taken_for_ours(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.COMMANDS, "api-server", SLEEPS)
    watching = supervisor.Supervisor(home, StringIO())
    watching.start("api-server")

    with socket.create_server(("127.0.0.1", home.port)):
        unwell = watching.find_unwell(("metadatabase",))

    assert unwell == ["api-server"]
    watching.stop()
