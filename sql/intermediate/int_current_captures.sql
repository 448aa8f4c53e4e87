-- int_current_captures: one row per page that a capture was tried of: the highest attempt to get it for the first time.
-- key: url_key
-- why: a page that was got stays got when asking for it again fails; int_current_recaptures has how that went.
with outcomes as (
    select
        event_id,
        url_key,
        page_key,
        requested_url,
        final_url,
        'captured' as outcome,
        null as reason,
        producer,
        attempt,
        status,
        body_bytes,
        event_date,
        null as retry_at,
        occurred_at as captured_at,
    from stg_pages_captured
    where due_at is null

    union all by name

    select
        event_id,
        url_key,
        page_key,
        requested_url,
        final_url,
        'failed' as outcome,
        reason,
        producer,
        attempt,
        status,
        event_date,
        retry_at,
        occurred_at as captured_at,
    from stg_captures_failed
    where due_at is null
)

select
    url_key,
    event_id,
    page_key,
    requested_url,
    final_url,
    outcome,
    reason,
    producer,
    attempt,
    status,
    body_bytes,
    event_date,
    retry_at,
    captured_at,
from outcomes
where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
qualify row_number() over (partition by url_key order by attempt desc, event_id) = 1
