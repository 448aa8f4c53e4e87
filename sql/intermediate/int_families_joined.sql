-- int_families_joined: one row per article: the family that it belongs to, named by its smallest article id.
-- key: article_id
-- why: an article without a copy is a family of its own.
select
    article_id,
    joined_id as family_id,
from int_articles_joined
where joined_by = 'family'
