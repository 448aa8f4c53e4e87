-- int_pairs_measured: one row per pair of current revisions that share words, the smaller revision_id first.
-- key: revision_id, other_revision_id
-- why: which of the two was measured against the other depends on the order of ingestion; nothing here does.
with ordered as (
    select
        *,
        revision_id < other_revision_id as is_first,
    from stg_pairs_measured
),

pairs as (
    select
        event_id,
        least(revision_id, other_revision_id) as revision_id,
        greatest(revision_id, other_revision_id) as other_revision_id,
        if(is_first, article_id, other_article_id) as article_id,
        if(is_first, other_article_id, article_id) as other_article_id,
        if(is_first, words_here, words_there) as words,
        if(is_first, words_there, words_here) as other_words,
        if(is_first, coverage_here, coverage_there) as coverage,
        if(is_first, coverage_there, coverage_here) as other_coverage,
        shared_words,
        coalesce(json_array_length(sentences), 0) as shared_sentences,
        is_exact,
    from ordered
)

select
    pairs.revision_id as revision_id,
    pairs.other_revision_id as other_revision_id,
    pairs.article_id as article_id,
    pairs.other_article_id as other_article_id,
    pairs.event_id as event_id,
    -- of two texts of equal length the first counts as the longer
    if(pairs.words >= pairs.other_words, pairs.revision_id, pairs.other_revision_id) as longer_revision_id,
    pairs.words as words,
    pairs.other_words as other_words,
    least(pairs.words, pairs.other_words) as shorter_words,
    pairs.shared_words as shared_words,
    pairs.shared_sentences as shared_sentences,
    pairs.coverage as coverage,
    pairs.other_coverage as other_coverage,
    if(pairs.words >= pairs.other_words, pairs.coverage, pairs.other_coverage) as longer_coverage,
    if(pairs.words >= pairs.other_words, pairs.other_coverage, pairs.coverage) as shorter_coverage,
    pairs.is_exact as is_exact,
from pairs
inner join int_current_comparisons on pairs.event_id = int_current_comparisons.event_id
inner join int_current_articles as firsts on pairs.revision_id = firsts.revision_id
inner join int_current_articles as seconds on pairs.other_revision_id = seconds.revision_id
qualify row_number() over (partition by pairs.revision_id, pairs.other_revision_id order by pairs.event_id) = 1
