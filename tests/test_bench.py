from pathlib import Path

import pytest

from pipeline.audit import verify
from pipeline.ledger import Ledger
from tests.bench import LedgerCosts, Sides, Sizes, compare_sides, describe, measure_ledger, to_rows
from tests.measuring.filled_ledger import fill
from tests.measuring.report import to_table, write_between
from tests.measuring.site import Bodies, build_site, read_bodies

SIZES = Sizes(pages=3, rounds=1, ledger_events=500, appended=9)


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


def test_only_the_pipeline_has_a_process_that_parses(sides: Sides) -> None:
    assert [cost.worker_bytes > 0 for cost in (*sides.bare, *sides.pipeline)] == [False, True]


def test_what_is_asked_of_a_ledger_is_found(costs: LedgerCosts) -> None:
    found = [one["found"] for one in (*costs.to_empty, *costs.to_filled, costs.pending, costs.verify)]

    assert found == [9, 9, 3, 9]


def test_the_table_fits_a_terminal(sides: Sides, costs: LedgerCosts, bodies: Bodies) -> None:
    text = f"{to_table(to_rows(sides, costs, Sizes(rounds=SIZES.rounds)))}\n{describe(bodies, SIZES)}"

    assert max(map(len, text.splitlines())) <= 90


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
