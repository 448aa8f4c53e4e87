-- stg_sources_polled: one row per time that a source was asked for its entries.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "source_id": "VARCHAR", "url": "VARCHAR", "outcome": "VARCHAR", "reason": "VARCHAR", "detail": "VARCHAR",
            "etag": "VARCHAR", "last_modified": "VARCHAR", "body_sha256": "VARCHAR", "bozo_reason": "VARCHAR",
            "body": {"file": "VARCHAR", "offset": "BIGINT", "sha256": "VARCHAR"},
            "status": "INTEGER", "body_bytes": "BIGINT", "entries": "INTEGER", "is_bozo": "BOOLEAN",
            "is_truncated": "BOOLEAN", "polled_at": "TIMESTAMPTZ", "next_poll_at": "TIMESTAMPTZ"
        }') as fields,
    from events
    where event_type = 'SourcePolled' and payload is not null
)

select
    event_id,
    caused_by,
    fields.source_id as source_id,
    fields.url as url,
    fields.outcome as outcome,
    fields.reason as reason,
    fields.detail as detail,
    fields.etag as etag,
    fields.last_modified as last_modified,
    fields.body_sha256 as body_sha256,
    fields.bozo_reason as bozo_reason,
    fields.body.file as body_file,
    producer,
    run_id,
    position,
    fields.body.offset as body_offset,
    fields.status as status,
    fields.body_bytes as body_bytes,
    fields.entries as entries,
    fields.is_bozo as is_bozo,
    fields.is_truncated as is_truncated,
    event_date,
    fields.polled_at as polled_at,
    fields.next_poll_at as next_poll_at,
    occurred_at,
    recorded_at,
from unpacked
