-- articles: one row per article, in its latest revision.
-- key: article_id
-- why: copies counts the other articles of the family: reprints say how far a text went, not how true it is. claims and
--      tolls leave out what the narrator says in the outlet's own name; narrator_claims has that.
with claims_of_revisions as (
    select
        revision_id,
        count(*) filter (where not is_narrator) as claims,
        count(*) filter (where is_narrator) as narrator_claims,
    from claims
    group by all
),

tolls_of_revisions as (
    select
        revision_id,
        count(*) as tolls,
    from toll_claims
    where not is_narrator
    group by all
)

select
    int_articles_revised.article_id as article_id,
    int_articles_revised.revision_id as revision_id,
    int_current_articles.event_id as event_id,
    int_families_joined.family_id as family_id,
    int_current_articles.source_id as source_id,
    int_current_articles.outlet as outlet,
    int_current_articles.owner as owner,
    int_current_articles.title as title,
    int_current_articles.authors as authors,
    int_current_articles.url as url,
    int_current_articles.language as language,
    int_current_articles.section as section,
    -- paid | metered | free, as the page says; null: it says nothing
    int_current_articles.access as access,
    int_current_articles.published_precision as published_precision,
    int_current_articles.published_rule as published_rule,
    -- null: not read for claims yet
    int_current_claims.outcome as claims_outcome,
    int_current_claims.reason as claims_reason,
    int_current_articles.words as words,
    int_articles_revised.revisions as revisions,
    count(*) over family - 1 as copies,
    coalesce(claims_of_revisions.claims, 0) as claims,
    coalesce(claims_of_revisions.narrator_claims, 0) as narrator_claims,
    coalesce(tolls_of_revisions.tolls, 0) as tolls,
    -- the earliest of its family that is known here, by the time the outlet gives
    row_number() over (
        family order by int_current_articles.published_at nulls last, int_articles_revised.article_id
    ) = 1 as is_earliest_in_family,
    int_current_articles.event_date as event_date,
    int_current_articles.published_at as published_at,
    int_current_articles.captured_at as captured_at,
from int_articles_revised
inner join int_current_articles on int_articles_revised.revision_id = int_current_articles.revision_id
left join int_families_joined on int_articles_revised.article_id = int_families_joined.article_id
left join int_current_claims on int_articles_revised.revision_id = int_current_claims.revision_id
left join claims_of_revisions on int_articles_revised.revision_id = claims_of_revisions.revision_id
left join tolls_of_revisions on int_articles_revised.revision_id = tolls_of_revisions.revision_id
-- an article that was not compared yet is a family of its own
window family as (partition by coalesce(int_families_joined.family_id, int_articles_revised.article_id))
