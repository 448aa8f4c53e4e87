-- stg_entries_seen: one row per sighting of a new or changed entry in a source.
-- key: event_id
with unpacked as (
    select
        *,
        from_json(payload, '{
            "source_id": "VARCHAR", "entry_key": "VARCHAR", "url": "VARCHAR", "url_key": "VARCHAR", "outlet": "VARCHAR",
            "owner": "VARCHAR", "language": "VARCHAR", "title": "VARCHAR", "title_raw": "VARCHAR", "summary": "VARCHAR",
            "guid_raw": "VARCHAR", "published_raw": "VARCHAR", "updated_raw": "VARCHAR", "authors": ["VARCHAR"],
            "origin_name": "VARCHAR", "day_rule": "VARCHAR", "document": "VARCHAR", "content_sha256": "VARCHAR",
            "published_at": "TIMESTAMPTZ", "updated_at": "TIMESTAMPTZ",
            "origin_url": "VARCHAR", "publication": "VARCHAR", "credits": [{"name": "VARCHAR", "role": "VARCHAR"}],
            "media": [{"url": "VARCHAR", "content_type": "VARCHAR", "medium": "VARCHAR"}],
            "is_own_page": "BOOLEAN"
        }') as fields,
    from events
    where event_type = 'EntrySeen' and payload is not null
)

select
    event_id,
    caused_by,
    fields.source_id as source_id,
    fields.entry_key as entry_key,
    -- the page behind the entry; null for an entry without an http link
    case when fields.url_key is not null then split_part(stream, '/', 2) end as page_key,
    fields.url_key as url_key,
    fields.url as url,
    fields.outlet as outlet,
    fields.owner as owner,
    fields.language as language,
    fields.title as title,
    fields.title_raw as title_raw,
    fields.summary as summary,
    fields.authors as authors,
    fields.origin_name as origin_name,
    fields.origin_url as origin_url,
    fields.publication as publication,
    fields.credits as credits,
    fields.media as media,
    fields.guid_raw as guid_raw,
    fields.published_raw as published_raw,
    fields.updated_raw as updated_raw,
    fields.day_rule as day_rule,
    fields.document as document,
    fields.content_sha256 as content_sha256,
    coalesce(fields.is_own_page, true) as is_own_page,
    producer,
    run_id,
    position,
    event_date,
    fields.published_at as published_at,
    fields.updated_at as updated_at,
    occurred_at,
    recorded_at,
from unpacked
