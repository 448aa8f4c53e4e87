import json
from pathlib import Path

import duckdb
import pytest

from tests.evaluate import main
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
