-- claim_span_outside_text: a claim with a span that does not lie within the text of its revision.
-- severity: quarantine
-- model: stg_claims
with spans as (
    select
        event_id,
        revision_id,
        claim_number,
        event_date,
        unnest(
            content_spans || cue_spans || source_spans || hedge_spans
            || [sentence_span, said_on_span, occurred_on_span, occurred_on_carried_from] || occurred_on_candidates
            || [speaker.span for speaker in speakers] || [speaker.named_at for speaker in speakers]
            || [carrier.span for carrier in via] || [carrier.cue for carrier in via]
            || [quantity.span for quantity in quantities] || [quantity.superseded_span for quantity in quantities]
            || [place.span for place in places] || [place.carried_from for place in places]
            || [actor.span for actor in actors] || [actor.named_at for actor in actors]
        ) as span,
    from stg_claims
),

texts as (
    select
        revision_id,
        max(length(text)) as characters,
    from stg_articles_extracted
    group by all
)

select
    spans.event_id as event_id,
    concat('claim ', claim_number, ' has the span ', span::varchar, ' in a text of ', characters, ' characters') as reason,
    spans.event_date as event_date,
from spans
inner join texts on spans.revision_id = texts.revision_id
-- a reading that names no date or no cue has no span for it
where span is not null
    and not coalesce(len(span) = 2 and 0 <= span[1] and span[1] < span[2] and span[2] <= characters, false)
