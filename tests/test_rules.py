"""Editing an alias: nothing doubles, old readings stay, and a backfill reads the days again beside them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run as shell
from pipeline.claims.tables import SeedsError
from pipeline.ledger.audit import verify
from pipeline.run import Run, producers
from pipeline.settings import SEEDS
from pipeline.watch.standing import find_standing
from tests.running import DAYS, MARTS, ask, copy, on_days, read_marts, take

KEYS = {"claims": "claim_id", "toll_claims": "(claim_id, quantity_number)", "articles": "article_id"}
NEW_ALIAS = "Lantern Relief"  # speaks in the bundled world, and is in no table
SPEAKERS = f"select distinct speaker_ids[1] from claims where array_to_string(speakers, '') = '{NEW_ALIAS}'"


def edit_actors(run: Run, folder: Path) -> Run:
    """The same run with an actor added to a copy of the tables."""
    folder.mkdir()
    for file in SEEDS.glob("*.csv"):
        shutil.copy(file, folder / file.name)
    with (folder / "actors.csv").open("a") as actors:
        actors.write(f"lantern,{NEW_ALIAS},organisation,{NEW_ALIAS},,,,,made for a test\n")
    return replace(run, settings=replace(run.settings, seeds=folder))


@pytest.fixture(scope="module")
def edited(stages: dict[str, Run], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The bundled world after an alias was added: one ordinary run and a publish, no backfill."""
    run = edit_actors(
        copy(stages["publish"], tmp_path_factory.mktemp("edited") / "data"), tmp_path_factory.mktemp("s") / "t"
    )
    assert take(run) == 0  # a run leaves alone what any rules have read
    shell.publish(run)
    return run


@pytest.fixture(scope="module")
def reread(edited: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same after a backfill of the days."""
    run = copy(edited, tmp_path_factory.mktemp("reread") / "data")
    take(on_days(run, DAYS[0], run.now().date()))
    shell.publish(run)
    return run


def test_an_edited_alias_makes_another_producer_of_claims_only(stages: dict[str, Run], edited: Run) -> None:
    before, after = producers(stages["publish"].settings), producers(edited.settings)

    assert [step for step in before if before[step] != after[step]] == ["claim"]


def test_until_the_days_are_read_again_every_mart_is_as_it_was(stages: dict[str, Run], edited: Run) -> None:
    assert read_marts(edited) == read_marts(stages["publish"])


def test_status_says_what_was_read_by_older_rules(edited: Run) -> None:
    steps = {step.step: (step.older_inputs, step.older_days) for step in find_standing(edited).steps}

    assert steps == {"poll": (0, 0), "capture": (0, 0), "extract": (0, 0), "compare": (0, 0), "claim": (29, 7)}


def test_a_backfill_reads_again_beside_the_old_readings(stages: dict[str, Run], reread: Run) -> None:
    by_producer = reread.ledger.query(
        "select producer, count(*) from ledger.events where event_type in ('ClaimsExtracted', 'ClaimsFailed') group by all"
    )
    old, new = (producers(run.settings)["claim"] for run in (stages["publish"], reread))

    assert sorted(by_producer) == sorted([(old, 29), (new, 29)])
    assert verify(reread.ledger).problem is None


def test_after_the_backfill_the_alias_resolves(stages: dict[str, Run], reread: Run) -> None:
    assert ask(stages["publish"], SPEAKERS) == [("name/lantern-relief",)]
    assert ask(reread, SPEAKERS) == [("lantern",)]


def test_nothing_doubles_in_any_mart(stages: dict[str, Run], reread: Run) -> None:
    before, after = ({mart: ask(run, f"from {mart}") for mart in MARTS} for run in (stages["publish"], reread))

    assert {mart: len(rows) for mart, rows in after.items()} == {mart: len(rows) for mart, rows in before.items()}
    for mart, key in KEYS.items():
        assert ask(reread, f"select {key} from {mart} group by all having count(*) > 1") == []


def test_after_the_backfill_nothing_is_left_of_older_rules(reread: Run) -> None:
    steps = find_standing(reread).steps

    assert sum(step.older_inputs for step in steps) == 0
    assert take(on_days(reread, *DAYS)) == 0


def test_a_wrong_line_in_a_table_is_told_with_its_number(stages: dict[str, Run], tmp_path: Path) -> None:
    run = edit_actors(stages["extract"], tmp_path / "seeds")
    lines = (tmp_path / "seeds" / "actors.csv").read_text().count("\n")
    with (tmp_path / "seeds" / "actors.csv").open("a") as actors:
        actors.write("other,Other,no_such_kind,Other,,,,,made for a test\n")

    with pytest.raises(SeedsError, match=rf"actors\.csv, line {lines + 1}: kind must be one of"):
        producers(run.settings)
