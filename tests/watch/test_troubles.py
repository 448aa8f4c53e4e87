"""What is wrong, in which order, and what to do about it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from pipeline.run import Run
from pipeline.warehouse.building import Failure
from pipeline.watch.overdue import Overdue, SourcesStanding
from pipeline.watch.scheduled import Alert, Alerts, Supervisor
from pipeline.watch.standing import Standing, find_standing
from pipeline.watch.troubles import Trouble, find_troubles, tell_stale
from pipeline.watch.watching import print_standing
from tests.making import NOON
from tests.running import make_run

BOLD = re.compile(r"\x1b\[1(?:;\d+)?m(.*?)\x1b\[0m", re.DOTALL)
STOP = Failure(test="claims_key", severity="stop", meaning="a claim that is there twice.", rows=3, query="select 1")
WARNING = replace(STOP, test="article_from_the_future", severity="warn", meaning="an article of tomorrow.")
LATE = Overdue(source_id="wire", due_at=NOON - timedelta(hours=5), interval_s=900, overdue_s=18_000)
ALERT = Alert(
    at=NOON - timedelta(minutes=17), dag_id="poll", task_id="capture", error="No room.", next="Make room.", log="/l/1"
)


@pytest.fixture
def finished(stages: dict[str, Run]) -> Standing:
    return find_standing(stages["publish"])


def with_disk(standing: Standing, **changes: Any) -> Standing:
    return replace(standing, growth=replace(standing.growth, disks=(replace(standing.growth.disks[0], **changes),)))


def with_publish(standing: Standing, **changes: Any) -> Standing:
    assert standing.published
    return replace(standing, published=replace(standing.published, **changes))


def with_capture(standing: Standing, **changes: Any) -> Standing:
    poll, capture, *rest = standing.steps
    return replace(standing, steps=(poll, replace(capture, **changes), *rest))


def with_failing(standing: Standing) -> Standing:
    poll, *rest = standing.steps
    return replace(standing, steps=(replace(poll, failed_sources={"bbc": "dns"}), *rest))


def with_answer(standing: Standing, hours: float | None, awaited: tuple[str, ...] = ("wire", "herald")) -> Standing:
    """A source answered so many hours ago, or never; these could."""
    poll, *rest = standing.steps
    answered = None if hours is None else standing.at - timedelta(hours=hours)
    return replace(
        standing,
        steps=(replace(poll, last_success_at=answered), *rest),
        sources=replace(standing.sources, awaited=awaited),
    )


def break_all(standing: Standing) -> Standing:
    """Everything is wrong at once."""
    broken = with_publish(standing, is_stopped=True, failures=(STOP, WARNING))
    broken = with_capture(with_disk(broken, free_bytes=1), pending=2, oldest_at=NOON - timedelta(days=3))
    broken = with_answer(with_failing(broken), hours=30)
    return replace(
        broken,
        supervisor=Supervisor(state="died"),
        alerts=Alerts(recent=(ALERT,), total=1),
        warehouse_age=timedelta(hours=40),
        sources=replace(broken.sources, overdue=(LATE,), problem="s.toml:3: no id"),
    )


def find(standing: Standing, run: Run) -> list[Trouble]:
    return list(find_troubles(standing, run.settings))


def test_after_a_finished_run_nothing_is_wrong(finished: Standing, stages: dict[str, Run]) -> None:
    assert find(finished, stages["publish"]) == []


def test_the_most_urgent_comes_first(finished: Standing, stages: dict[str, Run]) -> None:
    found = find(break_all(finished), stages["publish"])

    assert [trouble.problem for trouble in found] == [
        "publish_stopped", "disk_full", "sources_unusable", "airflow_died", "poll_silent", "alerts", "warehouse_old",
        "sources_overdue", "capture_stuck", "sources_failing", "warehouse_warnings",
    ]  # fmt: skip


def test_beside_each_problem_stands_what_to_do(finished: Standing, stages: dict[str, Run]) -> None:
    for trouble in find(break_all(finished), stages["publish"]):
        assert trouble.what
        assert trouble.next


def test_a_stopped_publish_names_the_test_and_the_files_to_look_at(finished: Standing, stages: dict[str, Run]) -> None:
    run = stages["publish"]

    (trouble,) = find(with_publish(finished, is_stopped=True, failures=(STOP,)), run)

    assert "claims_key selects 3 rows (a claim that is there twice)." in trouble.what
    assert f"{run.settings.data}/warehouse.status.json" in trouble.next
    assert f"{run.settings.data}/warehouse.stopped.duckdb" in trouble.next


def test_a_first_publish_that_was_stopped_leaves_no_warehouse(finished: Standing, stages: dict[str, Run]) -> None:
    stopped = with_publish(finished, is_stopped=True, failures=(STOP,), published_at=None)

    (trouble,) = find(replace(stopped, warehouse_age=None), stages["publish"])

    assert trouble.problem == "publish_stopped"
    assert trouble.next.startswith("There is no warehouse until this is mended.")


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"days_left": 13.9}, ["disk_filling"]),
        ({"days_left": 14.1}, []),
        ({"days_left": None, "bytes_a_day": 0.0}, []),
        ({"days_left": 0.0, "free_bytes": 1}, ["disk_full"]),
    ],
)
def test_a_disk_is_told_before_it_is_full(
    finished: Standing, stages: dict[str, Run], changes: dict[str, Any], problems: list[str]
) -> None:
    assert [trouble.problem for trouble in find(with_disk(finished, **changes), stages["publish"])] == problems


def test_an_alert_is_told_with_its_own_remedy_and_its_log(finished: Standing, stages: dict[str, Run]) -> None:
    (trouble,) = find(replace(finished, alerts=Alerts(recent=(ALERT,), total=1)), stages["publish"])

    assert trouble.what == "1 alert of the last day, the newest 17 minutes ago: poll.capture: No room."
    assert trouble.next.startswith("Make room. ")
    assert trouble.next.endswith(" Log: /l/1")


def test_beside_an_alert_stands_when_it_goes_away(finished: Standing, stages: dict[str, Run]) -> None:
    (trouble,) = find(replace(finished, alerts=Alerts(recent=(ALERT,), total=1)), stages["publish"])

    assert "An alert goes away when the same task succeeds, or after a day." in trouble.next


def test_an_alert_of_which_nothing_is_known_is_still_told(finished: Standing, stages: dict[str, Run]) -> None:
    (trouble,) = find(replace(finished, alerts=Alerts(recent=(Alert(at=NOON),), total=1)), stages["publish"])

    assert trouble.what.endswith("0 seconds ago: a task: no reason was noted")


def test_a_ledger_without_a_warehouse_wants_a_publish(finished: Standing, stages: dict[str, Run]) -> None:
    (trouble,) = find(replace(finished, published=None, warehouse_age=None), stages["publish"])

    assert trouble.problem == "warehouse_missing"


def test_of_many_sources_a_few_are_named(finished: Standing, stages: dict[str, Run]) -> None:
    late = tuple(replace(LATE, source_id=f"wire-{number}") for number in range(40))

    (trouble,) = find(replace(finished, sources=replace(finished.sources, overdue=late)), stages["publish"])

    assert trouble.what.startswith("40 sources are overdue, due but not asked: wire-0 for 5 hours, ")
    assert trouble.what.endswith(" and 35 more.")


def test_a_sources_file_with_a_mistake_is_told(finished: Standing, stages: dict[str, Run]) -> None:
    (trouble,) = find(replace(finished, sources=SourcesStanding(problem="s.toml:3: no id")), stages["publish"])

    assert trouble.problem == "sources_unusable"
    assert "s.toml:3: no id" in trouble.what


def test_sources_that_have_not_answered_for_long_are_told_although_the_warehouse_is_fresh(
    finished: Standing, stages: dict[str, Run]
) -> None:
    (trouble,) = find(with_answer(finished, hours=27), stages["publish"])

    assert finished.is_fresh(timedelta(hours=1))
    assert trouble.problem == "poll_silent"
    assert trouble.what == "No source has answered for 27 hours, although 2 sources could: nothing new is read."


@pytest.mark.parametrize(
    ("hours", "awaited"), [(25, ("wire",)), (27, ()), (None, ("wire",))], ids=["recent", "none to ask", "not known"]
)
def test_where_no_answer_is_missing_nothing_is_told(
    finished: Standing, stages: dict[str, Run], hours: float | None, awaited: tuple[str, ...]
) -> None:
    assert find(with_answer(finished, hours, awaited), stages["publish"]) == []


def test_how_long_sources_may_be_silent_is_the_age_that_is_asked_for(
    finished: Standing, stages: dict[str, Run]
) -> None:
    settings, silent = stages["publish"].settings, with_answer(finished, hours=3)

    assert [len(find_troubles(silent, settings, timedelta(hours=hours))) for hours in (2, 4)] == [1, 0]


def test_an_airflow_that_was_stopped_on_purpose_is_no_problem(finished: Standing, stages: dict[str, Run]) -> None:
    assert find(replace(finished, supervisor=Supervisor(state="off")), stages["publish"]) == []


def test_a_stale_warehouse_is_told_in_one_sentence(finished: Standing) -> None:
    day = timedelta(days=1)
    old = replace(finished, warehouse_age=timedelta(hours=40))

    assert tell_stale(finished, day, "1d") is None
    assert (tell_stale(old, day, "1d") or "").startswith("The warehouse is 40 hours old, more than 1d: run `claim")
    assert "claims_key stopped" in (tell_stale(with_publish(old, is_stopped=True, failures=(STOP,)), day, "1d") or "")
    assert (tell_stale(replace(old, warehouse_age=None), day, "1d") or "").startswith("There is no warehouse")


def test_what_is_wrong_stands_above_everything_else(
    finished: Standing, stages: dict[str, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = break_all(finished)
    print_standing(Console(width=80), broken, find(broken, stages["publish"]))

    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "11 problems at 2017-06-14 12:00 UTC:"
    assert lines[1].startswith(" 1 The publish of 2017-06-14 12:00 UTC was stopped: claims_key")
    assert lines[2].startswith("   -> The last good warehouse stays.")


def test_only_the_heads_of_the_problems_are_bold(
    finished: Standing, stages: dict[str, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = break_all(finished)
    print_standing(
        Console(width=80, force_terminal=True, highlight=False, _environ={"TERM": "xterm"}),
        broken,
        find(broken, stages["publish"]),
    )

    problems, _, rest = capsys.readouterr().out.partition("\n\n")
    bold = BOLD.findall(problems)[1:]

    assert [head.strip() for head in bold[::2]] == [str(number) for number in range(1, 12)]
    assert {head.strip() for head in bold[1::2]} == {"->"}
    assert "warehouse" in {head.strip() for head in BOLD.findall(rest)}


def test_on_a_terminal_no_line_of_words_is_wider_than_it(
    finished: Standing, stages: dict[str, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = break_all(finished)
    print_standing(
        Console(width=80, force_terminal=True, no_color=True, highlight=False, _environ={"TERM": "dumb"}),
        broken,
        find(broken, stages["publish"]),
    )

    wide = [line for line in capsys.readouterr().out.splitlines() if len(line) > 80 and "/" not in line]

    assert wide == []


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run(tmp_path)
    standing = find_standing(run)
    print_standing(Console(width=80), standing, find(standing, run))

    assert "yet: `make run` fills it." in capsys.readouterr().out.splitlines()[0]
