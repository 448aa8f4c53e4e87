-- stg_captures_failed: one row per attempt that did not get the bytes of a page.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "url_key": "VARCHAR", "requested_url": "VARCHAR", "attempt": "INTEGER", "due_at": "TIMESTAMPTZ", "reason": "VARCHAR",
            "detail": "VARCHAR", "final_url": "VARCHAR", "status": "INTEGER", "retry_at": "TIMESTAMPTZ"
        }') as fields,
    from events
    where event_type = 'CaptureFailed' and payload is not null
)

select
    event_id,
    caused_by,
    split_part(stream, '/', 2) as page_key,
    fields.url_key as url_key,
    fields.requested_url as requested_url,
    fields.final_url as final_url,
    fields.reason as reason,
    fields.detail as detail,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    fields.status as status,
    event_date,
    -- null: asked for the first time; else since when it was to be asked for again
    fields.due_at as due_at,
    -- null: the failure is final
    fields.retry_at as retry_at,
    occurred_at,
    recorded_at,
from unpacked
