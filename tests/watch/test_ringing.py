"""What the warehouse says is not as usual reaches whoever is on call."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.run import Run
from pipeline.settings import Settings
from pipeline.warehouse import warehouse
from pipeline.watch.metrics import to_metrics
from pipeline.watch.ringing import Ringing, find_ringing
from pipeline.watch.standing import Standing, find_standing
from pipeline.watch.troubles import find_troubles
from tests.making import NOON, make_capture_failure, make_entry, make_page
from tests.running import make_run

SILENT = Ringing(
    kind="source_silent",
    subject="wire",
    what="wire has had nothing new for 8 hours; 1.0 are usual.",
    next="Look at its page.",
    measured=8.0,
    usual=1.0,
    threshold=6.0,
    unit="hours",
    since=NOON - timedelta(hours=8),
)


@pytest.fixture
def ringing(stages: dict[str, Run]) -> Standing:
    standing = find_standing(stages["publish"])
    return replace(standing, ringing=(SILENT, replace(SILENT, subject="herald")))


def test_nothing_rings_in_the_bundled_world_nor_without_a_warehouse(stages: dict[str, Run], tmp_path: Path) -> None:
    assert find_standing(stages["publish"]).ringing == ()
    assert find_ringing(make_run(tmp_path).settings, NOON) == ()


def write_warehouse(settings: Settings, *kinds_and_subjects: tuple[str, str]) -> Settings:
    """A warehouse in which these ring, of a ledger that was last written to at noon."""
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("create table stg_events as select $1::timestamptz as recorded_at", [NOON])
        connection.execute("""
            create table alerts (
                kind varchar, subject varchar, what varchar, next varchar, measured double, usual double, threshold double,
                unit varchar, since timestamptz
            )
        """)
        for one in kinds_and_subjects:
            connection.execute("insert into alerts values ($1, $2, 'w', 'n', 1, null, 1, 'hours', $3)", [*one, NOON])
    return settings


def write_sources(folder: Path) -> Path:
    """One source that is switched on and one that is not."""
    tables = (
        f'[[source]]\nid = "{name}"\nname = "{name}"\noutlet = "{name}"\nlanguage = "en"\nkind = "feed"\n'
        f'url = "http://{name}.example/feed"\nenabled = {enabled}\n'
        for name, enabled in (("wire", "true"), ("herald", "false"))
    )
    (folder / "sources.toml").write_text("\n".join(tables))
    return folder / "sources.toml"


def test_a_warehouse_of_before_there_were_alerts_has_none(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    duckdb.connect(str(settings.warehouse_file)).close()

    assert find_ringing(settings, NOON) == ()


def test_of_a_warehouse_that_cannot_be_asked_it_is_not_known_what_rings(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    run.settings.warehouse_file.write_bytes(b"no database")

    with pytest.raises(warehouse.QueryError):
        find_ringing(run.settings, NOON)
    assert find_standing(run).ringing == ()


def test_a_source_that_is_switched_off_or_taken_out_does_not_ring(tmp_path: Path) -> None:
    silent = [("source_silent", name) for name in ("gone", "herald", "wire")]
    low = [("source_volume", "herald"), ("step_failing", "capture")]
    settings = write_warehouse(Settings(data=tmp_path, sources=write_sources(tmp_path)), *silent, *low)

    found = find_ringing(settings, NOON)

    assert [(one.kind, one.subject) for one in found] == [("source_silent", "wire"), ("step_failing", "capture")]


@pytest.mark.parametrize(("hours", "rings"), [(25, True), (27, False)])
def test_nothing_rings_while_the_ledger_stands_still(tmp_path: Path, hours: int, rings: bool) -> None:
    settings = write_warehouse(Settings(data=tmp_path), ("step_failing", "capture"))

    assert bool(find_ringing(settings, NOON + timedelta(hours=hours))) is rings


def test_a_row_of_the_mart_is_read_with_its_figures(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    entries = [make_entry(number) for number in range(20)]
    outcomes = [make_capture_failure(one, reason="dns") if n < 5 else make_page(one) for n, one in enumerate(entries)]
    run.ledger.append([*entries, *outcomes])
    warehouse.publish(run.ledger, run.settings, now=NOON, producers={})

    [found] = find_ringing(run.settings, NOON)

    assert (found.kind, found.subject, found.measured, found.usual) == ("step_failing", "capture", 0.25, None)
    assert (found.threshold, found.unit, found.since) == (0.2, "share", NOON)
    assert "mostly for dns" in found.what


def test_what_is_of_one_kind_is_one_problem_with_a_remedy(ringing: Standing, stages: dict[str, Run]) -> None:
    [trouble] = find_troubles(ringing, stages["publish"].settings)

    assert (trouble.problem, trouble.what) == ("source_silent", f"{SILENT.what} So it is with herald.")
    assert trouble.next.startswith("Look at its page. All figures: claimwire sql")


def test_programs_and_prometheus_are_told_too(ringing: Standing) -> None:
    told = json.loads(ringing.to_json())["ringing"]

    assert [(one["subject"], one["measured"], one["since"]) for one in told] == [
        ("wire", 8.0, "2017-06-14T04:00:00+00:00"),
        ("herald", 8.0, "2017-06-14T04:00:00+00:00"),
    ]
    assert 'claimwire_ringing{kind="source_silent",subject="wire"} 8.0' in to_metrics(ringing, ()).decode()
