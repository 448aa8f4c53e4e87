"""Pages that were captured in, articles out: `ArticleExtracted` or `ExtractionFailed`."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from pipeline.archive import Archive, ArchiveDamaged, ArchivedBody, RecordWithdrawn
from pipeline.articles import extract as articles
from pipeline.articles.worker import WorkerFailure, open_worker
from pipeline.events import Event
from pipeline.values import RecordRef

if TYPE_CHECKING:
    from pipeline.run import Run

producer = articles.producer


def take(run: "Run") -> Iterator[list[Event]]:
    """Articles out of the pages that were captured."""
    selection = run.selection("extract")
    read = partial(read_body, run.archive)
    with open_worker(run.settings) as worker:
        for chunk in run.ledger.pending_chunks(selection, chunk=run.settings.chunk_inputs):
            yield list(articles.extract(chunk, read=read, worker=worker, producer=selection.producer))


def read_body(archive: Archive, ref: RecordRef) -> ArchivedBody | WorkerFailure:
    """What the archive keeps, or why it has it no more: a damaged record fails one page, not the step."""
    try:
        return archive.read(ref)
    except (ArchiveDamaged, RecordWithdrawn) as error:
        return WorkerFailure("archive_damaged", str(error), is_transient=False)
