-- stg_pages_unchanged: one row per attempt that found a page as it was captured before.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "url_key": "VARCHAR", "requested_url": "VARCHAR", "attempt": "INTEGER", "due_at": "TIMESTAMPTZ",
            "final_url": "VARCHAR", "status": "INTEGER", "same_as": "UUID"
        }') as fields,
    from events
    where event_type = 'PageUnchanged' and payload is not null
)

select
    event_id,
    caused_by,
    -- the capture that has the bytes
    fields.same_as as same_as,
    split_part(stream, '/', 2) as page_key,
    fields.url_key as url_key,
    fields.requested_url as requested_url,
    fields.final_url as final_url,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    fields.status as status,
    event_date,
    fields.due_at as due_at,
    occurred_at,
    recorded_at,
from unpacked
