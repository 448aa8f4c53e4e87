-- stg_articles_extracted: one row per capture, producer and attempt that gave an article.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "revision_id": "VARCHAR", "url_key": "VARCHAR", "source_id": "VARCHAR",
            "outlet": "VARCHAR", "owner": "VARCHAR", "attempt": "INTEGER", "url": "VARCHAR", "canonical_url": "VARCHAR",
            "title": "VARCHAR", "text": "VARCHAR", "authors": ["VARCHAR"], "language": "VARCHAR",
            "language_probability": "DOUBLE", "published_at": "TIMESTAMPTZ", "published_precision": "VARCHAR",
            "published_rule": "VARCHAR", "words": "INTEGER",
            "candidates": [{"name": "VARCHAR", "value": "VARCHAR", "origin": "VARCHAR", "precision": "VARCHAR"}]
        }') as fields,
    from events
    where event_type = 'ArticleExtracted' and payload is not null
)

select
    event_id,
    -- the capture that was read
    caused_by,
    fields.article_id as article_id,
    fields.revision_id as revision_id,
    fields.source_id as source_id,
    fields.url_key as url_key,
    fields.url as url,
    fields.canonical_url as canonical_url,
    fields.outlet as outlet,
    fields.owner as owner,
    fields.title as title,
    fields.text as text,
    fields.authors as authors,
    fields.language as language,
    fields.published_precision as published_precision,
    fields.published_rule as published_rule,
    fields.candidates as candidates,
    producer,
    run_id,
    position,
    fields.attempt as attempt,
    fields.words as words,
    fields.language_probability as language_probability,
    event_date,
    fields.published_at as published_at,
    -- the page was fetched at this time
    occurred_at,
    recorded_at,
from unpacked
