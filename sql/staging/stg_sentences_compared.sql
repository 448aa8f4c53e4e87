-- stg_sentences_compared: one row per sentence that holds words, in the event of the revision that was compared.
-- key: event_id, sentence_start
with unpacked as (
    select
        *,
        from_json(payload, '{
            "revision_id": "VARCHAR", "sentences": [{"span": ["INTEGER"], "words": "INTEGER"}]
        }') as fields,
    from events
    where event_type = 'ArticleCompared' and payload is not null
),

sentences as (
    select
        *,
        unnest(fields.sentences) as sentence,
    from unpacked
)

select
    event_id,
    fields.revision_id as revision_id,
    -- characters of the article's text: half-open, from 0
    sentence.span[1] as sentence_start,
    sentence.span[2] as sentence_end,
    sentence.words as words,
    event_date,
from sentences
