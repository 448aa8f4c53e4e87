-- stg_articles_compared: one row per revision, producer and attempt that was measured against the earlier ones.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "revision_id": "VARCHAR", "attempt": "INTEGER", "words": "INTEGER",
            "normal_sha256": "VARCHAR"
        }') as fields,
    from events
    where event_type = 'ArticleCompared' and payload is not null
)

select
    event_id,
    caused_by,
    fields.article_id as article_id,
    fields.revision_id as revision_id,
    fields.normal_sha256 as normal_sha256,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    fields.words as words,
    event_date,
    occurred_at,
    recorded_at,
from unpacked
