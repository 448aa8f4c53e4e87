"""An article of the ledger or a text of one's own in, its sentences out, each with the earliest known text that had it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.comparison.measures import Prepared, prepare
from pipeline.comparison.sentences import SENTENCE_WORDS
from pipeline.ledger.ledger import literal
from pipeline.run import Run
from pipeline.settings import Settings, SettingsError
from pipeline.steps.compare import open_current_index
from pipeline.text import clean
from pipeline.values import MeasuredPair, SharedSentence
from pipeline.warehouse import warehouse

OF_ARTICLE = """
select sentence_number, sentence, use, origin_outlet, origin_article_id, articles.title, articles.url, origin_sentence,
    origin_known_at, is_origin_earlier, is_boilerplate, score
from sentence_origins
left join articles on origin_article_id = articles.article_id
where sentence_origins.article_id in (
    select article_id from int_current_articles where {wanted} in (article_id, revision_id, url)
)
order by sentence_number
"""
SOURCES = """
select revision_id, article_id, outlet, title, url, text, coalesce(published_at, captured_at) as known_at
from int_current_articles
where revision_id in ({wanted})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedSentence:
    """A sentence and the earliest known text that had it.

    use         original | copied | revised (other numbers) | too_short (not compared)
    origin_*    None for a sentence that nobody is known to have had before
    is_earlier  False: nothing tells which of the two was first
    """

    number: int
    sentence: str
    use: str
    origin_outlet: str | None = None
    origin_article_id: str | None = None
    origin_title: str | None = None
    origin_url: str | None = None
    origin_sentence: str | None = None
    origin_known_at: datetime | None = None
    is_earlier: bool | None = None
    is_boilerplate: bool = False
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A revision that a sentence may come from."""

    article_id: str
    outlet: str
    title: str | None
    url: str
    text: str
    known_at: datetime


def trace(run: Run, wanted: str) -> list[TracedSentence]:
    """The sentences of an article (its id, a revision's id or its URL) or of a text file, with their sources.

    Raises SettingsError when it is neither, with the remedy.
    """
    if Path(wanted).is_file():
        return trace_text(run, read_text(wanted))
    rows = warehouse.query(run.settings, OF_ARTICLE.format(wanted=literal(wanted))).rows
    if not rows:
        raise SettingsError(
            f"{wanted} is no file and no article of the warehouse: give a text file, or an article_id from the mart articles."
        )
    return [TracedSentence(**dict(zip(TracedSentence.__slots__, row, strict=True))) for row in rows]


def read_text(file: str) -> str:
    """The text of a file."""
    try:
        return clean(Path(file).read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is not UTF-8 at byte {error.start}: convert it first.") from None


def trace_text(run: Run, text: str) -> list[TracedSentence]:
    """The sentences of a text that the ledger does not have, against all that it has."""
    here = prepare("", "", text)
    with open_current_index(run.ledger, run.settings) as index:
        pairs = index.find_like(here)
    sources = find_sources(run.settings, [pair.other_revision_id for pair in pairs])
    return [trace_sentence(here, number, pairs, sources) for number, words in enumerate(here.counts) if words]


def find_sources(settings: Settings, revision_ids: Sequence[str]) -> dict[str, Source]:
    """What the warehouse knows of these revisions; those that it does not have yet are left out."""
    listed = ", ".join(literal(revision_id) for revision_id in revision_ids) or "''"
    rows = warehouse.query(settings, SOURCES.format(wanted=listed)).rows
    return {row[0]: Source(**dict(zip(Source.__slots__, row[1:], strict=True))) for row in rows}


def trace_sentence(
    here: Prepared, number: int, pairs: Sequence[MeasuredPair], sources: dict[str, Source]
) -> TracedSentence:
    """One sentence with the earliest source that has it; of several at one time the most alike, then the smallest id."""
    start, end = span = here.spans[number]
    sentence = here.text[start:end]
    found = [
        (sources[pair.other_revision_id], shared)
        for pair in pairs
        for shared in pair.sentences
        if shared.here == span and pair.other_revision_id in sources
    ]
    if not found:
        use = "original" if here.counts[number] >= SENTENCE_WORDS else "too_short"
        return TracedSentence(number=number + 1, sentence=sentence, use=use)
    source, shared = min(found, key=lambda one: (one[0].known_at, -one[1].score, one[0].article_id))
    return to_traced(number + 1, sentence, source, shared)


def to_traced(number: int, sentence: str, source: Source, shared: SharedSentence) -> TracedSentence:
    """A sentence with its source. A text of one's own has no date: its sources count as earlier."""
    return TracedSentence(
        number=number,
        sentence=sentence,
        use="copied" if shared.is_digits_equal else "revised",
        origin_outlet=source.outlet,
        origin_article_id=source.article_id,
        origin_title=source.title,
        origin_url=source.url,
        origin_sentence=source.text[slice(*shared.there)],
        origin_known_at=source.known_at,
        is_earlier=True,
        score=round(shared.score, 3),
    )
