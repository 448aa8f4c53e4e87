"""Pending revisions in, one `ArticleCompared` each out: the stage function of `compare`."""

from collections.abc import Iterator, Sequence

from pipeline.comparison.index import Index
from pipeline.events import ArticleCompared, ArticleExtracted, Pending


def compare(pending: Sequence[Pending[ArticleExtracted]], index: Index, *, producer: str) -> Iterator[ArticleCompared]:
    """Yield for every pending revision what it shares with the revisions at lower positions of the ledger.

    The index must have been brought up to a head that covers the pending revisions: IndexUnusableError if it was not.
    """
    for measured in index.measure(pending):
        article = measured.pending.cause.event
        yield ArticleCompared(
            event_date=article.event_date,
            occurred_at=article.occurred_at,
            caused_by=measured.pending.cause.event_id,
            producer=producer,
            article_id=article.article_id,
            revision_id=article.revision_id,
            attempt=measured.pending.attempt,
            words=measured.words,
            normal_sha256=measured.normal_sha256,
            sentences=measured.sentences,
            pairs=measured.pairs,
        )
