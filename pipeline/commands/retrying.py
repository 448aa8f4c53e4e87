"""Inputs that stand failed in, those that a user wants tried once more out: the command `retry`.

What stands failed is asked of the one query of pending.py; for `poll` it is a source whose last poll failed.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline import STEPS
from pipeline.amounts import count
from pipeline.ledger.pending import Failed, pending_query
from pipeline.run import Run
from pipeline.sources import polls
from pipeline.sources.registry import read_sources
from pipeline.steps.poll import is_asked, last_polls

# Only what is wanted is opened.
WANTED = """
select pending.attempt, pending.reason, pending.source_id, coalesce(payload ->> '$.url', payload ->> '$.requested_url')
from ({query}) as pending
inner join ledger.events using (position)
order by position
"""
KNOWN = "select event_id::varchar, event_type from ledger.events where event_id in (select unnest(from_json($1, '[\"UUID\"]')))"
REASONS = 5  # told at once


class RetryError(ValueError):
    """What was named cannot be retried: one sentence with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """One attempt to come.

    attempt  its number; of `poll`: failures in a row, this one included
    reason   why the one before failed; url: what is asked for or read
    """

    step: str
    attempt: int
    reason: str | None
    source_id: str | None
    url: str | None


def find_retries(run: Run, steps: Sequence[str]) -> list[Retry]:
    """The attempts that `run.failed` asks for in these steps, in the order in which they are made.

    Raises RetryError on an id that stands for nothing that failed, or for something of a source that is not asked.
    """
    assert run.failed is not None
    found = [retry for step in steps for retry in find_step(run, step)]
    if run.failed.event_ids:
        check_sources(run, find_asked(run, found, steps))
    if len(found) < len(run.failed.event_ids):
        check_ids(run, run.failed, steps)
    return found


def find_step(run: Run, step: str) -> Iterator[Retry]:
    """Those of one step."""
    return find_polls(run) if step == "poll" else find_inputs(run, step)


def find_inputs(run: Run, step: str) -> Iterator[Retry]:
    """Those of a step with inputs."""
    query, parameters = pending_query(run.selection(step))
    for attempt, reason, source_id, url in run.ledger.query(WANTED.format(query=query), parameters):
        yield Retry(step=step, attempt=attempt, reason=reason, source_id=source_id, url=url)


def find_polls(run: Run) -> Iterator[Retry]:
    """Those of the sources that are switched on."""
    last = last_polls(run.ledger)
    for source in polls.wanted_sources(run.settings).values():
        before = last.get(source.id)
        if before and is_asked(run, source, before):
            failures = before.state.failures if before.state else 0
            yield Retry(step="poll", attempt=failures + 1, reason=before.reason, source_id=source.id, url=before.url)


def find_asked(run: Run, found: Sequence[Retry], steps: Sequence[str]) -> Iterator[str]:
    """The sources that would have to be asked, whether they are switched on or not."""
    assert run.failed is not None
    yield from (retry.source_id for retry in found if retry.step == "capture" and retry.source_id)
    for source_id, last in last_polls(run.ledger).items() if "poll" in steps else ():
        if last.outcome == "failed" and run.failed.has(last.reason, source_id, last.event_id):
            yield source_id


def check_sources(run: Run, source_ids: Iterable[str]) -> None:
    """Raise RetryError on the first source that is not asked in this run: what is retried there would not be tried."""
    file = run.settings.sources
    enabled = {source.id: source.enabled for source in read_sources(file)}
    for source_id in source_ids:
        if source_id not in enabled:
            raise RetryError(f"The source {source_id} is not in {file.name}: put it back to have it asked again.")
        if not enabled[source_id]:
            raise RetryError(
                f"The source {source_id} is switched off in {file.name}: set enabled = true to have it asked again."
            )
        if enabled[source_id] == "live" and not run.settings.live:
            raise RetryError(f"The source {source_id} is asked in live runs only: set CLAIMWIRE_LIVE=1.")


def check_ids(run: Run, failed: Failed, steps: Sequence[str]) -> None:
    """Raise RetryError on the first id that leads to no attempt."""
    known = dict(run.ledger.query(KNOWN, [json.dumps(failed.event_ids)]))
    for event_id in failed.event_ids:
        if event_id not in known:
            raise RetryError(f"The ledger has no event {event_id}: copy an event_id from the mart quarantine.")
        if not has_retry(replace(run, failed=replace(failed, event_ids=(event_id,))), steps):
            raise RetryError(
                f"{event_id} ({known[event_id]}) is nothing that stands failed here: there is nothing to try again. "
                "What a test of rows set aside is read again by a backfill, once the rules are mended."
            )


def has_retry(run: Run, steps: Sequence[str]) -> bool:
    """Whether there is any attempt to come."""
    return any(True for step in steps for _ in find_step(run, step))


def read_id(text: str) -> str:
    """An event's id as the ledger has it.

    >>> read_id("{8E0F3C1A-0000-5000-8000-000000000001}")
    '8e0f3c1a-0000-5000-8000-000000000001'

    Raises RetryError on anything else.
    """
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise RetryError(f"{text!r} is no event id: copy an event_id from the mart quarantine.") from None


def describe_nothing(run: Run, steps: Sequence[str]) -> str:
    """Why there is nothing to retry, and what there would be."""
    whole = replace(run, failed=Failed())
    rest = find_retries(whole, steps)
    if rest:
        told = f"Nothing that stands failed is like that. {count(len(rest), 'input')} would be"
        return f"{told}: {tell_reasons(rest)}."
    rest = find_retries(whole, [step for step in STEPS if step not in steps])
    if rest:
        told = f"Nothing stands failed in {' or '.join(steps)}. Elsewhere {count(len(rest), 'input')} would be tried"
        return f"{told}: {tell_reasons(rest)}."
    return "Nothing stands failed: there is nothing to retry."


def tell_reasons(retries: Sequence[Retry]) -> str:
    """The most frequent reasons, each with its step and how many."""
    reasons = Counter(f"{retry.step} {retry.reason}" for retry in retries).most_common(REASONS)
    return ", ".join(f"{name} ({number})" for name, number in reasons)
