-- int_articles_credited: one row per article: whom it names as its writer or wire, or the owner of its outlet.
-- key: article_id
-- why: copy of one wire under six mastheads has one origin. A name counts in the dateline, as the byline, as a sign-off, or
--      as the <source> of its entry; and only if it is an agency of seeds/agencies.csv or an outlet that is known here, or the
--      <source> tells a place of another site. One at the page's own site names the feed itself, as many do; one at the site
--      of another outlet stands for that outlet, whatever its feed is called.
with agency_names as (
    select distinct
        name,
        lower(unnest(list_prepend(name, aliases))) as alias,
    from seed_agencies
),

names as (
    select
        name,
        alias,
    from agency_names

    union

    select
        int_current_articles.outlet as name,
        lower(int_current_articles.outlet) as alias,
    from int_current_articles
    -- an agency that is an outlet here goes by its name in the table
    anti join agency_names on lower(int_current_articles.outlet) = agency_names.alias
    where int_current_articles.outlet <> ''
),

agency_marks as (
    select
        name,
        lower(unnest(marks)) as mark,
    from seed_agencies
),

openings as (
    select
        int_articles_revised.article_id as article_id,
        int_current_articles.capture_id as capture_id,
        coalesce(agency_names.name, int_current_articles.outlet) as outlet,
        int_current_articles.owner as owner,
        list_transform(int_current_articles.authors, lambda author: lower(author)) as authors,
        -- "BEIRUT, June 11 (Meridian Wire) -" and "Moscow (Reuters) -" stand here
        lower(left(int_current_articles.text, 120)) as opening,
        lower(right(int_current_articles.text, 120)) as ending,
    from int_articles_revised
    inner join int_current_articles on int_articles_revised.revision_id = int_current_articles.revision_id
    left join agency_names on lower(int_current_articles.outlet) = agency_names.alias
),

-- whose pages are at a host: only where all that a source lists of its own there is one outlet's
hosts as (
    select
        regexp_extract(lower(url), '^https?://(?:www[.])?([^/:?#]+)', 1) as host,
        min(coalesce(agency_names.name, stg_entries_seen.outlet)) as outlet,
    from stg_entries_seen
    left join agency_names on lower(stg_entries_seen.outlet) = agency_names.alias
    where
        is_own_page
        and document is null
        and page_key is not null
        and event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
    group by all
    having count(distinct coalesce(agency_names.name, stg_entries_seen.outlet)) = 1
),

sources_named as (
    select
        page_key,
        origin_name,
        regexp_extract(lower(url), '^https?://(?:www[.])?([^/:?#]+)', 1) as page_host,
        coalesce(regexp_extract(lower(origin_url), '^https?://(?:www[.])?([^/:?#]+)', 1), '') as origin_host,
    from int_pages_seen
    where origin_name is not null or origin_url is not null
),

sources_elsewhere as (
    select
        sources_named.page_key as page_key,
        coalesce(hosts.outlet, names.name, sources_named.origin_name) as credit,
    from sources_named
    left join hosts on sources_named.origin_host = hosts.host
    left join names on lower(sources_named.origin_name) = names.alias
    where
        (sources_named.origin_host <> '' or names.name is not null)
        and sources_named.origin_host <> sources_named.page_host
        and not ends_with(sources_named.origin_host, '.' || sources_named.page_host)
        and not ends_with(sources_named.page_host, '.' || sources_named.origin_host)
),

candidates as (
    select
        openings.article_id as article_id,
        names.name as credit,
        'dateline' as rule,
        1 as rank,
    from openings
    inner join names on contains(openings.opening, '(' || names.alias || ')')

    union all

    select
        openings.article_id as article_id,
        agency_marks.name as credit,
        if(contains(openings.opening, agency_marks.mark), 'dateline', 'sign-off') as rule,
        if(contains(openings.opening, agency_marks.mark), 1, 3) as rank,
    from openings
    inner join agency_marks on contains(openings.opening || ' ' || openings.ending, agency_marks.mark)

    union all

    select
        openings.article_id as article_id,
        names.name as credit,
        'byline' as rule,
        2 as rank,
    from openings
    inner join names on list_contains(openings.authors, names.alias)

    union all

    select
        openings.article_id as article_id,
        sources_elsewhere.credit as credit,
        'feed' as rule,
        4 as rank,
    from openings
    inner join stg_pages_captured on openings.capture_id = stg_pages_captured.event_id
    inner join sources_elsewhere on stg_pages_captured.page_key = sources_elsewhere.page_key
    where sources_elsewhere.credit <> openings.outlet
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
