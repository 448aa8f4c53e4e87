-- stg_sentences_shared: one row per sentence that two revisions share, in the event of the later one.
-- key: event_id, other_revision_id, sentence_start
-- why: measurements only; where a sentence comes from is decided in int_sentences_traced.
with unpacked as (
    select
        *,
        from_json(payload, '{
            "revision_id": "VARCHAR",
            "pairs": [{
                "other_revision_id": "VARCHAR",
                "sentences": [{
                    "here": ["INTEGER"], "there": ["INTEGER"], "score": "DOUBLE", "is_digits_equal": "BOOLEAN"
                }]
            }]
        }') as fields,
    from events
    where event_type = 'ArticleCompared' and payload is not null
),

pairs as (
    select
        *,
        unnest(fields.pairs) as pair,
    from unpacked
),

sentences as (
    select
        *,
        unnest(pair.sentences) as sentence,
    from pairs
)

select
    event_id,
    fields.revision_id as revision_id,
    pair.other_revision_id as other_revision_id,
    sentence.here[1] as sentence_start,
    sentence.there[1] as other_sentence_start,
    sentence.score as score,
    sentence.is_digits_equal as is_digits_equal,
    event_date,
from sentences
