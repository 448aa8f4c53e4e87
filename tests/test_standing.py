"""Where things stand: steps, failures, and how old the warehouse is."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import run as shell
from pipeline.run import Run
from pipeline.settings import SettingsError
from pipeline.standing import find_standing, read_age
from tests.making import NOON
from tests.running import later, make_run, take


def test_a_new_folder_has_nothing_and_no_warehouse(tmp_path: Path) -> None:
    standing = find_standing(make_run(tmp_path))

    assert standing.head_position == 0
    assert [(step.last_at, step.pending, step.failed) for step in standing.steps] == [(None, 0, {})] * 5
    assert standing.warehouse_age is None
    assert not standing.is_fresh(timedelta(days=9999))


def test_a_finished_run_leaves_nothing_pending_and_tells_failures_by_reason(stages: dict[str, Run]) -> None:
    standing = find_standing(stages["publish"])
    steps = {step.step: step for step in standing.steps}

    assert standing.head_position == 161
    assert {step.pending for step in standing.steps} == {0}
    assert {step.last_at for step in standing.steps} == {NOON}
    assert steps["capture"].failed == {"status_404": 1, "robots": 1, "not_html": 1}
    assert steps["claim"].failed == {"language": 1}


@pytest.mark.parametrize(("done", "waiting"), [("poll", "capture"), ("capture", "extract"), ("extract", "compare")])
def test_what_the_next_step_would_take_is_pending(stages: dict[str, Run], done: str, waiting: str) -> None:
    steps = {step.step: step.pending for step in find_standing(stages[done]).steps}

    assert steps[waiting] == {"capture": 32, "extract": 29, "compare": 29}[waiting]


def test_the_warehouse_ages_until_a_publish_finds_it_up_to_date(world: Run) -> None:
    tomorrow = later(world, timedelta(days=1))
    before = find_standing(tomorrow).warehouse_age

    shell.publish(tomorrow)

    assert before == timedelta(days=1)
    assert find_standing(tomorrow).warehouse_age == timedelta(0)
    assert not find_standing(later(tomorrow, timedelta(hours=27))).is_fresh(timedelta(hours=26))


def test_a_failed_poll_is_told_by_its_reason(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "gone"\nkind = "feed"\nname = "Gone"\noutlet = "Gone"\nurl = "http://gone.example/feed"\n'
        'connect_to = "127.0.0.1:9"\n'  # nobody listens there
    )
    run = make_run(tmp_path / "data", sources=tmp_path / "sources.toml")
    take(run, ["poll"])

    poll = find_standing(run).steps[0]

    assert (poll.step, poll.failed) == ("poll", {"connect": 1})


def test_the_json_form_holds_what_the_text_says(stages: dict[str, Run]) -> None:
    standing = find_standing(stages["publish"])

    read = json.loads(standing.to_json())

    assert read["head_hash"] == standing.head_hash
    assert [step["step"] for step in read["steps"]] == ["poll", "capture", "extract", "compare", "claim"]
    assert read["warehouse_age_s"] == 0
    assert json.loads(replace(standing, warehouse_age=None).to_json())["warehouse_age_s"] is None


@pytest.mark.parametrize(("text", "hours"), [("90m", 1.5), ("26h", 26), ("2d", 48), (" 7 d ", 168), ("0h", 0)])
def test_an_age_is_read_in_minutes_hours_or_days(text: str, hours: float) -> None:
    assert read_age(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "26", "h", "1w", "-1h", "1.5h", "26h please"])
def test_anything_else_is_no_age(text: str) -> None:
    with pytest.raises(SettingsError, match="wants a number with m, h or d"):
        read_age(text)
