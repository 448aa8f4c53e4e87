-- claims: one row per claim: who said what happened, in whose words, where it was read.
-- key: claim_id
-- why: what somebody says, never what is so. A claim repeated by a reprint or a later revision is there again; count
--      origins by family_id, and read is_latest_revision for the articles as they stand now.
with claims_with_text as (
    select
        stg_claims.*,
        int_current_articles.outlet as outlet,
        int_current_articles.title as title,
        int_current_articles.url as url,
        int_current_articles.published_at as published_at,
        int_current_articles.text as text,
    from int_current_claims
    inner join stg_claims on int_current_claims.event_id = stg_claims.event_id
    inner join int_current_articles on int_current_claims.revision_id = int_current_articles.revision_id
)

select
    claims_with_text.claim_id as claim_id,
    claims_with_text.article_id as article_id,
    claims_with_text.revision_id as revision_id,
    int_families_joined.family_id as family_id,
    -- the reading that found it
    claims_with_text.event_id as event_id,
    [speaker.speaker_id for speaker in speakers] as speaker_ids,
    [speaker.speaks_for_id for speaker in speakers] as speaks_for_ids,
    [place.place_id for place in places] as place_ids,
    [speaker.name for speaker in speakers] as speakers,
    [speaker.party for speaker in speakers] as parties,
    -- spans are cut out of the text here and nowhere else
    array_to_string([substring(text, span[1] + 1, span[2] - span[1]) for span in content_spans], ' ... ') as evidence,
    nullif(array_to_string([substring(text, span[1] + 1, span[2] - span[1]) for span in cue_spans], ' ... '), '') as cue,
    nullif(array_to_string([substring(text, span[1] + 1, span[2] - span[1]) for span in hedge_spans], ' ... '), '')
        as hedges,
    substring(text, sentence_span[1] + 1, sentence_span[2] - sentence_span[1]) as sentence,
    [
        substring(text, quantity.span[1] + 1, quantity.span[2] - quantity.span[1]) for quantity in quantities
    ] as quantity_words,
    attribution,
    claim_type,
    modality,
    cue_class,
    [place.name for place in places] as places,
    -- null for a place that the claim's own words name: carried_same_event, carried_same_place ..
    [place.rule for place in places] as place_rules,
    [carrier.name for carrier in via] as carriers,
    said_on_precision,
    said_on_rule,
    said_on_reason,
    substring(text, occurred_on_span[1] + 1, occurred_on_span[2] - occurred_on_span[1]) as occurred_on_words,
    -- null when the claim's own words name the day, else the sentence before that it points back to
    substring(text, occurred_on_carried_from[1] + 1, occurred_on_carried_from[2] - occurred_on_carried_from[1])
        as occurred_on_sentence,
    occurred_on_precision,
    occurred_on_rule,
    -- why occurred_on is null: a date that cannot be resolved is never the date of publication
    occurred_on_reason,
    confidence,
    rule,
    claims_with_text.outlet as outlet,
    claims_with_text.title as title,
    claims_with_text.url as url,
    claim_number,
    attribution = 'narrator' as is_narrator,
    int_articles_revised.revision_id = claims_with_text.revision_id as is_latest_revision,
    said_on_start,
    said_on_end,
    occurred_on_start,
    occurred_on_end,
    claims_with_text.event_date as event_date,
    claims_with_text.published_at as published_at,
from claims_with_text
inner join int_articles_revised on claims_with_text.article_id = int_articles_revised.article_id
left join int_families_joined on claims_with_text.article_id = int_families_joined.article_id
