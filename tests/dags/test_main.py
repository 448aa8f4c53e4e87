from pathlib import Path

import pytest

from dags.__main__ import main, open_log


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "ingest"], "ingest needs its days: --from YYYY-MM-DD"),
        (
            ["run", "ingest", "--from", "2017-06-12", "--to", "2017-06-11"],
            "--from 2017-06-12 is after --to 2017-06-11: swap them.",
        ),
        (["run", "ingest", "--from", "yesterday"], "'yesterday' is no day: write it as 2017-06-11."),
        (["run", "sweep"], "invalid choice: 'sweep'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_a_wrong_call_ends_with_code_2_and_says_why(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_setting_that_is_none_ends_with_code_2_before_airflow_is_touched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLAIMWIRE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CLAIMWIRE_SPACING", "1")

    with pytest.raises(SystemExit) as ended:
        main(["run", "poll"])

    assert ended.value.code == 2
    assert "CLAIMWIRE_SPACING is no setting" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        with open_log(tmp_path) as log:
            log.write(text)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "dags.log": "third",
        "dags.previous.log": "second",
    }
