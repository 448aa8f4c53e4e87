"""What was found in, what a person sees in the terminal out."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.amounts import count
from pipeline.commands.terminal import Terminal
from pipeline.own.explaining import describe_day, describe_quantity, explain
from pipeline.settings import PREFIX, Settings

if TYPE_CHECKING:
    from pipeline.sources.registry import Source
    from pipeline.values import Claim
    from pipeline.warehouse.summary import Summary

ROWS_SHOWN = 200
TOLLS_SHOWN = 5
QUESTION = "select speaker, claimed_low, superseded_low, evidence from toll_claims where superseded_low > 0"
NOUNS = {
    "SourcePolled": "sources polled",
    "EntrySeen": "entries listed",
    "PageCaptured": "pages captured",
    "PageUnchanged": "pages unchanged",
    "CaptureFailed": "captures failed",
    "ArticleExtracted": "articles",
    "ExtractionFailed": "extractions failed",
    "ArticleCompared": "articles compared",
    "ClaimsExtracted": "articles read for claims",
    "ClaimsFailed": "articles not readable for claims",
}


@contextmanager
def progress(console: Console, label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line per chunk elsewhere. Gives a function to be told (done, total)."""
    if not console.is_terminal:
        yield lambda done, total: console.print(f"{label}: {done} of {total}", markup=False) if done else None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


def make_bar(label: str) -> AbstractContextManager[Callable[[int, int], None]]:
    """The same on standard error."""
    return progress(Terminal(stderr=True, highlight=False), label)


def print_run(console: Console, done: dict[str, Any]) -> None:
    """What each step appended, then what was published."""
    for name, counts in done.items():
        if name == "publish":
            print_published(console, counts)
        elif all(isinstance(count, int) for count in counts.values()):
            console.print(f"{name:<10} {describe_counts(counts)}", markup=False, soft_wrap=True)
        else:
            told = {step: counted for step, counted in counts.items() if counted["appended"]}
            words = "; ".join(f"{step}: {describe_counts(counted)}" for step, counted in told.items())
            console.print(f"{name}  {words or 'nothing new'}", markup=False, soft_wrap=True)


def describe_counts(counts: dict[str, int]) -> str:
    """Counts in words.

    >>> describe_counts({"appended": 3, "PageCaptured": 2, "CaptureFailed": 1})
    '2 pages captured, 1 captures failed'
    """
    words = [f"{count} {NOUNS.get(name, name)}" for name, count in counts.items() if name != "appended"]
    if not counts["appended"]:
        return "nothing new"
    return ", ".join(words)


def print_published(console: Console, published: dict[str, Any]) -> None:
    """What a publish did."""
    what = "published" if published["is_new"] else "was up to date"
    aside = f", {published['quarantined']} events set aside" if published["quarantined"] else ""
    console.print(f"{'publish':<10} warehouse {what} at position {published['position']}{aside}", soft_wrap=True)
    console.print(f"head       {published['head']}", soft_wrap=True)


def print_rows(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table: one line a row where it fits, else each value in full on a line of its own."""
    if not columns:
        return
    shown = [["" if value is None else str(value) for value in row] for row in rows[:ROWS_SHOWN]]
    widths = [max([len(name), *(len(row[at]) for row in shown)]) for at, name in enumerate(columns)]
    if sum(widths) + 3 * len(widths) > console.width and len(columns) > 1:
        print_records(console, columns, shown)
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for at, name in enumerate(columns):
            is_number = any(isinstance(row[at], int | float | Decimal) for row in rows)
            table.add_column(name, overflow="fold", justify="right" if is_number else "left")
        for row in shown:
            table.add_row(*(Text(value) for value in row))
        console.print(table)
    if len(rows) > ROWS_SHOWN:
        console.print(f"... {len(rows) - ROWS_SHOWN} more rows; add a limit, or --json for all", style="dim")


def print_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows too wide for the terminal: a block for each."""
    width = max(len(name) for name in columns)
    for number, row in enumerate(rows):
        if number:
            console.print()
        for name, value in zip(columns, row, strict=True):
            console.print(Text(f"{name:>{width}}  ", style="bold") + Text(value), soft_wrap=True)


def print_settings(console: Console, settings: Settings) -> None:
    """Every knob with its environment variable and its value."""
    values = ((PREFIX + knob.name.upper(), getattr(settings, knob.name)) for knob in fields(settings))
    rows = [
        (name, ",".join(f"{number:g}" for number in value) if isinstance(value, tuple) else value)
        for name, value in values
    ]
    print_rows(console, ("setting", "value"), rows)


def print_summary(console: Console, summary: "Summary", warehouse: str, head: str) -> None:
    """What the warehouse holds, and what to do next."""
    counts = summary.counts
    console.print(
        f"{counts['entries']} entries, {counts['pages']} pages, {counts['articles']} articles "
        f"({counts['copies']} of them copies), {counts['claims']} attributed claims.",
        soft_wrap=True,
    )
    for toll in summary.tolls[:TOLLS_SHOWN]:
        since = f" since {toll.since}" if toll.since else ""
        old = f", revised from {toll.superseded}" if toll.superseded is not None else ""
        prints = f"{count(toll.articles, 'article')}, {count(toll.texts, 'distinct text')}"
        console.print(
            Text(f"{toll.claimed} {toll.metric}{since}{old}: ", style="bold") + Text(f"{toll.who} ({prints})")
        )
        console.print(Text(f'  "{toll.words}" ({toll.outlet})', style="dim"))
    if summary.unreached:
        told = ", ".join(f"{source} ({reason})" for source, reason in summary.unreached.items())
        console.print(f"Could not be reached, and will be asked again: {told}", soft_wrap=True)
    console.print(f"\nwarehouse  {warehouse}\nhead       {head}", soft_wrap=True)
    console.print(f'\nAsk it:         make sql Q="{QUESTION}"', soft_wrap=True)
    console.print("Live feeds too: CLAIMWIRE_CONTACT=you@your.org make run LIVE=1")


def print_sources(console: Console, sources: Sequence["Source"], *, as_json: bool) -> None:
    """One line a source."""
    names = ("id", "kind", "outlet", "enabled", "url")
    rows = [tuple(getattr(source, name) for name in names) for source in sources]
    if as_json:
        console.print_json(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
    else:
        print_rows(console, names, rows)


def print_claims(console: Console, text: str, claims: Sequence["Claim"], *, is_explained: bool = False) -> None:
    """Each claim's sentence with speaker, cue and content marked, and what was read out of it."""
    if not claims:
        console.print("No attributed claims.")
    for claim in claims:
        start, end = claim.sentence
        line = Text(text[start:end])
        marks = [("cyan", claim.source), ("yellow", claim.cue), ("green", claim.content)]
        for style, spans in marks:
            for first, last in spans:
                line.stylize(style, max(first - start, 0), max(last - start, 0))
        console.print(line)
        if is_explained:
            for field, reason in explain(text, claim):
                console.print(Text(f"  {field:11} {reason}", style="dim"))
        else:
            console.print(Text("  " + describe_claim(claim), style="dim"))


def describe_claim(claim: "Claim") -> str:
    """Who, what kind, how many and when, in one line."""
    who = " and ".join(speaker.name for speaker in claim.speakers) or "the text itself"
    counts = [describe_quantity(quantity) for quantity in claim.quantities]
    day = describe_day(claim.occurred_on)
    return "; ".join([f"{who}: {claim.claim_type}, {claim.modality}", *counts, day, f"rule {claim.rule}"])
