"""What the claims tests share: the model is loaded once, texts are read as of one day."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.claims.parse import load_model
from pipeline.claims.read import read_claims
from pipeline.settings import SEEDS, Settings
from pipeline.values import Claim
from tests.measuring.sentences_read import read_table

PUBLISHED_AT = datetime(2017, 6, 14, 9, 30, tzinfo=UTC)  # a Wednesday
MODEL = Settings().language_model

ReadText = Callable[..., tuple[Claim, ...]]


def cases(name: str) -> list[Any]:
    """The rows of a table as parameters; one that we know to read wrongly says why, and fails once it is read rightly."""
    return [
        pytest.param(
            row, id=row["text"], marks=[pytest.mark.xfail(strict=True, reason=row["wrong"])] if "wrong" in row else []
        )
        for row in read_table(name)
    ]


@pytest.fixture(scope="session")
def read() -> ReadText:
    load_model(MODEL)

    def read_text(text: str, published_at: datetime | None = PUBLISHED_AT) -> tuple[Claim, ...]:
        return read_claims(text, published_at=published_at, revision_id="revision", language_model=MODEL)

    return read_text


@pytest.fixture(scope="session")
def seed_text() -> str:
    return (SEEDS / "documents" / "raqqa-2017-06-11.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def seed_claims(read: ReadText, seed_text: str) -> tuple[Claim, ...]:
    return read(seed_text, datetime(2017, 6, 11, tzinfo=UTC))
