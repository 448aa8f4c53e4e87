-- int_articles_credited: one row per article: whom it names as its writer or wire, or the owner of its outlet.
-- key: article_id
-- why: copy of one wire under six mastheads has one origin. A name counts in the dateline, as the byline, or as the <source>
--      of its entry, and only if it is a news agency or an outlet that is known here.
with agencies as (
    select
        unnest([
            'Reuters', 'AFP', 'Agence France-Presse', 'AP', 'Associated Press', 'The Associated Press', 'EFE', 'Efe news',
            'dpa', 'Deutsche Presse-Agentur', 'ANSA', 'TASS', 'Interfax', 'Xinhua', 'Kyodo', 'PTI', 'IANS', 'UPI',
            'Anadolu Agency', 'SANA', 'Bloomberg', 'PA Media', 'Press Association', 'Canadian Press'
        ]) as name,
),

names as (
    select
        name,
    from agencies

    union

    select
        outlet as name,
    from int_current_articles
    where outlet <> ''
),

openings as (
    select
        int_articles_revised.article_id as article_id,
        int_current_articles.capture_id as capture_id,
        int_current_articles.outlet as outlet,
        int_current_articles.owner as owner,
        int_current_articles.authors as authors,
        -- "BEIRUT, June 11 (Meridian Wire) -" and "Moscow (Reuters) -" stand here
        left(int_current_articles.text, 120) as opening,
    from int_articles_revised
    inner join int_current_articles on int_articles_revised.revision_id = int_current_articles.revision_id
),

candidates as (
    select
        openings.article_id as article_id,
        names.name as credit,
        'dateline' as rule,
        1 as rank,
    from openings
    inner join names on contains(lower(openings.opening), '(' || lower(names.name) || ')')

    union all

    select
        openings.article_id as article_id,
        names.name as credit,
        'byline' as rule,
        2 as rank,
    from openings
    inner join names on list_contains(list_transform(openings.authors, author -> lower(author)), lower(names.name))

    union all

    select
        openings.article_id as article_id,
        int_pages_seen.origin_name as credit,
        'feed' as rule,
        3 as rank,
    from openings
    inner join stg_pages_captured on openings.capture_id = stg_pages_captured.event_id
    inner join int_pages_seen on stg_pages_captured.page_key = int_pages_seen.page_key
    where int_pages_seen.origin_name is not null and int_pages_seen.origin_name <> openings.outlet
),

best as (
    select
        *,
    from candidates
    qualify row_number() over (partition by article_id order by rank, length(credit) desc, credit) = 1
)

select
    openings.article_id as article_id,
    best.credit as credit,
    coalesce(best.credit, openings.owner, openings.outlet) as origin,
    case
        when best.rule is not null then best.rule
        when openings.owner is not null then 'owner'
        else 'outlet'
    end as origin_rule,
from openings
left join best on openings.article_id = best.article_id
