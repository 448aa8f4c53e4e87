"""Every kind of hostile input once; `python -m tests.hostile` takes 2,000 of them."""

from collections.abc import Iterator

import pytest

from pipeline.articles.worker import Worker, open_worker
from pipeline.settings import Settings
from tests.hostile import choose_kinds, meet
from tests.hostile_kinds import FEEDS, PAGES, Kind

SETTINGS = Settings(worker_cpu_s=2)
EACH = [(kind, False) for kind in PAGES] + [(kind, True) for kind in FEEDS]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with open_worker(SETTINGS) as opened:
        yield opened


@pytest.mark.xdist_group("articles")
@pytest.mark.parametrize(
    ("kind", "is_feed"), EACH, ids=[f"{'feed' if is_feed else 'page'}: {kind.name}" for kind, is_feed in EACH]
)
def test_a_hostile_input_ends_in_exactly_one_outcome_that_the_ledger_can_keep(
    worker: Worker, kind: Kind, is_feed: bool
) -> None:
    assert meet(worker, kind, 0, is_feed=is_feed).outcome


def test_two_thousand_are_chosen_of_every_kind_and_no_two_are_the_same() -> None:
    chosen = list(choose_kinds(2_000))

    assert len(set(map(repr, chosen))) == len(chosen) == 2_000
    assert {kind.name for kind, _, is_feed in chosen if not is_feed} == {kind.name for kind in PAGES}
    assert {kind.name for kind, _, is_feed in chosen if is_feed} == {kind.name for kind in FEEDS}
