"""Recorded articles in, measured pairs out: finds the texts of the ledger that share something with a text.

The index is a projection with a checkpoint, a position and a hash of the ledger. It may be deleted: it is rebuilt.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from pipeline.comparison.measures import (
    Outline,
    Prepared,
    can_be_recorded,
    measure,
    outline,
    prepare,
    producer,
    to_pair,
    to_sentences,
)
from pipeline.comparison.statements import CANDIDATES, HOLDERS, INSERT, POSITIONS, SCHEMA
from pipeline.events import ArticleExtracted, Pending, Recorded
from pipeline.locks import Busy, hold
from pipeline.values import MeasuredPair, TextSentence

Articles = Sequence[Recorded[ArticleExtracted]]

SCHEMA_VERSION = 3
# What does not fit into memory goes to a temporary file beside the index; no pair is dropped.
CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "1GB", "preserve_insertion_order": False}
WAIT_S = 600.0  # a day of news is compared in less
FETCHED_TEXTS = 200  # candidates in memory at a time
KEPT_TEXTS = 2_000  # some 40 MB
DAMAGE = (duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
DAMAGE_MESSAGES = ("checksum", "Corrupt", "not a valid DuckDB database file")


class IndexUnusableError(RuntimeError):
    """The index cannot be used now; a later try may find it free. The message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A pending revision, its words in normal form, their hash, its sentences, and the pairs that are worth recording."""

    pending: Pending[ArticleExtracted]
    words: int
    normal_sha256: str
    sentences: tuple[TextSentence, ...]
    pairs: tuple[MeasuredPair, ...]


class Index:
    """An open index: state, because a search needs every text that came before."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.is_damaged = False
        self.prepared: dict[
            str, Prepared
        ] = {}  # a text is needed when it is taken in, when it is measured, as a candidate

    @property
    def position(self) -> int:
        """The checkpoint: every article up to this position of the ledger is in the index."""
        return int(self.rows("select position from checkpoint")[0][0])

    @property
    def ledger_hash(self) -> str:
        """Hash of the head that it was last brought up towards (a killed process stops before it); empty when new."""
        return str(self.rows("select ledger_hash from checkpoint")[0][0])

    def bring_up_to(self, chunks: Iterable[Articles], head_position: int, head_hash: str) -> None:
        """Take in the articles after the checkpoint, in the order of the ledger, and move the checkpoint to the head.

        A chunk is one transaction: a killed process leaves the index at the end of one of them.
        """
        position = self.position
        if position > head_position:
            raise self.stale(f"it has seen position {position}, but the ledger ends at {head_position}")
        for chunk in chunks:
            new = [recorded for recorded in chunk if position < recorded.position <= head_position]
            if new:
                position = new[-1].position
                self.take_in(new, position, head_hash)
        self.take_in([], head_position, head_hash)

    def take_in(self, chunk: Articles, position: int, ledger_hash: str) -> None:
        """Add the revisions of the chunk that are not known yet, and set the checkpoint."""
        known = self.find_positions([recorded.event.revision_id for recorded in chunk])
        first: dict[str, Recorded[ArticleExtracted]] = {}
        for recorded in chunk:
            if recorded.event.revision_id not in known:
                first.setdefault(recorded.event.revision_id, recorded)
        with self.transaction():
            if first:
                self.insert(list(first.values()))
            self.rows(
                "update checkpoint set position = $at, ledger_hash = $hash", {"at": position, "hash": ledger_hash}
            )

    def insert(self, chunk: Articles) -> None:
        """Write texts and keys."""
        texts = [self.prepare(one.event.revision_id, one.event.article_id, one.event.text) for one in chunk]
        positions = [one.position for one in chunk]
        self.rows(INSERT, {"revisions": json.dumps(list(map(to_row, texts, positions)))})
        keys = {
            "hash": np.concatenate([text.keys for text in texts]),
            "position": np.repeat(np.array(positions, dtype=np.uint64), [len(text.keys) for text in texts]),
        }
        self.connection.register("new_keys", keys)
        self.rows("insert into keys select hash, position from new_keys")
        self.connection.unregister("new_keys")

    def measure(self, pending: Sequence[Pending[ArticleExtracted]]) -> Iterator[Measured]:
        """Yield each pending revision, measured against those at lower positions, in the order given."""
        positions = self.find_positions([one.cause.event.revision_id for one in pending])
        texts: dict[int, Prepared] = {}
        for article, position in ((one.cause.event, one.cause.position) for one in pending):
            first = positions.get(article.revision_id)
            if first is None or first > position:
                raise self.stale(f"it does not have revision {article.revision_id} at position {position}")
            texts[first] = self.prepare(article.revision_id, article.article_id, article.text)
        pairs = self.find_pairs(texts)
        for one in pending:
            first = positions[one.cause.event.revision_id]
            here, found = texts[first], sorted(pairs[first], key=lambda pair: pair.other_revision_id)
            yield Measured(
                pending=one,
                words=here.words,
                normal_sha256=here.normal_sha256,
                sentences=to_sentences(here),
                pairs=tuple(found),
            )

    def prepare(self, revision_id: str, article_id: str, text: str) -> Prepared:
        """Return the text ready to be measured; the last ones are kept."""
        found = self.prepared.get(revision_id)
        if found is None:
            if len(self.prepared) >= KEPT_TEXTS:
                self.prepared.clear()
            found = self.prepared[revision_id] = prepare(revision_id, article_id, text)
        return found

    def find_pairs(self, texts: Mapping[int, Prepared]) -> dict[int, list[MeasuredPair]]:
        """Return for each position the pairs of its text with those at lower positions. A candidate is read once."""
        pairs: dict[int, list[MeasuredPair]] = {position: [] for position in texts}
        rows = self.fetch(CANDIDATES, {"positions": list(texts)})
        for revision_id, article_id, text, distinct_grams, masked_grams, positions in rows:
            known = Outline(article_id, distinct_grams, np.frombuffer(masked_grams, dtype=np.uint64))
            hopeful = [one for one in positions if can_be_recorded(texts[one], known)]
            if hopeful:
                there = self.prepare(revision_id, article_id, text)
                for position in hopeful:
                    if measurement := measure(texts[position], there):
                        pairs[position].append(to_pair(texts[position], there, measurement))
        return pairs

    def find_like(self, here: Prepared) -> list[MeasuredPair]:
        """Return the pairs of a text that is not in the index with all that are."""
        pairs = []
        rows = self.fetch(HOLDERS, {"keys": here.keys.tolist()})
        for revision_id, article_id, text, distinct_grams, masked_grams in rows:
            known = Outline(article_id, distinct_grams, np.frombuffer(masked_grams, dtype=np.uint64))
            if can_be_recorded(here, known):
                there = self.prepare(revision_id, article_id, text)
                if measurement := measure(here, there):
                    pairs.append(to_pair(here, there, measurement))
        return sorted(pairs, key=lambda pair: pair.other_revision_id)

    def find_positions(self, revision_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those revisions that are known."""
        return dict(self.fetch(POSITIONS, {"revision_ids": json.dumps(list(revision_ids))}))

    def stale(self, reason: str) -> IndexUnusableError:
        """The error for an index that belongs to another ledger."""
        return IndexUnusableError(f"The index does not fit the ledger: {reason}. Delete {self.path}: it is rebuilt.")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements of the body, or none."""
        self.rows("begin")
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.rows("commit")

    def rows(self, query: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        return list(self.fetch(query, parameters))

    def fetch(self, query: str, parameters: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Run one statement and yield its rows, few in memory at a time. Takes note of a damaged file."""
        try:
            result = self.connection.execute(query, parameters)
            while rows := result.fetchmany(FETCHED_TEXTS):
                yield from rows
        except duckdb.Error as error:
            self.is_damaged = self.is_damaged or tells_damage(error)
            raise


@contextmanager
def open_index(path: Path, *, wait_s: float = WAIT_S) -> Iterator[Index]:
    """Open the index, empty at first, and keep every other process out of it until the body ends.

    A damaged file, or one of another version, is set aside under another name and an empty index takes its place.
    Raises IndexUnusableError when another process keeps it open for longer than `wait_s` seconds.
    """
    with locked(path, wait_s):
        index = Index(connect(path), path)
        try:
            yield index
        finally:
            index.connection.close()
            if index.is_damaged:
                set_aside(path)


def drop_index(path: Path, *, wait_s: float = WAIT_S) -> None:
    """Delete the index and all that was set aside: after a withdrawal no copy of the text may stay."""
    with locked(path, wait_s):
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink(missing_ok=True)


def locked(path: Path, wait_s: float) -> ExitStack:
    """Hold the lock that stands beside the index."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # the texts in it are other people's
    stack = ExitStack()
    try:
        stack.enter_context(hold(path.with_suffix(".lock"), wait_s))
    except Busy as busy:
        raise IndexUnusableError(f"Process {busy.holder} is comparing articles: run again when it has ended.") from busy
    return stack


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to an index of this version."""
    if path.exists() and not is_usable(path):
        set_aside(path)
    is_new = not path.exists()
    connection = duckdb.connect(path, config=CONFIG)
    path.chmod(0o600)
    if is_new:
        connection.execute(f"begin; {SCHEMA} insert into checkpoint values ('{version()}', 0, ''); commit")
    return connection


def is_usable(path: Path) -> bool:
    """Whether the file is an index of this version, as far as opening it shows."""
    try:
        with duckdb.connect(path, config=CONFIG) as connection:
            return connection.execute("select version from checkpoint").fetchall() == [(version(),)]
    except duckdb.CatalogException:  # killed before it had tables
        return False
    except duckdb.Error as error:
        if tells_damage(error):
            return False
        raise IndexUnusableError(f"{path} cannot be opened: close what has it open and run again. ({error})") from error


def version() -> str:
    """Return what an index must have been made with: its keys and grams are of no use to other rules."""
    return f"{SCHEMA_VERSION}-{producer()}"


def tells_damage(error: duckdb.Error) -> bool:
    """Whether the error says that the file is no longer what DuckDB wrote."""
    return isinstance(error, DAMAGE) or any(message in str(error) for message in DAMAGE_MESSAGES)


def set_aside(path: Path) -> None:
    """Move the index and its log out of the way; what was set aside before is replaced."""
    path.replace(path.with_name(f"{path.name}.set-aside"))
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def to_row(text: Prepared, position: int) -> dict[str, str | int]:
    """Return a text as INSERT takes it."""
    known = outline(text)
    return {
        "position": position,
        "revision_id": text.revision_id,
        "article_id": text.article_id,
        "text": text.text,
        "distinct_grams": known.distinct_grams,
        "masked_grams": b64encode(known.masked_grams.tobytes()).decode(),
    }
