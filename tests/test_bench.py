import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ledger.audit import verify
from pipeline.ledger.ledger import Ledger
from tests.bench import (
    LedgerCosts,
    Sides,
    Sizes,
    compare_asked,
    compare_scheduled,
    compare_sides,
    compare_start,
    describe,
    describe_scheduled,
    measure_ledger,
    short,
    spread,
    to_rows,
    to_scheduled_rows,
    to_start_rows,
)
from tests.measuring.costs import Cost, measure
from tests.measuring.filled_ledger import fill
from tests.measuring.network_costs import to_network_rows
from tests.measuring.report import to_table, write_between
from tests.measuring.scheduled_side import ONE_PAGE, Compared, Scheduled, Spent, add_single_page
from tests.measuring.serving import open_server
from tests.measuring.site import Bodies, build_site, read_bodies, write_sources
from tests.measuring.start_side import Start

SIZES = Sizes(
    pages=3, rounds=1, ledger_events=500, appended=9, scheduled_pages=0, asked=3
)  # a start of Airflow takes too long


ALONE = Cost(cpu_s=6.0, wall_s=5.0, main_bytes=0, worker_bytes=0, output="")
SCHEDULED = Scheduled(
    one=Compared(spent=Spent(staying=2.0, tasks=14.0), wall_s=25.0, tasks=7, alone=ALONE),
    full=Compared(spent=Spent(staying=9.0, tasks=91.0), wall_s=60.0, tasks=11, alone=replace(ALONE, cpu_s=80.0)),
    idle=Spent(staying=6.0, tasks=0.0),
)


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Bodies:
    """The bundled pages: the others are not there everywhere."""
    return read_bodies(tmp_path_factory.mktemp("nothing"))


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory, bodies: Bodies) -> Sides:
    return compare_sides(tmp_path_factory.mktemp("sides"), bodies, SIZES)


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> LedgerCosts:
    return measure_ledger(tmp_path_factory.mktemp("ledger"), SIZES)


def test_both_sides_find_a_text_in_every_page(sides: Sides) -> None:
    assert [cost.output for cost in (*sides.bare, *sides.pipeline)] == ['{"entries": 3, "pages": 3, "texts": 3}'] * 2


def test_the_same_is_asked_for_with_and_without_the_pipeline(tmp_path: Path, bodies: Bodies) -> None:
    [compared] = compare_asked(tmp_path, bodies, SIZES)

    rows = to_network_rows((compared,), short(SIZES.asked), spread)
    for asked in (compared.packed, compared.plain):
        assert [cost.output for cost in (asked.feeds, asked.pages, asked.kept)] == ["3"] * 3
    assert max(map(len, to_table([("measured", "median", "range"), *rows]).splitlines())) <= 90


def test_only_the_pipeline_has_a_process_that_parses(sides: Sides) -> None:
    assert [cost.worker_bytes > 0 for cost in (*sides.bare, *sides.pipeline)] == [False, True]


def test_what_is_asked_of_a_ledger_is_found(costs: LedgerCosts) -> None:
    found = [one["found"] for one in (*costs.to_empty, *costs.to_filled, costs.pending, costs.verify)]

    assert found == [9, 9, 3, 9]


def test_the_table_fits_a_terminal(sides: Sides, costs: LedgerCosts, bodies: Bodies) -> None:
    rows = [*to_rows(sides, costs, Sizes(rounds=SIZES.rounds)), *to_scheduled_rows(SCHEDULED, Sizes())]
    text = f"{to_table(rows)}\n{describe(bodies, SIZES)}{describe_scheduled(SCHEDULED)}"

    assert max(map(len, text.splitlines())) <= 90


def test_airflows_share_is_what_stays_and_what_so_many_tasks_cost_without_work() -> None:
    assert SCHEDULED.tasks_s == 14 * 11 / 7 - 6
    assert SCHEDULED.share == (9 + 16) / 100


def test_the_difference_of_two_runs_is_told_beside_it() -> None:
    assert SCHEDULED.plain_share == pytest.approx(1 - 80 / 100)


def test_no_pages_under_airflow_start_none_and_the_table_says_so(tmp_path: Path, bodies: Bodies) -> None:
    scheduled = compare_scheduled(tmp_path, bodies, SIZES)

    assert to_scheduled_rows(scheduled, SIZES) == [("Airflow: left out (--scheduled-pages 0)", "", "")]
    assert to_start_rows(compare_start(tmp_path, SIZES)) == []


def test_a_start_is_told_in_seconds_and_megabytes() -> None:
    start = Start(first_run_s=48.6, rest_bytes=750_000_000, peak_bytes=880_400_000)

    assert [row[1] for row in to_start_rows(start)] == ["49", "750 / 880"]


def test_a_single_page_goes_through_all_steps_in_one_process(tmp_path: Path, bodies: Bodies) -> None:
    add_single_page(tmp_path / "site", bodies.bodies[0])
    with open_server(tmp_path / "site") as port:
        write_sources(tmp_path / "sources.toml", [ONE_PAGE], port)
        cost = measure("tests.measuring.steps_side", str(tmp_path / "data"), str(tmp_path / "sources.toml"))

    found = json.loads(cost.output)
    assert (found["EntrySeen"], found["PageCaptured"], found["ClaimsExtracted"]) == (1, 1, 1)


def test_a_filled_ledger_is_as_append_would_have_written_it(ledger: Ledger) -> None:
    assert fill(ledger, 12_345) == 12_345
    assert verify(ledger).problem is None


def test_pages_made_of_one_body_differ(tmp_path: Path) -> None:
    build_site(tmp_path, (b"<p>Raids killed 24.</p>",), 3)

    assert len({page.read_bytes() for page in tmp_path.glob("*/*.html")}) == 3


def test_text_goes_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n")

    assert write_between(file, "bench", "new")
    assert file.read_text() == "a\n<!-- bench -->\nnew\n<!-- /bench -->\nb\n"


def test_a_file_without_markers_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("a <!-- bench --> b")

    assert not write_between(file, "bench", "new")
    assert file.read_text() == "a <!-- bench --> b"
