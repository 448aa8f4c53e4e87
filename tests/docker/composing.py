"""compose.yaml, Dockerfile and .env.example in; what Docker would make of them out, as far as it can be read off them."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from pipeline.settings import ROOT

FOLDER = ROOT / "docker"
COMPOSE_FILE = FOLDER / "compose.yaml"
DOCKERFILE = FOLDER / "Dockerfile"
EXAMPLE = FOLDER / ".env.example"
ENTRYPOINT = FOLDER / "entrypoint.sh"
# ${NAME}, ${NAME:-default}; the other forms are not used
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")

Service = dict[str, Any]


def read_compose(text: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """The compose file as Docker reads it, with variables filled in.

    >>> read_compose("port: 127.0.0.1:${PORT:-80}", {})
    {'port': '127.0.0.1:80'}
    """
    filled = VARIABLE.sub(lambda found: variables.get(found["name"]) or found["default"] or "", text)
    compose: dict[str, Any] = yaml.safe_load(filled)
    return compose


def read_variables(text: str) -> dict[str, str]:
    """What a .env file sets.

    >>> read_variables("# why\\nA=1=2\\n\\nB=\\n")
    {'A': '1=2', 'B': ''}
    """
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def read_services() -> dict[str, Service]:
    """The services with the example's variables."""
    variables = read_variables(EXAMPLE.read_text())
    services: dict[str, Service] = read_compose(COMPOSE_FILE.read_text(), variables)["services"]
    return services


def read_instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile in order, each with the rest of its line.

    >>> list(read_instructions("# why\\nFROM a AS b\\nRUN c \\\\\\n  && d\\n"))
    [('FROM', 'a AS b'), ('RUN', 'c   && d')]
    """
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", "")
    for line in filter(None, lines.splitlines()):
        instruction, _, rest = line.partition(" ")
        yield instruction, rest.strip()


def read_image() -> tuple[dict[str, str], list[str]]:
    """Environment and entry point of the image: those of the last stage."""
    environment: dict[str, str] = {}
    entrypoint: list[str] = []
    for instruction, rest in read_instructions(DOCKERFILE.read_text()):
        if instruction == "FROM":
            environment, entrypoint = {}, []
        elif instruction == "ENV":
            environment |= dict(word.split("=", 1) for word in shlex.split(rest))
        elif instruction == "ENTRYPOINT":
            entrypoint = json.loads(rest)
    return environment, entrypoint


def list_dependencies(service: Service) -> dict[str, str]:
    """The services that must come before this one, each with what is waited for."""
    return {name: wanted["condition"] for name, wanted in service.get("depends_on", {}).items()}


def order_services(services: Mapping[str, Service]) -> list[str]:
    """The services in an order in which each comes after those that it depends on.

    >>> order_services({"b": {"depends_on": {"a": {"condition": "service_started"}}}, "a": {}})
    ['a', 'b']
    """
    ordered: list[str] = []
    while len(ordered) < len(services):
        ready = [
            name
            for name, service in services.items()
            if name not in ordered and all(other in ordered for other in list_dependencies(service))
        ]
        assert ready, "services depend on one another in a circle, or on one that is not there"
        ordered += ready
    return ordered
