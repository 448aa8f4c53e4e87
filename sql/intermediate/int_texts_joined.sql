-- int_texts_joined: one row per article that is one text with another beyond doubt: the name of that text.
-- key: article_id
-- why: connected components, named by their smallest article id, as in int_families_joined.
with recursive edges as (
    select
        article_id,
        other_article_id,
    from int_texts_alike

    union

    select
        other_article_id as article_id,
        article_id as other_article_id,
    from int_texts_alike
),

names as (
    select
        edges.article_id as article_id,
        edges.article_id as name,
    from edges
    anti join edges as smaller
        on edges.article_id = smaller.article_id and smaller.other_article_id < smaller.article_id

    union

    select
        edges.other_article_id as article_id,
        names.name as name,
    from names
    inner join edges on names.article_id = edges.article_id
    where names.name < edges.other_article_id
)

select
    article_id,
    min(name) as text_id,
from names
group by article_id
