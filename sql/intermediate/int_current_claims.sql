-- int_current_claims: one row per current revision that was read for claims: by the promoted producer, else by the newest.
-- key: revision_id
with outcomes as (
    select
        revision_id,
        event_id,
        article_id,
        'extracted' as outcome,
        null as reason,
        producer,
        attempt,
        claims,
        event_date,
        null as retry_at,
    from stg_claims_extracted

    union all by name

    select
        revision_id,
        event_id,
        article_id,
        'failed' as outcome,
        reason,
        producer,
        attempt,
        event_date,
        retry_at,
    from stg_claims_failed
)

select
    outcomes.revision_id as revision_id,
    outcomes.event_id as event_id,
    outcomes.article_id as article_id,
    outcomes.outcome as outcome,
    outcomes.reason as reason,
    outcomes.producer as producer,
    outcomes.attempt as attempt,
    coalesce(outcomes.claims, 0) as claims,
    outcomes.event_date as event_date,
    outcomes.retry_at as retry_at,
from outcomes
inner join int_current_articles on outcomes.revision_id = int_current_articles.revision_id
inner join meta_producers on meta_producers.step = 'claim' and meta_producers.producer = outcomes.producer
where outcomes.event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
qualify row_number() over (
    partition by outcomes.revision_id
    order by
        meta_producers.is_promoted desc, meta_producers.last_position desc,
        outcomes.producer, outcomes.attempt desc, outcomes.event_id
) = 1
