-- toll_claims: one row per count of people in a claim. DO NOT SUM: rows repeat one another and contain one another.
-- key: claim_id, quantity_number
-- why: a toll is what a speaker claims at a time. parent_quantity_number names the count of the same claim that contains it.
select
    claims.claim_id as claim_id,
    stg_quantities.quantity_number as quantity_number,
    stg_quantities.parent_quantity_number as parent_quantity_number,
    claims.article_id as article_id,
    claims.revision_id as revision_id,
    claims.family_id as family_id,
    -- of a joint claim the first speaker named; claims.speaker_ids has all
    claims.speaker_ids[1] as speaker_id,
    claims.speaks_for_ids[1] as speaks_for_id,
    nullif(array_to_string(claims.speakers, ' and '), '') as speaker,
    claims.evidence as evidence,
    claims.quantity_words[stg_quantities.quantity_number + 1] as quantity_words,
    stg_quantities.metric as metric,
    stg_quantities.bound as bound,
    stg_quantities.victim_class as victim_class,
    claims.attribution as attribution,
    claims.modality as modality,
    claims.places as places,
    claims.occurred_on_words as occurred_on_words,
    claims.occurred_on_precision as occurred_on_precision,
    claims.occurred_on_rule as occurred_on_rule,
    claims.confidence as confidence,
    stg_quantities.rule as rule,
    claims.outlet as outlet,
    claims.url as url,
    stg_quantities.low as claimed_low,
    -- null: no upper end
    stg_quantities.high as claimed_high,
    -- the earlier count that the same words withdraw
    stg_quantities.superseded_low as superseded_low,
    stg_quantities.superseded_high as superseded_high,
    -- counts a period, since_on to until_on, and not one event
    stg_quantities.is_cumulative as is_cumulative,
    claims.is_narrator as is_narrator,
    claims.is_latest_revision as is_latest_revision,
    stg_quantities.since_on as since_on,
    stg_quantities.until_on as until_on,
    claims.said_on_start as said_on_start,
    claims.said_on_end as said_on_end,
    claims.occurred_on_start as occurred_on_start,
    claims.occurred_on_end as occurred_on_end,
    claims.event_date as event_date,
    claims.published_at as published_at,
from claims
inner join stg_quantities
    on claims.event_id = stg_quantities.event_id and claims.claim_number = stg_quantities.claim_number
