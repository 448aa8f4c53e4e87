-- stg_speakers: one row per speaker of a claim; a joint claim has several, a narrator's claim none.
-- key: event_id, claim_number, speaker_number
with speakers as (
    select
        *,
        unnest(speakers) as speaker,
        generate_subscripts(speakers, 1) as speaker_number,
    from stg_claims
)

select
    event_id,
    claim_id,
    revision_id,
    speaker.speaker_id as speaker_id,
    speaker.speaks_for_id as speaks_for_id,
    speaker.name as name,
    speaker.attribution as attribution,
    speaker.party as party,
    speaker.candidates as candidates,
    speaker.reason as reason,
    speaker.named_by as named_by,
    producer,
    position,
    claim_number,
    speaker_number,
    speaker.span as span,
    speaker.named_at as named_at,
    event_date,
    occurred_at,
from speakers
