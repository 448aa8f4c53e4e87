"""Withdrawal: an article's text goes out of every file for good, the chain still holds, and nothing brings it back."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from pipeline import run as shell
from pipeline.archive import RecordWithdrawn
from pipeline.ledger.audit import verify
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.withdrawal import UnknownEventError, withdraw
from pipeline.run import Run
from pipeline.values import RecordRef
from tests.killing import die_in, withdraw_until
from tests.making import make_article, make_claims, make_entry, make_page
from tests.running import MARTS, ask, on_days, take

MARK = "Leroy Wright"  # the byline of the seed article: in no other text
REASON = "asked for by the person named"
KILLED = -9
OF_SEED = (
    "stream = (select stream from ledger.events where event_type = 'ArticleExtracted' and contains(payload, $mark))"
)


def seed_id(run: Run, event_type: str = "ClaimsExtracted") -> UUID:
    """The event of this type that is about the seed article."""
    rows = run.ledger.query(f"select event_id, event_type from ledger.events where {OF_SEED}", {"mark": MARK})
    return next(UUID(str(event_id)) for event_id, found in rows if found == event_type)


def files_with_mark(run: Run) -> Iterator[str]:
    """Files of the data folder that hold the byline, those of the archive as they are when unpacked."""
    for file in sorted(run.settings.data.rglob("*")):
        if file.is_file():
            body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            if MARK.encode() in body:
                yield file.name


def blanked(run: Run) -> list[str]:
    """Types of the events that have no payload any more, in the order of the ledger."""
    return [
        name
        for (name,) in run.ledger.query(
            "select event_type from ledger.events where payload is null order by position, event_id"
        )
    ]


def test_everything_made_from_the_page_loses_its_payload_and_nothing_else(world: Run) -> None:
    done = shell.withdraw(world, seed_id(world), REASON)

    assert sorted(blanked(world)) == ["ArticleCompared", "ArticleExtracted", "ClaimsExtracted", "PageCaptured"]
    assert (done.events, done.records) == (4, 1)


def test_the_text_is_in_no_file_any_more(world: Run) -> None:
    before = set(files_with_mark(world))
    shell.withdraw(world, seed_id(world), REASON)
    left = set(files_with_mark(world))
    shell.publish(world)

    assert {"ledger.duckdb", "warehouse.duckdb"} < before
    assert left == {"warehouse.duckdb"}  # until the next publish
    assert set(files_with_mark(world)) == set()


def test_the_archived_record_is_blanked_and_the_others_stay(world: Run) -> None:
    rows = world.ledger.query(
        "select stream = (select stream from ledger.events where event_type = 'PageCaptured' "
        "and contains(payload, 'digest.example')), payload ->> '$.body.file', (payload ->> '$.body.offset')::bigint, "
        "payload ->> '$.body.sha256' from ledger.events where event_type = 'PageCaptured'"
    )
    refs = [(is_seed, RecordRef(file=file, offset=offset, sha256=digest)) for is_seed, file, offset, digest in rows]

    shell.withdraw(world, seed_id(world), REASON)

    for is_seed, ref in refs:
        if is_seed:
            with pytest.raises(RecordWithdrawn):
                world.archive.read(ref)
        else:
            assert world.archive.read(ref).body


def test_the_chain_still_holds_and_verify_says_what_was_withdrawn(world: Run) -> None:
    shell.withdraw(world, seed_id(world), REASON)

    verdict = verify(world.ledger)

    assert (verdict.problem, verdict.withdrawn) == (None, 4)
    assert "4 of them withdrawn" in verdict.message


def test_the_next_warehouse_leaves_the_article_out_of_every_mart(world: Run) -> None:
    article = str(world.ledger.query(f"select stream from ledger.events where {OF_SEED}", {"mark": MARK})[0][0])
    key = article.removeprefix("article/")

    def mentions() -> list[str]:
        found = {mart: ask(world, f"select * from {mart}") for mart in MARTS}
        return [mart for mart, rows in found.items() if key in repr(rows) or MARK in repr(rows)]

    before = mentions()
    shell.withdraw(world, seed_id(world), REASON)
    shell.publish(world)

    assert {"articles", "claims", "toll_claims", "families"} <= set(before)
    assert mentions() == []
    assert ask(world, "select sum(pages_set_aside) from pipeline_accounting") == [(1,)]


def test_neither_a_later_run_nor_a_backfill_brings_it_back(world: Run) -> None:
    (day,) = world.ledger.query(f"select event_date from ledger.events where {OF_SEED}", {"mark": MARK})[0]
    shell.withdraw(world, seed_id(world), REASON)
    head = world.ledger.head()

    appended = take(world) + take(on_days(world, day))

    assert (appended, world.ledger.head()) == (0, head)
    assert set(files_with_mark(world)) == {"warehouse.duckdb"}  # the old one


def test_any_event_of_the_article_will_do_and_twice_is_once(world: Run) -> None:
    shell.withdraw(world, seed_id(world, "ArticleCompared"), REASON)
    head = world.ledger.head()

    again = shell.withdraw(world, seed_id_of_capture(world), REASON)

    assert (again.events, world.ledger.head()) == (0, head)
    assert len(blanked(world)) == 4


def seed_id_of_capture(run: Run) -> UUID:
    """The capture that lost its payload."""
    rows = run.ledger.query(
        "select event_id, 1 from ledger.events where event_type = 'PageCaptured' and payload is null"
    )
    return UUID(str(rows[0][0]))


@pytest.mark.parametrize("function", ["blank_payloads", "rewrite"])
def test_a_second_call_finishes_what_a_killed_one_left(world: Run, function: str) -> None:
    event_id = seed_id(world)
    end = die_in(withdraw_until, (function, world.settings.data, event_id))
    left = set(files_with_mark(world))

    shell.withdraw(world, event_id, REASON)

    assert end == KILLED
    assert "ledger.duckdb" in left
    assert set(files_with_mark(world)) == {"warehouse.duckdb"}
    assert len(blanked(world)) == 4
    assert verify(world.ledger).problem is None
    (told,) = world.ledger.query("select count(*) from ledger.events where event_type = 'ContentWithdrawn'")
    assert told == (1,)


def test_what_a_run_had_read_before_is_not_appended_after(world: Run) -> None:
    event_id = seed_id(world)
    (claims,) = [
        one.event for chunk in world.ledger.read(["ClaimsExtracted"]) for one in chunk if one.event_id == event_id
    ]
    shell.withdraw(world, event_id, REASON)

    assert world.ledger.append([replace(claims, producer="claim-2-0000000000")]) == 0


def test_an_article_that_was_captured_twice_is_withdrawn_whole(ledger: Ledger) -> None:
    pages = [make_page(entry, final_url="http://wire.example/1") for entry in (make_entry(1), make_entry(2, day=12))]
    articles = [make_article(page, article_id="one", revision_id="same") for page in pages]
    claims = [make_claims(article) for article in articles]
    for events in ([make_entry(1), make_entry(2, day=12)], pages, articles, claims):
        ledger.append(events)
    assert claims[0].event_id == claims[1].event_id

    done = withdraw(ledger, claims[0].event_id, REASON, lambda ref: None)

    left = ledger.query("select event_type from ledger.events where payload is not null order by position")
    assert done.events == 5
    assert [event_type for (event_type,) in left] == ["EntrySeen", "EntrySeen", "ContentWithdrawn"]
    assert verify(ledger).problem is None


@pytest.mark.parametrize("event_type", ["SourcePolled", "ContentWithdrawn"])
def test_an_event_that_must_stay_is_refused_in_one_sentence(world: Run, event_type: str) -> None:
    shell.withdraw(world, seed_id(world), REASON)
    query = "select event_id from ledger.events where event_type = $1 limit 1"
    wanted = world.ledger.query(query, [event_type])[0][0]

    with pytest.raises(UnknownEventError, match="cannot be withdrawn: give an event of the article"):
        shell.withdraw(world, wanted, REASON)

    assert verify(world.ledger).problem is None


def test_an_unknown_id_gives_one_sentence(world: Run) -> None:
    wanted = uuid4()

    with pytest.raises(UnknownEventError, match=f"^The ledger has no event {wanted}: .*$"):
        shell.withdraw(world, wanted, REASON)
