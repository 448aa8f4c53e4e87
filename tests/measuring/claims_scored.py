"""Labelled articles in, how well their attributed claims are read out: by the scorer that comes with the labels."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.own import trying
from pipeline.settings import Settings
from tests.measuring.claims_timed import score_speed
from tests.measuring.report import Table
from tests.measuring.sentences_read import score_sentences

SEED_PUBLISHED = "2017-06-11"
TIERS = ("A", "B", "C")
FILES = (("seed", "the seed article"), ("attribution_dev", "US politics"))


def score_claims(folder: Path, settings: Settings) -> Table:
    """Precision, recall and F1 of whole claims, F1 of words of contents and of exact sources, tiers, speed, own sentences."""
    rows: list[tuple[str, ...]] = []
    texts: list[str] = []
    for name, called in FILES:
        gold = folder / "claims" / f"{name}.jsonl"
        lines, read = read_all(gold, settings)
        texts += read
        scorer = folder / "claims" / "score.py"
        found = ask_scorer(scorer, gold, lines)
        claim = found["claim/attr"]
        rows += [
            (f"claims, {called}, claim/attr P / R / F1", f"{claim['P']} / {claim['R']} / {claim['F1']}"),
            (
                "  F1 of content words, of exact sources",
                f"{found['spans/content/tok']['F1']} / {found['spans/source/exact']['F1']}",
            ),
        ]
        if name != "seed":
            rows += [(f"  tier {tier}, P / R", of_tier(scorer, gold, lines, tier)) for tier in TIERS]
    return [*rows, *score_sentences(), *score_speed(texts, settings)]


def read_all(gold: Path, settings: Settings) -> tuple[list[str], list[str]]:
    """What `claimwire claims --json` prints for each article of a file, and the articles."""
    lines, texts = [], []
    for number, line in enumerate(gold.read_text("utf-8").splitlines(), 1):
        given = json.loads(line)
        if given["doc_id"] == "seed":
            given["published_at"] = SEED_PUBLISHED
        document = trying.read_line(json.dumps(given), f"{gold.name}:{number}")
        claims = trying.find_claims(document, settings, has_narrator=False)
        lines.append(json.dumps(trying.to_line(document, claims)))
        texts.append(document.text)
    return lines, texts


def of_tier(scorer: Path, gold: Path, lines: list[str], tier: str) -> str:
    """Precision of the claims of one tier alone, and the share of all labelled ones that they find."""
    documents = [json.loads(line) for line in lines]
    for document in documents:
        document["claims"] = [claim for claim in document["claims"] if claim["confidence"] == tier]
    claim = ask_scorer(scorer, gold, [json.dumps(document) for document in documents])["claim/attr"]
    return f"{claim['P']} / {claim['R']}"


def ask_scorer(scorer: Path, gold: Path, lines: list[str]) -> dict[str, dict[str, float]]:
    """The scorer's own figures."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as predicted:
        predicted.write("\n".join(lines))
        predicted.flush()
        command = [sys.executable, str(scorer), str(gold), predicted.name, "--json"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, float]] = json.loads(answer.stdout)
    return found
