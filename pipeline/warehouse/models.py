"""The files of sql/ in, models in the order in which they are built out.

A model is one select in one file and the file's name is its name. A model that reads `events` is incremental: it is
given the events since the last publish and its rows are added. Every other model is rebuilt whole. Rows that a test of
severity `quarantine` selects make the table `int_events_broken`, which models may read like any other.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from pipeline.keys import canonical
from pipeline.warehouse.agencies import Agency

FOLDERS = ("staging", "intermediate", "marts")
EVENTS = "events"  # the events since the last publish: a view, there while models are built
GIVEN = frozenset({EVENTS, "meta_promoted", "seed_agencies"})  # tables that the runner makes
QUARANTINE = "quarantine"
BROKEN = (
    "int_events_broken"  # events of which a row breaks a test of severity quarantine; the mart is called quarantine
)
SEVERITIES = ("stop", "warn", QUARANTINE)
HEADER_LINE = re.compile(r"-- (\w+): (.+)")
NOTHING_QUARANTINED = """
select null::uuid as event_id, '' as model, '' as test, '' as reason, null::date as event_date
where false
"""

Connection = duckdb.DuckDBPyConnection


class ModelError(ValueError):
    """A file of sql/ cannot be used: one sentence with the file and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One select, which becomes one table.

    key        columns that are unique together and never null
    reads      the tables it selects from
    keeps_all  whether rows of withdrawn events stay in it: it must hold none of their content
    """

    name: str
    file: str
    text: str
    key: tuple[str, ...]
    reads: frozenset[str]
    keeps_all: bool = False

    @property
    def is_incremental(self) -> bool:
        """Whether new events only add rows to it."""
        return EVENTS in self.reads


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTest:
    """A select of the rows that should not be.

    severity  stop: nothing is published; warn: it is told; quarantine: the event of each row is set aside
    model     the model whose rows are tested
    """

    name: str
    file: str
    text: str
    meaning: str
    severity: str
    model: str
    reads: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """All of sql/, ready to run: models in order, tests, and a table for them. `digest` changes with any of it."""

    in_order: tuple[Model, ...]
    tests: tuple[ModelTest, ...]
    digest: str
    agencies: tuple[Agency, ...] = ()

    def with_agencies(self, agencies: tuple[Agency, ...]) -> "Models":
        """The same models over these agencies."""
        texts = [self.digest, *(json.dumps(asdict(agency)) for agency in agencies)]
        return replace(self, agencies=agencies, digest=hashlib.sha256(canonical(texts)).hexdigest())

    def needed_for(self, wanted: frozenset[str]) -> tuple[Model, ...]:
        """The wanted models and all that they read, in order."""
        needed = set(wanted)
        for model in reversed(self.in_order):
            if model.name in needed:
                needed |= model.reads
        return tuple(model for model in self.in_order if model.name in needed)


def read_models(folder: Path) -> Models:
    """Read a folder like sql/. Raises ModelError on a file that is no model, with the reason."""
    files = {path: path.read_text() for part in FOLDERS for path in sorted((folder / part).glob("*.sql"))}
    test_files = {path: path.read_text() for path in sorted((folder / "tests").glob("*.sql"))}
    with duckdb.connect(":memory:") as parser:
        names = frozenset(path.stem for path in files) | GIVEN | {BROKEN}
        models = [read_model(parser, path, text, names) for path, text in files.items()]
        tests = tuple(read_test(parser, path, text, names) for path, text in test_files.items())
    if twice := sorted({model.name for model in models if [other.name for other in models].count(model.name) > 1}):
        raise ModelError(f"{twice[0]}.sql stands in two folders of {folder}: rename one of them.")
    texts = {str(path.relative_to(folder)): text for path, text in (files | test_files).items()}
    return Models(
        in_order=order([*models, quarantine_model(tests)]),
        tests=tests,
        digest=hashlib.sha256(canonical({**texts, "duckdb": duckdb.__version__})).hexdigest(),
    )


def read_model(parser: Connection, path: Path, text: str, names: frozenset[str]) -> Model:
    """The model in one file. `names` are the tables that there are."""
    header = read_header(text)
    if path.stem not in header or "key" not in header:
        raise ModelError(
            f"{path.name}: expected a first line `-- {path.stem}: one row per ..` and a line `-- key: ..`."
        )
    reads = read_tables(parser, path.name, text, names)
    if EVENTS in reads and reads != {EVENTS}:
        raise ModelError(
            f"{path.name}: a model of `{EVENTS}` is incremental and can read nothing else: split it in two."
        )
    return Model(
        name=path.stem,
        file=path.name,
        text=text,
        key=tuple(column.strip() for column in header["key"].split(",")),
        reads=reads,
        keeps_all=header.get("withdrawn") == "kept",
    )


def read_test(parser: Connection, path: Path, text: str, names: frozenset[str]) -> ModelTest:
    """The test in one file."""
    header = read_header(text)
    if path.stem not in header or header.get("severity") not in SEVERITIES or header.get("model") not in names:
        raise ModelError(
            f"{path.name}: expected the lines `-- {path.stem}: meaning`, `-- severity: {'|'.join(SEVERITIES)}` "
            "and `-- model: name` at the top."
        )
    return ModelTest(
        name=path.stem,
        file=path.name,
        text=text,
        meaning=header[path.stem],
        severity=header["severity"],
        model=header["model"],
        reads=read_tables(parser, path.name, text, names),
    )


def read_header(text: str) -> dict[str, str]:
    """The `-- name: value` lines at the top of a file.

    >>> read_header("-- claims: one row per claim.\\n-- key: claim_id\\nselect 1 -- no: header")
    {'claims': 'one row per claim.', 'key': 'claim_id'}
    """
    header: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        if found := HEADER_LINE.match(line):
            header[found[1]] = found[2]
    return header


def read_tables(parser: Connection, file: str, text: str, names: frozenset[str]) -> frozenset[str]:
    """The tables that a select reads, as DuckDB's own parser sees them. Raises ModelError unless it is one select."""
    (serialized,) = parser.execute("select json_serialize_sql($1)", [text]).fetchone() or ("{}",)
    parsed = json.loads(serialized)
    if parsed["error"]:
        raise ModelError(f"{file}: expected one select, got: {first_line(parsed['error_message'])}")
    if len(parsed["statements"]) != 1:
        raise ModelError(f"{file}: expected one select, got {len(parsed['statements'])} statements.")
    nodes = list(walk(parsed["statements"]))
    local = {entry["key"] for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]}
    if hidden := sorted(local & names):
        raise ModelError(f"{file}: the with clause {hidden[0]} has the name of a model: rename it.")
    tables = [node for node in nodes if node.get("type") == "BASE_TABLE"]
    reads = frozenset(".".join(filter(None, (node["schema_name"], node["table_name"]))) for node in tables) - local
    if unknown := sorted(reads - names):
        raise ModelError(f"{file}: there is no model {unknown[0]}.")
    return reads


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def order(models: list[Model]) -> tuple[Model, ...]:
    """The models, each after those that it reads. Raises ModelError on a circle."""
    by_name = {model.name: model for model in models}
    graph = {model.name: sorted(model.reads & by_name.keys()) for model in models}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ModelError(f"{error.args[1][0]}.sql reads itself: {' <- '.join(error.args[1])}.") from None


def quarantine_model(tests: tuple[ModelTest, ...]) -> Model:
    """The table of events that break a test of a row: the whole event is set aside, not a row of it."""
    parts = [
        f"select event_id, '{test.model}' as model, '{test.name}' as test, min(reason) as reason, "
        f"min(event_date) as event_date from (\n{test.text}\n) group by event_id"
        for test in tests
        if test.severity == QUARANTINE
    ]
    return Model(
        name=BROKEN,
        file="tests/*.sql",
        text="\nunion all by name\n".join(parts) or NOTHING_QUARANTINED,
        key=("event_id", "test"),
        reads=frozenset[str]().union(*(test.reads for test in tests if test.severity == QUARANTINE)),
    )


def first_line(message: str) -> str:
    """The first line of an error message.

    >>> first_line("Binder Error: no column x\\nLINE 1: select x")
    'Binder Error: no column x'
    """
    return message.strip().splitlines()[0] if message.strip() else "unknown error"
