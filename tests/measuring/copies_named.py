"""Labelled texts in, how well copies are told from the rest out: through the ledger, the step `compare` and the warehouse.

So it is the product's own measures and the relation rules of sql/ that are scored, with nothing done again here.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

from pipeline import warehouse
from pipeline.ledger import Ledger
from pipeline.run import Run, producers, take_step
from pipeline.settings import Settings
from tests import newsroom
from tests.measuring.report import Table
from tests.measuring.scores import score, share, show

COPIES = "select revision_id, other_revision_id from int_relations_named where relation in ('exact', 'copy-of', 'contained-in')"
# How an article was edited. A version with other numbers is no copy, nor are those made of several articles.
COPY_KINDS = ("exact_fmt", "boiler", "reorder", "edit5", "edit15", "lede", "trunc", "excerpt", "spin30")
# Texts that only share a template or boilerplate: no copies of one another.
OTHER_KINDS = ("tmpl_weather", "tmpl_market", "neg_boiler")
APPENDED = 500  # articles in one append

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """One labelled text. kind: base, or how it was edited; origin: the text it was made from, or itself."""

    id: str
    kind: str
    origin: str
    text: str


def score_copies(folder: Path, scratch: Path) -> Table:
    """F1 of copies among labelled pairs of war reports, and of edited articles with the share found of each kind."""
    return [*score_war_reports(folder, scratch / "war"), *score_edited(folder, scratch / "edited")]


def score_war_reports(folder: Path, scratch: Path) -> Table:
    """Among the pairs that somebody labelled, which of them are named copies."""
    texts = read_texts(folder / "dedup" / "syria_articles.parquet", "id, 'base', id, text")
    pairs = json.loads((folder / "dedup" / "syria_pairs.json").read_text("utf-8"))
    copies = find_copies(texts, scratch)
    named = [frozenset((pair["a"], pair["b"])) in copies for pair in pairs]
    labelled = [pair["label"] == "copy" for pair in pairs]
    right = sum(one and other for one, other in zip(named, labelled, strict=True))
    found = score(sum(named), right, sum(labelled))
    return [(f"copies, {len(pairs)} pairs of war reports, P / R / F1", show(found))]


def score_edited(folder: Path, scratch: Path) -> Table:
    """Whether edited articles are named copies of what they were made from, and of nothing else."""
    columns = "id, kind, if(src = '' or kind = 'base', id, src), text"
    texts = read_texts(folder / "dedup" / "edited_articles_dev.parquet", columns)
    copies = find_copies(texts, scratch)
    of = {text.id: text for text in texts}
    wanted = {frozenset((text.id, text.origin)): text.kind for text in texts if text.kind in COPY_KINDS}
    named = {pair for pair in copies if is_judged([of[one] for one in pair])}
    right = sum(is_right([of[one] for one in pair], copies) for pair in named)
    found = score(len(named), right, len(wanted), len(wanted.keys() & copies))
    rows = [(f"copies, {len(wanted)} edited articles, P / R / F1", show(found))]
    for kind in COPY_KINDS:
        pairs = {pair for pair, of_kind in wanted.items() if of_kind == kind}
        rows.append((f"  found of {kind}", share(len(copies & pairs), len(pairs))))
    for kind in OTHER_KINDS:
        ids = [text.id for text in texts if text.kind == kind]
        pairs = set(map(frozenset, combinations(ids, 2)))
        rows.append((f"  wrongly named of {kind}", share(len(copies & pairs), len(pairs))))
    return rows


def is_judged(pair: Sequence[Text]) -> bool:
    """Whether a pair counts for precision. Two articles that nobody edited may well be copies; pairs of two texts that
    share a template are so many that they would hide all others, and are counted on lines of their own.
    """
    kinds = {text.kind for text in pair}
    has_edited = bool(kinds & {*COPY_KINDS, *OTHER_KINDS})
    is_template = len(kinds) == 1 and kinds <= set(OTHER_KINDS)
    return has_edited and not is_template and kinds <= {"base", *COPY_KINDS, *OTHER_KINDS}


def is_right(pair: Sequence[Text], copies: set[Pair]) -> bool:
    """Whether both were made from one article, or from two that are copies of each other themselves."""
    if any(text.kind in OTHER_KINDS for text in pair):
        return False
    origins = frozenset(text.origin for text in pair)
    return len(origins) == 1 or origins in copies


def read_texts(file: Path, columns: str) -> list[Text]:
    """The texts of a parquet file."""
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(f"select {columns} from read_parquet($1) order by 1", [str(file)]).fetchall()
    return [Text(*row) for row in rows]


def find_copies(texts: Sequence[Text], scratch: Path) -> set[Pair]:
    """The pairs of texts that a published warehouse names copies."""
    run = Run(settings=Settings(data=scratch))
    for start in range(0, len(texts), APPENDED):
        append(run.ledger, texts[start : start + APPENDED])
    take_step(run, "compare")
    warehouse.publish(run.ledger, run.settings, now=run.now(), producers=producers(run.settings))
    return {frozenset(row) for row in warehouse.query(run.settings, COPIES).rows}


def append(ledger: Ledger, texts: Iterable[Text]) -> None:
    """Append each text as an article of its own, with the capture and the entry before it. Its revision has its id."""
    seen = [newsroom.entry(text.id) for text in texts]
    captured = [newsroom.capture(entry) for entry in seen]
    articles = [
        newsroom.article(page, text.text, revision_id=text.id, words=len(text.text.split()))
        for page, text in zip(captured, texts, strict=True)
    ]
    ledger.append([*seen, *captured, *articles])
