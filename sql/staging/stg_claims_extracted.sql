-- stg_claims_extracted: one row per revision, producer and attempt that was read for claims, also when it held none.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "revision_id": "VARCHAR", "attempt": "INTEGER", "claims": ["JSON"]
        }') as fields,
    from events
    where event_type = 'ClaimsExtracted' and payload is not null
)

select
    event_id,
    caused_by,
    fields.article_id as article_id,
    fields.revision_id as revision_id,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    len(fields.claims) as claims,
    event_date,
    occurred_at,
    recorded_at,
from unpacked
