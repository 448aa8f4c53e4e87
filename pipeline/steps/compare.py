"""New article revisions in, what each shares with every earlier one out: `ArticleCompared`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.comparison import compare as comparison
from pipeline.comparison import measures
from pipeline.comparison.index import Index, drop_index, open_index
from pipeline.events import Event
from pipeline.ledger.ledger import Ledger
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.run import Run

INDEX_CHUNK = 1_000
LOOKED_UP = 5_000  # revisions in one reading of the index, or fewer when they have very many candidates


def producer(_: Settings) -> str:
    """The version of all that shapes what `compare` appends."""
    return measures.producer()


def take(run: "Run") -> Iterator[list[Event]]:
    """What each new revision shares with every earlier one."""
    ledger, settings, selection = run.ledger, run.settings, run.selection("compare")
    with open_current_index(ledger, settings) as index:
        # What another run has appended since is not in the index: the next run takes it.
        waiting = [one for one in ledger.pending_positions(selection) if one[0] <= index.position]
        for looked_up in slices(waiting, LOOKED_UP):
            index.look_up([position for position, _ in looked_up])
            for chunk in slices(looked_up, settings.chunk_inputs):
                yield list(comparison.compare(ledger.read_pending(chunk), index, producer=selection.producer))


def slices(inputs: Sequence[tuple[int, int]], size: int) -> Iterator[Sequence[tuple[int, int]]]:
    """The inputs in their order, at most `size` at once."""
    return (inputs[start : start + size] for start in range(0, len(inputs), size))


@contextmanager
def open_current_index(ledger: Ledger, settings: Settings) -> Iterator[Index]:
    """The index, brought up to the head of the ledger; no other process has it meanwhile."""
    head = ledger.head()
    drop_index_of_another_ledger(ledger, settings)
    with open_index(settings.index_file, ledger.read_at, wait_s=settings.ledger_wait_s) as index:
        articles_after = ledger.read(["ArticleExtracted"], after=index.position, chunk=INDEX_CHUNK)
        index.bring_up_to(articles_after, head.position, head.hash)
        yield index


def drop_index_of_another_ledger(ledger: Ledger, settings: Settings) -> None:
    """Drop an index that was made from another ledger, as after putting back a copy: it is rebuilt."""
    with open_index(settings.index_file, ledger.read_at, wait_s=settings.ledger_wait_s) as index:
        position, ledger_hash = index.position, index.ledger_hash
    query = "select count(*) from ledger.batches where last_position >= $1 and hash = $2"
    if position and not ledger.query(query, [position, ledger_hash])[0][0]:
        forget(settings)


def forget(settings: Settings) -> None:
    """Drop the index: whoever needs it next makes it anew from the ledger."""
    drop_index(settings.index_file, wait_s=settings.ledger_wait_s)
