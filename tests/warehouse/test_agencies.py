"""The table of news agencies: read whole, or refused by one sentence; in the warehouse, and a reason to build it anew."""

import shutil
from pathlib import Path

import pytest

from pipeline.claims.tables import SeedsError
from pipeline.ledger.ledger import Ledger
from pipeline.settings import SEEDS, Settings
from pipeline.warehouse.agencies import Agency, read_agencies
from pipeline.warehouse.warehouse import publish, query
from tests.newsroom import NOON, article, capture, comparison, entry

ORIGINS = "select earliest_article_id, origin, origin_rule from origins"
HEADER = "name,aliases,marks,origin\n"


def write(folder: Path, *lines: str) -> Path:
    (folder / "agencies.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")
    return folder


def test_a_row_has_names_and_marks(tmp_path: Path) -> None:
    seeds = write(tmp_path, "TASS,ITAR-TASS|Tass News,/TASS/,own")

    assert read_agencies(seeds) == (Agency(name="TASS", aliases=("ITAR-TASS", "Tass News"), marks=("/TASS/",)),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("TASS,,,", "line 3: the column 'origin' must not be empty"),
        (",TASS,,own", "line 3: the column 'name' must not be empty"),
        ("TASS,,said,own", "line 3: the mark 'said' needs 4 characters and a sign such as / or ("),
        ("TASS,,/T/,own", "line 3: the mark '/T/' needs 4 characters"),
        ("TASS,reuters,,own", "line 3: 'reuters' already belongs to 'Reuters': take it out of one of the two rows"),
        ("TASS,own", "line 3: expected 4 cells, got 2"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_what_to_do(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(SeedsError) as refused:
        read_agencies(write(tmp_path, "Reuters,,,own", line))

    assert reason in str(refused.value)


def test_an_agency_that_is_added_is_credited_by_the_next_publish_though_no_event_came(tmp_path: Path) -> None:
    shutil.copy(SEEDS / "agencies.csv", tmp_path)
    settings = Settings(data=tmp_path / "data", seeds=tmp_path)
    seen = entry()
    captured = capture(seen)
    read = article(captured, "RAQQA (Lantern) - Raids killed 24 civilians, the Observatory said. /LNT/")
    ledger = Ledger(settings.ledger_folder, run_id="test", now=lambda: NOON)
    ledger.append([seen, captured, read, comparison(read)])
    question = "select origin, origin_rule from origins"

    publish(ledger, settings, now=NOON, producers={})
    before = query(settings, question).rows
    with (tmp_path / "agencies.csv").open("a") as agencies:
        agencies.write("Lantern News,Lantern,/LNT/,made for a test\n")
    second = publish(ledger, settings, now=NOON, producers={})

    assert before == [("Wire", "outlet")]
    assert second.is_full
    assert query(settings, question).rows == [("Lantern News", "dateline")]
    assert not publish(ledger, settings, now=NOON, producers={}).is_new


def test_an_agency_is_credited_by_its_names_and_marks_under_one_name(tmp_path: Path) -> None:
    ending = "Rescuers dug through the night. " * 9
    credited = [
        ("BEIRUT (Agence France-Presse) - Raids killed 24.", (), "AFP", "dateline"),
        ("/TASS/ Raids killed 31.", (), "TASS", "dateline"),
        ("Raids killed 13.", ("Agencia EFE",), "EFE", "byline"),
        (f"Raids killed 7. {ending} -AFP", (), "AFP", "sign-off"),
        ("Raids killed 24, TASS and (among others) AFP said.", (), "Wire", "outlet"),
    ]
    settings = Settings(data=tmp_path)
    captures = [capture(entry(str(number))) for number in range(len(credited))]
    articles = [
        article(captured, text, authors=authors)
        for captured, (text, authors, *_) in zip(captures, credited, strict=True)
    ]
    ledger = Ledger(settings.ledger_folder, run_id="test", now=lambda: NOON)
    entries = [entry(str(number)) for number in range(len(credited))]
    ledger.append([*entries, *captures, *articles, *map(comparison, articles)])

    publish(ledger, settings, now=NOON, producers={})

    found = {one: (two, three) for one, two, three in query(settings, ORIGINS).rows}
    assert [found[one.article_id] for one in articles] == [(origin, rule) for *_, origin, rule in credited]
