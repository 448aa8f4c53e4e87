-- daily_summaries: one row per day: what was listed, read and claimed on the pages of that day.
-- key: event_date
-- why: claims and tolls of the latest revisions only, the narrator's own left out; tolls are rows, never a sum of people.
with listed_by_day as (
    select
        event_date,
        sum(entries)::bigint as entries,
        sum(pages)::bigint as pages,
        sum(pages_pending + captures_pending + comparisons_pending + claims_pending)::bigint as pending,
    from pipeline_accounting
    group by all
),

articles_by_day as (
    select
        event_date,
        count(*) as articles,
        count(*) filter (where not is_earliest_in_family) as articles_copied,
        count(distinct coalesce(family_id, article_id)) as families,
        count(distinct outlet) as outlets,
    from articles
    group by all
),

claims_by_day as (
    select
        event_date,
        count(*) as claims,
    from claims
    where is_latest_revision and not is_narrator
    group by all
),

speakers_by_day as (
    select
        event_date,
        count(distinct speaker_id) as speakers,
    from (
        select
            event_date,
            unnest(speaker_ids) as speaker_id,
        from claims
        where is_latest_revision
    ) as speakers_named
    group by all
),

tolls_by_day as (
    select
        event_date,
        count(*) as tolls,
    from toll_claims
    where is_latest_revision and not is_narrator
    group by all
)

select
    coalesce(listed_by_day.entries, 0) as entries,
    coalesce(listed_by_day.pages, 0) as pages,
    coalesce(articles_by_day.articles, 0) as articles,
    -- those that are not the earliest known of their family
    coalesce(articles_by_day.articles_copied, 0) as articles_copied,
    coalesce(articles_by_day.families, 0) as families,
    coalesce(articles_by_day.outlets, 0) as outlets,
    coalesce(claims_by_day.claims, 0) as claims,
    coalesce(tolls_by_day.tolls, 0) as tolls,
    coalesce(speakers_by_day.speakers, 0) as speakers,
    coalesce(listed_by_day.pending, 0) as pending,
    event_date,
from listed_by_day
full join articles_by_day using (event_date)
full join claims_by_day using (event_date)
full join speakers_by_day using (event_date)
full join tolls_by_day using (event_date)
