"""What was found about texts in, what a person sees in the terminal out: of `compare` and `trace`."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pipeline.own.judging import Answers
    from pipeline.own.tracing import TracedSentence

RELATIONS_SHOWN = 50
STYLES = {"original": "", "too_short": "dim", "copied": "yellow", "revised": "magenta"}


def print_comparison(out: Console, answers: "Answers") -> None:
    """Counts, then the relations, the first of many."""
    families = Counter(family["family_id"] for family in answers["families"])
    joined = sum(1 for articles in families.values() if articles > 1)
    relations = answers["relations"]
    out.print(
        f"{len(answers['families'])} texts in {len(families)} families, {joined} of them with copies; "
        f"{len(relations)} relations; {len(answers['stitched'])} stitched."
    )
    if relations:
        table = Table("a", "relation", "b", "of the longer", "of the shorter", box=None)
        for one in relations[:RELATIONS_SHOWN]:
            coverages = f"{one['coverage_longer']:.0%}", f"{one['coverage_shorter']:.0%}"
            table.add_row(one["a"], one["relation"], one["b"], *coverages)
        out.print(table)
    if len(relations) > RELATIONS_SHOWN:
        out.print(f"... and {len(relations) - RELATIONS_SHOWN} more: --json or --out FOLDER gives all.")
    for one in answers["stitched"]:
        out.print(f"{one['id']} is stitched from {one['sources']} texts: {one['reused_share']:.0%} of it is theirs.")


def print_trace(out: Console, traced: Sequence["TracedSentence"]) -> None:
    """The text sentence by sentence, each with where it comes from."""
    for one in traced:
        out.print(Text(f"{one.number:>3}  {one.sentence}", style=STYLES[one.use]), soft_wrap=True)
        if one.origin_outlet is not None:
            day = f"{one.origin_known_at:%d %B %Y}" if one.origin_known_at else "at an unknown time"
            what = f"{one.use} from {one.origin_outlet or 'a text'}, {day}: {one.origin_title or one.origin_article_id}"
            marks = " (boilerplate)" if one.is_boilerplate else "" if one.is_earlier else " (order unknown)"
            out.print(Text(f"     <- {what}{marks}", style="dim"), soft_wrap=True)
    compared = [one for one in traced if one.use != "too_short"]
    reused = [one for one in compared if one.use in {"copied", "revised"}]
    outlets = sorted({one.origin_outlet for one in reused if one.origin_outlet})
    out.print(
        f"{len(reused)} of {len(compared)} sentences were there before"
        + (f": {', '.join(outlets)}." if outlets else ".")
    )
