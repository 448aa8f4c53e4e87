"""docker/compose.yaml in, its services as processes of this machine out.

Each service's own command, environment, entry point, secrets, order and health check are used as they are written. Only
places are others: postgres and api-server are free ports of 127.0.0.1; /data, /opt and /run/secrets are folders of the
test. What only Docker can show stays untested: the build, users, volumes, limits, networks.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from pipeline.settings import ROOT
from tests.docker.composing import (
    COMPOSE_FILE,
    ENTRYPOINT,
    Service,
    list_dependencies,
    order_services,
    read_compose,
    read_image,
    read_variables,
)
from tests.e2e.postgres import Server, start_server, take_free_port

WAIT_S = 600.0  # a busy machine needs three minutes for the slowest of what is waited for


@dataclass(slots=True)
class Stack:
    """The services that run.

    folder     holds a log for each
    url        of the API server
    services   as the compose file says, with the places of here
    image      the environment of the image
    processes  of the services that were started, in their order
    """

    folder: Path
    url: str
    services: Mapping[str, Service]
    image: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, name: str) -> dict[str, str]:
        """What a container of this service has as its environment."""
        return {**self.image, **self.services[name].get("environment", {})}

    def start(self, name: str) -> None:
        """Start a service when those that it depends on are as far as it wants."""
        for other, condition in list_dependencies(self.services[name]).items():
            self.wait_until_ready(other, condition)
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                self.services[name]["command"],
                env=self.environment(name),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, name: str, condition: str) -> None:
        """Wait for a service in the sense of depends_on."""
        if condition == "service_completed_successfully" and name in self.processes:
            assert self.processes[name].wait(WAIT_S) == 0, self.log(name)
        elif condition == "service_healthy":
            wait_for(lambda: self.has_ended(name) or self.is_healthy(name), f"{name} is healthy")
            assert not self.has_ended(name), self.log(name)

    def has_ended(self, name: str) -> bool:
        """Whether a service that was started runs no more."""
        return name in self.processes and self.processes[name].poll() is not None

    def is_healthy(self, name: str) -> bool:
        """What the service's own health check says."""
        kind, *command = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        environment = self.environment(name)
        return not subprocess.run(command, check=False, env=environment, cwd=ROOT, capture_output=True).returncode

    def run(self, name: str, *command: str) -> str:
        """What a command prints that is run beside a service, as by `docker compose exec`."""
        environment = self.environment(name)
        ran = subprocess.run(command, check=False, env=environment, cwd=ROOT, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def ask(self, path: str, token: str = "", body: Mapping[str, Any] | None = None) -> Any:
        """What the API answers. Raises HTTPError."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        request = Request(self.url + path, data=json.dumps(body).encode() if body else None, headers=headers)
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def log(self, name: str) -> str:
        """The end of what a service printed."""
        return f"{name} said:\n{(self.folder / f'{name}.log').read_text(errors='replace')[-4_000:]}"

    def stop(self) -> list[str]:
        """Stop the services in the opposite order, as Compose does. Return those that had to be killed."""
        killed = []
        for name, process in reversed(self.processes.items()):
            process.terminate()
            try:
                process.wait(find_grace_s(self.services[name]))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed.append(name)
        return killed


def find_grace_s(service: Service) -> float:
    """How many seconds a service has to stop by itself; Docker's default is 10.

    >>> find_grace_s({"stop_grace_period": "150s"})
    150.0
    """
    return float(service.get("stop_grace_period", "10s").removesuffix("s"))


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Ask until it is so."""
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end, f"{what}: not after {WAIT_S:.0f} s"
        time.sleep(1)


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """All services of the compose file, up; and down again."""
    port = take_free_port()
    made = subprocess.check_output(["bash", str(ENTRYPOINT), "new-secrets"], text=True)
    variables = read_variables(made) | {"AIRFLOW_PORT": str(port)}
    with start_server(variables["DATABASE_PASSWORD"]) as server:
        stack = make_stack(folder, variables, port, server)
        try:
            for name in order_services(stack.services):
                # Postgres runs already; `check` gives a folder to another user, which only root can.
                if name != "postgres" and (name != "check" or os.geteuid() == 0):
                    stack.start(name)
            yield stack
        finally:
            killed = stack.stop()
    assert not killed, f"{', '.join(killed)} did not stop in time"


def make_stack(folder: Path, variables: Mapping[str, str], port: int, server: Server) -> Stack:
    """The services, none of them started, with the places of here and the secrets as files."""
    for name in ("data", "home", "secrets"):
        (folder / name).mkdir()
    compose = read_compose(COMPOSE_FILE.read_text(), variables)
    for name, secret in compose["secrets"].items():
        (folder / "secrets" / name).write_text(variables[secret["environment"]])
    places = {
        "http://api-server:8080": f"http://127.0.0.1:{port}",
        "postgres:5432": f"127.0.0.1:{server.port}",
        "/opt/claimwire": str(ROOT),
        "/opt/airflow": str(folder / "home"),
        "/run/secrets": str(folder / "secrets"),
        "/data": str(folder / "data"),
    }
    image, entrypoint = read_image()
    services = {name: dict(service) for name, service in compose["services"].items()}
    for name, service in services.items():
        if name != "postgres":
            service["command"] = [*entrypoint, *service["command"]]
    words = {"0.0.0.0": "127.0.0.1", "8080": str(port), "--port=5432": f"--port={server.port}"}
    here = image | {"SECRETS_FOLDER": "/run/secrets", "HOME": "/opt/airflow"}
    here["PATH"] = f"{Path(sys.executable).parent}:{server.programs}:{image['PATH']}"
    return Stack(folder, f"http://127.0.0.1:{port}", put_here(services, places, words), put_here(here, places, words))


def put_here(value: Any, places: Mapping[str, str], words: Mapping[str, str]) -> Any:
    """Anything, with places replaced wherever they stand in a text, and words where they are the whole text.

    >>> put_here({"a": ["x/data", "80"]}, {"/data": "/tmp"}, {"80": "81"})
    {'a': ['x/tmp', '81']}
    """
    if isinstance(value, Mapping):
        return {name: put_here(inner, places, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [put_here(inner, places, words) for inner in value]
    if not isinstance(value, str):
        return value
    pattern = "|".join(map(re.escape, places))
    return words.get(value) or re.sub(pattern, lambda found: places[found[0]], value)
