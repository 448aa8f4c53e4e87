"""The commands of `claimwire` about texts, pages and feeds of your own, which need no ledger, and `trace`, which asks it."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import showing, showing_texts
from pipeline.commands.endings import WRONG
from pipeline.commands.terminal import errors, out, write
from pipeline.settings import read_settings

OWN = "Your own files, without a ledger"
AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]


def register(app: typer.Typer, ask: str) -> None:
    """Add the commands; `ask` is the group of those that ask what the ledger holds."""
    app.command(rich_help_panel=ask)(trace)
    for own in (claims, article, feed, compare):
        app.command(rich_help_panel=OWN)(own)


def claims(
    file: Annotated[str, typer.Argument(help="A text file, a .jsonl file of {doc_id, text, published_at?}, or -.")],
    narrator: Annotated[bool, typer.Option("--narrator", help="Also what the text says in its own voice.")] = False,
    published: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For a text file: its day.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="For each field its words and the rule that read it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read attributed claims out of a text."""
    from pipeline.own import trying  # noqa: PLC0415  # brings spaCy and DuckDB: `--help` should not wait for them

    documents = trying.read_inputs(file, published)
    for document in documents:
        found = trying.find_claims(document, read_settings(), has_narrator=narrator)
        if as_json:
            write(json.dumps(trying.to_line(document, found), ensure_ascii=False) + "\n")
        else:
            showing.print_claims(out, document.text, found, is_explained=explain)
        if out.quiet:
            return  # nobody reads any more


def article(
    where: Annotated[str, typer.Argument(metavar="FILE|URL|DIR", help="A saved page, its address, a folder or -.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one line of JSON a page.")] = False,
) -> None:
    """Read the article of a page."""
    from pipeline import clock  # noqa: PLC0415  # as above
    from pipeline.own import trying_pages  # noqa: PLC0415  # as above

    failed = read = 0
    for told in trying_pages.read_articles(where, read_settings(), clock.utc_now()):
        read, failed = read + (told.article is not None), failed + (told.article is None)
        if as_json:
            write(json.dumps(trying_pages.to_line(told), ensure_ascii=False) + "\n")
        elif told.article:
            write(trying_pages.describe(told) + "\n\n")
        if told.article is None:
            errors.print(told.complaint, soft_wrap=True, markup=False)
    if failed and not read:
        raise typer.Exit(WRONG)


def feed(
    where: Annotated[str, typer.Argument(metavar="FILE|URL", help="A saved feed, its address or -.")],
    as_json: AsJson = False,
) -> None:
    """Read the entries of a feed or a sitemap."""
    from pipeline import clock  # noqa: PLC0415  # as above
    from pipeline.own import trying_pages  # noqa: PLC0415  # as above

    entries = trying_pages.read_entries(where, read_settings(), clock.utc_now())
    if as_json:
        write(json.dumps(entries, ensure_ascii=False) + "\n")
    else:
        write("".join(trying_pages.describe_entry(entry) + "\n" for entry in entries))


def compare(
    file: Annotated[str, typer.Argument(help="A .jsonl or .parquet file of {id, text, outlet?, published_at?}.")],
    folder: Annotated[
        Path | None, typer.Option("--out", help="Write relations, families, stitched and sentences here, as .jsonl.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find out which texts of a file re-use which others."""
    from pipeline.own import judging, own_texts  # noqa: PLC0415  # as above

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
    from pipeline.own import tracing  # noqa: PLC0415  # as above

    traced = tracing.trace(shell.Run(settings=read_settings()), wanted)
    if as_json:
        write(json.dumps([asdict(one) for one in traced], default=str, ensure_ascii=False) + "\n")
    else:
        showing_texts.print_trace(out, traced)
