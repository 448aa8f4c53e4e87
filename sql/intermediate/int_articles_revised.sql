-- int_articles_revised: one row per article: which of its revisions is the latest, and how many there are.
-- key: article_id
-- why: a page whose text went back to an earlier one shows the earlier one, so the last capture decides.
with latest as (
    select
        article_id,
        revision_id,
        producer,
    from int_current_articles
    qualify row_number() over (partition by article_id order by last_captured_at desc, captured_at desc, revision_id) = 1
)

select
    latest.article_id as article_id,
    latest.revision_id as revision_id,
    -- two producers may read one text in two ways: that is no revision
    count(*) as revisions,
from latest
inner join int_current_articles
    on latest.article_id = int_current_articles.article_id and latest.producer = int_current_articles.producer
group by all
