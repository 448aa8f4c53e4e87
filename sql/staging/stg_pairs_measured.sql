-- stg_pairs_measured: one row per pair of revisions with words in common, in the event of the later one.
-- key: event_id, pair_number
-- why: measurements only; what a pair is called is decided in int_relations_named.
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "revision_id": "VARCHAR",
            "pairs": [{
                "other_article_id": "VARCHAR", "other_revision_id": "VARCHAR", "coverage_here": "DOUBLE",
                "coverage_there": "DOUBLE", "words_here": "INTEGER", "words_there": "INTEGER", "shared_words": "INTEGER",
                "is_exact": "BOOLEAN", "sentences": "JSON"
            }]
        }') as fields,
    from events
    where event_type = 'ArticleCompared' and payload is not null
),

pairs as (
    select
        *,
        unnest(fields.pairs) as pair,
        generate_subscripts(fields.pairs, 1) as pair_number,
    from unpacked
)

select
    event_id,
    fields.article_id as article_id,
    fields.revision_id as revision_id,
    pair.other_article_id as other_article_id,
    pair.other_revision_id as other_revision_id,
    -- list of {here, there, score, is_digits_equal}; here and there are spans into the two texts
    pair.sentences as sentences,
    producer,
    position,
    pair_number,
    pair.coverage_here as coverage_here,
    pair.coverage_there as coverage_there,
    pair.words_here as words_here,
    pair.words_there as words_there,
    pair.shared_words as shared_words,
    pair.is_exact as is_exact,
    event_date,
    occurred_at,
    recorded_at,
from pairs
