"""How well texts are read, on labelled data that is not part of the project: `make eval`.

The data is other people's and stays where it is: without it this says so and ends. With it the scores are printed and
written into the README. It is material to measure with; what is tuned to it gains nothing elsewhere.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.settings import ROOT, Settings
from tests.measuring.claims_judged import score_draws
from tests.measuring.claims_scored import score_claims
from tests.measuring.copies_named import score_copies
from tests.measuring.entities_found import score_entities
from tests.measuring.feeds_read import score_feeds
from tests.measuring.orders_taken import score_orders
from tests.measuring.pages_read import score_pages
from tests.measuring.report import Table, to_table, write_between
from tests.measuring.sentences_found import score_sentences
from tests.measuring.site import MEASURING


def sections(folder: Path) -> dict[str, Callable[[], Table]]:
    """What is measured, by the folder of data that it needs."""
    settings = Settings()
    return {
        "claims": lambda: score_claims(folder, settings),
        "claims/re3d": lambda: score_entities(folder),
        "dedup": lambda: [
            *score_draws(folder, settings),
            *score_copies(folder),
            *score_sentences(folder),
            *score_orders(folder),
        ],
        "web": lambda: score_pages(folder, settings),
        "feeds": lambda: score_feeds(folder),
    }


def evaluate(folder: Path) -> Table:
    """One row per score, for every section whose data is there."""
    rows: list[tuple[str, ...]] = [("measured", "result, %")]
    for name, measure in sections(folder).items():
        if (folder / name).is_dir():
            sys.stderr.write(f"{name} ...\n")
            rows += measure()
    return rows


def main(folder: Path = MEASURING) -> None:
    """Measure what can be measured here."""
    if not folder.is_dir():
        sys.stdout.write("There is no measuring data beside this checkout (../shared/data): nothing was evaluated.\n")
        return
    text = to_table(evaluate(folder))
    is_written = write_between(ROOT / "README.md", "eval", text)
    sys.stdout.write(f"{text}\n{'Written to README.md.' if is_written else 'README.md was not changed.'}\n")


if __name__ == "__main__":
    main()
