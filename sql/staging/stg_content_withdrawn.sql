-- stg_content_withdrawn: one row per withdrawal, with all the events whose payload went.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "withdrawn_id": "UUID", "withdrawn_ids": ["UUID"], "withdrawn_stream": "VARCHAR", "reason": "VARCHAR"
        }') as fields,
    from events
    where event_type = 'ContentWithdrawn' and payload is not null
)

select
    event_id,
    fields.withdrawn_id as withdrawn_id,
    fields.withdrawn_ids as withdrawn_ids,
    fields.withdrawn_stream as withdrawn_stream,
    fields.reason as reason,
    producer,
    run_id,
    position,
    event_date,
    occurred_at,
    recorded_at,
from unpacked
