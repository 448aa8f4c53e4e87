-- meta_producers: one row per step and producer (version and digest of the rules) in the ledger, the current ones included.
-- key: step, producer
-- why: promoted is the producer of the running code; what it has not read yet is shown as the newest other one read it.
with events_by_producer as (
    select
        case event_type
            when 'SourcePolled' then 'poll'
            when 'EntrySeen' then 'poll'
            when 'PageCaptured' then 'capture'
            when 'PageUnchanged' then 'capture'
            when 'CaptureFailed' then 'capture'
            when 'ArticleExtracted' then 'extract'
            when 'ExtractionFailed' then 'extract'
            when 'ArticleCompared' then 'compare'
            when 'ClaimsExtracted' then 'claim'
            when 'ClaimsFailed' then 'claim'
        end as step,
        producer,
        min(position) as first_position,
        max(position) as last_position,
        count(*) as events,
    from stg_events
    where event_type != 'ContentWithdrawn'
    group by all
)

select
    coalesce(events_by_producer.step, meta_promoted.step) as step,
    coalesce(events_by_producer.producer, meta_promoted.producer) as producer,
    events_by_producer.first_position as first_position,
    events_by_producer.last_position as last_position,
    coalesce(events_by_producer.events, 0) as events,
    meta_promoted.producer is not null as is_promoted,
from events_by_producer
full join meta_promoted
    on events_by_producer.step = meta_promoted.step and events_by_producer.producer = meta_promoted.producer
