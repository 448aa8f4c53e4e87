-- outcome_incomplete: an outcome that does not say what it is an outcome of, or a failure without a reason.
-- severity: quarantine
-- model: stg_events
with outcomes as (
    select event_id, event_date, url_key as input, attempt, 'none' as reason from stg_pages_captured
    union all
    select event_id, event_date, url_key as input, attempt, 'none' as reason from stg_pages_unchanged where due_at is not null
    union all
    select event_id, event_date, url_key as input, attempt, reason from stg_captures_failed
    union all
    select event_id, event_date, caused_by::varchar as input, attempt, 'none' as reason from stg_articles_extracted
    union all
    select event_id, event_date, caused_by::varchar as input, attempt, reason from stg_extractions_failed
    union all
    select event_id, event_date, revision_id as input, attempt, 'none' as reason from stg_articles_compared
    union all
    select event_id, event_date, revision_id as input, attempt, 'none' as reason from stg_claims_extracted
    union all
    select event_id, event_date, revision_id as input, attempt, reason from stg_claims_failed
)

select
    event_id,
    'the outcome lacks its input, attempt or reason' as reason,
    event_date,
from outcomes
where input is null or attempt is null or reason is null
