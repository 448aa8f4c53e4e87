"""Articles in, what the marts say of them out, for any order in which a ledger gets them: it must be the same.

Through a real ledger, the step `compare`, its index and a publish; batch by batch, each compared before the next comes.
"""

import hashlib
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import run as shell
from pipeline.events import ArticleExtracted, Event, PageCaptured
from pipeline.own.own_texts import OwnText
from pipeline.run import Run
from pipeline.settings import SQL
from pipeline.warehouse.agencies import read_agencies
from pipeline.warehouse.building import connect, execute, note_agencies, note_promoted
from pipeline.warehouse.models import read_models
from tests.measuring.copies_named import read_war_reports
from tests.measuring.report import Table
from tests.measuring.scores import share
from tests.newsroom import article, capture, entry
from tests.running import make_run, read_marts, take

RANDOM_ORDERS = 20
BATCH_AT_MOST = 400
MARTS = frozenset(
    "article_relations families lineages origins outlet_originality sentence_origins stitched_articles".split()
)

Story = tuple[Event, PageCaptured, ArticleExtracted]


Marts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one order: a hash of each mart's rows, and how many events a second run added."""

    marts: Marts
    added_again: int


def score_orders(folder: Path) -> Table:
    """The war reports in the order of their dates, in reverse, and in random orders."""
    stories = [to_story(own) for own in read_war_reports(folder / "dedup" / "syria_articles.parquet")]
    with tempfile.TemporaryDirectory(prefix="claimwire-orders-") as scratch:
        taken = list(take_orders(stories, Path(scratch)))
    same = sum(one.marts == taken[0].marts for one in taken)
    return [
        (f"orders of {len(stories)} war reports that give the same marts", share(same, len(taken))),
        ("  events that a second run adds", str(sum(one.added_again for one in taken))),
    ]


def to_story(own: OwnText) -> Story:
    """The text as a page that was seen and captured."""
    seen = entry(own.text_id)
    captured = capture(seen)
    day = own.published_at
    read = article(
        captured, own.text, outlet=own.outlet, title=None, published_at=day, published_precision="day" if day else None
    )
    return seen, captured, read


def take_orders(
    stories: Sequence[Story], scratch: Path, random_orders: int = RANDOM_ORDERS, batch_at_most: int = BATCH_AT_MOST
) -> Iterator[Taken]:
    """What comes of the order given, its reverse and random ones, in batches of random sizes."""
    chance = random.Random(1)
    half = len(stories) // 2
    run = take_in(scratch / "given", [stories[:half]])
    shell.publish(run)
    run = take_in(scratch / "given", [stories[half:]])
    yield Taken(hash_published(run), add_again(run, stories))
    orders = [list(stories)[::-1], *(chance.sample(list(stories), len(stories)) for _ in range(random_orders))]
    for number, order in enumerate(orders):
        run = take_in(scratch / str(number), list(cut(order, chance, batch_at_most)))
        yield Taken(hash_built(run, scratch / str(number)), add_again(run, stories))


def cut(order: Sequence[Story], chance: random.Random, at_most: int) -> Iterator[Sequence[Story]]:
    """The stories in batches of any size."""
    start = 0
    while start < len(order):
        size = chance.randint(1, at_most)
        yield order[start : start + size]
        start += size


def take_in(data: Path, batches: Sequence[Sequence[Story]]) -> Run:
    """A run whose ledger got the batches, each compared before the next came."""
    run = make_run(data)
    for batch in batches:
        run.ledger.append(event for story in batch for event in story)
        take(run, ["compare"])
    return run


def add_again(run: Run, stories: Sequence[Story]) -> int:
    """How many events a second run of the same stories adds."""
    added = run.ledger.append_new([event for story in stories for event in story])
    return len(added) + take(run, ["compare"])


def hash_published(run: Run) -> Marts:
    """The marts of a warehouse that was published and has grown."""
    shell.publish(run)
    return {mart: hash_rows(rows) for mart, rows in read_marts(run).items() if mart in MARTS}


def hash_built(run: Run, scratch: Path) -> Marts:
    """The same marts, built at once from the events: a third of the time of a publish."""
    position = run.ledger.copy_events(scratch / "events", after=0)
    assert position == run.ledger.head().position
    with connect(scratch / "built", scratch / "events") as connection:
        note_promoted(connection, shell.producers(run.settings))
        note_agencies(connection, read_agencies(run.settings.seeds))
        for model in read_models(SQL).needed_for(MARTS):
            execute(connection, model.file, f"create table {model.name} as\n{model.text}")
        return {mart: hash_rows(map(repr, connection.execute(f"from {mart}").fetchall())) for mart in MARTS}


def hash_rows(rows: Iterable[str]) -> str:
    """One hash of all rows, whatever their order."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
