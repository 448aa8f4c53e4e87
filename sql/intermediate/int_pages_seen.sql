-- int_pages_seen: one row per page, as the source on its own domain listed it first, else as any did.
-- key: page_key
-- why: a page that two sources list counts once, for the source that names its outlet. `capture` and pipeline_accounting
--      choose alike.
select
    page_key,
    event_id,
    url_key,
    url,
    source_id,
    outlet,
    owner,
    -- und: the source does not say (ISO 639-2)
    coalesce(language, 'und') as language,
    title,
    origin_name,
    origin_url,
    event_date,
    published_at,
    occurred_at as seen_at,
from stg_entries_seen
where page_key is not null and event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
qualify row_number() over (partition by page_key order by is_own_page desc, occurred_at, event_id) = 1
