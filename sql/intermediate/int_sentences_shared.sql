-- int_sentences_shared: one row per sentence of a current revision and other revision that has it too, from both sides.
-- key: revision_id, sentence_start, other_revision_id
-- why: which of two was measured against the other depends on the order of ingestion; with both sides nothing does.
with current_sentences as (
    select
        stg_sentences_shared.*,
    from stg_sentences_shared
    inner join int_pairs_measured
        on stg_sentences_shared.event_id = int_pairs_measured.event_id
        and least(stg_sentences_shared.revision_id, stg_sentences_shared.other_revision_id)
        = int_pairs_measured.revision_id
        and greatest(stg_sentences_shared.revision_id, stg_sentences_shared.other_revision_id)
        = int_pairs_measured.other_revision_id
),

both_sides as (
    select
        revision_id,
        sentence_start,
        other_revision_id,
        other_sentence_start,
        score,
        is_digits_equal,
    from current_sentences

    union all

    select
        other_revision_id as revision_id,
        other_sentence_start as sentence_start,
        revision_id as other_revision_id,
        sentence_start as other_sentence_start,
        score,
        is_digits_equal,
    from current_sentences
)

select
    both_sides.revision_id as revision_id,
    both_sides.sentence_start as sentence_start,
    both_sides.other_revision_id as other_revision_id,
    both_sides.other_sentence_start as other_sentence_start,
    articles.article_id as article_id,
    other_articles.article_id as other_article_id,
    sentences.words as words,
    others.words as other_words,
    both_sides.score as score,
    both_sides.is_digits_equal as is_digits_equal,
    -- a column, since a join on outlets pairs all articles of an outlet
    articles.outlet = other_articles.outlet as is_same_outlet,
from both_sides
inner join int_sentences_compared as sentences
    on both_sides.revision_id = sentences.revision_id and both_sides.sentence_start = sentences.sentence_start
inner join int_sentences_compared as others
    on both_sides.other_revision_id = others.revision_id
    and both_sides.other_sentence_start = others.sentence_start
inner join int_current_articles as articles on both_sides.revision_id = articles.revision_id
inner join int_current_articles as other_articles on both_sides.other_revision_id = other_articles.revision_id
