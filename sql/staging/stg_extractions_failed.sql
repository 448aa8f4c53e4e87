-- stg_extractions_failed: one row per capture, producer and attempt that gave no article.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "url_key": "VARCHAR", "source_id": "VARCHAR", "outlet": "VARCHAR",
            "owner": "VARCHAR", "attempt": "INTEGER", "reason": "VARCHAR", "detail": "VARCHAR", "retry_at": "TIMESTAMPTZ"
        }') as fields,
    from events
    where event_type = 'ExtractionFailed' and payload is not null
)

select
    event_id,
    -- the capture that was read
    caused_by,
    fields.article_id as article_id,
    fields.source_id as source_id,
    fields.url_key as url_key,
    fields.outlet as outlet,
    fields.owner as owner,
    fields.reason as reason,
    fields.detail as detail,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    event_date,
    -- null: the failure is final
    fields.retry_at as retry_at,
    occurred_at,
    recorded_at,
from unpacked
