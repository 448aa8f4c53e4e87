"""The tables of seeds/: what they give, and what is refused with file, line and reason."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from pipeline.claims.gazetteer import FILES, find_mentions, load_gazetteer
from pipeline.claims.tables import SeedsError
from pipeline.settings import SEEDS

GAZETTEER = load_gazetteer(SEEDS)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(SEEDS / name, tmp_path / name)
    return tmp_path


def names(text: str) -> list[str | None]:
    return [mention.actor.actor_id if mention.actor else None for mention in find_mentions(text, GAZETTEER)]


@pytest.mark.parametrize("name", FILES)
def test_every_row_names_its_origin(name: str) -> None:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        assert all(row["origin"] for row in csv.DictReader(file))


def test_the_longest_alias_wins() -> None:
    assert names("the US-led coalition against Islamic State") == ["us-led-coalition"]


def test_a_name_inside_a_hyphenated_word_is_no_mention() -> None:
    assert names("US-backed forces") == []


def test_is_in_lower_case_is_a_verb() -> None:
    assert names("It is said that IS left") == ["is"]


def test_a_generic_alias_needs_its_conflict() -> None:
    assert names("The coalition lost the election") == []
    assert names("The coalition bombed IS") == ["us-led-coalition", "is"]


def test_a_generic_alias_is_nobody_beside_another_coalition() -> None:
    assert names("The Saudi-led coalition met SDF officers; the coalition left") == ["saudi-led-coalition", "sdf"]


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("actors.csv", "new,New,robot,New,,,,,own", "kind must be one of"),
        ("actors.csv", "sohr,Other,monitor,Other,,,,,own", "stands twice"),
        ("actors.csv", "new,New,monitor,SOHR,,,,,own", "already belongs to 'sohr'"),
        ("actors.csv", "new,New,person,New,,nobody,,,own", "is no actor_id"),
        ("actors.csv", "new,New", "expected 9 cells, got 2"),
        ("places.csv", ",Nowhere,,,,,own", "must not be empty"),
        ("cues.csv", "zap,verb,neutral,dance,,own", "frames must be some of"),
        ("cues.csv", "zap,verb,loud,clause,,own", "cue_class must be one of"),
        ("cues.csv", "say,verb,neutral,clause,,own", "stands twice"),
    ],
)
def test_a_wrong_line_is_refused_with_file_line_and_reason(seeds: Path, file: str, line: str, reason: str) -> None:
    path = seeds / file
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, line]) + "\n", encoding="utf-8")

    with pytest.raises(SeedsError, match=re.escape(reason)) as refusal:
        load_gazetteer(seeds)

    assert f"{file}, line {len(lines) + 1}" in str(refusal.value)


def test_a_missing_table_is_named(seeds: Path) -> None:
    (seeds / "places.csv").unlink()

    with pytest.raises(SeedsError, match=r"places\.csv cannot be read"):
        load_gazetteer(seeds)


def test_other_columns_are_refused(seeds: Path) -> None:
    (seeds / "cues.csv").write_text("lemma,frames\nsay,clause\n", encoding="utf-8")

    with pytest.raises(SeedsError, match="the columns must be"):
        load_gazetteer(seeds)


def test_a_table_in_another_encoding_is_refused(seeds: Path) -> None:
    (seeds / "actors.csv").write_bytes(b"actor_id\xff\xfe")

    with pytest.raises(SeedsError, match="not UTF-8"):
        load_gazetteer(seeds)
