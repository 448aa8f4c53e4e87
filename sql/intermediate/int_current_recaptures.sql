-- int_current_recaptures: one row per page and time from which it was to be asked for again, and was: the highest attempt.
-- key: page_key, due_at
with outcomes as (
    select page_key, due_at, event_id, 'captured' as outcome, null as reason, attempt, event_date, null as retry_at, occurred_at
    from stg_pages_captured
    where due_at is not null

    union all by name

    select page_key, due_at, event_id, 'unchanged' as outcome, attempt, event_date, occurred_at
    from stg_pages_unchanged

    union all by name

    select page_key, due_at, event_id, 'failed' as outcome, reason, attempt, event_date, retry_at, occurred_at
    from stg_captures_failed
    where due_at is not null
)

select
    page_key,
    event_id,
    -- captured: other bytes, though perhaps with the same text; unchanged; failed
    outcome,
    reason,
    attempt,
    event_date,
    due_at,
    -- null: not tried again. One that is set is not tried again either once the next time is due
    retry_at,
    occurred_at as asked_at,
from outcomes
where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
qualify row_number() over (partition by page_key, due_at order by attempt desc, event_id) = 1
