-- alerts: one row per thing that is not as usual now. A row goes away by itself when its condition ends.
-- key: kind, subject
-- kind: source_silent (no news for twice its usual silence, 6 hours at least), source_volume and language_volume (the day that ended
-- has under a third of the median of the working days, or of the weekend days, of the 28 days before), step_failing (of the inputs
-- first tried in the last 24 hours over a fifth stand failed, and over twice the share of the 28 days before, or over half).
-- Small numbers do not ring. Now is when the ledger was last written to.
with clock as (
    select
        max(recorded_at) as now,
        max(recorded_at)::date - 1 as day,
    from stg_events
),

-- those that are still asked: neither gone, over, switched off nor left out for a day
sources_asked as (
    select
        source_health.*,
        clock.now as now,
        clock.day as day,
    from source_health
    cross join clock
    where source_health.next_poll_at > clock.now - interval 1 day
),

sources_silent as (
    select
        'source_silent' as kind,
        source_id as subject,
        round(silent_s / 3600.0, 1) as measured,
        round(usual_silence_s / 3600.0, 1) as usual,
        round(greatest(2 * usual_silence_s, 6 * 3600) / 3600.0, 1) as threshold,
        'hours' as unit,
        format(
            '{} has had nothing new for {:.0f} hours; {:.1f} are usual{}.',
            source_id, silent_s / 3600.0, usual_silence_s / 3600.0,
            case when last_outcome = 'failed' then ', and its last poll failed: ' || last_reason else '' end
        ) as what,
        case
            when last_reason is not null then 'Look at its address in a browser and mend it in the sources file, or wait: it is asked again.'
            else 'Look at its page in a browser: where there is news, its feed has moved or stopped; mend its url in the sources file.'
        end as next,
        last_news_at as since,
    from sources_asked
    where usual_silence_s is not null and silent_s > greatest(2 * usual_silence_s, 6 * 3600)
),

first_polls as (
    select
        source_id,
        min(polled_at)::date as first_polled_on,
    from stg_sources_polled
    group by all
),

-- what was listed after the day had ended counts for it, and what was there before a source was first asked does not
days_compared as (
    select
        sources_asked.source_id as source_id,
        sources_asked.day as day,
        sources_asked.day - days_ago::integer as event_date,
    from sources_asked
    inner join first_polls on sources_asked.source_id = first_polls.source_id
    cross join range(0, 29) as days(days_ago)
    where
        sources_asked.last_succeeded_at::date > sources_asked.day
        and sources_asked.day - days_ago::integer > first_polls.first_polled_on
        and (isodow(sources_asked.day - days_ago::integer) > 5) = (isodow(sources_asked.day) > 5)
),

entries_by_day as (
    select
        source_id,
        coalesce(language, 'und') as language,
        event_date,
        count(distinct entry_key) as entries,
    from stg_entries_seen
    where
        event_date >= (select clock.day - 28 from clock)
        and event_id not in (select int_events_set_aside.event_id from int_events_set_aside)
    group by all
),

source_days as (
    select
        'source_volume' as kind,
        days_compared.source_id as subject,
        days_compared.source_id || ' has' as whose,
        days_compared.day as day,
        days_compared.event_date as event_date,
        coalesce(sum(entries_by_day.entries), 0) as entries,
    from days_compared
    left join entries_by_day
        on days_compared.source_id = entries_by_day.source_id and days_compared.event_date = entries_by_day.event_date
    group by all
),

languages_listed as (
    select
        language,
        source_id,
    from entries_by_day
    group by all
),

-- of a language that one source has alone, that source's own alert tells
languages_shared as (
    select language from languages_listed group by all having count(*) > 1
),

language_days as (
    select
        'language_volume' as kind,
        languages_listed.language as subject,
        'The sources in ' || languages_listed.language || ' have' as whose,
        days_compared.day as day,
        days_compared.event_date as event_date,
        coalesce(sum(entries_by_day.entries), 0) as entries,
    from languages_listed
    inner join days_compared on languages_listed.source_id = days_compared.source_id
    left join entries_by_day
        on languages_listed.language = entries_by_day.language
        and days_compared.source_id = entries_by_day.source_id
        and days_compared.event_date = entries_by_day.event_date
    where languages_listed.language in (select languages_shared.language from languages_shared)
    group by all
),

volumes as (
    select
        kind,
        subject,
        whose,
        day,
        sum(entries) filter (where event_date = day) as measured,
        median(entries) filter (where event_date < day) as usual,
    from (
        select * from source_days
        union all
        select * from language_days
    ) as days_counted
    group by all
    having count(*) filter (where event_date < day) >= 4
),

volumes_low as (
    select
        kind,
        subject,
        measured,
        round(usual, 1) as usual,
        round(usual / 3, 1) as threshold,
        'entries' as unit,
        format(
            '{} {:.0f} entries of {}; {:.0f} are usual on such a day.',
            whose, measured::double, strftime(day, '%Y-%m-%d'), usual::double
        ) as what,
        case kind
            when 'source_volume' then 'Look whether its feed lists less than its page shows, and at coverage_gaps; a holiday is no fault.'
            else 'Look in source_health which of them list less, and why; a holiday is no fault.'
        end as next,
        day::timestamp at time zone 'UTC' as since,
    from volumes
    where usual >= 10 and 3 * measured < usual
),

-- The answer of a site or the nature of a page, which nobody here can mend. status_403, bot_wall and no_text are not among them:
-- many at once mean that we are kept out, or that the rules no longer read a page.
reasons_expected as (
    select
        unnest([
            'robots', 'status_401', 'status_402', 'status_404', 'status_410', 'status_451', 'not_html', 'soft_404', 'paywall',
            'consent_wall', 'language'
        ]) as reason,
),

outcomes as (
    select
        case
            when event_type = 'SourcePolled' then 'poll'
            when event_type in ('PageCaptured', 'CaptureFailed') then 'capture'
            when event_type in ('ArticleExtracted', 'ExtractionFailed') then 'extract'
            else 'claim'
        end as stage,
        if(event_type in ('SourcePolled', 'PageCaptured', 'CaptureFailed'), stream, caused_by::varchar) as input_key,
        event_id,
        recorded_at,
    from stg_events
    where
        event_type in (
            'SourcePolled', 'PageCaptured', 'CaptureFailed', 'ArticleExtracted', 'ExtractionFailed', 'ClaimsExtracted', 'ClaimsFailed'
        )
),

-- of a source that is misspelt or gone somebody should know, whatever the reason
failures_counted as (
    select
        event_id,
        reason,
        last_failed_at,
    from quarantine
    where
        standing != 'set_aside'
        and (stage = 'poll' or reason not in (select reasons_expected.reason from reasons_expected))
),

-- an input counts for the day on which it was first tried, so that trying old ones again is no news; a source is tried every day
inputs as (
    select
        outcomes.stage as stage,
        outcomes.input_key as input_key,
        if(outcomes.stage = 'poll', max(outcomes.recorded_at), min(outcomes.recorded_at)) as tried_at,
        any_value(failures_counted.reason) as reason,
        any_value(failures_counted.last_failed_at) as last_failed_at,
    from outcomes
    left join failures_counted on outcomes.event_id = failures_counted.event_id
    group by outcomes.stage, outcomes.input_key
),

inputs_counted as (
    select
        inputs.stage as stage,
        inputs.tried_at > clock.now - interval 1 day as is_now,
        count(*) as tried,
        count(inputs.reason) as failed,
        mode(inputs.reason) as reason,
        min(inputs.last_failed_at) as since,
    from inputs
    cross join clock
    where inputs.tried_at > clock.now - interval 29 days
    group by all
),

steps_compared as (
    select
        today.*,
        today.failed / today.tried as share,
        before.failed / before.tried as usual,
        least(greatest(0.2, coalesce(2 * before.failed / before.tried, 0)), 0.5) as threshold,
    from inputs_counted as today
    left join inputs_counted as before on today.stage = before.stage and not before.is_now and before.tried >= 20
    where today.is_now and today.tried >= 20
),

steps_failing as (
    select
        'step_failing' as kind,
        stage as subject,
        round(share, 3) as measured,
        round(usual, 3) as usual,
        round(threshold, 3) as threshold,
        'share' as unit,
        format(
            '{} failed for {} of {} inputs of the last 24 hours ({:.0f}%), mostly for {}.', stage, failed, tried, 100.0 * share, reason
        ) as what,
        format(
            'claimwire sql "select reason, count(*) from quarantine where stage = ''{}'' group by all" tells why; once that is mended '
            || 'claimwire retry --step {} tries them again.',
            stage, stage
        ) as next,
        since,
    from steps_compared
    where share > threshold
),

found as (
    select * from sources_silent
    union all
    select * from volumes_low
    union all
    select * from steps_failing
)

select
    kind,
    subject,
    what,
    next,
    measured,
    usual,
    -- beyond which it rings
    threshold,
    unit,
    since,
from found
