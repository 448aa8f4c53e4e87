"""The worst of the web, through the real network path: each input ends in one outcome, and the run goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline import run as shell
from pipeline.run import Run
from tests.badweb import Page, bomb, drip, item, rss, serving, story
from tests.making import NOON
from tests.running import ask, copy, later, make_run, take

BOMB = bomb(300)
HERD = b"<html><body><p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x</p></body></html>"
SURROGATE = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Toll \\ud83d rises", '
    '"datePublished": "2017-06-11T09:30:00Z", "author": {"name": "A \\udc00 B"}}</script>'
)
CUT = rss(item("cut", "1"), item("cut", "2"), item("cut", "3"))
assert isinstance(CUT.body, bytes)
ENTITIES = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><item><title>Tolls&nbsp;rise &mdash; again &unheard;'
    b"</title><link>http://entities.example/1</link><guid>1</guid></item></channel></rss>"
)
ENCODING = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>F</title><item><title>R\xe9sum\xe9 \x93now\x94'
    "</title><link>http://encoding.example/1</link><guid>1</guid></item></channel></rss>"
).encode("latin-1")
GZIP = {"Content-Encoding": "gzip"}

FEEDS = {
    "html": Page(b"<!doctype html><html><body><h1>Subscribe now</h1></body></html>", "application/rss+xml"),
    "cut": Page(
        CUT.body[: CUT.body.index(b"<title>A story</title><link>http://cut.example/3") + 8], "application/rss+xml"
    ),
    "path": Page(b"/etc/passwd", "application/rss+xml"),
    "entities": Page(ENTITIES, "application/rss+xml"),
    "encoding": Page(ENCODING, "application/rss+xml; charset=utf-8"),
    "guids": rss(item("guids", "1", guid="same"), item("guids", "2", guid="same")),
    "surrogate": rss(item("surrogate", "1")),
    "bombfeed": Page(BOMB, "application/rss+xml", GZIP),
    "bombpage": rss(item("bombpage", "1")),
    "redirect": rss(item("redirect", "1"), item("redirect", "2"), item("redirect", "3")),
    "herd": rss(item("herd", "1")),
    "endless": rss(item("endless", "1")),
    "good": rss(item("good", "1")),
}
PAGES = {f"{host}.example/feed": page for host, page in FEEDS.items()} | {
    "cut.example/1": story(1),
    "cut.example/2": story(2),
    "entities.example/1": story(3),
    "encoding.example/1": story(4),
    "guids.example/1": story(5),
    "guids.example/2": story(6),
    "surrogate.example/1": story(7, SURROGATE),
    "bombpage.example/1": Page(BOMB, headers=GZIP),
    "redirect.example/1": Page(b"", headers={"Location": "http://10.0.0.1/admin"}, status=302),
    "redirect.example/2": Page(b"", headers={"Location": "http://169.254.169.254/latest/meta-data/"}, status=301),
    "redirect.example/3": Page(b"", headers={"Location": "http://[::1]/"}, status=307),
    "herd.example/1": Page(HERD),
    "endless.example/1": Page(drip),
    "good.example/1": story(8),
}
KNOBS: dict[str, Any] = {"worker_cpu_s": 1, "read_timeout_s": 2.0, "page_timeout_s": 2.0}


@dataclass(frozen=True)
class Bad:
    """The world of bad input, read: its run, and by how many bytes polling and capturing it raised this process."""

    run: Run
    risen_bytes: int

    def polled(self, source_id: str) -> dict[str, Any]:
        """What the poll of a source recorded."""
        rows = self.run.ledger.query(
            "select payload, 1 from ledger.events where event_type = 'SourcePolled' and stream = $1",
            [f"source/{source_id}"],
        )
        assert len(rows) == 1
        found: dict[str, Any] = msgspec.json.decode(rows[0][0])
        return found

    def entries(self, source_id: str) -> list[dict[str, Any]]:
        """What a source listed."""
        rows = self.run.ledger.query("select payload, 1 from ledger.events where event_type = 'EntrySeen'")
        found = [msgspec.json.decode(payload) for payload, _ in rows]
        return [entry for entry in found if entry["source_id"] == source_id]

    def outcomes(self, host: str) -> list[tuple[str, dict[str, Any]]]:
        """Type and payload of what became of the pages of a host, in the order of the ledger."""
        rows = self.run.ledger.query(
            "select event_type, payload from ledger.events where event_type in "
            "('PageCaptured', 'CaptureFailed', 'ArticleExtracted', 'ExtractionFailed') "
            "and (payload ->> '$.url_key') like $1 order by position",
            [f"%//{host}.example/%"],
        )
        return [(name, msgspec.json.decode(payload)) for name, payload in rows]


def peak_bytes() -> int:
    """The most memory that this process has held since `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) << 10


def forget_peak() -> None:
    """Start measuring anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bad]:
    folder = tmp_path_factory.mktemp("bad")
    with serving(PAGES) as web:
        run = make_run(folder / "data", sources=web.write_sources(folder / "sources.toml", list(FEEDS)), **KNOBS)
        forget_peak()
        before = peak_bytes()
        take(run, ["poll", "capture"])
        risen = peak_bytes() - before
        take(run)
        shell.publish(run)
        yield Bad(run, risen)


def test_html_served_as_a_feed_is_a_failed_poll(bad: Bad) -> None:
    assert (bad.polled("html")["outcome"], bad.polled("html")["reason"]) == ("failed", "not_feed")


def test_a_truncated_feed_gives_the_entries_that_are_whole(bad: Bad) -> None:
    polled = bad.polled("cut")

    assert (polled["outcome"], polled["is_bozo"]) == ("changed", True)
    assert [name for name, _ in bad.outcomes("cut")].count("ArticleExtracted") == 2


def test_bytes_that_look_like_a_path_open_no_file(bad: Bad) -> None:
    assert (bad.polled("path")["outcome"], bad.polled("path")["reason"]) == ("failed", "not_feed")
    assert bad.run.ledger.query("select 1 from ledger.events where contains(payload, 'root:')") == []


def test_undeclared_entities_lose_no_entry(bad: Bad) -> None:
    (seen,) = bad.entries("entities")

    assert "rise — again" in seen["title"]
    assert [name for name, _ in bad.outcomes("entities")] == ["PageCaptured", "ArticleExtracted"]


def test_a_wrong_encoding_loses_no_entry(bad: Bad) -> None:
    (seen,) = bad.entries("encoding")

    assert seen["title"] == "Résumé “now”"


def test_entries_with_one_guid_are_two_entries_and_two_pages(bad: Bad) -> None:
    assert len({seen["entry_key"] for seen in bad.entries("guids")}) == 2
    assert [name for name, _ in bad.outcomes("guids")].count("PageCaptured") == 2


def test_lone_surrogates_become_replacement_characters(bad: Bad) -> None:
    article = dict(bad.outcomes("surrogate"))["ArticleExtracted"]

    assert article["title"] == "Toll � rises"
    assert article["published_at"] == "2017-06-11T09:30:00Z"


@pytest.mark.parametrize("what", ["page", "feed"])
def test_a_bomb_is_cut_off(bad: Bad, what: str) -> None:
    found = bad.polled("bombfeed") if what == "feed" else dict(bad.outcomes("bombpage"))["CaptureFailed"]

    assert found["reason"] == "too_large"
    assert found.get("retry_at") is None


def test_two_bombs_of_300_mb_take_little_memory(bad: Bad) -> None:
    assert bad.risen_bytes < 120 << 20


def test_a_redirect_to_a_private_address_fails_for_good(bad: Bad) -> None:
    failed = bad.outcomes("redirect")

    assert [(name, found["reason"], found["retry_at"]) for name, found in failed] == [
        ("CaptureFailed", "private_address", None)
    ] * 3


def test_a_hundred_thousand_attributes_are_too_costly(bad: Bad) -> None:
    found = dict(bad.outcomes("herd"))

    assert set(found) == {"PageCaptured", "ExtractionFailed"}
    assert (found["ExtractionFailed"]["reason"], found["ExtractionFailed"]["retry_at"]) == ("too_costly", None)


def test_a_page_that_never_ends_is_tried_again_in_a_quarter_of_an_hour(bad: Bad) -> None:
    ((name, found),) = bad.outcomes("endless")

    assert (name, found["reason"], found["retry_at"]) == ("CaptureFailed", "timeout", "2017-06-14T12:15:00Z")


def test_the_rest_of_the_run_goes_on(bad: Bad) -> None:
    assert [name for name, _ in bad.outcomes("good")] == ["PageCaptured", "ArticleExtracted"]
    assert ask(bad.run, "select count(*) from claims where url = 'http://good.example/1'")[0][0] >= 8


def test_every_input_has_exactly_one_outcome(bad: Bad) -> None:
    repeated = bad.run.ledger.query(
        "select caused_by, count(*) from ledger.events where event_type in ('PageCaptured', 'CaptureFailed') "
        "or event_type in ('ArticleExtracted', 'ExtractionFailed') group by all having count(*) > 1"
    )
    (counts,) = ask(
        bad.run,
        "select sum(pages), sum(pages_captured + pages_failed), sum(pages_pending), sum(captures), "
        "sum(captures_extracted + captures_failed) from pipeline_accounting",
    )

    assert repeated == []
    assert counts == (14, 13, 1, 9, 9)  # the page that never ends is pending


def test_running_again_at_once_appends_nothing(bad: Bad) -> None:
    assert take(bad.run) == 0


def test_an_undated_entry_seen_on_three_days_is_one_page_and_one_fetch(one_worker: None, tmp_path: Path) -> None:
    pages = {"undated.example/1": story(1)}
    with serving(pages) as web:
        sources = web.write_sources(tmp_path / "sources.toml", ["undated"])
        run = make_run(tmp_path / "data", sources=sources, recapture_hours=())
        for day in range(3):
            title = f"A story, version {day}"  # so that it is an entry each time
            pages["undated.example/feed"] = rss(item("undated", "1", title=title, date=""))
            take(later(run, timedelta(days=day)), ["poll", "capture", "extract"])

    days = run.ledger.query("select distinct event_date, 1 from ledger.events where event_type != 'SourcePolled'")
    seen = run.ledger.query(
        "select payload ->> '$.day_rule', 1 from ledger.events where event_type = 'EntrySeen' order by position"
    )
    assert [rule for rule, _ in seen] == ["first_polled", "first_sighting", "first_sighting"]
    assert days == [(NOON.date(), 1)]
    assert web.asked["undated.example/1"] == 1


def test_a_damaged_record_of_the_archive_fails_one_page_and_blocks_no_other(
    stages: dict[str, Run], tmp_path: Path
) -> None:
    run = copy(stages["capture"], tmp_path / "data")
    file, offset, url_key = run.ledger.query(
        "select payload ->> '$.body.file', (payload ->> '$.body.offset')::bigint, payload ->> '$.url_key' "
        "from ledger.events where event_type = 'PageCaptured' order by position limit 1 offset 5"
    )[0]
    with (run.settings.archive_folder / file).open("r+b") as archive:
        archive.seek(offset + 200)
        archive.write(b"\x00" * 64)

    take(run, ["extract"])

    failed = run.ledger.query(
        "select payload ->> '$.url_key', payload ->> '$.reason', payload ->> '$.retry_at' "
        "from ledger.events where event_type = 'ExtractionFailed'"
    )
    assert failed == [(url_key, "archive_damaged", None)]
    assert run.ledger.query("select count(*) from ledger.events where event_type = 'ArticleExtracted'") == [(28,)]
    assert take(run, ["extract"]) == 0


def test_a_lost_file_of_the_archive_fails_its_pages_and_the_run_ends(stages: dict[str, Run], tmp_path: Path) -> None:
    run = copy(stages["capture"], tmp_path / "data")
    for file in run.settings.archive_folder.glob("*.warc.gz"):
        file.unlink()

    assert take(run, ["extract"]) == 29
    shell.publish(run)

    assert ask(run, "select sum(captures_failed) from pipeline_accounting") == [(29,)]


def outcomes_by_path(run: Run) -> dict[str, tuple[str, int]]:
    """The last outcome of each page by its URL's path: type, and attempt."""
    rows = run.ledger.query(
        "select event_type, payload from ledger.events where event_type in ('PageCaptured', 'CaptureFailed') "
        "order by position"
    )
    found = [(name, msgspec.json.decode(payload)) for name, payload in rows]
    return {page["requested_url"].rpartition("/")[2]: (name, page["attempt"]) for name, page in found}


def test_pages_that_a_host_asked_us_to_leave_alone_stay_pending_and_lose_no_attempt(tmp_path: Path) -> None:
    pages = {
        f"busy.example/{number}": Page(b"later", headers={"Retry-After": "7200"}, status=429) for number in range(6)
    }
    pages["busy.example/feed"] = rss(*(item("busy", str(number)) for number in range(6)))
    with serving(pages) as web:
        sources = web.write_sources(tmp_path / "sources.toml", ["busy"])
        run = make_run(tmp_path / "data", sources=sources, connections_per_host=1)
        take(run, ["poll", "capture"])
        first = outcomes_by_path(run)
        retry_at = run.ledger.query(
            "select payload ->> '$.reason', payload ->> '$.retry_at' from ledger.events "
            "where event_type = 'CaptureFailed'"
        )
        pages |= {f"busy.example/{number}": story(number) for number in range(6)}
        take(later(run, timedelta(hours=3)), ["capture"])

    assert list(first.values()) == [("CaptureFailed", 1)]
    assert retry_at == [("status_429", "2017-06-14T14:00:00Z")]
    assert sorted(outcomes_by_path(run).values()) == [("PageCaptured", 1)] * 5 + [("PageCaptured", 2)]


def test_pages_whose_robots_txt_asks_to_wait_stay_pending(tmp_path: Path) -> None:
    pages = {
        "busy.example/robots.txt": Page(b"later", headers={"Retry-After": "7200"}, status=503),
        "busy.example/feed": rss(item("busy", "1"), item("busy", "2")),
    }
    with serving(pages) as web:
        run = make_run(tmp_path / "data", sources=web.write_sources(tmp_path / "sources.toml", ["busy"]))
        take(run, ["poll"])

        assert take(run, ["capture"]) == 0

    assert (web.asked["busy.example/robots.txt"], web.asked["busy.example/1"]) == (1, 0)


def test_a_feed_whose_host_asked_to_be_left_alone_stays_due(tmp_path: Path) -> None:
    pages = {f"{host}.busy.example/feed": Page(b"", headers={"Retry-After": "7200"}, status=429) for host in "ab"}
    with serving(pages) as web:
        sources = web.write_sources(tmp_path / "sources.toml", ["a.busy", "b.busy"])
        sources.write_text(sources.read_text().replace('id = "a.', 'id = "a-').replace('id = "b.', 'id = "b-'))
        sources.write_text(sources.read_text().replace("connect_to", "spacing_s = 0.05\nconnect_to"))
        run = make_run(tmp_path / "data", sources=sources)

        assert take(run, ["poll"]) == 1

    assert sum(web.asked.values()) == 1
    assert run.ledger.query("select payload ->> '$.reason', 1 from ledger.events") == [("status_429", 1)]


def test_an_empty_feed_is_a_failed_poll(tmp_path: Path) -> None:
    with serving({"empty.example/feed": Page(b"", "application/rss+xml")}) as web:
        run = make_run(tmp_path / "data", sources=web.write_sources(tmp_path / "sources.toml", ["empty"]))
        take(run, ["poll"])

    polled = Bad(run, 0).polled("empty")
    assert (polled["outcome"], polled["reason"], polled["detail"]) == ("failed", "not_feed", "empty body")


def test_a_feed_is_due_when_it_is_no_longer_fresh(tmp_path: Path) -> None:
    feed = Page(rss(item("fresh", "1")).body, "application/rss+xml", {"Cache-Control": "max-age=7200"})
    with serving({"fresh.example/feed": feed}) as web:
        run = make_run(tmp_path / "data", sources=web.write_sources(tmp_path / "sources.toml", ["fresh"]))
        take(run, ["poll"])

    assert Bad(run, 0).polled("fresh")["next_poll_at"] == "2017-06-14T14:00:00Z"
