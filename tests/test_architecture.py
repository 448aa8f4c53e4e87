"""Imports point one way, and each thing that is hard to test stands in one place. Planted breaches are found."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import ROOT


def in_pipeline(*names: str) -> tuple[str, ...]:
    """The names of modules and rooms below `pipeline`."""
    return tuple(f"pipeline.{name}" for name in names)


# Later lines may import earlier ones, never the other way round. Stages meet in the ledger, so none imports another.
BASE = (
    "pipeline",
    *in_pipeline("keys", "values", "text", "events", "settings", "amounts", "locks", "packing", "clock"),
)
STAGES = in_pipeline("sources", "articles", "comparison", "claims", "web", "archive")
STORES = in_pipeline("ledger", "warehouse")
IN_STEPS = in_pipeline("steps")
SHELL = in_pipeline("run", "daily", "watch", "own")
DOORS = (*in_pipeline("commands", "watch.watching", "__main__"), "dags")
LAYERS = (BASE, STAGES, STORES, IN_STEPS, SHELL, DOORS)
FOR_ALL_STAGES = "pipeline.web.urls"  # pure: what a URL stands for is asked in more than one stage
# No other exception: the worker names the feed reader by a string (articles/exchange.py), and imports it in its child only.
ONLY_IN = {
    "duckdb": in_pipeline(
        "ledger.ledger",
        "warehouse.warehouse",
        "warehouse.models",
        "warehouse.building",
        "own.own_texts",
        "comparison.index",
        "comparison.index_file",
    ),
    "airflow": ("dags",),
    "spacy": ("pipeline.claims",),
    "trafilatura": ("pipeline.articles",),
    "feedparser": ("pipeline.sources",),
    "aiohttp": ("pipeline.web",),
    "fastwarc": ("pipeline.archive",),
    "isal": ("pipeline.packing",),
    "httpx": ("dags.operating.rest",),
    "typer": in_pipeline("__main__", "commands"),
    "rich": in_pipeline("commands.terminal", "commands.showing", "commands.showing_texts", "watch.watching"),
    "prometheus_client": in_pipeline("watch.metrics"),
}
CLOCK_IN = "pipeline.clock"
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time"}


def name_of(file: Path, root: Path = ROOT) -> str:
    """The module in a file: pipeline.claims.dates."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[str]:
    """Modules that are imported anywhere in a file; `from a import b` is both a and a.b. Types alone do not count."""
    skipped = {id(inner) for node in ast.walk(tree) if is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_for_types(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def is_in(module: str, package: str) -> bool:
    """Whether a module is the package or below it; `pipeline` itself is only the list of steps."""
    return module == package or (package != "pipeline" and module.startswith(f"{package}."))


def find_place(module: str) -> tuple[int, str] | None:
    """The layer of a module, from 0, and which of its members it belongs to."""
    places = ((level, member) for level, layer in enumerate(LAYERS) for member in layer if is_in(module, member))
    return max(places, key=lambda place: len(place[1]), default=None)


def breaches(module: str, source: str) -> Iterator[str]:
    """What a module does that it may not."""
    tree = ast.parse(source)
    here = find_place(module)
    if here is None:
        yield f"{module} has no place: add it to LAYERS"
        return
    for imported in sorted(set(imports(tree))):
        there = find_place(imported)
        is_for_all = imported == FOR_ALL_STAGES or imported.startswith(f"{FOR_ALL_STAGES}.")
        if there and not is_for_all:
            is_sideways = here[0] == 1 == there[0] and here[1] != there[1]
            if there[0] > here[0] or is_sideways:
                yield f"{module} imports {imported}"
        library = imported.partition(".")[0]
        if not any(is_in(module, place) for place in ONLY_IN.get(library, (module,))):
            yield f"{module} imports {library}"
    if module != CLOCK_IN:
        yield from (f"{module} reads the clock in line {line}" for line in clock_lines(tree))


def clock_lines(tree: ast.AST) -> Iterator[int]:
    """Lines that name datetime.now, date.today, time.time and the like; monotonic timers are no clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner in CLOCK_OWNERS:
                yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "time" and CLOCKS & {name.name for name in node.names}:
            yield node.lineno


def all_files() -> list[Path]:
    return sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("dags/**/*.py")])


@pytest.mark.parametrize("file", all_files(), ids=name_of)
def test_a_module_keeps_to_its_place(file: Path) -> None:
    assert list(breaches(name_of(file), file.read_text())) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pipeline.events", "from pipeline.ledger.ledger import Ledger"),
        ("pipeline.claims.dates", "import pipeline.articles.extract"),
        ("pipeline.claims.dates", "from pipeline import archive"),
        ("pipeline.comparison.index", "from pipeline.web.fetch import open_fetcher"),
        ("pipeline.articles.extract", "def late():\n    from pipeline.sources.feeds import read_feed"),
        ("pipeline.ledger.ledger", "from pipeline.run import Run"),
        ("pipeline.sources.feeds", "import duckdb"),
        ("pipeline.steps.compare", "from pipeline.run import Run"),
        ("pipeline.run", "import duckdb"),
        ("pipeline.run", "from airflow.sdk import dag"),
        ("pipeline.run", "from dags import ingest"),
        ("pipeline.ledger.ledger", "from datetime import datetime\nnow = datetime.now()"),
        ("pipeline.sources.polls", "import datetime\nat = datetime.datetime.now(datetime.UTC)"),
        ("pipeline.web.fetch", "import time\nstart = time.time()"),
        ("pipeline.web.fetch", "from time import time"),
        ("pipeline.claims.dates", "from datetime import date\nday = date.today()"),
        ("pipeline.archive", "clock = datetime.utcnow"),
        ("pipeline.unheard_of", ""),
    ],
)
def test_a_planted_breach_is_found(module: str, source: str) -> None:
    assert len(list(breaches(module, source))) >= 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pipeline.claims.dates", "from pipeline.events import Span\nfrom pipeline.web.urls import url_key"),
        ("pipeline.claims.read", "from pipeline.claims import dates"),
        ("pipeline.web.hosts", "import time\nstart = time.monotonic()"),
        ("pipeline.clock", "from datetime import datetime\nat = datetime.now()"),
        ("pipeline.commands.showing", "if TYPE_CHECKING:\n    from airflow import anything"),
        ("dags.ingest", "from airflow.sdk import dag\nfrom pipeline import run"),
    ],
)
def test_what_is_allowed_is_no_breach(module: str, source: str) -> None:
    assert list(breaches(module, source)) == []
