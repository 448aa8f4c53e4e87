-- int_events_set_aside: one row per event that no mart shows: withdrawn or quarantined, or made from such an event.
-- key: event_id
with recursive set_aside as (
    select
        int_events_broken.event_id as event_id,
        'quarantined' as why,
    from int_events_broken

    union

    select
        unnest(stg_content_withdrawn.withdrawn_ids) as event_id,
        'withdrawn' as why,
    from stg_content_withdrawn

    union

    select
        stg_events.event_id as event_id,
        set_aside.why as why,
    from set_aside
    inner join stg_events on set_aside.event_id = stg_events.caused_by
)

select
    stg_events.event_id as event_id,
    stg_events.caused_by as caused_by,
    stg_events.event_type as event_type,
    stg_events.stream as stream,
    -- withdrawn, where both hold
    max(set_aside.why) as why,
    stg_events.event_date as event_date,
from set_aside
inner join stg_events on set_aside.event_id = stg_events.event_id
group by all
