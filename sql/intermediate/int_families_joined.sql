-- int_families_joined: one row per article: the family that it belongs to, named by its smallest article id.
-- key: article_id
-- why: families are the connected components over exact and copy-of; an article without a copy is a family of its own.
with recursive edges as (
    select
        article_id,
        other_article_id,
    from int_relations_named
    where relation in ('exact', 'copy-of')

    union

    select
        other_article_id as article_id,
        article_id as other_article_id,
    from int_relations_named
    where relation in ('exact', 'copy-of')
),

-- Names travel along the edges. Only an article smaller than all its neighbours can name a family: most have one such.
names as (
    select
        article_id,
        article_id as name,
    from int_current_articles
    anti join edges
        on int_current_articles.article_id = edges.article_id and edges.other_article_id < edges.article_id

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
    min(name) as family_id,
from names
group by article_id
