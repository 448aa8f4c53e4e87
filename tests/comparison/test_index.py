"""Recorded articles in, measured pairs out: a real index file."""

import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from pipeline.comparison import blocks, index_file, kept, searching
from pipeline.comparison.compare import compare
from pipeline.comparison.index import Index, ReadArticles, drop_index, open_index
from pipeline.comparison.index_file import IndexUnusableError, connect
from pipeline.comparison.measures import measure, prepare, producer, to_pair
from pipeline.comparison.searching import Pairs
from pipeline.events import ArticleExtracted, Recorded
from pipeline.values import MeasuredPair
from tests.comparison.texts import record, reuse, wait, write_text

FILE_HEADER_BYTES, BLOCK_BYTES = 3 * 4096, 262_144  # of a DuckDB file
HEAD = "ab" * 32  # hash of the ledger's head

Articles = list[Recorded[ArticleExtracted]]
Canonical = dict[tuple[str, str], tuple[object, ...]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "comparison" / "index.duckdb"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    written = [write_text(seed) for seed in range(12)]
    return [*written, *(reuse(written, seed) for seed in range(12)), written[0], "Three short words."]


def in_chunks(articles: Articles, size: int) -> Iterator[Articles]:
    for start in range(0, len(articles), size):
        yield articles[start : start + size]


def record_all(texts: Sequence[str], first: int = 1) -> Articles:
    """Every text at its own URL, equal texts too."""
    return [record(first + number, text, article=f"https://wire.example/{text}") for number, text in enumerate(texts)]


def reading(articles: Iterable[Recorded[ArticleExtracted]]) -> ReadArticles:
    """What reads articles as the ledger does."""
    recorded = {one.position: one for one in articles}
    return lambda positions: [recorded[position] for position in positions if position in recorded]


def bring_up(index: Index, articles: Articles, chunk: int = 200) -> None:
    index.bring_up_to(in_chunks(articles, chunk), articles[-1].position, HEAD)


def compare_all(path: Path, articles: Articles, batches: Sequence[Articles]) -> dict[str, tuple[MeasuredPair, ...]]:
    """The pairs in the event of each revision, when the pending ones come in these batches."""
    with open_index(path, reading(articles)) as index:
        bring_up(index, articles)
        events = [event for batch in batches for event in compare(wait(*batch), index, producer=producer())]
    return {event.revision_id: event.pairs for event in events}


def canonical(pairs_of: dict[str, tuple[MeasuredPair, ...]]) -> Canonical:
    """Each pair once, the smaller revision_id first; fails if one was measured twice."""
    pairs: Canonical = {}
    for revision_id, measured in pairs_of.items():
        for pair in measured:
            is_first = revision_id < pair.other_revision_id
            key = (min(revision_id, pair.other_revision_id), max(revision_id, pair.other_revision_id))
            coverages = (pair.coverage_here, pair.coverage_there)
            words = (pair.words_here, pair.words_there)
            sentences = [(one.here, one.there, one.score, one.is_digits_equal) for one in pair.sentences]
            if not is_first:
                coverages, words = coverages[::-1], words[::-1]
                sentences = [(there, here, score, is_equal) for here, there, score, is_equal in sentences]
            assert key not in pairs
            pairs[key] = (coverages, words, pair.shared_words, pair.is_exact, sorted(sentences))
    return pairs


def expected_pairs(texts: Sequence[str]) -> Canonical:
    """What measuring every text against every other gives, without an index."""
    articles = record_all(texts)
    prepared = [prepare(one.event.revision_id, one.event.article_id, one.event.text) for one in articles]
    found: dict[str, tuple[MeasuredPair, ...]] = {}
    for number, here in enumerate(prepared):
        measured = ((there, measure(here, there)) for there in prepared[:number])
        pairs = [to_pair(here, there, one) for there, one in measured if one]
        found[here.revision_id] = tuple(pairs)
    return canonical(found)


def test_every_pair_that_can_be_measured_is_found(path: Path, texts: list[str]) -> None:
    texts = texts[:-2]  # without the repeated text, which needs another URL
    articles = record_all(texts)

    assert canonical(compare_all(path, articles, [articles])) == expected_pairs(texts)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_ingestion_and_the_size_of_batches_do_not_matter(
    tmp_path: Path, texts: list[str], seed: int
) -> None:
    chance = random.Random(seed)
    articles = record_all(texts[:-2])
    in_order = canonical(compare_all(tmp_path / "in_order.duckdb", articles, [articles]))
    shuffled = texts[:-2]
    chance.shuffle(shuffled)
    reordered = record_all(shuffled)
    waiting = chance.sample(reordered, len(reordered))

    again = compare_all(tmp_path / "shuffled.duckdb", reordered, list(in_chunks(waiting, chance.randint(1, 9))))

    assert len(in_order) > 10
    assert canonical(again) == in_order


def test_comparing_day_by_day_gives_the_pairs_of_comparing_at_once(tmp_path: Path, texts: list[str]) -> None:
    articles = record_all(texts[:-2])
    at_once = canonical(compare_all(tmp_path / "at_once.duckdb", articles, [articles]))

    by_day: dict[str, tuple[MeasuredPair, ...]] = {}
    for day in range(0, len(articles), 7):
        by_day |= compare_all(tmp_path / "by_day.duckdb", articles[: day + 7], [articles[day : day + 7]])

    assert canonical(by_day) == at_once


def test_a_revision_that_was_captured_twice_is_in_the_index_once(path: Path, texts: list[str]) -> None:
    first, other, again = record(1, texts[0]), record(2, texts[12]), record(3, texts[0], capture="later")
    copy = record(4, texts[0], article="https://other.example/copy")

    pairs = compare_all(path, [first, other, again, copy], [[again, copy]])

    assert first.event.revision_id == again.event.revision_id
    assert pairs[again.event.revision_id] == ()  # it stands at position 1, and nothing is below
    assert [pair.other_revision_id for pair in pairs[copy.event.revision_id] if pair.is_exact] == [
        first.event.revision_id
    ]


def test_looking_up_all_at_once_changes_nothing(tmp_path: Path, texts: list[str]) -> None:
    articles = record_all(texts[:-2])
    one_by_one = compare_all(tmp_path / "one.duckdb", articles, [[article] for article in articles])

    with open_index(tmp_path / "all.duckdb", reading(articles)) as index:
        bring_up(index, articles)
        index.look_up([one.position for one in articles])
        at_once = {one.revision_id: one.pairs for one in compare(wait(*articles), index, producer=producer())}

    assert at_once == one_by_one


def test_few_candidates_at_a_time_change_nothing(
    tmp_path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = record_all(texts[:-2])
    at_once = compare_all(tmp_path / "once.duckdb", articles, [articles])
    monkeypatch.setattr(searching, "PAIRS_AT_MOST", 3)

    in_parts = compare_all(tmp_path / "parts.duckdb", articles, [articles])

    assert in_parts == at_once


@pytest.mark.parametrize(("block_keys", "fetched_keys"), [(1, 1), (1, 200), (60, 100), (100_000, 1)])
def test_blocks_of_any_size_fetched_in_parts_of_any_size_change_nothing(
    tmp_path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch, block_keys: int, fetched_keys: int
) -> None:
    articles = record_all(texts[:-2])
    batches = [articles[::5], articles[1::5], [article for number, article in enumerate(articles) if number % 5 > 1]]
    at_once = compare_all(tmp_path / "once.duckdb", articles, batches)
    monkeypatch.setattr(blocks, "BLOCK_KEYS", block_keys)
    monkeypatch.setattr(kept, "FETCHED_KEYS", fetched_keys)

    in_parts = compare_all(tmp_path / "parts.duckdb", articles, batches)

    assert in_parts == at_once


def test_articles_that_were_extracted_again_are_looked_up_together_as_new_ones_are(
    path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = record_all(texts[:12])
    again = [
        record(13 + number, one.event.text, article=f"https://wire.example/{one.event.text}", capture="later")
        for number, one in enumerate(first)
    ]
    searched: list[int] = []
    find_all = Index.find_all_candidates

    def count(index: Index, positions: Sequence[int], at_most: float) -> Pairs:
        searched.append(len(positions))
        return find_all(index, positions, at_most)

    monkeypatch.setattr(Index, "find_all_candidates", count)
    with open_index(path, reading(first + again)) as index:
        bring_up(index, first + again)
        index.look_up([one.position for one in again])
        for chunk in in_chunks(again, 4):
            list(compare(wait(*chunk), index, producer=producer()))

    assert searched == [12]


def test_a_candidate_that_was_withdrawn_meanwhile_is_left_out(path: Path, texts: list[str]) -> None:
    first, copy = record(1, texts[0]), record(2, texts[0], article="https://other.example/copy")
    with open_index(path, reading([copy])) as index:
        bring_up(index, [first, copy])

    with open_index(path, reading([copy])) as index:
        (event,) = compare(wait(copy), index, producer=producer())

    assert event.pairs == ()


def test_an_index_that_was_closed_often_is_written_anew_without_room(
    path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = record_all(texts[:-2])
    for end in range(1, 9):
        with open_index(path, reading([])) as index:
            bring_up(index, articles[:end])
    before = path.stat().st_size
    monkeypatch.setattr(index_file, "SPARE_BYTES", 0)

    with open_index(path, reading([])) as index:
        bring_up(index, articles[:9])
    with open_index(path, reading([])) as index:
        known = index.find_positions([one.event.revision_id for one in articles])

        assert path.stat().st_size < before
        assert (index.position, sorted(known.values())) == (9, list(range(1, 10)))


def test_the_index_holds_no_text(path: Path) -> None:
    text = "Shells fell on the unmistakable bridge in Homs before dawn on Sunday."

    with open_index(path, reading([])) as index:
        bring_up(index, [record(1, text)])

    assert b"unmistakable" not in path.read_bytes()


def test_two_revisions_of_an_article_are_a_pair_even_when_they_share_nothing(path: Path, texts: list[str]) -> None:
    url = "https://wire.example/live"
    first, second = record(1, "Shells fell on Homs.", article=url), record(2, "Talks failed.", article=url)

    pairs = compare_all(path, [first, second], [[first], [second]])

    assert [pair.other_article_id for pair in pairs[second.event.revision_id]] == [first.event.article_id]


def test_the_event_is_the_outcome_of_the_article(path: Path, texts: list[str]) -> None:
    article = record(1, texts[0])
    with open_index(path, reading([])) as index:
        bring_up(index, [article])
        (event,) = compare(wait(article), index, producer="compare-1-aaaaaaaaaa")

    assert (event.caused_by, event.event_date, event.occurred_at, event.attempt, event.pairs) == (
        article.event_id, article.event.event_date, article.event.occurred_at, 1, ()
    )  # fmt: skip


def test_an_index_that_was_brought_up_remembers_where_it_is(path: Path, texts: list[str]) -> None:
    articles = record_all(texts[:4])
    with open_index(path, reading([])) as index:
        index.bring_up_to([articles[:2]], 9, HEAD)

    with open_index(path, reading([])) as index:
        position, ledger_hash = index.position, index.ledger_hash
        index.bring_up_to([articles[:2]], 9, HEAD)  # a second time adds nothing
        known = index.find_positions([one.event.revision_id for one in articles])

    assert (position, ledger_hash) == (9, HEAD)
    assert sorted(known.values()) == [1, 2]


def test_a_new_index_is_of_no_ledger_yet(path: Path) -> None:
    with open_index(path, reading([])) as index:
        assert (index.position, index.ledger_hash) == (0, "")


def test_nobody_else_can_read_the_index(path: Path, texts: list[str]) -> None:
    with open_index(path, reading([])) as index:
        bring_up(index, record_all(texts[:2]))

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_dropped_index_leaves_nothing(path: Path, texts: list[str]) -> None:
    with open_index(path, reading([])) as index:
        bring_up(index, record_all(texts[:2]))
    path.with_name(f"{path.name}.set-aside").write_bytes(path.read_bytes())

    drop_index(path)

    assert [file.name for file in path.parent.iterdir()] == ["index.lock"]


def test_a_file_that_is_no_index_is_set_aside_and_a_new_one_begun(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 1000)

    with open_index(path, reading([])) as index:
        position = index.position

    assert position == 0
    assert path.with_name("index.duckdb.set-aside").read_bytes().startswith(b"this is no database")


def test_an_index_of_another_version_is_rebuilt(path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index(path, reading([])) as index:
        bring_up(index, record_all(texts[:2]))
    monkeypatch.setattr(index_file, "SCHEMA_VERSION", index_file.SCHEMA_VERSION + 1)

    with open_index(path, reading([])) as index:
        assert index.position == 0


def damage(path: Path, articles: Articles) -> None:
    """Make an index of the articles, and spoil the block that holds the keys of sentences."""
    with open_index(path, reading(articles)) as index:
        bring_up(index, articles)
        index.connection.execute("checkpoint")
        (block,) = index.connection.execute(
            "select max(block_id) from pragma_storage_info('blocks') where column_name = 'sentence_keys'"
        ).fetchone() or (0,)
    content = bytearray(path.read_bytes())
    start = FILE_HEADER_BYTES + block * BLOCK_BYTES
    content[start : start + BLOCK_BYTES] = os.urandom(BLOCK_BYTES)
    path.write_bytes(content)


def test_damage_that_shows_while_searching_sets_the_index_aside_for_the_next_run(path: Path, texts: list[str]) -> None:
    articles = record_all(texts[:-2])
    damage(path, articles)

    with pytest.raises(duckdb.Error), open_index(path, reading(articles)) as index:
        list(compare(wait(*articles), index, producer=producer()))

    with open_index(path, reading([])) as index:
        assert index.position == 0


def test_damage_that_shows_while_closing_a_large_index_sets_it_aside_and_fails_nothing(
    path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(path, record_all(texts[:-2]))
    monkeypatch.setattr(index_file, "SPARE_BYTES", 0)

    with open_index(path, reading([])) as index:
        before = index.position
    with open_index(path, reading([])) as index:
        assert (before, index.position) == (24, 0)


def test_an_interruption_comes_out_as_itself_whatever_the_file_is_like(
    path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(path, record_all(texts[:-2]))
    monkeypatch.setattr(index_file, "SPARE_BYTES", 0)

    with pytest.raises(KeyboardInterrupt) as interrupted, open_index(path, reading([])):
        raise KeyboardInterrupt

    assert interrupted.value.__context__ is None


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999])
def test_a_file_that_was_cut_is_set_aside(path: Path, texts: list[str], kept: float) -> None:
    articles = record_all(texts[:-2])
    damage(path, articles)
    os.truncate(path, int(path.stat().st_size * kept))

    with suppress(duckdb.Error), open_index(path, reading(articles)) as index:
        bring_up(index, articles)
        list(compare(wait(*articles), index, producer=producer()))

    with open_index(path, reading(articles)) as index:
        bring_up(index, articles)
        assert len(list(compare(wait(*articles), index, producer=producer()))) == len(articles)


def test_an_index_of_another_ledger_is_refused_with_the_remedy(path: Path, texts: list[str]) -> None:
    articles = record_all(texts[:3])
    with open_index(path, reading([])) as index:
        bring_up(index, articles)

        with pytest.raises(IndexUnusableError, match=rf"the ledger ends at 2. Delete {path}"):
            index.bring_up_to([articles[:2]], 2, HEAD)
        with pytest.raises(IndexUnusableError, match="does not have revision"):
            list(index.measure(wait(record(2, "An article of another ledger."))))


def test_a_second_process_waits_and_then_says_who_holds_the_index(path: Path) -> None:
    with (
        open_index(path, reading([])),
        pytest.raises(IndexUnusableError, match=f"Process {os.getpid()} is comparing"),
        open_index(path, reading([]), wait_s=0),
    ):
        pass


def test_an_index_in_use_is_no_fault_of_the_call_so_that_a_scheduler_tries_again() -> None:
    assert issubclass(IndexUnusableError, RuntimeError)
    assert not issubclass(IndexUnusableError, ValueError)


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.comparison.index import open_index
from tests.comparison.texts import record, write_text

articles = [record(number + 1, write_text(number)) for number in range(6)]

def chunks():
    yield articles[:2]
    yield articles[2:4]
    yield LastArticle()

class LastArticle(list):
    def __iter__(self):
        os.kill(os.getpid(), signal.SIGKILL)

with open_index(Path(sys.argv[1]), lambda positions: []) as index:
    index.bring_up_to(chunks(), 6, "ab")
"""


def test_a_killed_process_leaves_the_index_at_the_end_of_a_chunk(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, cwd=Path(__file__).parents[2])

    with open_index(path, reading([])) as index:
        known = index.connection.execute("select list(position order by position) from revisions").fetchall()

        assert killed.returncode == -signal.SIGKILL
        assert (index.position, known) == (4, [([1, 2, 3, 4],)])
        assert index.ledger_hash == "ab"  # of the head that it was on its way to


def test_a_chunk_is_taken_in_whole_or_not_at_all(path: Path, texts: list[str]) -> None:
    articles = record_all(texts[:3])
    with open_index(path, reading([])) as index:
        index.bring_up_to([articles[:1]], 1, HEAD)
        index.connection.execute("alter table checkpoint rename to moved")  # so that writing fails after the keys

        with pytest.raises(duckdb.CatalogException):
            index.take_in(articles[1:], 3, HEAD)
        index.connection.execute("alter table moved rename to checkpoint")

        assert index.position == 1
        assert list(index.find_positions([one.event.revision_id for one in articles]).values()) == [1]


def test_a_new_index_has_its_tables_at_once(path: Path) -> None:
    path.parent.mkdir()

    with connect(path) as connection:
        assert connection.execute("select position from checkpoint").fetchall() == [(0,)]
