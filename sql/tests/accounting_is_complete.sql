-- accounting_is_complete: pages, captures, revisions or claims that no day, source and language accounts for.
-- severity: stop
-- model: pipeline_accounting
with pages_listed as (
    select distinct page_key
    from stg_entries_seen
    where page_key is not null and event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
),

captures_made as (
    select event_id
    from stg_pages_captured
    where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
),

counts as (
    select
        'pages' as counted,
        (select count(*) from pages_listed) as expected,
        (select coalesce(sum(pages), 0) from pipeline_accounting) as accounted
    union all
    select
        'captures' as counted,
        (select count(*) from captures_made) as expected,
        (select coalesce(sum(captures), 0) from pipeline_accounting) as accounted
    union all
    select
        'recaptures' as counted,
        (select count(*) from int_current_recaptures) as expected,
        (select coalesce(sum(recaptures), 0) from pipeline_accounting) as accounted
    union all
    select
        'revisions' as counted,
        (select count(*) from int_current_articles) as expected,
        (select coalesce(sum(revisions), 0) from pipeline_accounting) as accounted
    union all
    select
        'articles' as counted,
        (select count(distinct article_id) from int_current_articles) as expected,
        (select count(*) from articles) as accounted
    union all
    select
        'claims' as counted,
        (select coalesce(sum(claims), 0) from int_current_claims) as expected,
        (select count(*) from claims) as accounted
)

select
    counted,
    expected,
    accounted,
from counts
where expected != accounted
