-- int_articles_credited: one row per article: whom it names as its writer or wire, or the owner of its outlet.
-- key: article_id
-- why: copy of one wire under six mastheads has one origin. A name counts in the dateline, as the byline, or as the <source>
--      of its entry; and only if it is a news agency or an outlet that is known here, or the <source> tells a place of another
--      site. One at the page's own site names the feed itself, as many do; one at the site of another outlet stands for that
--      outlet, whatever its feed is called.
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

-- whose pages are at a host: only where all that a source lists of its own there is one outlet's
hosts as (
    select
        regexp_extract(lower(url), '^https?://(?:www[.])?([^/:?#]+)', 1) as host,
        min(outlet) as outlet,
    from stg_entries_seen
    where
        is_own_page
        and document is null
        and page_key is not null
        and event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
    group by all
    having count(distinct outlet) = 1
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
    left join names on lower(sources_named.origin_name) = lower(names.name)
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
        sources_elsewhere.credit as credit,
        'feed' as rule,
        3 as rank,
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
