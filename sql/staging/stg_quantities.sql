-- stg_quantities: one row per count of people in a claim. Do not sum: counts repeat and contain one another.
-- key: event_id, claim_number, quantity_number
with quantities as (
    select
        *,
        unnest(quantities) as quantity,
        -- from 0, as `parent` counts
        generate_subscripts(quantities, 1) - 1 as quantity_number,
    from stg_claims
)

select
    event_id,
    claim_id,
    revision_id,
    quantity.metric as metric,
    quantity.bound as bound,
    quantity.victim_class as victim_class,
    quantity.rule as rule,
    producer,
    position,
    claim_number,
    quantity_number,
    quantity.parent as parent_quantity_number,
    quantity.low as low,
    quantity.high as high,
    quantity.superseded_low as superseded_low,
    quantity.superseded_high as superseded_high,
    quantity.span as span,
    quantity.superseded_span as superseded_span,
    quantity.is_cumulative as is_cumulative,
    quantity.since.start as since_on,
    coalesce(quantity.until."end", quantity.until.start) as until_on,
    event_date,
    occurred_at,
from quantities
