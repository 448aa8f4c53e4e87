"""What the rules make of the labelled sentences and the seed article, pinned: a change is seen, and raises the version."""

import hashlib
from datetime import UTC, datetime

import msgspec

from pipeline.claims.naming import RULES_VERSION
from pipeline.keys import canonical
from pipeline.values import Claim
from tests.claims.conftest import ReadText
from tests.measuring.sentences_read import read_table

PINNED_VERSION = 5
PINNED_DIGEST = "a2bb95a0f7c5e83b"
TABLES = ("quantities", "negatives", "dates")
FEWEST_SENTENCES = 300
MOST_WRONG = 1


def digest(claims: tuple[Claim, ...]) -> str:
    return hashlib.sha256(canonical(msgspec.to_builtins(claims))).hexdigest()[:16]


def test_the_golden_output_is_the_pinned_one(read: ReadText, seed_text: str) -> None:
    texts = [row["text"] for table in ("frames", "quantities", "negatives") for row in read_table(table)]
    claims = read(seed_text, datetime(2017, 6, 11, tzinfo=UTC)) + read("\n\n".join(texts))

    assert (RULES_VERSION, digest(claims)) == (PINNED_VERSION, PINNED_DIGEST), (
        "the output changed: if the rules changed, raise RULES_VERSION in pipeline/claims/naming.py; then pin both here"
    )


def test_enough_sentences_are_labelled_and_few_of_them_read_wrongly() -> None:
    rows = [row for table in TABLES for row in read_table(table)]

    assert len(rows) >= FEWEST_SENTENCES
    assert sum("wrong" in row for row in rows) <= MOST_WRONG
