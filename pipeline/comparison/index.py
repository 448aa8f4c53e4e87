"""Recorded articles in, measured pairs out: finds the texts of the ledger that share something with a text.

The index is a projection with a checkpoint, a position and a hash of the ledger. It may be deleted: it is rebuilt. It keeps
keys, no texts: those of the few texts that may share something are read from the ledger.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.comparison import index_file, kept, statements
from pipeline.comparison.blocks import Keyed, Numbers, to_block, to_row
from pipeline.comparison.index_file import IndexUnusableError, tells_damage
from pipeline.comparison.measures import Prepared, measure, prepare, to_pair, to_sentences
from pipeline.comparison.searching import (
    Candidates,
    Pairs,
    collect,
    find_pairs,
    group,
    to_pairs,
    turn_round,
)
from pipeline.events import ArticleExtracted, Pending, Recorded
from pipeline.locks import Busy, hold
from pipeline.values import MeasuredPair, TextSentence

Articles = Sequence[Recorded[ArticleExtracted]]
ReadArticles = Callable[[Sequence[int]], Iterable[Recorded[ArticleExtracted]]]  # those at some positions of the ledger

WAIT_S = 600.0  # a day of news is compared in less
FETCHED_ROWS = 8_192  # in memory at a time
FETCHED_TEXTS = 200
KEPT_TEXTS = 2_000  # some 40 MB
KINDS = ("fingerprints", "sentence_keys")  # searched one by one: texts that share passages, texts that share sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A pending revision, its words in normal form, their hash, its sentences, and the pairs that are worth recording."""

    pending: Pending[ArticleExtracted]
    words: int
    normal_sha256: str
    sentences: tuple[TextSentence, ...]
    pairs: tuple[MeasuredPair, ...]


class Index:
    """An open index: state, because a search needs every text that came before.

    prepared    texts by position: one is needed when it is taken in, when it is measured, as a candidate
    candidates  of the positions that are looked up, the lower ones whose texts may share something
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, read_articles: ReadArticles) -> None:
        self.connection = connection
        self.path = path
        self.read_articles = read_articles
        self.is_damaged = False
        self.prepared: dict[int, Prepared] = {}
        self.candidates = Candidates(self.find_all_candidates)

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
        """Write which revisions they are, and their keys."""
        texts = [(one.position, self.prepare(one.position, one.event)) for one in chunk]
        keyed = [Keyed(position, text.fingerprints, text.sentence_keys) for position, text in texts]
        self.rows(statements.INSERT, {"revisions": statements.write_revisions(chunk)})
        kept.add(self.rows, keyed)

    def look_up(self, positions: Sequence[int]) -> None:
        """Say which texts, by their positions in the ledger, will be measured next, so that they are searched together.

        The whole index is read once: many at a time cost little more than one.
        """
        self.candidates.plan(self.find_first_positions(positions))

    def find_first_positions(self, positions: Sequence[int]) -> list[int]:
        """Where the revisions at some positions of the ledger first stand: those that were extracted again stand lower."""
        known = self.rows(statements.KNOWN_POSITIONS, {"positions": json.dumps(list(positions))})
        first = {position: position for (position,) in known}
        others = [position for position in positions if position not in first]
        for start in range(0, len(others), FETCHED_TEXTS):
            articles = list(self.read_articles(others[start : start + FETCHED_TEXTS]))
            lower = self.find_positions([one.event.revision_id for one in articles])
            first |= {one.position: lower[one.event.revision_id] for one in articles if one.event.revision_id in lower}
        return list(dict.fromkeys(first[position] for position in positions if position in first))

    def find_all_candidates(self, positions: Sequence[int], at_most: float) -> Pairs:
        """The pairs of positions, here and lower, that share keys of any kind or are of one article."""
        pairs = [self.find_candidates(name, positions, at_most) for name in KINDS]
        given = {"positions": json.dumps(list(positions))}
        revised = collect(map(to_pairs, self.fetch_many(statements.OF_ONE_ARTICLE, given)), at_most)
        return collect([*pairs, revised], at_most)

    def find_candidates(self, column: str, positions: Sequence[int], at_most: float = math.inf) -> Pairs:
        """The pairs of positions, here and lower, that share keys of one kind."""
        here = kept.read_keys(self.rows, column, positions)
        return find_pairs(here, kept.read_blocks(self.rows, column, max(positions, default=0)), at_most)

    def measure(self, pending: Sequence[Pending[ArticleExtracted]]) -> Iterator[Measured]:
        """Yield each pending revision, measured against those at lower positions, in the order given."""
        positions = self.find_positions([one.cause.event.revision_id for one in pending])
        texts: dict[int, Prepared] = {}
        for article, position in ((one.cause.event, one.cause.position) for one in pending):
            first = positions.get(article.revision_id)
            if first is None or first > position:
                raise self.stale(f"it does not have revision {article.revision_id} at position {position}")
            texts[first] = self.prepare(first, article)
        pairs: dict[int, list[MeasuredPair]] = {}
        for candidates in self.candidates.find(list(texts)):
            pairs |= self.measure_pairs(texts, candidates)
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

    def measure_pairs(
        self, texts: Mapping[int, Prepared], candidates: Mapping[int, Numbers]
    ) -> dict[int, list[MeasuredPair]]:
        """The pairs of each text with its candidates that are worth recording. A candidate is read once."""
        asked_by = turn_round(candidates)
        pairs: dict[int, list[MeasuredPair]] = {position: [] for position in candidates}
        for other, there in self.read_texts(list(asked_by)):
            for position in asked_by[other].tolist():
                here = texts[position]
                if measurement := measure(here, there):
                    pairs[position].append(to_pair(here, there, measurement))
        return pairs

    def read_texts(self, positions: Sequence[int]) -> Iterator[tuple[int, Prepared]]:
        """Yield the texts at positions of the index. One that was withdrawn meanwhile is left out."""
        for start in range(0, len(positions), FETCHED_TEXTS):
            wanted = positions[start : start + FETCHED_TEXTS]
            kept = {position: self.prepared[position] for position in wanted if position in self.prepared}
            yield from kept.items()
            if len(kept) < len(wanted):
                for one in self.read_articles([position for position in wanted if position not in kept]):
                    yield one.position, self.prepare(one.position, one.event)

    def prepare(self, position: int, article: ArticleExtracted) -> Prepared:
        """Return the text ready to be measured; the last ones are kept."""
        found = self.prepared.get(position)
        if found is None:
            if len(self.prepared) >= KEPT_TEXTS:
                self.prepared.clear()
            found = self.prepared[position] = prepare(article.revision_id, article.article_id, article.text)
        return found

    def find_like(self, here: Prepared) -> list[MeasuredPair]:
        """Return the pairs of a text that is not in the index with all that are."""
        after_all = self.position + 1
        own = {column: to_block([to_row([after_all], [getattr(here, column)])]) for column in KINDS}
        known = {column: kept.read_blocks(self.rows, column, after_all) for column in KINDS}
        found = collect(find_pairs(own[column], known[column]) for column in KINDS)
        pairs = self.measure_pairs({after_all: here}, group(found)).get(after_all, [])
        return sorted(pairs, key=lambda pair: pair.other_revision_id)

    def find_positions(self, revision_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those revisions that are known."""
        return dict(self.rows(statements.POSITIONS, {"revision_ids": json.dumps(list(revision_ids))}))

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
        return [row for rows in self.fetch_many(query, parameters) for row in rows]

    def fetch_many(self, query: str, parameters: dict[str, Any] | None = None) -> Iterator[list[tuple[Any, ...]]]:
        """Run one statement and yield its rows, few in memory at a time. Takes note of a damaged file."""
        try:
            result = self.connection.execute(query, parameters)
            while rows := result.fetchmany(FETCHED_ROWS):
                yield rows
        except duckdb.Error as error:
            self.is_damaged = self.is_damaged or tells_damage(error)
            raise


@contextmanager
def open_index(path: Path, read_articles: ReadArticles, *, wait_s: float = WAIT_S) -> Iterator[Index]:
    """Open the index, empty at first, and keep every other process out of it until the body ends.

    `read_articles` reads the texts of candidates: the index has none.

    A damaged file, or one of another version, is set aside under another name and an empty index takes its place.
    Raises IndexUnusableError when another process keeps it open for longer than `wait_s` seconds.
    """
    with locked(path, wait_s):
        index = Index(index_file.connect(path), path, read_articles)
        live_bytes = math.inf
        try:
            yield index
            live_bytes = find_live_bytes(index)
        finally:
            index.connection.close()  # writes: only now the file has its size
            if index.is_damaged:
                index_file.set_aside(path)
        if not index.is_damaged and index_file.has_room(path, live_bytes):
            index_file.compact(path)


def find_live_bytes(index: Index) -> float:
    """What the index has to keep. Infinite for a small file, and where it cannot be read: there is nothing to gain.

    All blocks are read, so damage may show here first. What was done with the index is right all the same.
    """
    if not index_file.is_large(index.path):
        return math.inf
    try:
        return float(index.rows(statements.LIVE_BYTES)[0][0])
    except duckdb.Error:
        return math.inf


def drop_index(path: Path, *, wait_s: float = WAIT_S) -> None:
    """Delete the index and all that was set aside: after a withdrawal no copy of the text may stay."""
    with locked(path, wait_s):
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink(missing_ok=True)


def locked(path: Path, wait_s: float) -> ExitStack:
    """Hold the lock that stands beside the index."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # what it is made from is other people's
    stack = ExitStack()
    try:
        stack.enter_context(hold(path.with_suffix(".lock"), wait_s))
    except Busy as busy:
        raise IndexUnusableError(f"Process {busy.holder} is comparing articles: run again when it has ended.") from busy
    return stack
