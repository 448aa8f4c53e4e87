-- int_articles_joined: one row per article and way of joining: the set that it belongs to, named by its smallest article id.
-- key: joined_by, article_id
-- why: a family is joined by copies, a lineage by copies and versions; both are connected components, found in one way.
--      int_texts_joined does it once more, since texts are joined before boilerplate is known and relations after.
with recursive ways as (
    select
        unnest(['family', 'family', 'lineage', 'lineage', 'lineage']) as joined_by,
        unnest(['exact', 'copy-of', 'exact', 'copy-of', 'version-of']) as relation,
),

edges as (
    select
        ways.joined_by as joined_by,
        int_relations_named.article_id as article_id,
        int_relations_named.other_article_id as other_article_id,
    from int_relations_named
    inner join ways on int_relations_named.relation = ways.relation

    union

    select
        ways.joined_by as joined_by,
        int_relations_named.other_article_id as article_id,
        int_relations_named.article_id as other_article_id,
    from int_relations_named
    inner join ways on int_relations_named.relation = ways.relation
),

-- Names travel along the edges. Only an article smaller than all its neighbours can name a set: most have one such.
names as (
    select
        kinds.joined_by as joined_by,
        int_current_articles.article_id as article_id,
        int_current_articles.article_id as name,
    from int_current_articles
    cross join (select distinct joined_by from ways) as kinds
    anti join edges
        on kinds.joined_by = edges.joined_by
        and int_current_articles.article_id = edges.article_id
        and edges.other_article_id < edges.article_id

    union

    select
        names.joined_by as joined_by,
        edges.other_article_id as article_id,
        names.name as name,
    from names
    inner join edges on names.joined_by = edges.joined_by and names.article_id = edges.article_id
    where names.name < edges.other_article_id
)

select
    joined_by,
    article_id,
    min(name) as joined_id,
from names
group by joined_by, article_id
