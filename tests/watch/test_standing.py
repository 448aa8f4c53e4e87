"""Where things stand: steps, failures, and how old the warehouse is."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipeline import run as shell
from pipeline.events import Event
from pipeline.ledger.withdrawal import withdraw
from pipeline.run import Run
from pipeline.settings import SettingsError
from pipeline.warehouse.building import Failure
from pipeline.watch.standing import Standing, find_standing, read_age
from pipeline.watch.troubles import find_troubles
from pipeline.watch.watching import print_standing
from tests import newsroom
from tests.making import (
    NOON,
    make_article,
    make_capture_failure,
    make_claims,
    make_entry,
    make_extraction_failure,
    make_page,
)
from tests.running import later, make_run, take

SOURCE = (
    '[[source]]\nid = "wire"\nkind = "feed"\nname = "Wire"\noutlet = "Wire"\nurl = "http://wire.example/feed"\n'
    'connect_to = "127.0.0.1:9"\n'
)


def show(standing: Standing, run: Run) -> None:
    """Print it as on a narrow terminal that is none, as when it goes to a file."""
    print_standing(Console(width=80), standing, find_troubles(standing, run.settings))


def write_source(folder: Path) -> Path:
    """A sources file with the source that hand-made entries come from."""
    file = folder / "sources.toml"
    file.write_text(SOURCE)
    return file


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
    assert {step.last_at for step in standing.steps} == {step.last_success_at for step in standing.steps} == {NOON}
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


def test_a_page_that_is_due_to_be_asked_for_again_is_neither_pending_nor_failed(tmp_path: Path) -> None:
    run = make_run(tmp_path, sources=write_source(tmp_path))
    entry = make_entry(1, published_at=NOON)
    run.ledger.append([entry])
    run.ledger.append([make_page(entry)])
    found = []
    for events in ([], [make_capture_failure(entry, due_at=NOON + timedelta(hours=1))]):
        run.ledger.append(events)
        capture = find_standing(later(run, timedelta(days=1))).steps[1]
        found.append((capture.pending_again, capture.pending, capture.oldest_at, capture.failed))

    assert found == [(1, 0, None, {}), (0, 0, None, {})]


def test_an_input_that_was_read_at_a_later_try_has_not_failed(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    entries = [make_entry(number) for number in range(3)]
    pages = [make_page(entry) for entry in entries]
    tries: list[list[Event]] = [
        [make_capture_failure(entries[0], reason="timeout", retry_at=NOON), pages[1], pages[2]],
        [make_capture_failure(entries[0], attempt=2, reason="status_500"), make_extraction_failure(pages[1])],
        [make_page(entries[0], attempt=3), make_extraction_failure(pages[2], reason="time", retry_at=NOON)],
        [make_extraction_failure(pages[2], attempt=2, reason="no_text"), make_article(pages[1], attempt=2)],
    ]
    failed = []
    run.ledger.append(entries)
    for appended in tries:
        run.ledger.append(appended)
        failed.append([step.failed for step in find_standing(run).steps[1:3]])

    assert failed == [
        [{"timeout": 1}, {}],
        [{"status_500": 1}, {"no_text": 1}],
        [{}, {"no_text": 1, "time": 1}],
        [{}, {"no_text": 1}],
    ]


def test_what_newer_rules_could_not_read_has_failed(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    page = make_page(make_entry(1))
    run.ledger.append([make_entry(1), page, make_article(page)])
    run.ledger.append([make_extraction_failure(page, producer="extract-2-0000000000")])

    assert find_standing(run).steps[2].failed == {"no_text": 1}


def test_what_was_withdrawn_is_not_promised_to_a_backfill(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    kept, withdrawn = (make_page(make_entry(number)) for number in (1, 2))
    articles = [make_article(kept), make_article(withdrawn)]
    run.ledger.append([make_entry(1), make_entry(2), kept, withdrawn, *articles, *map(make_claims, articles)])

    def older() -> list[tuple[int, int]]:
        return [(step.older_inputs, step.older_days) for step in find_standing(run).steps]

    before = older()
    withdraw(run.ledger, withdrawn.event_id, "asked for", lambda record: None)

    assert before == [(0, 0), (0, 0), (2, 1), (0, 0), (2, 1)]
    assert older() == [(0, 0), (0, 0), (1, 1), (0, 0), (1, 1)]


def test_only_sources_whose_last_poll_failed_are_named(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    failed: dict[str, Any] = {"outcome": "failed", "reason": "dns"}
    run.ledger.append([newsroom.poll("wire", **failed), newsroom.poll("gone", **failed), newsroom.poll("herald")])
    run.ledger.append([newsroom.poll("wire", at=newsroom.NOON + timedelta(hours=1))])
    run.ledger.append([newsroom.poll("gone", at=newsroom.NOON + timedelta(hours=1), **failed)])

    standing = find_standing(run)

    poll = standing.steps[0]
    assert (poll.failed, poll.failed_sources) == ({"dns": 1}, {"gone": "dns"})
    assert json.loads(standing.to_json())["steps"][0]["failed_sources"] == {"gone": "dns"}


def test_failing_sources_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run(tmp_path)
    polls = [
        newsroom.poll(source, outcome="failed", reason="dns")
        for source in ("bbc-world", *map("gone-{}".format, range(20)))
    ]
    run.ledger.append(polls)

    show(find_standing(run), run)

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "bbc-world" in line]
    assert "poll failed: bbc-world (dns), gone-0 (dns), " in line
    assert line.endswith("gone-9 (dns)")


def test_a_failed_poll_is_told_by_its_reason(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "gone"\nkind = "feed"\nname = "Gone"\noutlet = "Gone"\nurl = "http://gone.example/feed"\n'
        'connect_to = "127.0.0.1:9"\n'  # nobody listens there
    )
    run = make_run(tmp_path / "data", sources=tmp_path / "sources.toml")
    take(run, ["poll"])

    poll = find_standing(run).steps[0]

    assert (poll.step, poll.failed, poll.failed_sources) == ("poll", {"connect": 1}, {"gone": "connect"})


def test_the_json_form_holds_what_the_text_says(stages: dict[str, Run]) -> None:
    standing = find_standing(stages["publish"])

    read = json.loads(standing.to_json())

    assert read["head_hash"] == standing.head_hash
    assert [step["step"] for step in read["steps"]] == ["poll", "capture", "extract", "compare", "claim"]
    assert read["warehouse_age_s"] == 0
    assert json.loads(replace(standing, warehouse_age=None).to_json())["warehouse_age_s"] is None


def test_the_last_success_is_no_failure(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    entries = [make_entry(number) for number in (1, 2)]
    hour = timedelta(hours=1)
    run.ledger.append([*entries, newsroom.poll("wire")])
    later(run, hour).ledger.append([make_page(entries[0])])
    later(run, 2 * hour).ledger.append(
        [make_capture_failure(entries[1]), newsroom.poll("wire", at=NOON, outcome="failed", reason="dns")]
    )

    poll, capture, extract, *_ = find_standing(run).steps

    assert (poll.last_success_at, poll.last_at) == (NOON, NOON + 2 * hour)
    assert (capture.last_success_at, capture.last_failure_at) == (NOON + hour, NOON + 2 * hour)
    assert (extract.last_success_at, extract.last_at) == (None, None)


def test_the_oldest_pending_input_is_named_with_its_time(tmp_path: Path) -> None:
    run = make_run(tmp_path, sources=write_source(tmp_path))
    first, second = make_entry(1), make_entry(2)
    run.ledger.append([first])
    later(run, timedelta(hours=1)).ledger.append([second])
    before = find_standing(run).steps[1]
    run.ledger.append([make_page(first)])
    after = find_standing(run).steps[1:3]

    assert (before.pending, before.oldest_at, before.oldest_id) == (2, NOON, str(first.event_id))
    assert [(step.oldest_at, step.oldest_url) for step in after] == [
        (NOON + timedelta(hours=1), second.url),
        (NOON, first.url),
    ]


def test_what_will_be_tried_again_is_told_from_what_was_given_up(tmp_path: Path) -> None:
    run = make_run(tmp_path, sources=write_source(tmp_path))
    entries = [make_entry(number) for number in range(3)]
    soon = NOON + timedelta(minutes=15)
    failures = [make_capture_failure(entry, reason="timeout", retry_at=soon) for entry in entries[:2]]
    run.ledger.append([*entries, *failures, make_capture_failure(entries[2])])

    waiting, due = (find_standing(at).steps[1] for at in (run, later(run, timedelta(hours=1))))

    assert (waiting.failed, waiting.retried) == ({"timeout": 2, "status_404": 1}, {"timeout": 2})
    assert (waiting.pending, due.pending, due.pending_retries) == (0, 2, 2)


def test_pages_of_sources_that_are_switched_off_wait_apart(tmp_path: Path) -> None:
    run = make_run(tmp_path, sources=write_source(tmp_path))
    run.ledger.append([make_entry(1), make_entry(2, source="gone"), make_entry(3, source="gone")])

    capture = find_standing(run).steps[1]

    assert (capture.pending, capture.pending_switched_off) == (1, 2)


def test_a_sources_file_with_a_mistake_leaves_the_rest_to_be_told(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("nonsense")
    run = make_run(tmp_path / "data", sources=tmp_path / "sources.toml")
    run.ledger.append([make_entry(1)])

    standing = find_standing(run)

    assert "sources.toml:1" in (standing.sources.problem or "")
    assert (standing.steps[1].pending, standing.steps[1].pending_switched_off) == (1, 0)


def test_a_warehouse_that_was_deleted_is_none(world: Run) -> None:
    world.settings.warehouse_file.unlink()

    assert find_standing(world).warehouse_age is None


def test_a_stopped_publish_is_told_with_its_test_and_its_query(stages: dict[str, Run]) -> None:
    standing = find_standing(stages["publish"])
    assert standing.published
    failure = Failure(test="claims_key", severity="stop", meaning="twice.", rows=3, query="select 1")

    read = json.loads(
        replace(standing, published=replace(standing.published, is_stopped=True, failures=(failure,))).to_json()
    )

    assert (read["warehouse_stopped"], read["warehouse_stopped_by"]) == (
        True,
        [{"test": "claims_key", "severity": "stop", "meaning": "twice.", "rows": 3, "query": "select 1"}],
    )


@pytest.mark.parametrize(("text", "hours"), [("90m", 1.5), ("26h", 26), ("2d", 48), (" 7 d ", 168), ("0h", 0)])
def test_an_age_is_read_in_minutes_hours_or_days(text: str, hours: float) -> None:
    assert read_age(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "26", "h", "1w", "-1h", "1.5h", "26h please", "9999999999d", "٣h"])
def test_anything_else_is_no_age(text: str) -> None:
    with pytest.raises(SettingsError, match="wants a number with m, h or d"):
        read_age(text)
