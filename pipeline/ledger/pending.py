"""A step in, the SQL that finds its pending inputs out: the one rule of progress.

An input is pending when it has no final outcome: by any producer in a run, by the current one in a backfill, which re-derives
beside the old events. `capture` ignores producers: a page is fetched once. A transient failure makes its input pending again
from `retry_at` on, as the next attempt.
"""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple


class Days(NamedTuple):
    """Inclusive UTC days."""

    first: date
    last: date

    def each(self) -> list[date]:
        """Every day from the first to the last.

        >>> [str(day) for day in Days(date(2017, 2, 27), date(2017, 3, 1)).each()]
        ['2017-02-27', '2017-02-28', '2017-03-01']
        """
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


class Shard(NamedTuple):
    """Part `number` (from 0) of `of` parts of the pending inputs."""

    number: int = 0
    of: int = 1


WHOLE = Shard()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Which of the inputs that stand failed are wanted; an empty field leaves none out.

    reasons    of their last failure; source_ids: of the sources that list them
    event_ids  of the input, or of one of its failures
    """

    reasons: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()

    def has(self, reason: str | None, source_id: str, event_id: uuid.UUID) -> bool:
        """Whether a failure is among them.

        >>> Failed(reasons=("dns",)).has("timeout", "wire", uuid.UUID(int=1))
        False
        """
        wanted = ((self.reasons, reason), (self.source_ids, source_id), (self.event_ids, str(event_id)))
        return all(found in names for names, found in wanted if names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which inputs of a step are wanted.

    days            only inputs of these days, or all
    is_backfill     also what the current producer has not read
    retry_failed    also what failed for good
    failed          nothing but these of those whose last outcome is a failure, whenever they would come back
    """

    step: str
    producer: str
    now: datetime
    days: Days | None = None
    shard: Shard = WHOLE
    is_backfill: bool = False
    retry_failed: bool = False
    failed: Failed | None = None


class StepTypes(NamedTuple):
    """Event types of a step: what it takes, its good and its bad outcome; how an input and its outcome name each other."""

    takes: str
    read: str
    failed: str
    input_key: str
    outcome_key: str
    is_outcome_of: str = "outcomes.caused_by = inputs.event_id"
    is_of_candidate: str = "stream in (select stream from candidates)"
    first: str = "position"  # of several events that are one input, the one with the least of this stands for it


# Keys are columns where they can be: payloads of articles hold whole texts, and only candidates' are opened.
REVISION = "payload ->> '$.revision_id'"
STEP_TYPES = {
    "capture": StepTypes(
        "EntrySeen",
        "PageCaptured",
        "CaptureFailed",
        "replace(stream, 'entry/', 'page/')",
        "stream",
        "outcomes.stream = replace(inputs.stream, 'entry/', 'page/')",  # any sighting of the page, not only the first
        "stream in (select replace(stream, 'entry/', 'page/') from candidates)",
        # The page's own feed names its outlet, not another that links to it; int_pages_seen chooses alike.
        "(not coalesce((payload ->> '$.is_own_page')::boolean, true), occurred_at, event_id)",
    ),
    "extract": StepTypes(
        "PageCaptured",
        "ArticleExtracted",
        "ExtractionFailed",
        "event_id::varchar",
        "caused_by::varchar",
        is_of_candidate="caused_by in (select event_id from candidates)",
    ),
    "compare": StepTypes("ArticleExtracted", "ArticleCompared", "", REVISION, REVISION),
    "claim": StepTypes("ArticleExtracted", "ClaimsExtracted", "ClaimsFailed", REVISION, REVISION),
}

# $has_* switch a condition off, so that one text serves every selection.
PENDING = """
with outcomes as not materialized (
    select * from ledger.events
    where event_type in ('{read}', '{failed}')
        and ({any_producer} or producer = $producer)
),
-- by columns alone: to open a million payloads takes seconds
unread as materialized (
    select position from ledger.events as inputs
    where inputs.event_type = '{takes}'
        and inputs.event_date between $first_day and $last_day
        and {verb} (select 1 from outcomes where outcomes.event_type = '{without}' and {is_outcome_of})
),
candidates as (
    select * from ledger.events where position in (select position from unread) and payload is not null
),
inputs as (
    select
        {input_key} as input_key,
        arg_min(position, {first}) as position,
        arg_min(payload ->> '$.source_id', {first}) as source_id,
    from candidates
    where '{takes}' != 'EntrySeen' or (payload ->> '$.url_key') is not null
    group by all
),
attempts as (
    select
        {outcome_key} as input_key,
        producer,
        position,
        event_type = '{read}' as is_read,
        payload ->> '$.reason' as reason,
        payload ->> '$.source_id' as source_id,
        coalesce((payload ->> '$.attempt')::integer, 1) as attempt,
        (payload ->> '$.retry_at')::timestamptz as retry_at,
    from outcomes
    where {is_of_candidate}
    -- how an input stands with a producer is what its last attempt says
    qualify row_number() over (
        partition by {outcome_key}, if({any_attempt}, '', producer)
        order by event_type = '{read}' desc, coalesce((payload ->> '$.attempt')::integer, 1) desc
    ) = 1
),
states as (
    select
        input_key,
        {is_read} as is_read,
        arg_max(reason, {newest}) as reason,
        any_value(source_id) as source_id,
        bool_or(not is_read and retry_at is null) as is_given_up,
        max(retry_at) as retry_at,
        max(attempt) filter ({any_attempt} or producer = $producer) as attempts,
    from attempts
    group by input_key
)

select
    inputs.position,
    coalesce(states.attempts, 0) + 1 as attempt,
    states.reason,
    coalesce(states.source_id, inputs.source_id) as source_id,
from inputs
left join states using (input_key)
where not coalesce(states.is_read, false)
    and ($retry_failed or not coalesce(states.is_given_up, false))
    and ($retry_failed or states.retry_at is null or states.retry_at <= $now)
    and inputs.position % $shards = $shard
    {and_failed}
order by inputs.position
"""
# Of several producers the current one decides, else the newest: as the models int_current_* have it.
NEWEST = "(producer = $producer, position)"
AND_FAILED = """
    and states.input_key is not null
    and (len({reasons}) = 0 or list_contains({reasons}, states.reason))
    and (len({source_ids}) = 0 or list_contains({source_ids}, coalesce(states.source_id, inputs.source_id)))
    and (len({event_ids}) = 0 or inputs.input_key in (
        select {outcome_key} from outcomes where list_contains({event_ids}, event_id::varchar)
        union
        select {input_key} from candidates where list_contains({event_ids}, event_id::varchar)
    ))
"""


def pending_query(selection: Selection) -> tuple[str, dict[str, object]]:
    """SQL over `ledger.events` and its parameters: a row for each pending input, oldest first.

    Its columns are position, attempt, and of what was tried before the reason of its last failure and its source.
    """
    types = STEP_TYPES[selection.step]
    is_producer_ignored = selection.step == "capture"
    is_failed_only = selection.failed is not None
    query = PENDING.format(
        **types._asdict(),
        any_producer="true" if is_producer_ignored or not selection.is_backfill else "false",
        any_attempt="true" if is_producer_ignored else "false",
        verb="exists" if is_failed_only else "not exists",
        without=types.failed if is_failed_only else types.read,
        is_read=f"arg_max(is_read, {NEWEST})" if is_failed_only else "bool_or(is_read)",
        newest=NEWEST,
        and_failed=find_failed(types) if is_failed_only else "",
    )
    days = selection.days or Days(date.min, date.max)
    parameters: dict[str, object] = {
        "producer": selection.producer,
        "first_day": days.first,
        "last_day": days.last,
        "retry_failed": selection.retry_failed or is_failed_only,
        "now": selection.now,
        "shards": selection.shard.of,
        "shard": selection.shard.number,
    }
    if selection.failed is not None:
        parameters |= {name: json.dumps(values) for name, values in asdict(selection.failed).items()}
    return query, parameters


def find_failed(types: StepTypes) -> str:
    """The condition that leaves only inputs that stand failed, and of these the wanted ones."""
    lists = {name: f"from_json(${name}, '[\"VARCHAR\"]')" for name in ("reasons", "source_ids", "event_ids")}
    return AND_FAILED.format(**lists, input_key=types.input_key, outcome_key=types.outcome_key)
