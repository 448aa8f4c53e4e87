"""Texts and articles in, what `compare` and `trace` say of them out."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import run as shell
from pipeline.__main__ import app
from pipeline.own.tracing import trace
from pipeline.run import Run, producers
from pipeline.settings import SEEDS, SettingsError
from tests import newsroom
from tests.comparison.texts import write_story
from tests.running import ask, count_events, take


def write_texts(folder: Path) -> Path:
    story = write_story(1)
    file = folder / "texts.jsonl"
    lines = [{"id": "a", "text": story}, {"id": "b", "text": f"(Wire) - {story}"}, {"id": "c", "text": write_story(2)}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def test_compare_writes_relations_and_families(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["compare", str(write_texts(tmp_path)), "--out", str(tmp_path / "out"), "--json"])

    answers = json.loads(told.output)
    assert told.exit_code == 0
    assert [(one["a"], one["relation"], one["b"]) for one in answers["relations"]] == [("a", "copy-of", "b")]
    assert set(answers["relations"][0]) == {"a", "b", "relation", "coverage_longer", "coverage_shorter"}
    assert answers["families"] == [{"id": id_, "family_id": family} for id_, family in ("aa", "ba", "cc")]
    written = (tmp_path / "out" / "families.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in written] == answers["families"]


def test_compare_tells_a_person_in_a_few_lines(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["compare", str(write_texts(tmp_path))])

    assert "3 texts in 2 families, 1 of them with copies" in told.output
    assert "copy-of" in told.output


def test_the_seed_article_is_stitched_and_traced_by_its_id_and_as_a_file(world: Run) -> None:
    ((article_id, reused),) = ask(world, "select article_id, reused_sentences from stitched_articles")
    file = SEEDS / "documents" / "raqqa-2017-06-11.txt"

    by_id, as_file = trace(world, article_id), trace(world, str(file))

    assert reused == 14
    assert sum(one.use in {"copied", "revised"} for one in by_id) == 14
    assert sum(one.use in {"copied", "revised"} for one in as_file) >= 14
    assert all(one.origin_sentence for one in by_id if one.use in {"copied", "revised"})


def test_what_is_neither_a_file_nor_an_article_is_told(world: Run) -> None:
    with pytest.raises(SettingsError, match="no file and no article"):
        trace(world, "nothing'; drop table x")


def test_a_reprint_leaves_the_count_of_origins_unchanged(world: Run) -> None:
    count = "select count(distinct origin_id), sum(articles) from origins"
    ((origins, articles),) = ask(world, count)
    ((text,),) = ask(world, "select text from int_current_articles where title like 'More victims of bombardment%'")
    seen = newsroom.entry("reprint", outlet="Second Press")
    captured = newsroom.capture(seen, at=newsroom.NOON + timedelta(days=3))
    reprint = newsroom.article(captured, text, outlet="Second Press", published_at=newsroom.NOON + timedelta(days=2))
    current = replace(reprint, producer=producers(world.settings)["extract"])
    world.ledger.append([seen, captured, current])

    take(world, ["compare"])
    shell.publish(world)

    assert ask(world, count) == [(origins, articles + 1)]


def test_comparing_again_adds_nothing(world: Run) -> None:
    before = count_events(world)

    assert take(world, ["compare"]) == 0
    assert count_events(world) == before
