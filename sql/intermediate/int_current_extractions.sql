-- int_current_extractions: one row per capture that was read: by the promoted producer, else by the newest, highest attempt.
-- key: capture_id
with outcomes as (
    select
        caused_by as capture_id,
        event_id,
        article_id,
        'extracted' as outcome,
        null as reason,
        producer,
        attempt,
        event_date,
        null as retry_at,
        occurred_at as captured_at,
    from stg_articles_extracted

    union all by name

    select
        caused_by as capture_id,
        event_id,
        article_id,
        'failed' as outcome,
        reason,
        producer,
        attempt,
        event_date,
        retry_at,
        occurred_at as captured_at,
    from stg_extractions_failed
)

select
    outcomes.capture_id as capture_id,
    outcomes.event_id as event_id,
    outcomes.article_id as article_id,
    outcomes.outcome as outcome,
    outcomes.reason as reason,
    outcomes.producer as producer,
    outcomes.attempt as attempt,
    outcomes.event_date as event_date,
    outcomes.retry_at as retry_at,
    outcomes.captured_at as captured_at,
from outcomes
inner join meta_producers on meta_producers.step = 'extract' and meta_producers.producer = outcomes.producer
where outcomes.event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
qualify row_number() over (
    partition by outcomes.capture_id
    order by
        meta_producers.is_promoted desc, meta_producers.last_position desc,
        outcomes.producer, outcomes.attempt desc, outcomes.event_id
) = 1
