import csv
import json
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from tests.evaluate import main
from tests.measuring.claims_judged import (
    AGAIN,
    FIELDS,
    FIRST,
    VERDICTS_FILE,
    Draw,
    draw,
    read_verdicts,
    score_draws,
    score_judged,
    write_sheet,
)
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


def write_reports(folder: Path, texts: dict[str, str]) -> None:
    (folder / "dedup").mkdir()
    with duckdb.connect(":memory:") as connection:
        connection.execute("create table reports (id varchar, lang varchar, date varchar, text varchar)")
        connection.executemany("insert into reports values ($1, 'en', '6/12/2017', $2)", list(texts.items()))
        connection.execute(f"copy reports to '{folder / 'dedup' / 'syria_articles.parquet'}'")


def table_of(folder: Path) -> Draw:
    return Draw("a seed", folder / "verdicts.csv", "casualty claims judged by a reader")


def test_a_second_draw_takes_no_report_of_the_first_and_no_sentence_of_it(tmp_path: Path) -> None:
    first, again = (
        "Shells killed 12 people in Jazra, a monitor said.",
        "Raids killed 30 people in Mashlab, the army said.",
    )
    write_reports(tmp_path, {"a": first, "b": f"{first} {again}"})
    (judged, *_) = [one for one in draw(tmp_path, Settings()) if one.report.id == "a"]
    write_sheet([judged], tmp_path / "first.csv")

    drawn = draw(tmp_path, Settings(), Draw("a seed", tmp_path / "again.csv", "", (tmp_path / "first.csv",)))

    assert [(one.report.id, one.claim.quantities[0].low) for one in drawn] == [("b", 30)]


def test_a_sheet_that_is_not_filled_is_not_scored_and_not_written_over(tmp_path: Path) -> None:
    write_reports(tmp_path, {"a": STORY})
    drawn = draw(tmp_path, Settings())
    write_sheet(drawn, tmp_path / "verdicts.csv")

    assert score_draws(tmp_path, Settings(), [table_of(tmp_path)]) == []
    with pytest.raises(FileExistsError):
        write_sheet(drawn, tmp_path / "verdicts.csv")


def test_the_second_draw_has_a_seed_of_its_own_and_is_drawn_after_the_first() -> None:
    assert AGAIN.seed != FIRST.seed
    assert FIRST.file in AGAIN.after


@pytest.mark.parametrize(("changed", "same"), [("", "100.0% of 1"), ("otherwise", "0.0% of 1")])
def test_verdicts_are_counted_and_a_claim_that_is_read_otherwise_today_is_told(
    tmp_path: Path, changed: str, same: str
) -> None:
    write_reports(tmp_path, {"a": STORY.partition(" Rescuers")[0]})
    (drawn,) = draw(tmp_path, Settings())
    verdicts = dict.fromkeys(FIELDS, "none") | {"speaker": "right", "toll": "wrong", "places": "missed"}
    with (tmp_path / "verdicts.csv").open("w") as lines:
        table = csv.DictWriter(lines, ["key", "reading", "article", *FIELDS])
        table.writeheader()
        table.writerow({"key": drawn.key, "reading": changed or drawn.reading, "article": "a"} | verdicts)

    rows = {row[0]: row[1] for row in score_judged(tmp_path, Settings(), table_of(tmp_path))}

    assert rows["casualty claims judged by a reader, read the same today"] == same
    assert rows["  who said it: right"] == "100.0% of 1"
    assert rows["  how many, and what became of them: right"] == "0.0% of 1"
    assert rows["  where: read where said"] == "0.0% of 1"


def test_each_judged_claim_has_a_verdict_for_each_field() -> None:
    verdicts = read_verdicts(VERDICTS_FILE)

    assert len({verdict["key"] for verdict in verdicts}) == 100
    assert {verdict[field] for verdict in verdicts for field in FIELDS} <= {"right", "wrong", "missed", "none"}
