"""A file of texts in, texts out; a mistake is told with its place."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.own.own_texts import OwnText, read_own_texts
from pipeline.settings import SettingsError


def write(tmp_path: Path, content: str) -> str:
    file = tmp_path / "texts.jsonl"
    file.write_text(content, "utf-8")
    return str(file)


def test_a_line_is_a_text_with_what_is_known_of_it(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '{"id": 1, "text": "Shells fell.", "outlet": "Wire", "published_at": "2017-06-11T11:30:00+02:00"}\n\n'
        '{"id": "b", "text": "", "published_at": "2017-06-12"}\n',
    )

    assert read_own_texts(file) == [
        OwnText(text_id="1", text="Shells fell.", outlet="Wire", published_at=datetime(2017, 6, 11, 9, 30, tzinfo=UTC)),
        OwnText(text_id="b", text="", published_at=datetime(2017, 6, 12, tzinfo=UTC), is_day_only=True),
    ]


def test_a_parquet_file_is_read_like_lines(tmp_path: Path) -> None:
    file = tmp_path / "texts.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"copy (select 'a' as id, 'x' as text, $1 as published_at) to '{file}'", [date(2017, 6, 11)])

    assert read_own_texts(str(file)) == [
        OwnText(text_id="a", text="x", published_at=datetime(2017, 6, 11, tzinfo=UTC), is_day_only=True)
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "texts.jsonl:1 is no JSON"),
        ('{"id": "a"}', "texts.jsonl:1 has no id or no text"),
        ("[]", "texts.jsonl:1 has no id or no text"),
        ('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', "texts.jsonl:2: the id 'a' is there twice"),
        ('{"id": "a", "text": "x", "published_at": "June"}', "published_at is 'June'; write it like"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_own_texts(write(tmp_path, content))


def test_a_file_that_is_not_there_or_no_parquet_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no parquet")

    with pytest.raises(SettingsError, match="is no file"):
        read_own_texts(str(tmp_path / "none.jsonl"))
    with pytest.raises(SettingsError, match="is no parquet file"):
        read_own_texts(str(tmp_path / "a.parquet"))
