"""The README in, its examples out: each question in SQL with the answer that stands below it.

`python -m tests.readme` reads the bundled world anew and writes the answers into the README.
"""

import re
import tempfile
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from pipeline import run as shell
from pipeline.commands import showing
from pipeline.run import Run
from pipeline.settings import ROOT
from pipeline.warehouse.warehouse import query
from tests.running import make_run, take

README = ROOT / "README.md"
EXAMPLE = re.compile(r"```sql\n(?P<question>.*?)```\n```text\n(?P<answer>.*?)```", re.DOTALL)


class Example(NamedTuple):
    """A question and the answer that the README gives."""

    question: str
    answer: str


def read_examples(text: str) -> list[Example]:
    """The examples of a README, in order."""
    return [Example(found["question"], found["answer"]) for found in EXAMPLE.finditer(text)]


def find_answer(run: Run, question: str) -> str:
    """What `claimwire sql` prints on a terminal of 80 columns."""
    out = StringIO()
    answer = query(run.settings, question)
    showing.print_rows(Console(file=out, width=80, highlight=False), answer.columns, answer.rows)
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def main() -> None:
    """Write the answers into the README."""
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder))
        take(run)
        shell.publish(run)

        def fill(found: re.Match[str]) -> str:
            return f"```sql\n{found['question']}```\n```text\n{find_answer(run, found['question'])}```"

        README.write_text(EXAMPLE.sub(fill, README.read_text()))


if __name__ == "__main__":
    main()
