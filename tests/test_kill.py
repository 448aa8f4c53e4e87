"""Kill -9 in every step and in `publish`, then a normal run: it ends like one that nobody disturbed."""

import hashlib
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator

from pipeline import STEPS
from pipeline import run as shell
from pipeline.ledger.audit import verify
from pipeline.run import Run
from tests.badweb import serving, story
from tests.killing import kill_in
from tests.making import NOON, make_entry
from tests.running import make_run, read_contents, read_marts, take

SMALL_CHUNKS: dict[str, Any] = {"chunk_inputs": 3, "archive_records": 3}
KILLED = -9


def moments(step: str) -> list[tuple[int, float]]:
    """After how many chunks, and how many seconds later, a step is killed."""
    rng = random.Random(step)
    counts = (0, 1) if step == "extract" else (0, 1, 2)  # a new worker takes seconds to start
    return [(chunks, rng.uniform(0, 0.15)) for chunks in counts]


def test_a_run_killed_in_every_step_ends_like_an_undisturbed_one(stages: dict[str, Run], tmp_path: Path) -> None:
    data = tmp_path / "data"
    run = make_run(data, **SMALL_CHUNKS)

    for step in (*STEPS, "publish"):
        ends = [kill_in(step, data, SMALL_CHUNKS, moment) for moment in moments(step)]
        assert KILLED in ends, f"{step} was never killed: {ends}"
        if step != "publish":
            take(run, [step])
    shell.publish(run)

    assert read_contents(run) == read_contents(stages["publish"])
    assert read_marts(run) == read_marts(stages["publish"])
    (repeated,) = run.ledger.query("select count(*) - count(distinct event_id) from ledger.events")
    assert repeated == (0,)
    assert verify(run.ledger).problem is None
    assert_the_archive_is_whole(data / "archive")
    assert [path.name for path in data.glob(".warehouse-*") if path.name != ".warehouse-lock"] == []


def test_pages_asked_for_again_by_a_run_that_is_killed_have_one_outcome_each(tmp_path: Path) -> None:
    data, pages = tmp_path / "data", {f"wire.example/{number}": story(number) for number in range(5)}
    with serving(pages) as web:
        sources = web.write_sources(tmp_path / "sources.toml", ["wire"])
        knobs: dict[str, Any] = {"sources": sources, "archive_records": 1}
        before = make_run(data, now=NOON - timedelta(hours=1), **knobs)
        before.ledger.append([make_entry(number, published_at=before.now()) for number in range(5)])
        take(before, ["capture"])
        pages |= {f"wire.example/{number}": story(number + 10) for number in range(5)}

        ends = [kill_in("capture", data, knobs, (chunks, 0.01)) for chunks in (0, 2)]
        again = make_run(data, **knobs)
        take(again, ["capture"])

    assert KILLED in ends
    outcomes = again.ledger.query(
        "select payload ->> '$.due_at', count(*), count(distinct stream) from ledger.events "
        "where event_type = 'PageCaptured' group by 1 order by 1 nulls first"
    )
    assert outcomes == [(None, 5, 5), ("2017-06-14T12:00:00Z", 5, 5)]
    assert take(again, ["capture"]) == 0


def assert_the_archive_is_whole(folder: Path) -> None:
    """Every file under its final name can be read to its end, and every body fits its digest."""
    files = sorted(folder.glob("*.warc.gz"))
    assert len(files) > 10
    for file in files:
        with file.open("rb") as stream:
            digests = [
                (record.headers["WARC-Payload-Digest"], f"sha256:{hashlib.sha256(record.reader.read()).hexdigest()}")
                for record in ArchiveIterator(stream)
                if record.headers.get("WARC-Payload-Digest")
            ]
        assert digests
        assert all(written == found for written, found in digests)
    assert list(folder.glob(".*.part")) == []
