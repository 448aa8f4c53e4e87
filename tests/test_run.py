"""The run on the bundled world: what it appends, what it says of the seed article, and who may look on meanwhile."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import run as shell
from pipeline.events import Recorded
from pipeline.ledger.ledger import Ledger, LedgerError
from pipeline.run import Run
from pipeline.settings import SEEDS
from pipeline.steps import capture
from tests.making import make_article, make_entry, make_page
from tests.running import ask, copy, count_events, later, take

SEED = "url like 'http://digest.example/%'"
# Keeps the warehouse open, and tells how many claims it sees: before and after it is told to look again.
READER = """
import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for _ in range(2):
        print(connection.execute("select count(*) from claims").fetchone()[0], flush=True)
        sys.stdin.readline()
"""


def test_the_bundled_world_gives_one_outcome_for_each_input(stages: dict[str, Run]) -> None:
    assert count_events(stages["publish"]) == {
        "SourcePolled": 6,
        "EntrySeen": 36,
        "PageCaptured": 29,
        "CaptureFailed": 3,
        "ArticleExtracted": 29,
        "ArticleCompared": 29,
        "ClaimsExtracted": 28,
        "ClaimsFailed": 1,
    }


def test_what_was_made_to_go_wrong_went_wrong_for_its_reason(stages: dict[str, Run]) -> None:
    failed = stages["publish"].ledger.query(
        "select payload ->> '$.reason' from ledger.events where event_type = 'CaptureFailed' order by all"
    )

    assert failed == [("not_html",), ("robots",), ("status_404",)]


def test_every_event_but_polls_names_an_event_of_the_ledger_as_its_cause(stages: dict[str, Run]) -> None:
    orphans = stages["publish"].ledger.query(
        "select effects.event_type from ledger.events as effects "
        "left join ledger.events as causes on effects.caused_by = causes.event_id and causes.position < effects.position "
        "where effects.event_type != 'SourcePolled' and causes.event_id is null "
        "and effects.batch not in (select batch from ledger.events where event_type = 'SourcePolled')"
    )

    assert orphans == []


@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=20), timedelta(days=1)])
def test_another_run_appends_nothing_and_has_the_same_head(world: Run, after: timedelta) -> None:
    head = world.ledger.head()
    again = later(world, after)

    appended = take(again)
    published = shell.publish(again)

    assert (appended, world.ledger.head(), published["is_new"]) == (0, head, False)


def test_the_toll_of_24_replaces_13_and_was_on_the_day_before_sunday_the_eleventh(stages: dict[str, Run]) -> None:
    rows = ask(
        stages["publish"],
        "select speaker_id, superseded_low, occurred_on_words, occurred_on_start::varchar, occurred_on_end::varchar "
        f"from toll_claims where {SEED} and claimed_low = 24 and superseded_low is not null",
    )

    assert rows == [("sohr", 13, "the previous day", "2017-06-10", "2017-06-10")]


def test_the_toll_of_58_counts_from_the_sixth_and_abdel_rahman_speaks_for_the_observatory(
    stages: dict[str, Run],
) -> None:
    rows = ask(
        stages["publish"],
        "select speaker_id, speaks_for_id, is_cumulative, since_on::varchar "
        f"from toll_claims where {SEED} and claimed_low = 58",
    )

    assert rows == [("abdel-rahman", "sohr", True, "2017-06-06")]


def test_the_byline_is_no_claim(stages: dict[str, Run]) -> None:
    read = ask(stages["publish"], f"select count(*) from claims where {SEED}")
    rows = ask(
        stages["publish"],
        "select claim_id from claims where contains(evidence, 'Leroy Wright') "
        "or contains(array_to_string(speakers, ' and '), 'Wright')",
    )

    assert read[0][0] >= 11
    assert rows == []


def test_the_page_in_arabic_fails_for_its_language(stages: dict[str, Run]) -> None:
    rows = ask(
        stages["publish"],
        "select language, claims_outcome, claims_reason from articles where claims_outcome = 'failed'",
    )

    assert rows == [("ar", "failed", "language")]


def test_a_session_on_the_warehouse_neither_blocks_a_run_nor_is_it_blocked(
    stages: dict[str, Run], tmp_path: Path
) -> None:
    run = copy(stages["compare"], tmp_path / "data")
    shell.publish(run)
    command = [sys.executable, "-c", READER, str(run.settings.warehouse_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        before = int(reader.stdout.readline())
        take(run)
        published = shell.publish(run)
        after = int(reader.communicate("look again\nend\n")[0])

    assert published["is_new"]
    assert (before, after) == (0, 0)  # the session goes on with what it opened
    assert ask(run, "select count(*) > 200 from claims") == [(True,)]


def test_a_session_on_the_ledger_stops_a_run_with_a_clear_message(world: Run, outsider: Callable[[Path], int]) -> None:
    impatient = replace(world, settings=replace(world.settings, ledger_wait_s=0.3))
    holder = outsider(world.ledger.file)

    with pytest.raises(LedgerError, match=rf"held by process {holder} .*waited 0.3 s.*claimwire sql"):
        take(impatient)


def test_pages_of_a_source_that_is_switched_off_wait(stages: dict[str, Run], tmp_path: Path) -> None:
    run = copy(stages["poll"], tmp_path / "data")
    shutil.copytree(SEEDS / "documents", tmp_path / "documents")
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "seed-article"\nkind = "documents"\nname = "Seed"\noutlet = "Digest"\nurl = "documents"\n'
    )
    alone = replace(run, settings=replace(run.settings, sources=tmp_path / "sources.toml"))

    counts = shell.take_step(alone, "capture")

    assert counts == {"appended": 1, "PageCaptured": 1}
    assert len(run.ledger.pending_positions(run.selection("capture"))) == 31


def test_documents_are_bounded_in_memory_as_pages_are(
    stages: dict[str, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = copy(stages["poll"], tmp_path / "data")
    files = [f"{number}.txt" for number in range(5)]
    folder = tmp_path / "documents"
    folder.mkdir()
    for file in files[1:]:  # the first cannot be read
        (folder / file).write_text(f"Raids killed {file[0]} civilians on Friday, the monitor said. " * 9)
    document = 'url = "http://papers.example/{0}"\noutlet = "Papers"\npublished_at = 2017-06-11\n'
    (folder / "documents.toml").write_text(
        "".join(f'[[document]]\nfile = "{file}"\n{document.format(file)}' for file in files)
    )
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "papers"\nkind = "documents"\nname = "Papers"\noutlet = "Papers"\nurl = "documents"\n'
    )
    papers = replace(run, settings=replace(run.settings, sources=tmp_path / "sources.toml"))
    (folder / files[0]).write_text("x")
    take(papers, ["poll"])
    (folder / files[0]).unlink()
    monkeypatch.setattr("pipeline.steps.network.BATCH_BYTES", 900)  # two of them

    batches = [[type(event).__name__ for event in batch] for batch in capture.take(papers)]

    assert batches == [["CaptureFailed", "PageCaptured", "PageCaptured"], ["PageCaptured", "PageCaptured"]]


class GrowingLedger(Ledger):
    """A ledger to which another run appends an article as soon as somebody reads it."""

    def read(self, event_types: Sequence[str], *, after: int = 0, chunk: int = 1000) -> Iterator[list[Recorded[Any]]]:
        entry = make_entry(99)
        page = make_page(entry)
        for event in (entry, page, make_article(page)):
            self.append([event])
        return super().read(event_types, after=after, chunk=chunk)


class RunBesideAnother(Run):
    """A run on such a ledger."""

    @property
    def ledger(self) -> Ledger:
        found = super().ledger
        return GrowingLedger(found.folder, found.run_id, found.now, found.wait_s)


def test_an_article_that_another_run_appends_meanwhile_is_compared_by_the_next_run(
    stages: dict[str, Run], tmp_path: Path
) -> None:
    run = copy(stages["extract"], tmp_path / "data")

    beside = shell.take_step(RunBesideAnother(settings=run.settings, now=run.now), "compare")
    after = shell.take_step(run, "compare")

    assert (beside["appended"], after["appended"]) == (29, 1)


def test_an_index_of_a_ledger_that_was_put_back_is_rebuilt(stages: dict[str, Run], tmp_path: Path) -> None:
    run = copy(stages["compare"], tmp_path / "data")
    before = stages["extract"].settings
    shutil.copy(before.ledger_folder / "ledger.duckdb", run.settings.ledger_folder / "ledger.duckdb")
    entries = [make_entry(number) for number in range(100, 160)]
    run.ledger.append(entries)  # now longer than the one that the index was made from

    assert shell.take_step(run, "compare")["appended"] == 29
