-- stitched_articles: one row per article that is put together from the sentences of several texts.
-- key: article_id
-- why: nobody else wrote what such an article says as a whole; sentence_origins has where each of its sentences comes from.
with sources as (
    select
        article_id,
        list_sort(list(distinct origin_article_id)) as source_article_ids,
        list_sort(list(distinct origin_outlet)) as source_outlets,
    from sentence_origins
    where origin_article_id is not null and not is_boilerplate
    group by article_id
)

select
    int_articles_stitched.article_id as article_id,
    int_articles_stitched.revision_id as revision_id,
    int_current_articles.outlet as outlet,
    int_current_articles.title as title,
    sources.source_article_ids as source_article_ids,
    sources.source_outlets as source_outlets,
    int_articles_stitched.sentences as sentences,
    int_articles_stitched.reused_sentences as reused_sentences,
    -- distinct texts: copies of one another count once
    int_articles_stitched.sources as sources,
    round(int_articles_stitched.reused_share, 3) as reused_share,
    round(int_articles_stitched.best_source_share, 3) as best_source_share,
    int_current_articles.event_date as event_date,
    int_current_articles.published_at as published_at,
from int_articles_stitched
inner join int_current_articles on int_articles_stitched.revision_id = int_current_articles.revision_id
left join sources on int_articles_stitched.article_id = sources.article_id
