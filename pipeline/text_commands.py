"""Two commands of `claimwire` about texts: who copied whom, and where each sentence comes from."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline import showing_texts
from pipeline.settings import read_settings
from pipeline.terminal import out, write

AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(compare)
    app.command()(trace)


def compare(
    file: Annotated[str, typer.Argument(help="A .jsonl or .parquet file of {id, text, outlet?, published_at?}.")],
    folder: Annotated[
        Path | None, typer.Option("--out", help="Write relations, families, stitched and sentences here, as .jsonl.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find out which texts of a file re-use which others, without a ledger."""
    from pipeline import judging, own_texts  # noqa: PLC0415  # brings DuckDB: `--help` should not wait for it

    answers = judging.judge(own_texts.read_own_texts(file))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in answers.items():
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    if as_json:
        write(json.dumps(answers, ensure_ascii=False) + "\n")
    else:
        showing_texts.print_comparison(out, answers)


def trace(
    wanted: Annotated[
        str, typer.Argument(metavar="ARTICLE_ID|FILE", help="An article's id or URL, or a text file of your own.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show a text sentence by sentence, each with the earliest known text that had it."""
    from pipeline import run as shell  # noqa: PLC0415  # as above
    from pipeline import tracing  # noqa: PLC0415  # as above

    traced = tracing.trace(shell.Run(settings=read_settings()), wanted)
    if as_json:
        write(json.dumps([asdict(one) for one in traced], default=str, ensure_ascii=False) + "\n")
    else:
        showing_texts.print_trace(out, traced)
