"""Article revisions in, attributed claims out: `ClaimsExtracted` or `ClaimsFailed`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.claims import naming
from pipeline.events import Event
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.run import Run


def producer(settings: Settings) -> str:
    """The version of all that shapes what `claim` appends: rules, tables and model."""
    return naming.producer(settings, settings.seeds)


def take(run: "Run") -> Iterator[list[Event]]:
    """Attributed claims out of the article revisions."""
    from pipeline.claims import extract as claims  # noqa: PLC0415  # brings spaCy: who only asks for the producer need not wait

    seeds, model = run.settings.seeds, run.settings.language_model
    selection = run.selection("claim")
    for chunk in run.ledger.pending_chunks(selection, chunk=run.settings.chunk_inputs):
        yield list(claims.extract(chunk, producer=selection.producer, language_model=model, seeds=seeds))
