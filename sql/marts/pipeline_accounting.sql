-- pipeline_accounting: one row per day, source and language: what became of every entry, page, capture and revision.
-- key: event_date, source_id, language
-- why: every input ends in one outcome, so counts add up; each *_unaccounted column must be 0. A page that two sources list
--      counts once, for the source that int_pages_seen chooses; an entry that changed its link counts once per link;
--      captures of a page that was captured again are each counted; set aside are those withdrawn or in quarantine.
--      recaptures are the times that a page was asked for again: those that brought other bytes are among the captures.
with entries_listed as (
    select
        source_id,
        entry_key,
        page_key,
        event_id,
        coalesce(language, 'und') as language,
        event_date,
    from stg_entries_seen
    where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
    -- in the order of int_pages_seen, so that the sighting which stands for a page also stands for its entry
    qualify row_number() over (
        partition by source_id, entry_key, page_key order by is_own_page desc, occurred_at, event_id
    ) = 1
),

entries_counted as (
    select
        entries_listed.event_date as event_date,
        entries_listed.source_id as source_id,
        entries_listed.language as language,
        count(*) as entries,
        count(*) filter (where entries_listed.page_key is null) as entries_without_page,
        count(*) filter (
            where entries_listed.page_key is not null and int_pages_seen.event_id is null
        ) as entries_of_known_pages,
    from entries_listed
    left join int_pages_seen on entries_listed.event_id = int_pages_seen.event_id
    group by all
),

pages_with_outcome as (
    select
        int_pages_seen.event_date as event_date,
        int_pages_seen.source_id as source_id,
        int_pages_seen.language as language,
        int_current_captures.reason as reason,
        case
            when int_current_captures.outcome = 'captured' then 'captured'
            when int_current_captures.outcome = 'failed' and int_current_captures.retry_at is null then 'failed'
            when int_current_captures.outcome is null and captures_set_aside.page_key is not null then 'set_aside'
            -- not tried yet, or failed and to be tried again
            else 'pending'
        end as outcome,
    from int_pages_seen
    left join int_current_captures on int_pages_seen.page_key = int_current_captures.page_key
    left join (
        select distinct split_part(stream, '/', 2) as page_key
        from int_events_set_aside
        where event_type in ('PageCaptured', 'CaptureFailed')
    ) as captures_set_aside on int_pages_seen.page_key = captures_set_aside.page_key
),

pages_counted as (
    select
        event_date,
        source_id,
        language,
        count(*) as pages,
        count(*) filter (where outcome = 'captured') as pages_captured,
        count(*) filter (where outcome = 'failed') as pages_failed,
        count(*) filter (where outcome = 'pending') as pages_pending,
        count(*) filter (where outcome = 'set_aside') as pages_set_aside,
        histogram(reason) filter (where outcome = 'failed') as pages_failed_by_reason,
    from pages_with_outcome
    group by all
),

recaptures_counted as (
    select
        int_pages_seen.event_date as event_date,
        int_pages_seen.source_id as source_id,
        int_pages_seen.language as language,
        count(*) as recaptures,
        count(*) filter (where int_current_recaptures.outcome = 'captured') as recaptures_captured,
        count(*) filter (where int_current_recaptures.outcome = 'unchanged') as recaptures_unchanged,
        count(*) filter (where int_current_recaptures.outcome = 'failed') as recaptures_failed,
        histogram(int_current_recaptures.reason) filter (where int_current_recaptures.outcome = 'failed')
            as recaptures_failed_by_reason,
    from int_current_recaptures
    inner join int_pages_seen on int_current_recaptures.page_key = int_pages_seen.page_key
    group by all
),

captures_with_outcome as (
    select
        stg_pages_captured.event_id as capture_id,
        int_pages_seen.event_date as event_date,
        int_pages_seen.source_id as source_id,
        int_pages_seen.language as language,
        int_current_extractions.reason as reason,
        case
            when int_current_extractions.outcome = 'extracted' then 'extracted'
            when int_current_extractions.outcome = 'failed' and int_current_extractions.retry_at is null then 'failed'
            when int_current_extractions.outcome is null and extractions_set_aside.capture_id is not null then 'set_aside'
            else 'pending'
        end as outcome,
    from stg_pages_captured
    inner join int_pages_seen on stg_pages_captured.page_key = int_pages_seen.page_key
    left join int_current_extractions on stg_pages_captured.event_id = int_current_extractions.capture_id
    left join (
        select distinct caused_by as capture_id
        from int_events_set_aside
        where event_type in ('ArticleExtracted', 'ExtractionFailed')
    ) as extractions_set_aside on stg_pages_captured.event_id = extractions_set_aside.capture_id
    where stg_pages_captured.event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
),

captures_counted as (
    select
        event_date,
        source_id,
        language,
        count(*) as captures,
        count(*) filter (where outcome = 'extracted') as captures_extracted,
        count(*) filter (where outcome = 'failed') as captures_failed,
        count(*) filter (where outcome = 'pending') as captures_pending,
        count(*) filter (where outcome = 'set_aside') as captures_set_aside,
        histogram(reason) filter (where outcome = 'failed') as captures_failed_by_reason,
    from captures_with_outcome
    group by all
),

readings_set_aside as (
    select distinct
        stg_articles_extracted.revision_id as revision_id,
        int_events_set_aside.event_type = 'ArticleCompared' as is_comparison,
    from int_events_set_aside
    inner join stg_articles_extracted on int_events_set_aside.caused_by = stg_articles_extracted.event_id
    where int_events_set_aside.event_type in ('ArticleCompared', 'ClaimsExtracted', 'ClaimsFailed')
),

revisions_with_outcome as (
    select
        captures_with_outcome.event_date as event_date,
        captures_with_outcome.source_id as source_id,
        captures_with_outcome.language as language,
        int_current_claims.reason as reason,
        case
            when int_current_comparisons.revision_id is not null then 'compared'
            when comparisons_set_aside.revision_id is not null then 'set_aside'
            else 'pending'
        end as comparison,
        case
            when int_current_claims.outcome = 'extracted' then 'claimed'
            when int_current_claims.outcome = 'failed' and int_current_claims.retry_at is null then 'failed'
            when int_current_claims.outcome is null and claims_set_aside.revision_id is not null then 'set_aside'
            else 'pending'
        end as claim,
    from int_current_articles
    inner join captures_with_outcome on int_current_articles.capture_id = captures_with_outcome.capture_id
    left join int_current_comparisons on int_current_articles.revision_id = int_current_comparisons.revision_id
    left join int_current_claims on int_current_articles.revision_id = int_current_claims.revision_id
    left join readings_set_aside as comparisons_set_aside
        on int_current_articles.revision_id = comparisons_set_aside.revision_id and comparisons_set_aside.is_comparison
    left join readings_set_aside as claims_set_aside
        on int_current_articles.revision_id = claims_set_aside.revision_id and not claims_set_aside.is_comparison
),

revisions_counted as (
    select
        event_date,
        source_id,
        language,
        count(*) as revisions,
        count(*) filter (where comparison = 'compared') as revisions_compared,
        count(*) filter (where comparison = 'pending') as comparisons_pending,
        count(*) filter (where comparison = 'set_aside') as comparisons_set_aside,
        count(*) filter (where claim = 'claimed') as revisions_claimed,
        count(*) filter (where claim = 'failed') as claims_failed,
        count(*) filter (where claim = 'pending') as claims_pending,
        count(*) filter (where claim = 'set_aside') as claims_set_aside,
        histogram(reason) filter (where claim = 'failed') as claims_failed_by_reason,
    from revisions_with_outcome
    group by all
),

counts as (
    select
        event_date,
        source_id,
        language,
        pages_counted.pages_failed_by_reason as pages_failed_by_reason,
        recaptures_counted.recaptures_failed_by_reason as recaptures_failed_by_reason,
        captures_counted.captures_failed_by_reason as captures_failed_by_reason,
        revisions_counted.claims_failed_by_reason as claims_failed_by_reason,
        coalesce(entries_counted.entries, 0) as entries,
        coalesce(entries_counted.entries_without_page, 0) as entries_without_page,
        coalesce(entries_counted.entries_of_known_pages, 0) as entries_of_known_pages,
        coalesce(pages_counted.pages, 0) as pages,
        coalesce(pages_counted.pages_captured, 0) as pages_captured,
        coalesce(pages_counted.pages_failed, 0) as pages_failed,
        coalesce(pages_counted.pages_pending, 0) as pages_pending,
        coalesce(pages_counted.pages_set_aside, 0) as pages_set_aside,
        coalesce(recaptures_counted.recaptures, 0) as recaptures,
        coalesce(recaptures_counted.recaptures_captured, 0) as recaptures_captured,
        coalesce(recaptures_counted.recaptures_unchanged, 0) as recaptures_unchanged,
        coalesce(recaptures_counted.recaptures_failed, 0) as recaptures_failed,
        coalesce(captures_counted.captures, 0) as captures,
        coalesce(captures_counted.captures_extracted, 0) as captures_extracted,
        coalesce(captures_counted.captures_failed, 0) as captures_failed,
        coalesce(captures_counted.captures_pending, 0) as captures_pending,
        coalesce(captures_counted.captures_set_aside, 0) as captures_set_aside,
        coalesce(revisions_counted.revisions, 0) as revisions,
        coalesce(revisions_counted.revisions_compared, 0) as revisions_compared,
        coalesce(revisions_counted.comparisons_pending, 0) as comparisons_pending,
        coalesce(revisions_counted.comparisons_set_aside, 0) as comparisons_set_aside,
        coalesce(revisions_counted.revisions_claimed, 0) as revisions_claimed,
        coalesce(revisions_counted.claims_failed, 0) as claims_failed,
        coalesce(revisions_counted.claims_pending, 0) as claims_pending,
        coalesce(revisions_counted.claims_set_aside, 0) as claims_set_aside,
    from entries_counted
    full join pages_counted using (event_date, source_id, language)
    full join recaptures_counted using (event_date, source_id, language)
    full join captures_counted using (event_date, source_id, language)
    full join revisions_counted using (event_date, source_id, language)
)

select
    source_id,
    language,
    pages_failed_by_reason,
    recaptures_failed_by_reason,
    captures_failed_by_reason,
    claims_failed_by_reason,
    entries,
    entries_without_page,
    entries_of_known_pages,
    pages,
    pages_captured,
    pages_failed,
    pages_pending,
    pages_set_aside,
    recaptures,
    recaptures_captured,
    recaptures_unchanged,
    recaptures_failed,
    captures,
    captures_extracted,
    captures_failed,
    captures_pending,
    captures_set_aside,
    -- captures whose text was known already
    captures_extracted - revisions as revisions_repeated,
    revisions,
    revisions_compared,
    comparisons_pending,
    comparisons_set_aside,
    revisions_claimed,
    claims_failed,
    claims_pending,
    claims_set_aside,
    entries - entries_without_page - entries_of_known_pages - pages as entries_unaccounted,
    pages - pages_captured - pages_failed - pages_pending - pages_set_aside as pages_unaccounted,
    recaptures - recaptures_captured - recaptures_unchanged - recaptures_failed as recaptures_unaccounted,
    captures - captures_extracted - captures_failed - captures_pending - captures_set_aside as captures_unaccounted,
    revisions - revisions_compared - comparisons_pending - comparisons_set_aside as comparisons_unaccounted,
    revisions - revisions_claimed - claims_failed - claims_pending - claims_set_aside as claims_unaccounted,
    event_date,
from counts
