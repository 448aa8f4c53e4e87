"""Days in any order: a finished ledger stays as it is, and fresh ones come to the same marts."""

import random
from pathlib import Path

from pipeline import run as shell
from pipeline.run import Run
from tests.running import DAYS, make_run, on_days, read_contents, read_marts, take


def test_backfilling_finished_days_in_any_order_appends_nothing(world: Run) -> None:
    head = world.ledger.head()

    appended = [take(on_days(world, day)) for day in random.Random(2).sample(DAYS, 3)]

    assert (sum(appended), world.ledger.head()) == (0, head)


def test_ledgers_filled_in_different_orders_of_days_have_equal_marts(
    stages: dict[str, Run], one_worker: None, tmp_path: Path
) -> None:
    backwards = [(day,) for day in reversed(DAYS)]
    by_twos = [DAYS[2:4], DAYS[4:6], DAYS[0:2]]
    wanted = stages["publish"]  # all days at once

    for name, order in (("backwards", backwards), ("by-twos", by_twos)):
        run = make_run(tmp_path / name)
        for days in order:
            take(on_days(run, *days))
        take(run)  # the page without a date belongs to the day of the poll
        shell.publish(run)

        assert read_marts(run) == read_marts(wanted)
        assert read_contents(run) == read_contents(wanted)


def test_a_backfill_takes_no_page_of_another_day(tmp_path: Path) -> None:
    run = make_run(tmp_path / "data")

    take(on_days(run, DAYS[1]), ["poll", "capture"])

    days = run.ledger.query(
        "select distinct event_date from ledger.events where event_type in ('PageCaptured', 'CaptureFailed')"
    )
    assert days == [(DAYS[1],)]
