-- source_health: one row per source: how its last poll went and when it is due again.
-- key: source_id
with polls as (
    select
        *,
        row_number() over (partition by source_id order by polled_at desc, event_id) as polls_ago,
        max(polled_at) filter (where outcome != 'failed') over (partition by source_id) as succeeded_at,
    from stg_sources_polled
    where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
),

polls_counted as (
    select
        source_id,
        count(*) as polls,
        count(*) filter (where succeeded_at is null or polled_at > succeeded_at) as failures_in_a_row,
    from polls
    group by all
),

entries_counted as (
    select
        source_id,
        count(distinct entry_key) as entries,
        max(published_at) as newest_published_at,
    from stg_entries_seen
    where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
    group by all
)

select
    polls.source_id as source_id,
    polls.url as url,
    polls.outcome as last_outcome,
    polls.reason as last_reason,
    polls.detail as last_detail,
    polls.status as last_status,
    polls_counted.polls as polls,
    polls_counted.failures_in_a_row as failures_in_a_row,
    coalesce(entries_counted.entries, 0) as entries,
    polls.is_bozo as is_bozo,
    polls.is_truncated as is_truncated,
    polls.polled_at as last_polled_at,
    polls.succeeded_at as last_succeeded_at,
    -- null: never due again
    polls.next_poll_at as next_poll_at,
    entries_counted.newest_published_at as newest_published_at,
from polls
inner join polls_counted on polls.source_id = polls_counted.source_id
left join entries_counted on polls.source_id = entries_counted.source_id
where polls.polls_ago = 1
