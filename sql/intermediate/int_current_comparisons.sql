-- int_current_comparisons: one row per current revision that was compared: by the promoted producer, else by the newest.
-- key: revision_id
select
    stg_articles_compared.revision_id as revision_id,
    stg_articles_compared.event_id as event_id,
    stg_articles_compared.article_id as article_id,
    stg_articles_compared.normal_sha256 as normal_sha256,
    stg_articles_compared.producer as producer,
    stg_articles_compared.attempt as attempt,
    stg_articles_compared.words as words,
    stg_articles_compared.event_date as event_date,
from stg_articles_compared
inner join int_current_articles on stg_articles_compared.revision_id = int_current_articles.revision_id
inner join meta_producers on meta_producers.step = 'compare' and meta_producers.producer = stg_articles_compared.producer
where stg_articles_compared.event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
qualify row_number() over (
    partition by stg_articles_compared.revision_id
    order by
        meta_producers.is_promoted desc, meta_producers.last_position desc,
        stg_articles_compared.producer, stg_articles_compared.attempt desc, stg_articles_compared.event_id
) = 1
