"""What stands failed is tried once more when a person says so, and nothing else is."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pipeline import STEPS
from pipeline.commands.retrying import RetryError, describe_nothing, find_retries
from pipeline.events import Event
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import Failed, Selection
from pipeline.run import Run, take_step
from pipeline.steps.poll import last_polls
from tests.making import (
    NOON,
    make_article,
    make_capture_failure,
    make_entry,
    make_extraction_failure,
    make_page,
)
from tests.running import later, make_run

OLD, CURRENT = "extract-1-0000000000", "extract-2-0000000000"
EXTRACT = Selection(step="extract", producer=CURRENT, now=NOON, failed=Failed())
LATER = NOON + timedelta(hours=1)


SOURCE = """
[[source]]
id = "{0}"
kind = "feed"
name = "{0}"
outlet = "{0}"
url = "http://{0}.example/rss"
connect_to = "127.0.0.1:1"
"""


@pytest.fixture
def failed(tmp_path: Path) -> Run:
    """Four pages of two sources: three could not be had, one is not tried yet."""
    file = tmp_path / "sources.toml"
    file.write_text(SOURCE.format("wire") + SOURCE.format("herald"))
    run = make_run(tmp_path / "data", sources=file)
    entries = [make_entry(number, source="wire" if number < 3 else "herald") for number in range(1, 5)]
    failures = [
        make_capture_failure(entries[0]),
        make_capture_failure(entries[1], reason="timeout", retry_at=LATER),
        make_capture_failure(entries[2], reason="timeout", retry_at=LATER),
    ]
    run.ledger.append([*entries, *failures])
    return run


def wanted(run: Run, **failed: Any) -> list[tuple[str, int]]:
    found = find_retries(replace(run, failed=Failed(**failed)), STEPS)
    return sorted(((retry.url or "")[-1], retry.attempt) for retry in found)


@pytest.mark.parametrize(
    ("asked", "pages"),
    [
        ({}, "123"),
        ({"reasons": ("timeout",)}, "23"),
        ({"reasons": ("timeout", "status_404")}, "123"),
        ({"source_ids": ("herald",)}, "3"),
        ({"reasons": ("status_404",), "source_ids": ("herald",)}, ""),
    ],
)
def test_what_stands_failed_is_chosen_by_reason_and_source(failed: Run, asked: dict[str, Any], pages: str) -> None:
    assert wanted(failed, **asked) == [(page, 2) for page in pages]


def test_an_event_names_its_input_whether_it_is_the_input_or_its_failure(failed: Run) -> None:
    entry = make_entry(2)

    for event in (entry, make_capture_failure(entry, reason="timeout")):
        assert wanted(failed, event_ids=(str(event.event_id),)) == [("2", 2)]


def test_an_event_that_is_not_there_is_one_sentence(failed: Run) -> None:
    with pytest.raises(RetryError, match=r"has no event .*: copy an event_id from the mart quarantine"):
        wanted(failed, event_ids=(str(uuid4()),))


def test_an_event_that_did_not_fail_is_one_sentence_also_beside_one_that_did(failed: Run) -> None:
    good = make_entry(4, source="herald")
    ids = (str(make_entry(1).event_id), str(good.event_id))

    with pytest.raises(RetryError, match=rf"{good.event_id} \(EntrySeen\) is nothing that stands failed"):
        wanted(failed, event_ids=ids)


def test_what_there_would_be_is_told_where_nothing_is_like_that(failed: Run, tmp_path: Path) -> None:
    told = describe_nothing(replace(failed, failed=Failed(reasons=("tiemout",))), STEPS)

    assert told.endswith("3 inputs would be: capture timeout (2), capture status_404 (1).")
    assert describe_nothing(make_run(tmp_path / "empty"), STEPS).startswith("Nothing stands failed")


def test_a_step_where_nothing_failed_is_named_and_so_is_what_failed_elsewhere(failed: Run) -> None:
    told = describe_nothing(replace(failed, failed=Failed()), ["extract"])

    assert told == (
        "Nothing stands failed in extract. Elsewhere 3 inputs would be tried: capture timeout (2), capture status_404 (1)."
    )


SWITCHES = [
    ("", "The source wire is not in sources.toml: put it back"),
    (
        SOURCE.format("wire") + "enabled = false\n",
        "The source wire is switched off in sources.toml: set enabled = true",
    ),
    (SOURCE.format("wire") + 'enabled = "live"\n', "The source wire is asked in live runs only: set CLAIMWIRE_LIVE=1"),
]


@pytest.mark.parametrize(("sources", "told"), SWITCHES)
def test_a_page_of_a_source_that_is_not_asked_is_told(failed: Run, sources: str, told: str) -> None:
    failed.settings.sources.write_text(sources)

    with pytest.raises(RetryError, match=told):
        wanted(failed, event_ids=(str(make_entry(1).event_id),))


@pytest.mark.parametrize(("sources", "told"), SWITCHES)
def test_a_failed_poll_of_a_source_that_is_not_asked_is_told(tmp_path: Path, sources: str, told: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(SOURCE.format("wire"))
    run = make_run(tmp_path / "data", sources=file)
    take_step(run, "poll")
    file.write_text(sources)

    with pytest.raises(RetryError, match=told):
        wanted(run, event_ids=(str(last_polls(run.ledger)["wire"].event_id),))


def positions(ledger: Ledger, *events: Event) -> list[tuple[int, int]]:
    ledger.append(events)
    return ledger.pending_positions(EXTRACT)


PAGE = make_page(make_entry(1))


def test_what_the_current_rules_failed_to_read_stands_failed_whatever_older_ones_read(ledger: Ledger) -> None:
    read = make_article(PAGE, producer=OLD)

    assert [
        attempt for _, attempt in positions(ledger, PAGE, read, make_extraction_failure(PAGE, producer=CURRENT))
    ] == [2]


def test_what_was_read_at_a_later_attempt_does_not_stand_failed(ledger: Ledger) -> None:
    failure, read = make_extraction_failure(PAGE, producer=OLD), make_article(PAGE, producer=CURRENT)

    assert positions(ledger, PAGE, failure, read) == []


def test_a_retry_is_one_new_attempt_each_and_what_waits_is_left_alone(world: Run) -> None:
    run = replace(world, failed=Failed())
    before = find_retries(run, ["capture"])

    counts = take_step(run, "capture")

    assert counts["appended"] == len(before) == 3
    assert [retry.attempt for retry in find_retries(run, ["capture"])] == [retry.attempt + 1 for retry in before]


def test_a_source_whose_last_poll_failed_is_asked_although_it_is_not_due(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(SOURCE.format("wire"))
    run = make_run(tmp_path / "data", sources=file)
    take_step(run, "poll")
    soon = later(run, timedelta(minutes=1))

    assert take_step(soon, "poll") == {"appended": 0}
    assert take_step(replace(soon, failed=Failed(reasons=("dns",))), "poll") == {"appended": 0}
    assert take_step(replace(soon, failed=Failed(reasons=("connect",))), "poll")["SourcePolled"] == 1
