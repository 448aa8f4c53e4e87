-- lineages: one row per revision of a story that has several versions, in the order in which they became known.
-- key: revision_id
-- why: an update changes the toll and keeps the text, and reprints go on printing the old one. Each revision follows the
--      one before that it is nearest to: always one that is earlier, so there are no circles. lineage_id is the smallest
--      article id of all that copies and versions join, so it does not depend on the order of arrival.
with recursive both_sides as (
    select
        revision_id,
        other_revision_id,
        relation,
        longer_coverage,
    from int_relations_named
    where relation <> 'contained-in'

    union all

    select
        other_revision_id as revision_id,
        revision_id as other_revision_id,
        relation,
        longer_coverage,
    from int_relations_named
    where relation <> 'contained-in'
),

members as (
    select distinct
        revision_id,
    from both_sides
),

followed as (
    select
        both_sides.revision_id as revision_id,
        both_sides.other_revision_id as followed_revision_id,
        both_sides.relation as relation,
        if(both_sides.relation in ('revision-of', 'version-of'), 1, 0) as versions_later,
    from both_sides
    inner join int_revisions_timed as mine on both_sides.revision_id = mine.revision_id
    inner join int_revisions_timed as theirs on both_sides.other_revision_id = theirs.revision_id
    where (theirs.known_at, theirs.revision_id) < (mine.known_at, mine.revision_id)
    qualify row_number() over (
        partition by both_sides.revision_id
        order by
            list_position(['revision-of', 'exact', 'copy-of', 'version-of'], both_sides.relation),
            -- of its own revisions the last one, of other texts the nearest
            if(both_sides.relation = 'revision-of', theirs.known_at, null) desc nulls last,
            both_sides.longer_coverage desc, theirs.known_at desc, theirs.revision_id
    ) = 1
),

numbered as (
    select
        members.revision_id as revision_id,
        1 as version_number,
    from members
    anti join followed on members.revision_id = followed.revision_id

    union all

    select
        followed.revision_id as revision_id,
        numbered.version_number + followed.versions_later as version_number,
    from numbered
    inner join followed on numbered.revision_id = followed.followed_revision_id
)

select
    int_articles_joined.joined_id as lineage_id,
    numbered.revision_id as revision_id,
    int_current_articles.article_id as article_id,
    int_families_joined.family_id as family_id,
    -- null: the first, as far as this ledger knows
    followed.followed_revision_id as follows_revision_id,
    followed.relation as follows_as,
    int_current_articles.outlet as outlet,
    int_current_articles.title as title,
    row_number() over (
        partition by int_articles_joined.joined_id order by int_revisions_timed.known_at, numbered.revision_id
    ) as place,
    -- goes up with each version or revision, a copy has that of what it copies
    numbered.version_number as version_number,
    -- the first number in the lede
    int_ledes_counted.first_count as lede_count,
    -- false: the outlet gives no time, or the text was put in place later, so the capture's counts
    int_revisions_timed.is_published as is_dated,
    int_revisions_timed.known_at as known_at,
from numbered
inner join int_current_articles on numbered.revision_id = int_current_articles.revision_id
inner join int_revisions_timed on numbered.revision_id = int_revisions_timed.revision_id
inner join int_articles_joined
    on int_current_articles.article_id = int_articles_joined.article_id and int_articles_joined.joined_by = 'lineage'
inner join int_families_joined on int_current_articles.article_id = int_families_joined.article_id
inner join int_ledes_counted on numbered.revision_id = int_ledes_counted.revision_id
left join followed on numbered.revision_id = followed.revision_id
-- copies of one version alone are a family, and no lineage
qualify max(numbered.version_number) over (partition by int_articles_joined.joined_id) > 1
