-- sighting_incomplete: an entry without a source, a key or an outlet, or a poll without a source, an outcome or a time.
-- severity: quarantine
-- model: stg_events
select
    event_id,
    'the entry lacks its source, key or outlet' as reason,
    event_date,
from stg_entries_seen
where source_id is null or entry_key is null or outlet is null

union all

select
    event_id,
    'the poll lacks its source, outcome or time' as reason,
    event_date,
from stg_sources_polled
where source_id is null or outcome is null or polled_at is null
