-- article_relations: one row per pair of related revisions; it reads "revision_id is <relation> other_revision_id".
-- key: revision_id, other_revision_id
-- why: the numbers behind a relation stand beside it. exact and copy-of have no direction: hours_after says who was later.
select
    int_relations_named.revision_id as revision_id,
    int_relations_named.other_revision_id as other_revision_id,
    int_relations_named.article_id as article_id,
    int_relations_named.other_article_id as other_article_id,
    int_relations_named.relation as relation,
    firsts.outlet as outlet,
    seconds.outlet as other_outlet,
    firsts.title as title,
    seconds.title as other_title,
    -- boilerplate left out, also from the coverage
    int_relations_named.shorter_words as shorter_words,
    int_relations_named.shared_sentences as shared_sentences,
    int_relations_named.revised_sentences as revised_sentences,
    round(int_relations_named.longer_coverage, 3) as longer_coverage,
    round(int_relations_named.shorter_coverage, 3) as shorter_coverage,
    -- the ledes count something, and not the same
    int_relations_named.is_recounted as is_recounted,
    -- negative: the first was published earlier
    round((epoch(firsts.published_at) - epoch(seconds.published_at)) / 3600, 1) as hours_after,
from int_relations_named
inner join int_current_articles as firsts on int_relations_named.revision_id = firsts.revision_id
inner join int_current_articles as seconds on int_relations_named.other_revision_id = seconds.revision_id
