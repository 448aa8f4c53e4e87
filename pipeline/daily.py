"""A range of days in, each of them taken again and what the warehouse then holds of it out: what a backfill does and says."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date

from pipeline import STEPS, run
from pipeline.ledger.pending import Days
from pipeline.run import Counts, Progress, Run
from pipeline.settings import Settings
from pipeline.sources import polls
from pipeline.sources.registry import Source
from pipeline.steps import load_steps
from pipeline.warehouse import status, warehouse

FIRST_DAY = date(1990, 1, 1)  # no page is older; a date before it is a slip, and would be a run for every day since
Bar = Callable[[str], AbstractContextManager[Progress]]

COUNTED = """
select
    event_date,
    daily_summaries.entries,
    captured.pages,
    daily_summaries.articles,
    daily_summaries.claims,
    daily_summaries.pending,
from daily_summaries
left join (
    select event_date, sum(pages_captured)::bigint as pages from pipeline_accounting group by all
) as captured using (event_date)
where event_date between '{first}' and '{last}'
"""
# What was read at a later try has not failed: each input stands as its current outcome says.
MISSED = """
with extractions as (
    select
        int_current_extractions.outcome as outcome,
        int_current_extractions.event_date as event_date,
        int_current_extractions.reason as reason,
        int_current_extractions.retry_at as retry_at,
        bool_or(int_current_extractions.outcome = 'extracted') over (
            partition by stg_pages_captured.page_key
        ) as is_page_read,
    from int_current_extractions
    inner join stg_pages_captured on int_current_extractions.capture_id = stg_pages_captured.event_id
    qualify row_number() over (
        partition by stg_pages_captured.page_key
        order by stg_pages_captured.occurred_at desc, stg_pages_captured.event_id
    ) = 1
),
missed as (
    select 'capture' as step, event_date, reason, retry_at from int_current_captures where outcome = 'failed'
    union all
    -- a wall that stands in the way when a page is asked for again takes nothing from what was read before
    select 'extract' as step, event_date, reason, retry_at from extractions where outcome = 'failed' and not is_page_read
    union all
    select 'claim' as step, event_date, reason, retry_at from int_current_claims where outcome = 'failed'
)

select event_date, step, reason, retry_at is not null as is_retried, count(*)
from missed
where event_date between '{first}' and '{last}'
group by all
order by event_date, step, is_retried, count(*) desc, reason
"""
SILENT = "select source_id, last_reason from source_health where last_outcome = 'failed' order by source_id"
WORDS = {"capture": "not captured", "extract": "not read", "claim": "not read for claims"}


class DaysError(ValueError):
    """The days asked for make no range: one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Inputs of one step that could not be had for one reason; `is_retried`: they will be tried again."""

    step: str
    reason: str
    inputs: int
    is_retried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the warehouse holds of one day.

    entries      that the sources listed; captured: their pages whose bytes were had
    claims       of the latest revisions, without those in the narrator's voice, as in the mart daily_summaries
    missed       what could not be had, by step and reason
    pending      inputs that wait, those of `missed` that are retried among them
    is_listable  whether any source that is switched on can still list this day
    """

    day: date
    entries: int = 0
    captured: int = 0
    articles: int = 0
    claims: int = 0
    pending: int = 0
    missed: tuple[Missed, ...] = ()
    is_listable: bool = True


def check_days(first: date | None, last: date | None, today: date) -> Days:
    """The range that was asked for, both days included.

    >>> check_days(date(2017, 6, 9), date(2017, 6, 11), today=date(2026, 11, 1)).last
    datetime.date(2017, 6, 11)

    Raises DaysError when it is none.
    """
    if first is None or last is None:
        raise DaysError("Which days? Name the first and the last: make backfill FROM=2017-06-08 TO=2017-06-13.")
    if first > last:
        raise DaysError(f"{first} is after {last}: swap them.")
    if last > today:
        raise DaysError(f"{last} is in the future: a backfill goes up to {today} (UTC).")
    if first < FIRST_DAY:
        raise DaysError(f"{first} is before {FIRST_DAY}, and no page is older than that: ask for later days.")
    return Days(first, last)


def take_days(this: Run, days: Days, bar: Bar) -> Iterator[tuple[date, dict[str, Counts]]]:
    """Take each day through all steps, in this process: also what only older rules have read. Yields what was appended.

    `bar` makes a progress bar of a label. A run that is killed goes on where it was, for it takes only what is pending.
    """
    load_steps(STEPS)
    for day in days.each():
        one = replace(this, days=Days(day, day), is_backfill=True)
        counts: dict[str, Counts] = {}
        for step in STEPS:
            with bar(f"{day} {step}") as progress:
                counts[step] = run.take_step(replace(one, progress=progress), step)
        yield day, counts


def find_days(settings: Settings, days: Days) -> list[Day]:
    """What the warehouse holds of each day of a range. Raises QueryError when there is no warehouse."""
    between = {"first": days.first, "last": days.last}
    counted = {row[0]: row[1:] for row in warehouse.query(settings, COUNTED.format(**between)).rows}
    missed: dict[date, list[Missed]] = {}
    for day, step, reason, is_retried, inputs in warehouse.query(settings, MISSED.format(**between)).rows:
        missed.setdefault(day, []).append(Missed(step, reason, inputs, is_retried))
    sources = polls.wanted_sources(settings).values()
    found = []
    for day in days.each():
        entries, captured, articles, claims, pending = counted.get(day, (0,) * 5)
        one = Day(
            day=day,
            entries=entries,
            captured=captured or 0,
            articles=articles,
            claims=claims,
            pending=pending,
            missed=tuple(missed.get(day, ())),
            is_listable=any(can_list(source, day) for source in sources),
        )
        found.append(one)
    return found


def can_list(source: Source, day: date) -> bool:
    """Whether a source may still list a day: a folder can always be asked, but a window says what there is to be had."""
    return polls.can_list(source, day) and (source.window is None or source.window[0] <= day <= source.window[1])


def find_silent_sources(settings: Settings, days: Days) -> dict[str, str]:
    """The sources that can list one of the days but could not be had when they were last asked, with the reason."""
    sources = polls.wanted_sources(settings)
    wanted = days.each()
    return {
        name: reason
        for name, reason in warehouse.query(settings, SILENT).rows
        if name in sources and any(can_list(sources[name], day) for day in wanted)
    }


def describe(settings: Settings, days: Days) -> Iterator[str]:
    """What the warehouse holds of the days, what could not be asked, and which warehouse that is."""
    yield from describe_days(find_days(settings, days))
    if silent := find_silent_sources(settings, days):
        told = ", ".join(f"{source} ({reason})" for source, reason in silent.items())
        yield f"Could not be reached, and will be asked again: {told}"
    yield status.describe(status.read_status(settings))


def describe_days(days: Sequence[Day]) -> Iterator[str]:
    """A line a day, under a heading.

    >>> print(*describe_days([Day(day=date(2017, 6, 9), entries=2, captured=1)]), sep="\\n")
    day         listed  captured  articles  claims  could not be had
    2017-06-09       2         1         0       0
    """
    yield "day         listed  captured  articles  claims  could not be had"
    for one in days:
        counts = f"{one.entries:>6}  {one.captured:>8}  {one.articles:>8}  {one.claims:>6}"
        yield f"{one.day}  {counts}  {'; '.join(describe_missed(one))}".rstrip()


def describe_missed(one: Day) -> Iterable[str]:
    """What could not be had of a day, in words.

    >>> list(describe_missed(Day(day=date(2017, 6, 9), missed=(Missed("capture", "status_404", 2),), pending=1)))
    ['2 not captured: status_404', '1 pending']
    """
    if not one.is_listable:
        yield "no source lists this day any more" if one.entries else "no source can list this day"
    for missed in one.missed:
        later = " (will be tried again)" if missed.is_retried else ""
        yield f"{missed.inputs} {WORDS[missed.step]}: {missed.reason}{later}"
    if waiting := one.pending - sum(missed.inputs for missed in one.missed if missed.is_retried):
        yield f"{waiting} pending"
