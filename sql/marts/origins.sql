-- origins: one row per family: who its text comes from, as far as this ledger knows.
-- key: family_id
-- why: how many outlets printed a text says how far it went; how many origins speak says how many looked. Count distinct
--      origin_id: reprints, copies of one wire and outlets of one owner do not raise it.
with members as (
    select
        int_families_joined.family_id as family_id,
        int_families_joined.article_id as article_id,
        int_articles_credited.credit as credit,
        int_articles_credited.origin as origin,
        int_articles_credited.origin_rule as origin_rule,
        int_current_articles.outlet as outlet,
        int_current_articles.owner as owner,
        coalesce(int_current_articles.published_at, int_current_articles.captured_at) as known_at,
        if(int_current_articles.published_at is null, 'captured', int_current_articles.published_precision) as known_by,
    from int_families_joined
    inner join int_articles_credited on int_families_joined.article_id = int_articles_credited.article_id
    inner join int_articles_revised on int_families_joined.article_id = int_articles_revised.article_id
    inner join int_current_articles on int_articles_revised.revision_id = int_current_articles.revision_id
),

origins_of_families as (
    select
        family_id,
        -- a credit outranks the outlet that printed first: the wire's own page may be missing here
        first(origin order by (credit is null), known_at, article_id) as origin,
        first(origin_rule order by (credit is null), known_at, article_id) as origin_rule,
        first(article_id order by known_at, article_id) as earliest_article_id,
        first(outlet order by known_at, article_id) as earliest_outlet,
        first(known_by order by known_at, article_id) as earliest_known_by,
        count(*) as articles,
        count(distinct outlet) as outlets,
        count(distinct coalesce(owner, outlet)) as owners,
        min(known_at) as earliest_known_at,
    from members
    group by family_id
),

-- an outlet that somebody owns goes by its owner's name, also where another credits it
owners_of_outlets as (
    select
        outlet,
        min(owner) as owner,
    from int_current_articles
    where owner is not null
    group by outlet
)

select
    origins_of_families.family_id as family_id,
    lower(coalesce(owners_of_outlets.owner, origins_of_families.origin)) as origin_id,
    origins_of_families.earliest_article_id as earliest_article_id,
    coalesce(owners_of_outlets.owner, origins_of_families.origin) as origin,
    origins_of_families.origin_rule as origin_rule,
    origins_of_families.earliest_outlet as earliest_outlet,
    -- exact, minute or day: precision of the time that the outlet gives; captured: it gives none
    origins_of_families.earliest_known_by as earliest_known_by,
    origins_of_families.articles as articles,
    origins_of_families.outlets as outlets,
    origins_of_families.owners as owners,
    origins_of_families.earliest_known_at as earliest_known_at,
from origins_of_families
left join owners_of_outlets on origins_of_families.origin = owners_of_outlets.outlet
