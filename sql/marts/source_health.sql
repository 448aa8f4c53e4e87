-- source_health: one row per source: how its last poll went, what it has missed and when it is due again.
-- key: source_id
-- error_class: address (no such host or page), refused (the host says no), network, server (5xx, too often), content (no feed),
-- gone (410: it is not asked again). paced_by: what set next_poll_at: the rhythm (news, quiet, turned_over), what the source asks
-- for (ttl, max_age, retry_after, skip: its skipHours and skipDays), the sources file (override), or failures (failed, refused). rhythm_s: the mean time between two
-- entries. usual_silence_s: a time without news that is seldom exceeded: the third longest of 28 days, or of the last
-- 12 times where those are longer ago; so nights and weekends count as usual. Null while fewer than 10 are known.
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
        count(gap_from_at) as gaps,
        max(gap_until_at) as last_gap_until_at,
    from polls
    group by all
),

news as (
    select
        source_id,
        polled_at,
        date_diff('second', lag(polled_at) over (partition by source_id order by polled_at, event_id), polled_at) as silence_s,
        max(polled_at) over (partition by source_id) as last_news_at,
        row_number() over (partition by source_id order by polled_at desc, event_id) as news_ago,
    from polls
    where entries_new > 0
),

silences_counted as (
    select
        source_id,
        any_value(last_news_at) as last_news_at,
        case when count(silence_s) >= 10 then list(silence_s order by silence_s desc nulls last)[3] end as usual_silence_s,
    from news
    where polled_at > last_news_at - interval 28 days or news_ago <= 12
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
    polls.moved_to as moved_to,
    polls.outcome as last_outcome,
    polls.reason as last_reason,
    case
        when polls.reason is null then null
        when polls.reason = 'status_410' then 'gone'
        when polls.reason in ('dns', 'bad_url', 'no_tls_door', 'status_404') then 'address'
        when polls.reason in ('status_401', 'status_403', 'status_451', 'robots', 'private_address') then 'refused'
        when polls.reason = 'status_429' or polls.reason like 'status\_5__' escape '\' then 'server'
        when polls.reason in ('timeout', 'connect', 'tls', 'broken_body', 'bad_answer') then 'network'
        when polls.reason like 'status\_%' escape '\' or polls.reason like '%redirect%' then 'address'
        else 'content'
    end as error_class,
    polls.detail as last_detail,
    polls.status as last_status,
    polls.paced_by as paced_by,
    polls_counted.polls as polls,
    polls_counted.failures_in_a_row as failures_in_a_row,
    polls_counted.gaps as gaps,
    coalesce(entries_counted.entries, 0) as entries,
    polls.is_bozo as is_bozo,
    -- how long it would be left alone if it asked for nothing
    polls.interval_s as interval_s,
    round(
        date_diff('second', polls.half_at, polls.polled_at) / greatest(polls.listed_entries / 2.0, 1)
    )::bigint as rhythm_s,
    silences_counted.usual_silence_s as usual_silence_s,
    -- until it was last asked, whether or not it answered
    date_diff('second', silences_counted.last_news_at, polls.polled_at) as silent_s,
    polls.is_truncated as is_truncated,
    -- false: its 304s were lies, so its body is asked for each time
    polls.is_304_trusted as is_304_trusted,
    polls.polled_at as last_polled_at,
    polls.succeeded_at as last_succeeded_at,
    -- null: never due again
    polls.next_poll_at as next_poll_at,
    polls_counted.last_gap_until_at as last_gap_until_at,
    silences_counted.last_news_at as last_news_at,
    entries_counted.newest_published_at as newest_published_at,
from polls
inner join polls_counted on polls.source_id = polls_counted.source_id
left join silences_counted on polls.source_id = silences_counted.source_id
left join entries_counted on polls.source_id = entries_counted.source_id
where polls.polls_ago = 1
