"""The command `retry`: what stands failed is tried once more, when a person says so."""

import json
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from pipeline import STEPS
from pipeline.amounts import count
from pipeline.commands import showing
from pipeline.commands.terminal import out
from pipeline.settings import read_settings

OUTCOMES = (
    "SourcePolled", "PageCaptured", "CaptureFailed", "ArticleExtracted", "ExtractionFailed", "ClaimsExtracted", "ClaimsFailed",
)  # fmt: skip
COLUMNS = ("step", "attempt", "reason", "source_id", "url")


def register(app: typer.Typer, group: str) -> None:
    """Add the command to a group of commands."""
    app.command(rich_help_panel=group)(retry)


def retry(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    event_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[EVENT_ID]...", help="Of the input or its failure: see quarantine.")
    ] = None,
    step: Annotated[list[str] | None, typer.Option(help="Only this step; may be repeated.")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="Only what failed for this reason; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only of this source; may be repeated.")] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Show what would be tried, and try nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")] = False,
) -> None:
    """Try what stands failed once more, now, also what failed for good; nothing else is taken."""
    from pipeline import run as shell  # noqa: PLC0415  # brings DuckDB: `--help` should not wait for it
    from pipeline.commands import retrying  # noqa: PLC0415  # as above
    from pipeline.ledger.pending import Failed  # noqa: PLC0415  # as above

    steps = [name for name in STEPS if not step or name in step]
    if unknown := sorted(set(step or ()) - set(STEPS)):
        raise retrying.RetryError(f"{unknown[0]!r} is no step: there are {', '.join(STEPS)}.")
    failed = Failed(
        reasons=tuple(reason or ()),
        source_ids=tuple(source or ()),
        event_ids=tuple(dict.fromkeys(retrying.read_id(text) for text in event_ids or ())),
    )
    this = shell.Run(settings=read_settings(), failed=failed)
    found = retrying.find_retries(this, steps)
    done: dict[str, Any] = {}
    if not is_dry:
        for name in [name for name in steps if any(one.step == name for one in found)]:
            with showing.make_bar(name) as tell:
                done[name] = shell.take_step(replace(this, progress=tell), name)
    if as_json:
        out.print_json(json.dumps({"found": [asdict(one) for one in found], "done": done}))
    elif not found:
        out.print(retrying.describe_nothing(this, steps), soft_wrap=True, markup=False)
    elif is_dry:
        showing.print_rows(out, COLUMNS, [[getattr(one, name) for name in COLUMNS] for one in found])
    else:
        tell_done(len(found), done)


def tell_done(found: int, done: dict[str, Any]) -> None:
    """What came of it, and what is next."""
    showing.print_run(out, done)
    outcomes = sum(number for counts in done.values() for name, number in counts.items() if name in OUTCOMES)
    if outcomes < found:
        left = found - outcomes
        out.print(
            f"{count(left, 'input')} not tried: the source is switched off, or its host is left alone for now.",
            soft_wrap=True,
        )
    out.print("`claimwire run` takes what was got through the next steps and publishes.", soft_wrap=True)
