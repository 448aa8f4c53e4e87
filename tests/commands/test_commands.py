"""The command line: help, exit codes, one sentence for what a user can cause, JSON that parses, never a traceback."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import duckdb
import pytest

from pipeline import locks
from pipeline.__main__ import app, main, sources_app
from pipeline.run import Run
from pipeline.settings import ROOT, SEEDS
from tests.running import DAYS

DONE, WRONG, MISUSED, LATER = 0, 1, 2, 3
COMMANDS = [
    *([command.callback.__name__.replace("_", "-")] for command in app.registered_commands if command.callback),
    *(["sources", command.name] for command in sources_app.registered_commands if command.name),
]
SAID = (
    "The Observatory said Sunday that coalition air strikes the previous day killed 24 civilians inside the city, "
    "up from an earlier toll of 13 people. The fighting went on."
)
BAD_SOURCE = '[[source]]\nid = "a"\nkind = "feed"\nname = "A"\noutlet = "A"\nurl = "ftp://a.example/"\n'


class Called(NamedTuple):
    """What a call came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """Calls the command in this process, on a new data folder or on the one that is given."""

    def run(*arguments: str, data: Path = tmp_path / "new", **knobs: str) -> Called:
        monkeypatch.setenv("CLAIMWIRE_DATA", str(data))
        monkeypatch.setenv("CLAIMWIRE_LEDGER_WAIT_S", "0.2")
        for name, value in knobs.items():
            monkeypatch.setenv(f"CLAIMWIRE_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["claimwire", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return Called(int(end.value.code or 0), told.out, told.err)

    return run


def test_every_command_is_named_in_the_help(call: Call) -> None:
    told = call("--help")

    assert told.code == DONE
    assert {command[0] for command in COMMANDS} == {
        "run", "backfill", "publish", "sql", "status", "summary", "verify", "withdraw", "sources", "claims",
        "compare", "trace", "article", "feed", "retry",
    }  # fmt: skip
    assert [command[0] for command in COMMANDS if command[0] not in told.out] == []
    assert "Exit codes: 0 done" in told.out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_a_help(call: Call, command: list[str]) -> None:
    told = call(*command, "--help")

    assert (told.code, told.out.strip().startswith("Usage:")) == (DONE, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--day", "11 June"], "does not match the formats"),
        (["run", "--step", "read"], "'read' is not one of"),
        (["nonsense"], "No such command"),
        (["backfill", "--from", "2017-06-08"], "Missing option"),
        (["withdraw", "0"], "Missing option"),
    ],
)
def test_a_call_that_the_command_line_itself_refuses(call: Call, arguments: list[str], words: str) -> None:
    told = call(*arguments)

    assert told.code == MISUSED
    assert words in " ".join(told.err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "knobs", "code", "words"),
    [
        ("run --from 2017-06-09 --to 2017-06-08", {}, MISUSED, "is after --to 2017-06-08: swap them"),
        ("run --from 2017-06-09", {}, MISUSED, "Give both --from and --to"),
        ("run --day 2017-06-09 --from 2017-06-09", {}, MISUSED, "not both"),
        ("backfill --from 2017-06-09 --to 2017-06-08", {}, MISUSED, "swap them"),
        ("backfill --from 2017-06-09 --to 2999-01-01", {}, MISUSED, "2999-01-01 is in the future"),
        ("run", {"spaceing_s": "1"}, MISUSED, "CLAIMWIRE_SPACEING_S is no setting"),
        ("run", {"spacing_s": "slow"}, MISUSED, "CLAIMWIRE_SPACING_S must be a number from 0 up"),
        ("run", {"chunk_inputs": "-1"}, MISUSED, "CLAIMWIRE_CHUNK_INPUTS must be a whole number"),
        ("run", {"live": "1"}, MISUSED, "Set CLAIMWIRE_CONTACT"),
        ("run", {"sources": "/nowhere/sources.toml"}, WRONG, "/nowhere/sources.toml"),
        ("sql 'select 1'", {}, MISUSED, "There is no warehouse"),
        ("summary", {}, MISUSED, "There is no warehouse"),
        ("withdraw 12 --reason x", {}, MISUSED, "'12' is no event id"),
        ("retry 12", {}, MISUSED, "'12' is no event id: copy an event_id from the mart quarantine"),
        ("retry --step read", {}, MISUSED, "'read' is no step: there are poll, capture"),
        ("status --max-age soon", {}, MISUSED, "--max-age wants a number"),
        ("status --max-age 9999999999d", {}, MISUSED, "--max-age wants a number"),
        ("status --prometheus /nowhere/a.prom", {}, MISUSED, "there is no folder /nowhere"),
        ("status --prometheus /dev/null", {}, MISUSED, "no ordinary file"),
        ("status --prometheus - --json", {}, MISUSED, "give --prometheus a file"),
        ("status --max-age 26h --prometheus -", {}, WRONG, "There is no warehouse, so none"),
        ("claims /nowhere/text.txt", {}, MISUSED, "/nowhere/text.txt cannot be read"),
    ],
)
def test_what_a_user_can_cause_is_told_in_one_sentence(
    call: Call, arguments: str, knobs: dict[str, str], code: int, words: str
) -> None:
    told = call(*arguments.replace("'select 1'", "select/**/1").split(), **knobs)

    assert (told.code, told.err.count("\n")) == (code, 1)
    assert words in told.err


def test_a_wrong_sources_file_is_told_with_its_line(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(BAD_SOURCE)

    for arguments in (["sources", "check"], ["sources", "list"], ["run"]):
        told = call(*arguments, sources=str(file))

        assert (told.code, told.err.count("\n")) == (WRONG, 1)
        assert "sources.toml:6: url must begin with https:// or http://" in told.err


def test_a_wrong_line_of_actors_csv_is_told_with_its_number(call: Call, tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds", ignore=shutil.ignore_patterns("world", "documents"))
    with (tmp_path / "seeds" / "actors.csv").open("a") as actors:
        actors.write("one,cell too few\n")

    told = call("status", seeds=str(tmp_path / "seeds"))

    assert (told.code, told.err.count("\n")) == (WRONG, 1)
    assert "actors.csv, line" in told.err


def test_a_file_in_place_of_the_data_folder_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    told = call("status", data=tmp_path / "file")

    assert (told.code, told.err.count("\n")) == (MISUSED, 1)
    assert "CLAIMWIRE_DATA" in told.err


def test_an_unknown_event_is_told(call: Call, world: Run) -> None:
    wanted = uuid4()

    told = call("withdraw", str(wanted), "--reason", "x", data=world.settings.data)

    assert (told.code, told.err.count("\n")) == (MISUSED, 1)
    assert f"The ledger has no event {wanted}" in told.err


def test_a_wrong_line_of_a_jsonl_file_is_told_with_its_number(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(json.dumps({"doc_id": "a", "text": "Nothing."}) + '\n{"doc_id": "b"}\n')

    told = call("claims", str(file), "--json")

    assert told.code == MISUSED
    assert "texts.jsonl:2 is no document" in told.err
    assert json.loads(told.out) == {"doc_id": "a", "claims": []}


def test_a_text_in_another_encoding_is_told_with_the_byte(call: Call, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("Raqqa café".encode("latin-1"))

    told = call("claims", str(tmp_path / "text.txt"))

    assert (told.code, told.err.count("\n")) == (MISUSED, 1)
    assert "is not UTF-8 at byte 9" in told.err


def test_a_question_that_is_no_sql_is_told(call: Call, stages: dict[str, Run]) -> None:
    told = call("sql", "select x from nowhere", data=stages["publish"].settings.data)

    assert (told.code, told.err.count("\n")) == (MISUSED, 1)
    assert "nowhere does not exist" in told.err


def test_a_touched_ledger_ends_verify_with_1(call: Call, world: Run) -> None:
    with duckdb.connect(str(world.ledger.file)) as connection:
        connection.execute("update events set payload = '{}' where position = 20")

    told = call("verify", data=world.settings.data)
    as_json = call("verify", "--json", data=world.settings.data)

    assert told.code == as_json.code == WRONG
    assert told.out.startswith("Event 20 (")
    assert json.loads(as_json.out)["position"] == 20


def test_a_held_ledger_ends_a_run_with_3(call: Call, world: Run, outsider: Callable[[Path], int]) -> None:
    holder = outsider(world.ledger.file)

    told = call("run", data=world.settings.data)

    assert (told.code, told.err.count("\n")) == (LATER, 1)
    assert f"held by process {holder}" in told.err


def test_a_run_beside_one_that_captures_ends_with_3(call: Call, world: Run) -> None:
    with locks.hold(world.settings.network_lock, 0):
        told = call("run", data=world.settings.data)

    assert (told.code, told.err.count("\n")) == (LATER, 1)
    assert "another run is capturing" in told.err


def test_an_old_warehouse_ends_status_with_1(call: Call, stages: dict[str, Run]) -> None:
    data = stages["publish"].settings.data

    told = call("status", "--max-age", "26h", data=data)  # published in 2017

    assert (told.code, told.err.count("\n")) == (WRONG, 1)
    assert " days old, more than 26h: run `claimwire publish`" in told.err
    assert call("status", "--max-age", "99999d", data=data).code == DONE


def test_the_age_that_is_asked_for_is_told_beside_json_too(call: Call, stages: dict[str, Run]) -> None:
    told = call("status", "--json", "--max-age", "26h", data=stages["publish"].settings.data)

    assert told.code == WRONG
    assert json.loads(told.out)["warehouse_age_s"] > 26 * 3600


def test_any_problem_ends_a_check_with_1_and_is_named(call: Call, world: Run, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(BAD_SOURCE)

    told = call(
        "status", "--check", "--max-age", "99999d", data=world.settings.data, sources=str(tmp_path / "sources.toml")
    )

    assert (told.code, told.err) == (WRONG, "1 problem: sources_unusable. `claimwire status` says what to do.\n")
    assert told.out.startswith("1 problem at ")


def test_without_a_problem_a_check_ends_with_0(call: Call, world: Run) -> None:
    told = call("status", "--check", "--max-age", "99999d", data=world.settings.data)

    assert (told.code, told.err) == (DONE, "")


def test_a_folder_without_a_warehouse_does_not_pass_a_check(call: Call) -> None:
    told = call("status", "--check")

    assert (told.code, told.err.count("\n")) == (WRONG, 1)
    assert told.err.startswith("There is no warehouse, so none that is at most 26 hours old")


def test_a_stale_warehouse_and_the_problems_are_both_told(call: Call, stages: dict[str, Run]) -> None:
    told = call("status", "--check", "--max-age", "26h", data=stages["publish"].settings.data)

    problems, stale = told.err.splitlines()
    assert told.code == WRONG
    assert "more than 26h" in stale
    assert "warehouse_old" in problems


def test_a_data_folder_that_cannot_be_made_is_told(call: Call) -> None:
    told = call("status", data=Path("/proc/claimwire"))

    assert (told.code, told.err.count("\n")) == (MISUSED, 1)
    assert "/proc/claimwire" in told.err
    assert "CLAIMWIRE_DATA" in told.err


def test_a_held_ledger_ends_status_with_3_and_leaves_the_metrics_as_they_were(
    call: Call, world: Run, outsider: Callable[[Path], int], tmp_path: Path
) -> None:
    metrics = tmp_path / "claimwire.prom"
    metrics.write_text("old")
    holder = outsider(world.ledger.file)

    told = call("status", "--prometheus", str(metrics), data=world.settings.data)

    assert (told.code, told.err.count("\n")) == (LATER, 1)
    assert f"held by process {holder}" in told.err
    assert metrics.read_text() == "old"


def test_metrics_are_written_to_a_file_or_the_terminal(call: Call, world: Run, tmp_path: Path) -> None:
    metrics = tmp_path / "claimwire.prom"

    to_file = call("status", "--prometheus", str(metrics), data=world.settings.data)
    to_terminal = call("status", "--prometheus", "-", data=world.settings.data)

    assert (to_file.code, to_file.out, to_terminal.code) == (DONE, "", DONE)
    assert "claimwire_ledger_position 161.0\n" in metrics.read_text()
    assert "claimwire_ledger_position 161.0\n" in to_terminal.out


def test_a_wrong_sources_file_does_not_silence_status(call: Call, world: Run, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(BAD_SOURCE)

    told = call("status", data=world.settings.data, sources=str(file))

    assert told.code == DONE
    assert "sources.toml:6: url must begin with" in told.out


def test_a_finished_run_has_nothing_new_and_the_same_head(call: Call, world: Run) -> None:
    head = world.ledger.head().hash

    told = call("run", data=world.settings.data)

    assert told.code == DONE
    assert told.out.count("nothing new") == 5
    assert f"head       {head}" in told.out


def test_a_run_of_one_step_publishes_nothing(call: Call, world: Run) -> None:
    told = call("run", "--day", "2017-06-11", "--step", "claim", "--json", data=world.settings.data)

    assert json.loads(told.out) == {"claim": {"appended": 0}}


def test_a_backfill_tells_every_day(call: Call, world: Run) -> None:
    told = call("backfill", "--from", "2017-06-12", "--to", "2017-06-13", "--json", data=world.settings.data)

    assert list(json.loads(told.out)) == ["2017-06-12", "2017-06-13", "publish"]


def test_a_day_that_no_source_can_list_runs_and_says_so(call: Call, world: Run) -> None:
    told = call("backfill", "--from", "2016-01-01", "--to", "2016-01-01", data=world.settings.data)

    assert told.code == DONE
    assert "2016-01-01       0         0         0       0  no source can list this day" in told.out


def test_a_withdrawal_says_what_was_taken_out(call: Call, world: Run) -> None:
    ((event_id, _),) = world.ledger.query(
        "select event_id, 1 from ledger.events where event_type = 'ArticleExtracted' and contains(payload, 'Leroy Wright')"
    )

    told = call("withdraw", str(event_id), "--reason", "asked for", data=world.settings.data)

    assert told.code == DONE
    assert "4 events and 1 archived records" in told.out
    assert call("verify", data=world.settings.data).code == DONE


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("publish", {"publish"}),
        (
            "status",
            {
                "at",
                "data",
                "head_position",
                "head_hash",
                "problems",
                "steps",
                "warehouse",
                "warehouse_age_s",
                "warehouse_position",
                "warehouse_behind_events",
                "warehouse_stopped",
                "warehouse_stopped_by",
                "warehouse_tried_at",
                "sources",
                "growth",
                "alerts",
                "ringing",
                "airflow",
            },
        ),
        ("verify", {"problem", "position", "message", "events", "withdrawn"}),
    ],
)
def test_json_is_one_document(call: Call, world: Run, command: str, keys: set[str]) -> None:
    told = call(command, "--json", data=world.settings.data)

    assert set(json.loads(told.out)) == keys


def test_json_of_a_question_is_its_rows(call: Call, stages: dict[str, Run]) -> None:
    question = "select event_date, articles, null as nothing from daily_summaries order by event_date limit 1"

    told = call("sql", question, "--json", data=stages["publish"].settings.data)

    assert json.loads(told.out) == [{"event_date": str(DAYS[0]), "articles": 4, "nothing": None}]


def test_json_of_the_sources_is_a_list(call: Call) -> None:
    listed = json.loads(call("sources", "list", "--json").out)

    assert {"seed-article", "meridian-wire"} <= {source["id"] for source in listed}


@pytest.mark.parametrize(
    "command", ["summary", "status", "verify", "sources list", "sources check", "status --settings"]
)
def test_what_people_read_is_printed(call: Call, stages: dict[str, Run], command: str) -> None:
    told = call(*command.split(), data=stages["publish"].settings.data)

    assert told.code == DONE
    assert told.out.strip()


def words_at(spans: list[list[int]]) -> list[str]:
    return [SAID[start:end] for start, end in spans]


def check_scored_form(line: dict[str, Any]) -> None:
    """One document with one claim, in the form that the scorer reads."""
    (claim,) = line["claims"]
    (quantity,) = claim["quantities"]
    assert words_at(claim["cue"]) == ["said"]
    assert words_at(claim["source"]) == ["The Observatory"]
    assert "killed 24 civilians inside the city, up from an earlier toll of 13 people" in words_at(claim["content"])[0]
    assert {name: quantity[name] for name in ("metric", "low", "high", "bound")} == {
        "metric": "killed", "low": 24, "high": 24, "bound": "exact",
    }  # fmt: skip
    assert quantity["superseded"] in (13, {"low": 13, "high": 13}, [13, 13])


def test_claims_of_a_jsonl_file_have_the_form_that_is_scored(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    lines = [{"doc_id": "1", "text": SAID, "published_at": "2017-06-11"}, {"doc_id": 2, "text": SAID}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    first, second = map(json.loads, call("claims", str(file), "--json").out.splitlines())

    assert (first["doc_id"], second["doc_id"]) == ("1", "2")
    check_scored_form(first)
    check_scored_form(second)
    assert "2017-06-10" in json.dumps(first["claims"][0]["occurred_on"])
    assert "2017-06" not in json.dumps(second["claims"][0]["occurred_on"])  # without a day nothing is counted back


def test_the_narrator_speaks_only_when_asked(call: Call, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Air strikes killed 24 civilians in Raqqa on Saturday.")

    silent = json.loads(call("claims", str(tmp_path / "text.txt"), "--json").out)
    asked = json.loads(call("claims", str(tmp_path / "text.txt"), "--json", "--narrator").out)

    assert silent["claims"] == []
    assert [claim["attribution"] for claim in asked["claims"]] == ["narrator"]


def test_the_installed_command_reads_standard_input(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("claimwire")), "claims", "-", "--json", "--published", "2017-06-11"]

    done = subprocess.run(command, input=SAID, capture_output=True, text=True, check=True, cwd=tmp_path)

    check_scored_form(json.loads(done.stdout))


def test_a_reader_that_hangs_up_is_no_error(tmp_path: Path) -> None:
    command = f"{Path(sys.executable).with_name('claimwire')} sources list --json | head -c 1"

    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[", "")


def hang_up(*arguments: str, **environment: str) -> tuple[int, str]:
    """The exit code, and what stands on standard error, of a command whose output nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            stdout=writer, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT, env=os.environ | environment,
        )  # fmt: skip
    finally:
        os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "status --json",
        "status --prometheus -",
        "verify",
        "run --help",
        "sources list",
        "sql --json 'select 1'",
    ],
)
def test_a_command_whose_reader_hangs_up_ends_with_0(world: Run, command: str) -> None:
    assert hang_up(*shlex.split(command), CLAIMWIRE_DATA=str(world.settings.data)) == (DONE, "")


def test_the_exit_code_of_a_check_stands_though_its_reader_hangs_up(world: Run) -> None:
    code, told = hang_up("status", "--max-age", "0m", CLAIMWIRE_DATA=str(world.settings.data))

    assert (code, told.count("\n")) == (WRONG, 1)


def test_ctrl_c_ends_with_130_and_one_sentence_and_the_next_run_goes_on(tmp_path: Path) -> None:
    environment = os.environ | {"CLAIMWIRE_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "pipeline", "run"]
    # A shell lets what it runs in the background ignore Ctrl-C, and a child inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        first = running.stderr.readline()
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()

    assert first.startswith("poll: ")
    assert running.returncode == 130
    assert rest.splitlines()[-1] == "Interrupted: what was appended stays, and the next run goes on from there."
    assert "Traceback" not in rest


def test_a_retry_shows_what_it_would_try_and_then_tries_it_once(call: Call, world: Run) -> None:
    data = world.settings.data
    shown = json.loads(call("retry", "--reason", "status_404", "--dry-run", "--json", data=data).out)
    told = call("retry", "--reason", "status_404", data=data, spacing_s="0")

    assert shown["done"] == {}
    assert {one["attempt"] for one in shown["found"]} == {2}
    assert f"{len(shown['found'])} captures failed" in told.out
    assert "Nothing that stands failed is like that" in call("retry", "--reason", "tiemout", data=data).out
