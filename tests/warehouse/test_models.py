"""Which files are models, which are refused and why, and in which order they run."""

from pathlib import Path

import pytest

from pipeline.settings import SQL
from pipeline.warehouse.models import Model, ModelError, read_models

STAGED = "-- stg_things: one row per thing.\n-- key: event_id\nselect event_id from events"


def write(folder: Path, **files: str) -> Path:
    """A folder like sql/ with these models as marts, and one staging model."""
    for part in ("staging", "intermediate", "marts", "tests"):
        (folder / part).mkdir()
    (folder / "staging/stg_things.sql").write_text(STAGED)
    for name, text in files.items():
        (folder / f"marts/{name}.sql").write_text(f"-- {name}: one row per thing.\n-- key: event_id\n{text}")
    return folder


def test_the_models_of_this_repository_are_in_order() -> None:
    in_order = read_models(SQL).in_order

    names = [model.name for model in in_order]
    for model in in_order:
        assert all(names.index(read) < names.index(model.name) for read in model.reads if read in names)


def test_staging_reads_events_and_nothing_after_it_does() -> None:
    incremental = {model.name for model in read_models(SQL).in_order if model.is_incremental}

    assert {name.split("_")[0] for name in incremental} == {"stg"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select 1 as event_id; select 2 as event_id", "bad.sql: expected one select, got 2 statements."),
        ("drop table stg_things", "bad.sql: expected one select, got: Only SELECT statements can be serialized"),
        ("selec 1", "bad.sql: expected one select, got: syntax error at or near"),
        ("select * from stg_thing", "bad.sql: there is no model stg_thing."),
        ("select * from 'other.csv'", "bad.sql: there is no model other.csv."),
        ("select * from information_schema.tables", "bad.sql: there is no model information_schema.tables."),
        (
            "with stg_things as (select 1 as event_id) from stg_things",
            "bad.sql: the with clause stg_things has the name",
        ),
        (
            "select * from events where event_id in (from stg_things)",
            "bad.sql: a model of `events` is incremental",
        ),
        ("select * from other", "bad.sql reads itself: bad <- other <- bad."),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    folder = write(tmp_path, bad=text, other="select * from bad")

    with pytest.raises(ModelError) as refused:
        read_models(folder)

    assert reason in str(refused.value)


def test_a_model_without_a_key_is_refused(tmp_path: Path) -> None:
    (write(tmp_path) / "marts/keyless.sql").write_text("-- keyless: one row per thing.\nselect 1 as one")

    with pytest.raises(ModelError, match=r"keyless.sql: expected a first line `-- keyless: one row per"):
        read_models(tmp_path)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (write(tmp_path) / "marts/stg_things.sql").write_text(STAGED)

    with pytest.raises(ModelError, match="stands in two folders"):
        read_models(tmp_path)


def test_a_test_without_a_known_severity_is_refused(tmp_path: Path) -> None:
    (write(tmp_path) / "tests/odd.sql").write_text("-- odd: a thing.\n-- severity: bad\n-- model: stg_things\nselect 1")

    with pytest.raises(ModelError, match=r"odd.sql: expected the lines"):
        read_models(tmp_path)


def test_quarantine_stands_between_the_tables_that_its_tests_read_and_those_that_read_it(tmp_path: Path) -> None:
    folder = write(
        tmp_path, good="select event_id from stg_things where event_id not in (select event_id from int_events_broken)"
    )
    header = "-- odd: a thing.\n-- severity: quarantine\n-- model: stg_things\n"
    (folder / "tests/odd.sql").write_text(
        header + "select event_id, 'odd' as reason, null::date as event_date from stg_things"
    )

    names = [model.name for model in read_models(folder).in_order]

    assert names == ["stg_things", "int_events_broken", "good"]


def test_names_in_with_clauses_and_subqueries_are_seen(tmp_path: Path) -> None:
    nested = (
        "with recursive local as (select event_id from stg_things union select event_id from local) "
        "select event_id, (select max(event_id) from one) as other from local semi join two using (event_id)"
    )
    folder = write(tmp_path, nested=nested, one="select * from stg_things", two="select * from stg_things")

    models: dict[str, Model] = {model.name: model for model in read_models(folder).in_order}

    assert models["nested"].reads == {"stg_things", "one", "two"}


def test_any_change_of_a_file_changes_the_digest(tmp_path: Path) -> None:
    folder = write(tmp_path)
    before = read_models(folder).digest

    (folder / "staging/stg_things.sql").write_text(f"{STAGED} -- changed")

    assert read_models(folder).digest != before
