"""What the ledger costs, each question in a process of its own: fill it, append to it, ask what is pending, verify it."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.events import Event
from pipeline.ledger.audit import verify
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pending import Selection
from tests.measuring.filled_ledger import fill, make_page

Found = dict[str, float]


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def timed(work: Callable[[], int]) -> Found:
    """CPU seconds of this process, all its threads, and wall seconds of some work, and the number that it returns."""
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    found = work()
    return {"found": found, "cpu_s": time.process_time() - cpu_s, "wall_s": time.perf_counter() - wall_s}


def make_events(first: int, count: int) -> list[Event]:
    """Events of new pages as one batch has them: entries, captures and articles, a third of each."""
    pages = [make_page(f"{first + number:08d}") for number in range(-(-count // 3))]
    return [event for page in pages for event in (page.entry, page.capture, page.article)][:count]


def append(ledger: Ledger, first: int, count: int) -> Found:
    """Append the events of new pages, numbered from `first` on."""
    events = make_events(first, count)
    return timed(lambda: ledger.append(events))


def pending(ledger: Ledger) -> Found:
    """Ask for the pending revisions of `claim`, the step with the dearest question: its key stands in the payloads."""
    selection = Selection(step="claim", producer="claim-1-aaaaaaaaaa", now=now())
    return timed(lambda: len(ledger.pending_positions(selection)))


def check(ledger: Ledger) -> Found:
    """Verify every event."""
    return timed(lambda: verify_whole(ledger))


def verify_whole(ledger: Ledger) -> int:
    """How many events a ledger has that is as it was written."""
    verdict = verify(ledger)
    assert verdict.problem is None, verdict.message
    return verdict.events


def main(question: str, folder: Path, numbers: list[int]) -> Found:
    """The answer to one question."""
    ledger = Ledger(folder / "ledger", run_id="bench", now=now)
    questions: dict[str, Callable[..., Found]] = {
        "fill": lambda events: timed(lambda: fill(ledger, events)),
        "append": lambda first, count: append(ledger, first, count),
        "pending": lambda: pending(ledger),
        "verify": lambda: check(ledger),
    }
    return questions[question](*numbers)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], Path(sys.argv[2]), list(map(int, sys.argv[3:])))))
