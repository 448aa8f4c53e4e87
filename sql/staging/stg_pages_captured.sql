-- stg_pages_captured: one row per attempt that got the bytes of a page.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "url_key": "VARCHAR", "requested_url": "VARCHAR", "attempt": "INTEGER", "due_at": "TIMESTAMPTZ", "final_url": "VARCHAR",
            "redirects": ["VARCHAR"], "status": "INTEGER", "content_type": "VARCHAR", "headers": "JSON",
            "body_bytes": "BIGINT", "body": {"file": "VARCHAR", "offset": "BIGINT", "sha256": "VARCHAR"}
        }') as fields,
    from events
    where event_type = 'PageCaptured' and payload is not null
)

select
    event_id,
    caused_by,
    split_part(stream, '/', 2) as page_key,
    fields.url_key as url_key,
    fields.requested_url as requested_url,
    fields.final_url as final_url,
    fields.redirects as redirects,
    fields.content_type as content_type,
    fields.headers as headers,
    fields.body.file as body_file,
    fields.body.sha256 as body_sha256,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    fields.status as status,
    fields.body_bytes as body_bytes,
    fields.body.offset as body_offset,
    event_date,
    -- null: asked for the first time; else since when it was to be asked for again
    fields.due_at as due_at,
    occurred_at,
    recorded_at,
from unpacked
