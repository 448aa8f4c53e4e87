-- int_current_articles: one row per revision of an article, as the current extraction of its first capture gives it.
-- key: revision_id
-- why: a page captured twice with the same text is one revision; two pages that end at one URL are one article.
with captures_of_revisions as (
    -- texts stay out of the window: sorting them costs more than all the rest
    select
        stg_articles_extracted.event_id as event_id,
        max(stg_articles_extracted.occurred_at) over same_revision as last_captured_at,
        row_number() over (
            same_revision order by stg_articles_extracted.occurred_at, stg_articles_extracted.event_id
        ) as capture_number,
    from int_current_extractions
    inner join stg_articles_extracted on int_current_extractions.event_id = stg_articles_extracted.event_id
    window same_revision as (partition by stg_articles_extracted.revision_id)
)

select
    stg_articles_extracted.revision_id as revision_id,
    stg_articles_extracted.article_id as article_id,
    stg_articles_extracted.event_id as event_id,
    stg_articles_extracted.caused_by as capture_id,
    stg_articles_extracted.source_id as source_id,
    stg_articles_extracted.outlet as outlet,
    stg_articles_extracted.owner as owner,
    stg_articles_extracted.title as title,
    stg_articles_extracted.text as text,
    stg_articles_extracted.authors as authors,
    stg_articles_extracted.url as url,
    stg_articles_extracted.url_key as url_key,
    stg_articles_extracted.language as language,
    -- of several candidates the first: they stand in the order in which they are trusted
    list_filter(stg_articles_extracted.candidates, lambda candidate: candidate.name = 'section')[1].value as section,
    list_filter(stg_articles_extracted.candidates, lambda candidate: candidate.name = 'access')[1].value as access,
    stg_articles_extracted.published_precision as published_precision,
    stg_articles_extracted.published_rule as published_rule,
    stg_articles_extracted.producer as producer,
    stg_articles_extracted.words as words,
    stg_articles_extracted.event_date as event_date,
    stg_articles_extracted.published_at as published_at,
    stg_articles_extracted.occurred_at as captured_at,
    captures_of_revisions.last_captured_at as last_captured_at,
from captures_of_revisions
inner join stg_articles_extracted on captures_of_revisions.event_id = stg_articles_extracted.event_id
where captures_of_revisions.capture_number = 1
