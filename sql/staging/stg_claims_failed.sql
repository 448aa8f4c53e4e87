-- stg_claims_failed: one row per revision, producer and attempt that the rules could not read for claims.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "revision_id": "VARCHAR", "attempt": "INTEGER", "reason": "VARCHAR",
            "detail": "VARCHAR", "retry_at": "TIMESTAMPTZ"
        }') as fields,
    from events
    where event_type = 'ClaimsFailed' and payload is not null
)

select
    event_id,
    caused_by,
    fields.article_id as article_id,
    fields.revision_id as revision_id,
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
