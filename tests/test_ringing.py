"""What the warehouse says is not as usual reaches whoever is on call."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import warehouse
from pipeline.metrics import to_metrics
from pipeline.ringing import Ringing, find_ringing
from pipeline.run import Run
from pipeline.standing import Standing, find_standing
from pipeline.troubles import find_troubles
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
    assert find_ringing(make_run(tmp_path).settings) == ()


def test_a_warehouse_of_before_there_were_alerts_has_none(stages: dict[str, Run], tmp_path: Path) -> None:
    settings = replace(stages["publish"].settings, data=tmp_path)
    settings.warehouse_file.write_bytes(b"no database")

    assert find_ringing(settings) == ()


def test_a_row_of_the_mart_is_read_with_its_figures(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    entries = [make_entry(number) for number in range(20)]
    outcomes = [make_capture_failure(one, reason="dns") if n < 5 else make_page(one) for n, one in enumerate(entries)]
    run.ledger.append([*entries, *outcomes])
    warehouse.publish(run.ledger, run.settings, now=NOON, producers={})

    [found] = find_ringing(run.settings)

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
