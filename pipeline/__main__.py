"""The command line: the same steps as the DAGs, by hand. `endings` says what the exit codes mean."""

import json
import sys
import uuid
from dataclasses import asdict, replace
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import STEPS
from pipeline.amounts import duration
from pipeline.commands import retry as retry_command
from pipeline.commands import showing
from pipeline.commands import sources as source_commands
from pipeline.commands import texts as text_commands
from pipeline.commands.endings import WRONG
from pipeline.commands.terminal import errors, explained, fail, out, write
from pipeline.settings import read_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="News feeds in, a ledger of attributed claims out: who said what, how many, where, when, in whose words.",
    epilog="Exit codes: 0 done, 1 something is wrong, 2 the call was wrong, 3 try again later, 130 Ctrl-C.",
)
sources_app = typer.Typer(no_args_is_help=True, help="The sources file: add, list, check, import and export.")
source_commands.register(sources_app)
# The groups in which `--help` shows the commands.
RUN, ASK, WATCH = "Run it", "Ask it", "Look after it"

Step = Enum("Step", {step: step for step in STEPS})  # type: ignore[misc]  # the steps are named in one place only
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]


class CallError(ValueError):
    """The call was wrong: one sentence with the remedy."""


@app.command(rich_help_panel=RUN)
def run(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC).")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")] = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="One day, instead of both.")] = None,
    step: Annotated[Step | None, typer.Option(help="Only this step; without it all, and a publish.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Also what failed for good.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take everything that is pending through the steps, or only the pages of some days."""
    from pipeline import run as shell  # noqa: PLC0415  # brings spaCy and DuckDB: `--help` should not wait for them
    from pipeline.ledger.pending import Days  # noqa: PLC0415  # as above

    days = read_days(first, last, day)
    this = shell.Run(settings=read_settings(), days=Days(*days) if days else None, retry_failed=retry_failed)
    report(take(this, [step.value] if step else list(STEPS), is_published=step is None), as_json=as_json)


@app.command(rich_help_panel=RUN)
def backfill(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC).")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    as_json: AsJson = False,
) -> None:
    """Take exactly these days, day by day, in this process: also what only older rules have read."""
    from pipeline import daily  # noqa: PLC0415  # as above
    from pipeline import run as shell  # noqa: PLC0415  # as above

    this = shell.Run(settings=read_settings())
    days = daily.check_days(*require_days(first, last, None), this.now().date())
    done: dict[str, Any] = {str(day): counts for day, counts in daily.take_days(this, days, showing.make_bar)}
    done["publish"] = shell.publish(this)
    if as_json:
        report(done, as_json=True)
        return
    for line in daily.describe(this.settings, days):
        out.print(line, markup=False, soft_wrap=True)


def take(this: Any, steps: list[str], *, is_published: bool) -> dict[str, Any]:
    """Run steps one after the other with progress, then publish."""
    from pipeline import run as shell  # noqa: PLC0415  # as above
    from pipeline.steps import load_steps  # noqa: PLC0415  # as above

    load_steps(steps)
    done: dict[str, Any] = {}
    for name in steps:
        with showing.make_bar(name) as tell:
            done[name] = shell.take_step(replace(this, progress=tell), name)
    if is_published:
        done["publish"] = shell.publish(this)
    return done


def report(done: dict[str, Any], *, as_json: bool) -> None:
    """Print what was done."""
    if as_json:
        out.print_json(json.dumps(done))
    else:
        showing.print_run(out, done)


@app.command(rich_help_panel=RUN)
def publish(as_json: AsJson = False) -> None:
    """Bring the warehouse up to the ledger; exits at once when it is."""
    from pipeline import run as shell  # noqa: PLC0415  # as above

    report({"publish": shell.publish()}, as_json=as_json)


retry_command.register(app, RUN)


@app.command(rich_help_panel=ASK)
def sql(
    query: Annotated[
        str | None, typer.Argument(help="A question in SQL; without it, read from standard input.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the warehouse. It is read-only and never blocks a run."""
    from pipeline.warehouse import warehouse  # noqa: PLC0415  # as above

    if query is None and sys.stdin.isatty():
        raise CallError('Give a question: claimwire sql "select * from daily_summaries".')
    answer = warehouse.query(read_settings(), query if query is not None else sys.stdin.read())
    if as_json:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        write(json.dumps(rows, default=str, ensure_ascii=False) + "\n")
        return
    showing.print_rows(out, answer.columns, answer.rows)
    errors.print(answer.note, style="dim")


@app.command(rich_help_panel=WATCH)
def status(
    is_checked: Annotated[
        bool, typer.Option("--check", help="Exit 1 if there is any problem, or no warehouse.")
    ] = False,
    max_age: Annotated[str | None, typer.Option(metavar="26h", help="Exit 1 if the warehouse is older.")] = None,
    prometheus: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write metrics for node_exporter instead; - for the terminal.")
    ] = None,
    settings_only: Annotated[bool, typer.Option("--settings", help="List every setting and its value.")] = False,
    as_json: AsJson = False,
) -> None:
    """What is wrong and what to do; what is pending and failed; how fresh the warehouse is; how long the disk lasts."""
    from pipeline import run as shell  # noqa: PLC0415  # as above
    from pipeline.watch import standing, troubles  # noqa: PLC0415  # as above

    settings = read_settings()
    if settings_only:
        showing.print_settings(out, settings)
        return
    if as_json and prometheus == "-":
        raise CallError("--json and --prometheus - both write to the terminal: give --prometheus a file.")
    limit = standing.read_age(max_age) if max_age is not None else troubles.AGE_AT_MOST
    found = standing.find_standing(shell.Run(settings=settings))
    wrong = troubles.find_troubles(found, settings, limit)
    tell_standing(found, wrong, prometheus, as_json=as_json)
    reasons = [*troubles.tell_wrong(wrong)] if is_checked else []
    if is_checked or max_age is not None:  # an empty folder has no problem, but a monitor is not to be content with one
        reasons += filter(None, [troubles.tell_stale(found, limit, (max_age or duration(limit)).strip())])
    if reasons:
        fail("\n".join(reasons), WRONG)


def tell_standing(found: Any, wrong: Any, prometheus: str | None, *, as_json: bool) -> None:
    """Print where things stand in the form that was asked for."""
    from pipeline.watch import watching  # noqa: PLC0415  # as above

    if prometheus is not None:
        from pipeline.watch import metrics  # noqa: PLC0415  # as above

        text = metrics.to_metrics(found, wrong)
        if prometheus == "-":
            write(text.decode())
        else:
            metrics.write_metrics(Path(prometheus), text)
    if as_json:
        out.print_json(found.to_json([asdict(one) for one in wrong]))
    elif prometheus is None:
        watching.print_standing(out, found, wrong)


@app.command(rich_help_panel=ASK)
def summary() -> None:
    """What the warehouse holds in a dozen lines: counts, tolls that moved, the head, a question to ask."""
    from pipeline import run as shell  # noqa: PLC0415  # as above
    from pipeline.warehouse.summary import find_summary  # noqa: PLC0415  # as above

    this = shell.Run(settings=read_settings())
    found = find_summary(this.settings)
    showing.print_summary(out, found, str(this.settings.warehouse_file), this.ledger.head().hash)


@app.command(rich_help_panel=WATCH)
def verify(as_json: AsJson = False) -> None:
    """Check that the ledger is as it was written, and name the first event that is not."""
    from pipeline import run as shell  # noqa: PLC0415  # as above
    from pipeline.ledger.audit import verify as audit  # noqa: PLC0415  # as above

    verdict = audit(shell.Run(settings=read_settings()).ledger)
    if as_json:
        fields = ("problem", "position", "message", "events", "withdrawn")
        out.print_json(json.dumps({name: getattr(verdict, name) for name in fields}))
    else:
        out.print(verdict.message, soft_wrap=True)
    if verdict.problem:
        raise typer.Exit(WRONG)


@app.command(rich_help_panel=WATCH)
def withdraw(
    event_id: Annotated[
        str, typer.Argument(help="An event of the article: its event_id in the mart articles or claims.")
    ],
    reason: Annotated[str, typer.Option(help="Why: it is kept in the ledger.")],
) -> None:
    """Take an article's text, all made from it and its archived bytes out for good; the hashes stay."""
    from pipeline import run as shell  # noqa: PLC0415  # as above

    try:
        wanted = uuid.UUID(event_id)
    except ValueError:
        raise CallError(f"{event_id!r} is no event id: copy an event_id from the marts articles or claims.") from None
    done = shell.withdraw(shell.Run(settings=read_settings()), wanted, reason)
    out.print(
        f"Withdrawn: {done.events} events and {done.records} archived records. "
        "The next publish leaves them out: run `claimwire publish`.",
        soft_wrap=True,
    )


app.add_typer(sources_app, name="sources", rich_help_panel=WATCH)


@sources_app.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """The sources and whether they are polled."""
    from pipeline.sources.registry import read_sources  # noqa: PLC0415  # as above

    showing.print_sources(out, read_sources(read_settings().sources), as_json=as_json)


@sources_app.command("check")
def check_sources() -> None:
    """Read the sources file and the folders of documents that it names; the first mistake is told with its line."""
    from pipeline.sources.documents import list_documents  # noqa: PLC0415  # as above
    from pipeline.sources.registry import read_sources  # noqa: PLC0415  # as above

    file = read_settings().sources
    sources = read_sources(file)
    for source in sources:
        if source.folder:
            list_documents(source.folder)
    out.print(f"{file.name}: {len(sources)} sources can be used.")


text_commands.register(app, ASK)


def read_days(first: datetime | None, last: datetime | None, day: datetime | None) -> tuple[date, date] | None:
    """The days that were asked for, or None for all that is pending."""
    return require_days(first, last, day) if first or last or day else None


def require_days(first: datetime | None, last: datetime | None, day: datetime | None) -> tuple[date, date]:
    """The days that were asked for. Raises CallError when they make no range."""
    if day and (first or last):
        raise CallError("Give --day or --from and --to, not both.")
    start, end = (day or first, day or last)
    if start is None or end is None:
        raise CallError("Give both --from and --to, or --day.")
    if start > end:
        raise CallError(f"--from {start.date()} is after --to {end.date()}: swap them.")
    return start.date(), end.date()


def main() -> None:
    """The command `claimwire`."""
    with explained():
        app()


if __name__ == "__main__":
    main()
