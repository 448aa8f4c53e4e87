"""Labelled texts in, how well re-use is told from the rest out: with the measures, the index and the models of a run.

Read as `claimwire compare` reads a file, so nothing is judged in two ways.
"""

import csv
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import duckdb

from pipeline.comparison.measures import prepare
from pipeline.own.judging import Answers, judge
from pipeline.own.own_texts import OwnText
from tests.measuring.report import Table
from tests.measuring.scores import score, share, show

COPIES = ("exact", "copy-of", "contained-in")
VERSIONS = ("version-of",)
ALL = (*COPIES, *VERSIONS)
DOUBTED = Path(__file__).with_name("labels_doubted.csv")
# How an article was edited. A version with other numbers is no copy, nor are those made of several articles.
COPY_KINDS = ("exact_fmt", "boiler", "reorder", "edit5", "edit15", "lede", "trunc", "excerpt", "spin30")
# Texts that only share a template or boilerplate: no copies of one another.
OTHER_KINDS = ("tmpl_weather", "tmpl_market", "neg_boiler")
STITCHED_KINDS = ("stitch", "digest")

ROUNDS = 3

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """One labelled text. kind: base, or how it was edited; origin: the text it was made from, or itself.

    sources  of a stitched text the origin of each of its lines
    """

    id: str
    kind: str
    origin: str
    text: str
    sources: tuple[str, ...] = ()


def score_copies(folder: Path) -> Table:
    """F1 of relations among labelled pairs of war reports; of edited articles what is found of each kind."""
    return [*score_war_reports(folder), *score_edited(folder), *time_keys(folder)]


def time_keys(folder: Path) -> Table:
    """How many articles a CPU second gives fingerprints and sentence keys to, at the best of three times."""
    texts = [text.text for text in read_edited(folder / "dedup" / "edited_articles_dev.parquet") if text.kind == "base"]
    costs = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            prepared = prepare("", "", text)
            assert prepared.fingerprints.itemsize == prepared.sentence_keys.itemsize
        costs.append(time.process_time() - began)
    words = sum(len(text.split()) for text in texts) / len(texts)
    return [(f"keys, articles of {words:.0f} words in a CPU second", f"{len(texts) / min(costs):,.0f}")]


def score_war_reports(folder: Path) -> Table:
    """Among the pairs that somebody labelled, which of them are named copies, and which versions.

    The labels are one reader's. Those that another doubts after reading both texts are in labels_doubted.csv, with why;
    they are counted as given, and as read again on a line of its own.
    """
    texts = read_war_reports(folder / "dedup" / "syria_articles.parquet")
    labels = {
        frozenset((pair["a"], pair["b"])): pair["label"]
        for pair in json.loads((folder / "dedup" / "syria_pairs.json").read_text("utf-8"))
    }
    answers = judge(texts)
    doubted = read_doubted(DOUBTED)
    read_again = labels | {pair: label for pair, label in doubted.items() if pair in labels}
    rows = []
    for title, relations, wanted, given in (
        (f"copies, {len(labels)} pairs of war reports", COPIES, {"copy"}, labels),
        (f"copies or versions, {len(labels)} pairs of war reports", ALL, {"copy", "version"}, labels),
        (f"versions, {len(labels)} pairs of war reports", VERSIONS, {"version"}, labels),
        (f"  the {len(doubted)} labels that we doubt read again", VERSIONS, {"version"}, read_again),
    ):
        named = find_pairs(answers, relations) & given.keys()
        labelled = {pair for pair, label in given.items() if label in wanted}
        found = score(len(named), len(named & labelled), len(labelled))
        rows.append((f"{title}, P / R / F1", show(found)))
    return rows


def read_doubted(file: Path) -> dict[Pair, str]:
    """The pairs whose label somebody doubts, and what they are on a second reading."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {frozenset((row["a"], row["b"])): row["read_as"] for row in csv.DictReader(lines)}


def read_war_reports(file: Path) -> list[OwnText]:
    """The war reports with their publishers and days."""
    with duckdb.connect(":memory:") as connection:
        query = "select id, text, publisher, try_strptime(date, '%m/%d/%Y') from read_parquet($1) order by id"
        rows = connection.execute(query, [str(file)]).fetchall()
    return [
        OwnText(text_id=name, text=text, outlet=outlet, published_at=to_utc(day), is_day_only=True)
        for name, text, outlet, day in rows
    ]


def to_utc(day: datetime | None) -> datetime | None:
    """The day as an instant."""
    return day.replace(tzinfo=UTC) if day else None


def score_edited(folder: Path) -> Table:
    """Whether edited articles are named copies of what they were made from, and of nothing else."""
    texts = read_edited(folder / "dedup" / "edited_articles_dev.parquet")
    answers = judge([OwnText(text_id=text.id, text=text.text) for text in texts])
    copies = find_pairs(answers, COPIES)
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
        rows.append((f"  wrongly named of {kind}", share(len(find_pairs(answers) & pairs), len(pairs))))
    return [*rows, *score_stitched(texts, answers)]


def score_stitched(texts: Sequence[Text], answers: Answers) -> Table:
    """Which articles are flagged as stitched, and whether their sentences are traced to where they come from."""
    flagged = {one["id"] for one in answers["stitched"]}
    rows = []
    for kind in STITCHED_KINDS:
        ids = {text.id for text in texts if text.kind == kind}
        rows.append((f"stitched articles found of {kind}", share(len(flagged & ids), len(ids))))
    others = {text.id for text in texts if text.kind not in STITCHED_KINDS}
    rows.append(("  wrongly flagged of the others", share(len(flagged & others), len(others))))
    of = {text.id: text for text in texts}
    traced = [
        (one["origin"], source)
        for one in answers["sentences"]
        if one["use"] != "too_short" and (source := find_source(of[one["id"]], one["span"][0]))
    ]
    right = sum(origin is not None and of[origin].origin == source for origin, source in traced)
    return [*rows, ("  source of a sentence right", share(right, len(traced)))]


def find_source(text: Text, start: int) -> str | None:
    """The origin of the line that a sentence of a stitched text stands in."""
    line = text.text[:start].count("\n")
    return text.sources[line] if line < len(text.sources) else None


def find_pairs(answers: Answers, relations: Sequence[str] = ALL) -> set[Pair]:
    """The pairs of texts that are related in one of these ways."""
    return {frozenset((one["a"], one["b"])) for one in answers["relations"] if one["relation"] in relations}


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


def read_edited(file: Path) -> list[Text]:
    """The edited articles and what they were made from."""
    query = "select id, kind, if(src = '' or kind = 'base', id, src), text, sents from read_parquet($1) order by 1"
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(query, [str(file)]).fetchall()
    return [
        Text(name, kind, origin, text, tuple(json.loads(sources)) if sources else ())
        for name, kind, origin, text, sources in rows
    ]
