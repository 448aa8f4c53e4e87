-- quarantine: one row per stage and input that stands failed now, and per event that a test of rows set aside.
-- key: event_id
-- standing: retried (by itself, at retry_at), given_up, or set_aside: it was read, but a row of it broke the test in `reason`, so
-- no mart shows it. `claimwire retry` tries the first two again; the third is read again by a backfill with mended rules.
-- claim fails with the reason `language` for what the rules do not read: that is no fault.
with polls_with_success as (
    select
        *,
        coalesce(max(polled_at) filter (where outcome != 'failed') over (partition by source_id), '-infinity') as succeeded_at,
    from stg_sources_polled
    where event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
),

polls_failed as (
    select * from polls_with_success where polled_at > succeeded_at
),

failures as (
    select
        'poll' as stage,
        source_id as input_key,
        event_id,
        polled_at as failed_at,
    from polls_failed

    union all

    select
        'capture' as stage,
        url_key as input_key,
        event_id,
        occurred_at as failed_at,
    from stg_captures_failed

    union all

    select
        'extract' as stage,
        caused_by::varchar as input_key,
        event_id,
        recorded_at as failed_at,
    from stg_extractions_failed

    union all

    select
        'claim' as stage,
        revision_id as input_key,
        event_id,
        recorded_at as failed_at,
    from stg_claims_failed
),

failures_counted as (
    select
        stage,
        input_key,
        count(*) as attempts,
        min(failed_at) as first_failed_at,
        max(failed_at) as last_failed_at,
    from failures
    group by all
),

standing_failed as (
    select
        'poll' as stage,
        source_id as input_key,
        event_id,
        null::uuid as input_event_id,
        reason,
        detail,
        source_id,
        url,
        event_date,
        next_poll_at as retry_at,
    from polls_failed
    qualify row_number() over (partition by source_id order by polled_at desc, event_id) = 1

    union all by name

    select
        'capture' as stage,
        int_current_captures.url_key as input_key,
        int_current_captures.event_id as event_id,
        stg_captures_failed.caused_by as input_event_id,
        int_current_captures.reason as reason,
        stg_captures_failed.detail as detail,
        int_pages_seen.source_id as source_id,
        int_current_captures.requested_url as url,
        int_current_captures.event_date as event_date,
        int_current_captures.retry_at as retry_at,
    from int_current_captures
    inner join stg_captures_failed on int_current_captures.event_id = stg_captures_failed.event_id
    left join int_pages_seen on int_current_captures.page_key = int_pages_seen.page_key

    union all by name

    select
        'extract' as stage,
        int_current_extractions.capture_id::varchar as input_key,
        int_current_extractions.event_id as event_id,
        int_current_extractions.capture_id as input_event_id,
        int_current_extractions.reason as reason,
        stg_extractions_failed.detail as detail,
        stg_extractions_failed.source_id as source_id,
        stg_pages_captured.final_url as url,
        int_current_extractions.event_date as event_date,
        int_current_extractions.retry_at as retry_at,
    from int_current_extractions
    inner join stg_extractions_failed on int_current_extractions.event_id = stg_extractions_failed.event_id
    left join stg_pages_captured on int_current_extractions.capture_id = stg_pages_captured.event_id

    union all by name

    select
        'claim' as stage,
        int_current_claims.revision_id as input_key,
        int_current_claims.event_id as event_id,
        stg_claims_failed.caused_by as input_event_id,
        int_current_claims.reason as reason,
        stg_claims_failed.detail as detail,
        stg_articles_extracted.source_id as source_id,
        stg_articles_extracted.url as url,
        int_current_claims.event_date as event_date,
        int_current_claims.retry_at as retry_at,
    from int_current_claims
    inner join stg_claims_failed on int_current_claims.event_id = stg_claims_failed.event_id
    left join stg_articles_extracted on stg_claims_failed.caused_by = stg_articles_extracted.event_id
),

places as (
    select
        event_id,
        source_id,
        url,
    from stg_entries_seen

    union all

    select
        event_id,
        source_id,
        url,
    from stg_articles_extracted
),

broken as (
    select
        case stg_events.event_type
            when 'SourcePolled' then 'poll'
            when 'EntrySeen' then 'poll'
            when 'PageCaptured' then 'capture'
            when 'CaptureFailed' then 'capture'
            when 'ArticleExtracted' then 'extract'
            when 'ExtractionFailed' then 'extract'
            when 'ArticleCompared' then 'compare'
            else 'claim'
        end as stage,
        int_events_broken.event_id as event_id,
        stg_events.caused_by as input_event_id,
        string_agg(int_events_broken.test, ', ' order by int_events_broken.test) as reason,
        string_agg(int_events_broken.reason, '; ' order by int_events_broken.test) as detail,
        any_value(coalesce(own.source_id, cause.source_id)) as source_id,
        any_value(coalesce(own.url, cause.url)) as url,
        stg_events.event_date as event_date,
        stg_events.recorded_at as recorded_at,
    from int_events_broken
    inner join stg_events on int_events_broken.event_id = stg_events.event_id
    left join places as own on int_events_broken.event_id = own.event_id
    left join places as cause on stg_events.caused_by = cause.event_id
    group by all
)

select
    standing_failed.event_id as event_id,
    standing_failed.input_event_id as input_event_id,
    standing_failed.stage as stage,
    case when standing_failed.retry_at is null then 'given_up' else 'retried' end as standing,
    standing_failed.reason as reason,
    standing_failed.detail as detail,
    standing_failed.source_id as source_id,
    standing_failed.url as url,
    failures_counted.attempts as attempts,
    standing_failed.event_date as event_date,
    -- null: not by itself
    standing_failed.retry_at as retry_at,
    failures_counted.first_failed_at as first_failed_at,
    failures_counted.last_failed_at as last_failed_at,
from standing_failed
inner join failures_counted
    on standing_failed.stage = failures_counted.stage and standing_failed.input_key = failures_counted.input_key

union all by name

select
    event_id,
    input_event_id,
    stage,
    'set_aside' as standing,
    reason,
    detail,
    source_id,
    url,
    1 as attempts,
    event_date,
    null as retry_at,
    recorded_at as first_failed_at,
    recorded_at as last_failed_at,
from broken
