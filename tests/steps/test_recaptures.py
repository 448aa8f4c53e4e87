"""Pages that are asked for again: when, how often, with which outcome, and what never happens."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipeline import STEPS
from pipeline import run as shell
from pipeline.events import EntrySeen, PageCaptured, retry_at
from pipeline.ledger.payloads import from_payload, to_payload
from pipeline.ledger.withdrawal import withdraw
from pipeline.run import Run
from pipeline.settings import SettingsError, read_settings
from pipeline.sources.registry import read_sources
from pipeline.steps import capture, recaptures
from tests.badweb import Page, Web, serving, story
from tests.making import NOON, make_article, make_capture_failure, make_entry, make_page
from tests.running import ask, count_events, later, make_run, on_days, take

HOUR = timedelta(hours=1)
AGES = [timedelta(hours=hours) for hours in (1, 6, 24, 72)]
NAME = "wire.example/1"
STATES = {
    "one": Page(b"<p>One.</p>", headers={"ETag": '"1"'}),
    "two": Page(b"<p>Two.</p>", headers={"ETag": '"2"'}),
    "plain": Page(b"<p>Three, and no validator.</p>"),
    "gone": Page(b"gone", status=410),
    "broken": Page(b"broken", status=500),
}


class Visit(NamedTuple):
    """A run: so many minutes after the one before, what each page is by then, and whether it dies before it appends."""

    minutes: int
    states: list[str]
    is_killed: bool


class Outcome(NamedTuple):
    """What the ledger should say: of which page and due time, which attempt, and what came of it."""

    page: int
    due_at: datetime
    attempt: int
    event_type: str


PAGES, VISITS = 24, 12
LIKELY = ["one", "one", "two", "plain", "broken", "broken", "broken", "broken", "gone"]


def draw_visits(rng: Random) -> list[Visit]:
    """Runs over some days, some of them late, some of them killed."""
    return [
        Visit(
            rng.choice([5, 5, 16, 31, 61, 100, 400, 1500]), rng.choices(LIKELY, k=PAGES), is_killed=rng.random() < 0.15
        )
        for _ in range(VISITS)
    ]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving({}) as web:
        yield web


@pytest.fixture
def run(web: Web, tmp_path: Path) -> Run:
    """A run at noon on an empty ledger, with one source whose pages the web serves."""
    web.pages.clear()
    web.asked.clear()
    web.conditional.clear()
    return make_run(tmp_path / "data", sources=web.write_sources(tmp_path / "sources.toml", ["wire"]))


def list_page(run: Run, number: int = 1, published_at: datetime = NOON, **changes: Any) -> EntrySeen:
    """Record that the source lists a page."""
    entry = make_entry(number, published_at=published_at, event_date=published_at.date(), **changes)
    run.ledger.append([entry])
    return entry


def outcomes(run: Run) -> list[Outcome]:
    """Every outcome of asking again, page by page, in the order of the ledger."""
    rows = run.ledger.query(
        "select regexp_extract(payload ->> '$.url_key', '[0-9]+$')::integer as page, "
        "(payload ->> '$.due_at')::timestamptz, (payload ->> '$.attempt')::integer, event_type "
        "from ledger.events where (payload ->> '$.due_at') is not null order by page, position"
    )
    return [Outcome(*row) for row in rows]


def expected(page: int, born_at: datetime, taken: list[Visit]) -> Iterator[Outcome]:
    """The rule in plain Python, for a page that was captured at noon with the text `one`."""
    now, had_at, wait_until, text = NOON, NOON, NOON, "one"
    attempts: Counter[datetime] = Counter()
    for visit in taken:
        now += timedelta(minutes=visit.minutes)
        due_at = max((born_at + age for age in AGES if born_at + age <= now), default=NOON)
        if visit.is_killed or due_at <= had_at or now < wait_until or now >= born_at + 2 * AGES[-1]:
            continue
        attempts[due_at] += 1
        state = visit.states[page]
        if state in ("gone", "broken"):
            yield Outcome(page, due_at, attempts[due_at], "CaptureFailed")
            again = retry_at(attempts[due_at], now) if state == "broken" else None
            if again is None:
                return
            wait_until = again
        else:
            yield Outcome(page, due_at, attempts[due_at], "PageUnchanged" if state == text else "PageCaptured")
            had_at, text = now, state


# A smaller seed is no smaller case.
@settings(max_examples=2, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1_000_000))
def test_each_due_time_has_one_outcome_an_attempt_whenever_runs_come_and_die(
    web: Web, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = Random(seed)
    taken = draw_visits(rng)
    born = [NOON - timedelta(minutes=rng.randrange(300)) for _ in range(PAGES)]
    folder = tmp_path_factory.mktemp("recaptures")
    run = make_run(folder / "data", sources=web.write_sources(folder / "sources.toml", ["wire"]))
    run.ledger.append([make_entry(page, published_at=at, day=14) for page, at in enumerate(born)])
    web.pages |= {f"wire.example/{page}": STATES["one"] for page in range(PAGES)}
    take(run, ["capture"])
    for visit in taken:
        run = later(run, timedelta(minutes=visit.minutes))
        web.pages |= {f"wire.example/{page}": STATES[state] for page, state in enumerate(visit.states)}
        if visit.is_killed:
            list(capture.take(run))  # what it got is in the archive, and never in the ledger
        else:
            take(run, ["capture"])

    assert outcomes(run) == [outcome for page, at in enumerate(born) for outcome in expected(page, at, taken)]
    assert take(run, ["capture"]) == 0 or taken[-1].is_killed


def test_a_late_run_asks_once_for_the_latest_due_time_alone(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])

    take(later(run, 30 * HOUR), ["capture"])

    assert outcomes(run) == [(1, NOON + 24 * HOUR, 1, "PageUnchanged")]
    assert web.asked[NAME] == 2


def test_what_the_server_calls_unchanged_costs_no_bytes_and_no_record(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])
    files = sorted(run.settings.archive_folder.iterdir())

    take(later(run, HOUR), ["capture"])

    assert run.ledger.query(
        "select unchanged.payload ->> '$.status', unchanged.payload ->> '$.same_as' = captured.event_id::varchar "
        "from ledger.events as unchanged, ledger.events as captured "
        "where unchanged.event_type = 'PageUnchanged' and captured.event_type = 'PageCaptured'"
    ) == [("304", True)]
    assert sorted(run.settings.archive_folder.iterdir()) == files


def test_a_wrong_304_hides_an_edit_no_longer_than_to_the_last_time(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])
    web.pages[NAME] = replace(STATES["two"], headers={"ETag": '"1"'})

    for hours in (1, 6, 24, 72):
        take(later(run, hours * HOUR), ["capture"])

    assert [one.event_type for one in outcomes(run)] == ["PageUnchanged"] * 3 + ["PageCaptured"]


def test_a_304_that_nobody_asked_for_is_a_failure_that_is_tried_again(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["plain"]
    list_page(run)
    take(run, ["capture"])
    web.pages[NAME] = Page(b"", status=304)

    take(later(run, HOUR), ["capture"])

    assert run.ledger.query(
        "select payload ->> '$.reason', payload ->> '$.retry_at' from ledger.events where event_type = 'CaptureFailed'"
    ) == [("bad_answer", "2017-06-14T13:15:00Z")]


@pytest.mark.parametrize("age_h", [73, 24 * 365])
def test_an_article_that_is_old_when_it_is_found_is_asked_for_once(web: Web, run: Run, age_h: int) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run, published_at=NOON - age_h * HOUR)
    take(run, ["capture"])

    for hours in (1, 72):
        take(later(run, hours * HOUR), ["capture"])

    assert web.asked[NAME] == 1


def test_a_pause_of_a_week_is_not_made_up_for(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])

    assert take(later(run, 6 * 24 * HOUR), ["capture"]) == 0


def test_an_entry_dated_ahead_is_as_old_as_its_first_sighting(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run, published_at=NOON + 40 * HOUR)
    take(run, ["capture"])

    take(later(run, HOUR), ["capture"])

    assert [one.due_at for one in outcomes(run)] == [NOON + HOUR]


def test_a_day_of_a_backfill_takes_the_pages_of_that_day_alone(web: Web, run: Run) -> None:
    for number, hours in ((1, 0), (2, 13), (3, 20)):  # of the 14th and, twice, the 13th
        web.pages[f"wire.example/{number}"] = STATES["one"]
        list_page(run, number, published_at=NOON - hours * HOUR)
    take(run, ["capture"])
    then = later(run, 12 * HOUR)

    take(on_days(then, (NOON - 24 * HOUR).date()), ["capture"])

    days = run.ledger.query(
        "select event_date, count(*) from ledger.events where event_type = 'PageUnchanged' group by 1"
    )
    assert days == [((NOON - 24 * HOUR).date(), 2)]
    assert take(on_days(then, (NOON - 24 * HOUR).date()), ["capture"]) == 0


def test_pages_of_a_source_that_is_switched_off_or_whose_time_is_over_are_not_asked_for(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])
    selection = later(run, HOUR).selection("capture")
    (source,) = read_sources(run.settings.sources)
    over = replace(source, window=(NOON.date() - timedelta(days=3), NOON.date() - timedelta(days=1)))

    def owed(*sources: Any) -> int:
        return len(recaptures.find_owed(run.ledger, selection, (1.0,), {one.id: one for one in sources}))

    assert (owed(source), owed(over), owed()) == (1, 0, 0)


def test_an_empty_schedule_asks_for_nothing_again(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    off = replace(run, settings=replace(run.settings, recapture_hours=()))
    list_page(off)
    take(off, ["capture"])

    assert take(later(off, HOUR), ["capture"]) == 0


@pytest.mark.parametrize(
    "text", ["6,1", "1,1", "0", "-1", "nan", "1,2000000", "an hour", ",".join(map(str, range(1, 99)))]
)
def test_a_schedule_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="ascending hours up to 8760, such as 1,6,24,72, or empty"):
        read_settings({"CLAIMWIRE_RECAPTURE_HOURS": text})


def test_new_pages_come_before_those_that_were_had(web: Web, run: Run) -> None:
    web.pages |= {f"wire.example/{number}": STATES["one"] for number in (1, 2)}
    list_page(run)
    take(run, ["capture"])
    list_page(run, 2)

    batches = [[event.stream() for event in batch] for batch in capture.take(later(run, HOUR))]

    assert batches == [[f"page/{make_entry(number).stream().removeprefix('entry/')}"] for number in (2, 1)]


def test_a_page_that_was_withdrawn_is_not_asked_for_again(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])
    (page,) = run.ledger.read_pending([(2, 1)])
    late = [*capture.take(later(run, HOUR))]  # asked for before, recorded after
    withdraw(run.ledger, page.cause.event_id, "asked for", run.archive.blank)

    assert [run.ledger.append(batch) for batch in late] == [0]
    assert take(later(run, 6 * HOUR), ["capture"]) == 0
    assert web.asked[NAME] == 2


def test_withdrawing_an_article_takes_a_later_capture_that_nobody_has_read_yet(web: Web, run: Run) -> None:
    web.pages[NAME] = STATES["one"]
    list_page(run)
    take(run, ["capture"])
    (page,) = run.ledger.read_pending([(2, 1)])
    article = make_article(page.cause.event)
    run.ledger.append([article])
    web.pages[NAME] = STATES["two"]
    take(later(run, HOUR), ["capture"])

    withdraw(run.ledger, article.event_id, "asked for", run.archive.blank)

    left = run.ledger.query("select event_type, 1 from ledger.events where payload is not null order by position")
    assert [name for name, _ in left] == ["EntrySeen", "ContentWithdrawn"]


def test_an_edit_is_read_once_as_the_next_revision_and_new_markup_not_at_all(
    web: Web, run: Run, one_worker: None
) -> None:
    list_page(run)
    pages = [story(1), story(2), story(2, "<meta name='ad' content='7'>")]
    counts = []
    for hours, page in zip((0, 1, 6), pages, strict=True):
        web.pages[NAME] = page
        take(later(run, hours * HOUR), STEPS[1:])
        found = count_events(run)
        counts.append(
            [found[name] for name in ("PageCaptured", "ArticleExtracted", "ArticleCompared", "ClaimsExtracted")]
        )
    shell.publish(run)

    assert counts == [[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 2, 2]]
    assert ask(run, "select title, revisions, claims from articles") == [("Toll 2", 2, 8)]
    assert ask(run, "select relation, count(*) from article_relations group by all") == [("revision-of", 1)]
    assert ask(run, "select is_latest_revision, count(*) from claims group by all order by all") == [
        (False, 8),
        (True, 8),
    ]


def test_a_document_that_was_changed_in_place_is_read_again(one_worker: None, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "documents.toml").write_text(
        '[[document]]\nfile = "a.txt"\nurl = "http://wire.example/a"\noutlet = "Wire"\npublished_at = 2015-01-02\n'
    )
    sources = tmp_path / "sources.toml"
    sources.write_text('[[source]]\nid = "own"\nkind = "documents"\nname = "Own"\noutlet = "Wire"\nurl = "documents"\n')
    run = make_run(tmp_path / "data", sources=sources)
    counts = []
    for hours, people in ((0, 13), (1, 13), (2, 24)):
        (folder / "a.txt").write_text(f"Raids on the city killed {people} civilians on Friday, the monitor said. " * 9)
        take(later(run, hours * HOUR), ["poll", "capture", "extract"])
        counts.append(count_events(run)["ArticleExtracted"])

    revisions = run.ledger.query(
        "select count(distinct payload ->> '$.article_id'), count(distinct payload ->> '$.revision_id') "
        "from ledger.events where event_type = 'ArticleExtracted'"
    )
    assert counts == [1, 1, 2]
    assert revisions == [(1, 2)]


def test_a_document_that_could_not_be_read_is_read_when_it_is_changed_again(web: Web, run: Run) -> None:
    sources = run.settings.sources
    sources.write_text('[[source]]\nid = "own"\nkind = "documents"\nname = "Own"\noutlet = "Own"\nurl = "documents"\n')
    (sources.parent / "documents").mkdir()
    folder = {source.id: source for source in read_sources(sources)}
    owed = []
    for hours in range(3):
        seen = make_entry(
            1, source="own", document="a.txt", content_sha256=f"{hours:064x}", occurred_at=NOON + hours * HOUR
        )
        run.ledger.append([seen])
        due_at = seen.occurred_at if hours else None
        found = recaptures.find_owed(run.ledger, later(run, 9 * HOUR).selection("capture"), (), folder)
        owed.append([one.due_at for one in found])
        ended = make_capture_failure(seen, due_at=due_at, reason="document") if hours else make_page(seen)
        run.ledger.append([ended])

    assert owed == [[], [NOON + HOUR], [NOON + 2 * HOUR]]


def test_a_capture_from_before_there_were_due_times_is_the_same_fact() -> None:
    page = make_page(make_entry(1))
    fields = json.loads(to_payload(page))
    assert fields.pop("due_at") is None
    envelope = {name: getattr(page, name) for name in page.ENVELOPE}

    read = from_payload("PageCaptured", json.dumps(fields), **envelope)

    assert isinstance(read, PageCaptured)
    assert (read, str(read.event_id)) == (page, "e025dcd7-5b08-53cb-a147-054f08b32209")
