import csv
import json
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from tests.evaluate import main
from tests.measuring.claims_judged import FIELDS, VERDICTS_FILE, draw, read_verdicts, score_judged
from tests.measuring.copies_named import score_edited
from tests.measuring.feeds_read import score_feeds

STORY = (
    "Warplanes raided the town of Jazra on Sunday and killed at least 24 civilians, a monitor said. Rescuers dug through "
    "the rubble of three houses until dawn. The coalition said that it looked into the report. Thousands of people have "
    "left the town since the battle began, and those who stayed have neither water nor power, residents told reporters."
)
OTHER = (
    "The central bank kept its rate unchanged on Thursday, as most analysts had expected. Growth slowed in the spring, "
    "and prices rose less than in the year before. The governor said that exports would recover when the harvest is in. "
    "Shops in the capital reported fewer customers, while the port handled more grain than in any month since January."
)


def test_without_the_data_it_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(tmp_path / "nothing")

    assert capsys.readouterr().out.count("\n") == 1


def test_a_copy_is_scored_by_the_relations_of_the_models(tmp_path: Path) -> None:
    folder = tmp_path / "dedup"
    folder.mkdir()
    texts = [("a", "base", "", STORY), ("b", "base", "", OTHER), ("c", "trunc", "a", STORY.replace("power", "light"))]
    with duckdb.connect(":memory:") as connection:
        connection.execute("create table texts (id varchar, kind varchar, src varchar, text varchar, sents varchar)")
        connection.executemany("insert into texts values ($1, $2, $3, $4, null)", texts)
        connection.execute(f"copy texts to '{folder / 'edited_articles_dev.parquet'}'")

    rows = score_edited(tmp_path)

    assert ("copies, 1 edited articles, P / R / F1", "100.0 / 100.0 / 100.0") in rows
    assert ("  found of trunc", "100.0% of 1") in rows


def test_a_field_that_is_read_otherwise_counts_against_the_feeds(tmp_path: Path) -> None:
    folder = tmp_path / "feeds" / "gofeed"
    folder.mkdir(parents=True)
    (folder / "a.xml").write_text("<rss version='2.0'><channel><item><title>Raqqa</title></item></channel></rss>")
    (folder / "a.json").write_text(json.dumps({"items": [{"title": "Aleppo"}]}))

    assert ("feeds, fields as gofeed expects them", "50.0% of 2") in score_feeds(tmp_path)


@pytest.mark.parametrize(("changed", "same"), [("", "100.0% of 1"), ("otherwise", "0.0% of 1")])
def test_verdicts_are_counted_and_a_claim_that_is_read_otherwise_today_is_told(
    tmp_path: Path, changed: str, same: str
) -> None:
    folder = tmp_path / "dedup"
    folder.mkdir()
    with duckdb.connect(":memory:") as connection:
        row = "select 'a' as id, 'en' as lang, '6/12/2017' as date, $1 as text"
        connection.execute(f"copy ({row}) to '{folder / 'syria_articles.parquet'}'", [STORY.partition(" Rescuers")[0]])
    (drawn,) = draw(tmp_path, Settings())
    verdicts = dict.fromkeys(FIELDS, "none") | {"speaker": "right", "toll": "wrong", "places": "missed"}
    with (tmp_path / "verdicts.csv").open("w") as lines:
        table = csv.DictWriter(lines, ["key", "reading", "article", *FIELDS])
        table.writeheader()
        table.writerow({"key": drawn.key, "reading": changed or drawn.reading, "article": "a"} | verdicts)

    rows = {row[0]: row[1] for row in score_judged(tmp_path, Settings(), tmp_path / "verdicts.csv")}

    assert rows["casualty claims judged by a reader, read the same today"] == same
    assert rows["  who said it: right"] == "100.0% of 1"
    assert rows["  how many, and what became of them: right"] == "0.0% of 1"
    assert rows["  where: read where said"] == "0.0% of 1"


def test_each_judged_claim_has_a_verdict_for_each_field() -> None:
    verdicts = read_verdicts(VERDICTS_FILE)

    assert len({verdict["key"] for verdict in verdicts}) == 100
    assert {verdict[field] for verdict in verdicts for field in FIELDS} <= {"right", "wrong", "missed", "none"}
