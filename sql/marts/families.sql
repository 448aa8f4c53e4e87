-- families: one row per family: articles that are copies of one another, or one article alone.
-- key: family_id
-- why: twenty reprints are twenty articles, but one text. The earliest is the earliest known to this ledger, by the
--      time that its outlet gives. owners counts the outlets of one owner once.
with articles_in_families as (
    select
        int_families_joined.family_id as family_id,
        int_articles_revised.article_id as article_id,
        int_current_articles.outlet as outlet,
        int_current_articles.owner as owner,
        int_current_articles.title as title,
        int_current_articles.published_at as published_at,
    from int_families_joined
    inner join int_articles_revised on int_families_joined.article_id = int_articles_revised.article_id
    inner join int_current_articles on int_articles_revised.revision_id = int_current_articles.revision_id
)

select
    family_id,
    first(article_id order by published_at nulls last, article_id) as earliest_article_id,
    coalesce(list_sort(list(distinct title) filter (where title is not null)), []) as titles,
    count(*) as articles,
    count(distinct outlet) as outlets,
    count(distinct coalesce(owner, outlet)) as owners,
    min(published_at) as first_published_at,
from articles_in_families
group by family_id
