-- coverage_gaps: one row per time in which entries of a source may have come and gone unseen.
-- key: event_id
-- A poll found none of the entries that the one before had found: whatever was published in between and is no longer listed is
-- missing; so is what a source listed last that is gone (410). Nothing is missing of a source in times that have no row here, as
-- far as its lists are in the order of publication.
select
    event_id,
    source_id,
    url,
    entries_new,
    gap_from_at,
    gap_until_at,
    date_diff('second', gap_from_at, gap_until_at) / 3600.0 as gap_hours,
    polled_at as found_at,
from stg_sources_polled
where
    gap_from_at is not null
    and event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
