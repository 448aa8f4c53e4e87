"""What Prometheus is given: parsed by its own parser, and put in place in one step."""

import math
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from pipeline import STEPS
from pipeline.run import Run
from pipeline.settings import SettingsError
from pipeline.watch.metrics import to_metrics, write_metrics
from pipeline.watch.scheduled import Alerts, Supervisor
from pipeline.watch.standing import Standing, find_standing
from pipeline.watch.troubles import Trouble
from tests.making import NOON
from tests.running import make_run

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(standing: Standing, troubles: Iterable[Trouble] = ()) -> Samples:
    """Samples by name and labels."""
    families = text_string_to_metric_families(to_metrics(standing, troubles).decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for found in families for one in found.samples}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    return find_standing(make_run(tmp_path_factory.mktemp("empty")))


def with_reason(standing: Standing, reason: str) -> Standing:
    """The same, with two sources that failed for a reason."""
    return replace(standing, steps=(replace(standing.steps[0], failed={reason: 2}), *standing.steps[1:]))


@pytest.fixture
def finished(stages: dict[str, Run]) -> Standing:
    return find_standing(stages["publish"])


def test_a_finished_run_is_told_in_numbers(finished: Standing) -> None:
    samples = read(finished)

    assert samples["claimwire_ledger_position", ()] == 161
    assert [samples["claimwire_pending", (("step", step),)] for step in STEPS] == [0] * 5
    assert samples["claimwire_failed", (("reason", "robots"), ("step", "capture"))] == 1
    assert samples["claimwire_last_success_timestamp_seconds", (("step", "claim"),)] == NOON.timestamp()
    assert samples["claimwire_status_timestamp_seconds", ()] == NOON.timestamp()
    assert samples["claimwire_warehouse_age_seconds", ()] == 0
    assert samples["claimwire_warehouse_stopped", ()] == 0
    assert samples["claimwire_sources_overdue", ()] == 0
    assert samples["claimwire_alerts_total", ()] == 0
    assert samples["claimwire_store_bytes", (("store", "archive"),)] > 0


def test_every_metric_has_a_help_and_our_prefix(finished: Standing) -> None:
    families = list(text_string_to_metric_families(to_metrics(finished, ()).decode()))

    assert [
        found.name for found in families if not found.name.startswith("claimwire_") or not found.documentation
    ] == []
    assert len({found.name for found in families}) == len(families)


def test_what_is_not_known_has_no_sample(tmp_path: Path) -> None:
    names = {name for name, _ in read(find_standing(make_run(tmp_path)))}

    assert not names & {
        "claimwire_warehouse_age_seconds", "claimwire_disk_days_left", "claimwire_airflow_up",
        "claimwire_last_success_timestamp_seconds", "claimwire_pending_oldest_timestamp_seconds",
    }  # fmt: skip


def test_a_disk_that_does_not_fill_lasts_for_ever(finished: Standing) -> None:
    disks = tuple(replace(disk, bytes_a_day=0.0, days_left=None) for disk in finished.growth.disks)

    samples = read(replace(finished, growth=replace(finished.growth, disks=disks)))

    assert samples["claimwire_disk_days_left", ()] == math.inf


@pytest.mark.parametrize(("state", "value"), [("running", 1), ("died", 0)])
def test_whether_airflow_runs_is_told_where_it_should(finished: Standing, state: str, value: float) -> None:
    standing = replace(finished, supervisor=Supervisor(state=state))  # type: ignore[arg-type]  # of two literals

    assert read(standing)["claimwire_airflow_up", ()] == value


def test_alerts_and_problems_are_counted(finished: Standing) -> None:
    trouble = Trouble(problem="disk_full", what="It is full.", next="Make room.")

    samples = read(replace(finished, alerts=Alerts(total=3)), [trouble])

    assert samples["claimwire_alerts_total", ()] == 3
    assert samples["claimwire_problem", (("problem", "disk_full"),)] == 1


@settings(max_examples=60)
@given(reason=st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters='"\\\n{},='), min_size=1))
def test_a_label_with_odd_characters_comes_back_as_it_was(empty: Standing, reason: str) -> None:
    parsed = read(with_reason(empty, reason))

    assert parsed["claimwire_failed", (("reason", reason), ("step", "poll"))] == 2


def test_a_label_with_control_characters_can_be_parsed(empty: Standing) -> None:
    parsed = read(with_reason(empty, "a\x00\r\ud800\x1b"))

    assert [labels for name, labels in parsed if name == "claimwire_failed"] == [
        (("reason", "a\n\ufffd"), ("step", "poll"))
    ]


def test_the_file_is_readable_by_all_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "claimwire.prom"
    file.write_text("old")

    write_metrics(file, b"new\n")

    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new\n", 0o644)
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()

    for place, words in (
        ("none/a.prom", "there is no folder"),
        ("file/a.prom", "there is no folder"),
        ("folder", "no ordinary file"),
    ):
        with pytest.raises(SettingsError, match=words):
            write_metrics(tmp_path / place, b"")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
