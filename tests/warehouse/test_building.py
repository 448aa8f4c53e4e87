"""Models and copied events in, a built and tested file out."""

from pathlib import Path

import duckdb
import pytest

from pipeline.ledger.ledger import Ledger
from pipeline.warehouse.building import Built, Noted, build_file
from pipeline.warehouse.models import ModelError, read_models
from tests import newsroom
from tests.newsroom import NOON

STAGED = "-- stg_events: one row per event.\n-- key: event_id\nselect event_id, event_type, event_date from events"


def build(folder: Path, *paths: str, after: int = 0, **files: str) -> Built:
    """Build models of these texts from entries with these paths, in the file `built` of the folder."""
    sql = folder / "sql"
    (sql / "staging").mkdir(parents=True, exist_ok=True)
    for name in ("stg_events", "stg_content_withdrawn"):
        text = STAGED.replace("stg_events", name)
        withdrawn = text.replace("event_date", "event_date, [event_id] as withdrawn_ids") + " where false"
        (sql / f"staging/{name}.sql").write_text(text if name == "stg_events" else withdrawn)
    for name, text in files.items():
        part, _, stem = name.partition("_")
        (sql / part).mkdir(exist_ok=True)
        (sql / f"{part}/{stem}.sql").write_text(text)
    ledger = Ledger(folder / "ledger", run_id="test", now=lambda: NOON)
    ledger.append(newsroom.entry(path) for path in paths)
    copied = folder / "copied"
    copied.unlink(missing_ok=True)
    position = ledger.copy_events(copied, after=after)
    noted = Noted(position=position, published_at=NOON, producers={"claim": "claim-1-aaaaaaaaaa"})
    return build_file(folder / "built", copied, read_models(sql), noted)


def ask(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the built file."""
    with duckdb.connect(str(folder / "built"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_new_events_are_added_to_staging_and_the_rest_is_made_anew(tmp_path: Path) -> None:
    mart = "-- counted: one row.\n-- key: events\nselect count(*) as events from stg_events"

    builds = [build(tmp_path, "a", "b", marts_counted=mart), build(tmp_path, "c", after=2)]

    assert [built.events for built in builds] == [2, 1]
    assert ask(tmp_path, "from counted") == [(3,)]
    assert ask(tmp_path, "select position from meta_warehouse") == [(3,)]


def test_a_model_that_duckdb_refuses_is_named(tmp_path: Path) -> None:
    broken = "-- broken: one row.\n-- key: event_typ\nselect event_typ from stg_events"

    with pytest.raises(ModelError, match=r"^broken.sql: Binder Error: Referenced column \"event_typ\" not found"):
        build(tmp_path, "a", marts_broken=broken)


def test_a_model_cannot_read_files(tmp_path: Path) -> None:
    nosy = "-- nosy: one row per line.\n-- key: line\nselect content as line from read_text('/etc/hostname')"

    with pytest.raises(ModelError, match=r"^nosy.sql: Permission Error: .* disabled"):
        build(tmp_path, "a", marts_nosy=nosy)


def test_keys_that_are_null_or_there_twice_fail_and_so_does_a_test_that_selects_rows(tmp_path: Path) -> None:
    mart = "-- typed: one row per type.\n-- key: event_type\nselect event_type from stg_events union all select null"
    test = "-- seen: an event.\n-- severity: warn\n-- model: typed\nfrom typed where event_type is not null"

    failures = build(tmp_path, "a", "b", "c", marts_typed=mart, tests_seen=test).failures

    assert [(failure.test, failure.severity, failure.rows) for failure in failures] == [
        ("typed_key", "stop", 2),
        ("seen", "warn", 3),
    ]
    assert sorted(ask(tmp_path, failures[0].query), key=str) == [("EntrySeen", 3), (None, 1)]


def test_a_test_of_rows_fills_the_quarantine(tmp_path: Path) -> None:
    test = (
        "-- odd: an event.\n-- severity: quarantine\n-- model: stg_events\n"
        "select event_id, 'twice' as reason, event_date from stg_events, range(2)"
    )

    built = build(tmp_path, "a", "b", tests_odd=test)

    assert (built.quarantined, built.failures) == (2, ())
    assert ask(tmp_path, "select model, test, reason from int_events_broken") == [("stg_events", "odd", "twice")] * 2
