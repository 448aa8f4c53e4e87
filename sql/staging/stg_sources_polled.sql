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
            "is_truncated": "BOOLEAN", "polled_at": "TIMESTAMPTZ", "next_poll_at": "TIMESTAMPTZ",
            "paced_by": "VARCHAR", "entries_new": "INTEGER", "is_audit": "BOOLEAN",
            "sitemaps": [{"url": "VARCHAR", "reason": "VARCHAR", "entries": "INTEGER"}],
            "gap": {"from_at": "TIMESTAMPTZ", "until_at": "TIMESTAMPTZ"},
            "state": {
                "moved_to": "VARCHAR", "interval_s": "DOUBLE", "is_304_trusted": "BOOLEAN", "entries": "INTEGER",
                "half_at": "TIMESTAMPTZ"
            }
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
    fields.paced_by as paced_by,
    fields.state.moved_to as moved_to,
    -- of an index of sitemaps, those asked with it
    fields.sitemaps as sitemaps,
    producer,
    run_id,
    position,
    fields.body.offset as body_offset,
    fields.status as status,
    fields.body_bytes as body_bytes,
    fields.entries as entries,
    coalesce(fields.entries_new, 0) as entries_new,
    fields.state.interval_s as interval_s,
    -- of the last listing that was read; half of them are younger than half_at
    fields.state.entries as listed_entries,
    fields.is_bozo as is_bozo,
    fields.is_truncated as is_truncated,
    coalesce(fields.is_audit, false) as is_audit,
    coalesce(fields.state.is_304_trusted, true) as is_304_trusted,
    event_date,
    fields.polled_at as polled_at,
    fields.next_poll_at as next_poll_at,
    fields.state.half_at as half_at,
    fields.gap.from_at as gap_from_at,
    fields.gap.until_at as gap_until_at,
    occurred_at,
    recorded_at,
from unpacked
