"""Days in any order: a finished ledger stays as it is, and fresh ones come to the same marts."""

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import run as shell
from pipeline.audit import verify
from pipeline.run import Run
from pipeline.sources import polls
from pipeline.sources.registry import read_sources
from tests.running import DAYS, make_run, on_days, read_contents, read_marts, take


def test_backfilling_finished_days_in_any_order_appends_nothing(world: Run) -> None:
    head = world.ledger.head()

    appended = [take(on_days(world, day)) for day in random.Random(2).sample(DAYS, 3)]

    assert (sum(appended), world.ledger.head()) == (0, head)


def test_ledgers_filled_in_different_orders_of_days_have_equal_marts(stages: dict[str, Run], tmp_path: Path) -> None:
    orders = [tuple(reversed(DAYS)), tuple(random.Random(6).sample(DAYS, len(DAYS)))]
    runs = [make_run(tmp_path / f"order-{number}") for number in range(len(orders))]

    for run, days in zip(runs, orders, strict=True):
        for day in days:
            take(on_days(run, day))
        take(run)  # the page without a date belongs to the day of the poll
        shell.publish(run)

    wanted = stages["publish"]
    for run in runs:
        assert read_marts(run) == read_marts(wanted)
        assert read_contents(run) == read_contents(wanted)
        assert verify(run.ledger).problem is None


@given(day=st.sampled_from(DAYS), gap=st.integers(1, 400))
@settings(max_examples=20)
def test_a_source_with_a_window_can_list_exactly_the_days_inside(day: object, gap: int) -> None:
    source = next(source for source in read_sources(make_run(Path("unused")).settings.sources) if source.window)
    assert source.window

    inside = [polls.can_list(source, one) for one in DAYS]
    outside = [
        polls.can_list(source, shell.backfill_days(source.window[1], source.window[1])[0].fromordinal(ordinal))
        for ordinal in (source.window[0].toordinal() - gap, source.window[1].toordinal() + gap)
    ]

    assert (inside, outside) == ([True] * len(DAYS), [False, False])


def test_a_backfill_takes_no_page_of_another_day(tmp_path: Path) -> None:
    run = make_run(tmp_path / "data")

    take(on_days(run, DAYS[1]), ["poll", "capture"])

    days = run.ledger.query(
        "select distinct event_date from ledger.events where event_type in ('PageCaptured', 'CaptureFailed')"
    )
    assert days == [(DAYS[1],)]
