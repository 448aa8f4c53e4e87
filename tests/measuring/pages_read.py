"""Publishers' pages with what a person would read off them in, how well they are read out."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import text as characters
from pipeline.articles.exchange import READ_ARTICLE, Page, PageReading, ReadArticle
from pipeline.articles.worker import open_worker
from pipeline.settings import Settings
from tests.measuring.report import Table
from tests.measuring.scores import Score, score, share, show

SHINGLE_WORDS = 5


def score_pages(folder: Path, settings: Settings) -> Table:
    """How many are read; of these the day, the instant, the title and the text."""
    wanted = [json.loads(line) for line in (folder / "web" / "gold.jsonl").read_text("utf-8").splitlines()]
    calls = [(to_page(folder, one),) for one in wanted]
    with open_worker(settings) as worker:
        readings = list(worker.map(READ_ARTICLE, calls, returns=PageReading))
    articles = [reading.article if isinstance(reading, PageReading) else None for reading in readings]
    read = [(one, article) for one, article in zip(wanted, articles, strict=True) if article]
    dated = [(instant(one["date"]), article.published_at) for one, article in read if one["date"]]
    days = sum(at is not None and at.date() == want.date() for want, at in dated)
    instants = sum(at is not None and at.replace(microsecond=0) == want.replace(microsecond=0) for want, at in dated)
    signed = [
        (set(map(fold, one["authors"])), set(map(fold, article.authors))) for one, article in read if one["authors"]
    ]
    titles = sum(fold(article.title) == fold(one["title"]) for one, article in read)
    return [
        ("articles, publishers' pages that are read", share(len(read), len(wanted))),
        ("  day of publication (UTC)", share(days, len(dated))),
        ("  instant of publication, to the second", share(instants, len(dated))),
        ("  title, word for word", share(titles, len(read))),
        ("  authors, all and no others", share(sum(found == want for want, found in signed), len(signed))),
        (f"  text, {SHINGLE_WORDS}-word shingles, mean P / R / F1", show(mean_score(read))),
    ]


def to_page(folder: Path, wanted: dict[str, Any]) -> Page:
    """A page as it was captured, without any entry."""
    return Page(
        body=gzip.decompress((folder / "web" / wanted["file"]).read_bytes()),
        content_type="text/html",
        url=wanted["url"],
        captured_at=instant(wanted["crawl"]),
    )


def instant(value: str) -> datetime:
    """A time in UTC; one without a zone is taken as it is."""
    at = datetime.fromisoformat(value)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def fold(title: str | None) -> str:
    """A title without differences that nobody sees."""
    return characters.fold(" ".join((title or "").split()))


def mean_score(read: list[tuple[dict[str, Any], ReadArticle]]) -> Score:
    """Precision and recall of shingles, each page counting alike."""
    scores = [score_text(article.text, one["body"]) for one, article in read]
    pages = max(1, len(scores))
    return Score(sum(one.precision for one in scores) / pages, sum(one.recall for one in scores) / pages)


def score_text(found: str, wanted: str) -> Score:
    """How much of a text was wanted, and how much of what was wanted is there.

    >>> score_text("Menu Raids killed 24 civilians near Raqqa", "Raids killed 24 civilians near Raqqa")
    Score(precision=0.6666666666666666, recall=1.0)
    """
    ours, theirs = shingles(found), shingles(wanted)
    return score(ours.total(), (ours & theirs).total(), theirs.total())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every run of SHINGLE_WORDS words; of a shorter text the whole."""
    words = characters.words(text)
    starts = range(max(1, len(words) - SHINGLE_WORDS + 1))
    return Counter(tuple(words[start : start + SHINGLE_WORDS]) for start in starts)
