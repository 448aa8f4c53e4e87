-- int_texts_alike: one row per pair of articles that are one text beyond doubt, the smaller article_id first.
-- key: article_id, other_article_id
-- why: to count distinct texts that repeat a sentence, one must know which are one text, before boilerplate is known.
--      Pages of one template agree in words, but not in numbers; pages that share boilerplate agree in nothing else.
with thresholds as (
    select
        0.5 as copied_coverage,
        -- templates differ in the numbers of half of their shared words and more, copies hardly in any
        0.4 as revised_share,
        -- what does not recur is shared too, or there is next to nothing of it
        0.5 as rest_share,
        0.2 as rest_words_share,
),

recurring_words as (
    select
        revision_id,
        sum(words) as words,
    from int_sentences_recurring
    group by all
),

shared_words as (
    select
        int_sentences_shared.revision_id as revision_id,
        int_sentences_shared.other_revision_id as other_revision_id,
        sum(int_sentences_shared.words) as words,
        sum(if(int_sentences_shared.is_digits_equal, 0, int_sentences_shared.words)) as revised_words,
        sum(if(int_sentences_recurring.revision_id is null, int_sentences_shared.words, 0)) as rest_words,
    from int_sentences_shared
    left join int_sentences_recurring
        on int_sentences_shared.revision_id = int_sentences_recurring.revision_id
        and int_sentences_shared.sentence_start = int_sentences_recurring.sentence_start
    group by all
),

longer_sides as (
    select
        article_id,
        other_article_id,
        longer_revision_id,
        if(longer_revision_id = revision_id, other_revision_id, revision_id) as shorter_revision_id,
        greatest(words, other_words) as words,
        longer_coverage,
        is_exact,
    from int_pairs_measured
    where article_id <> other_article_id
)

select distinct
    least(longer_sides.article_id, longer_sides.other_article_id) as article_id,
    greatest(longer_sides.article_id, longer_sides.other_article_id) as other_article_id,
from longer_sides
cross join thresholds
left join shared_words
    on longer_sides.longer_revision_id = shared_words.revision_id
    and longer_sides.shorter_revision_id = shared_words.other_revision_id
left join recurring_words on longer_sides.longer_revision_id = recurring_words.revision_id
where
    longer_sides.is_exact
    or (
        longer_sides.longer_coverage >= thresholds.copied_coverage
        and shared_words.revised_words < thresholds.revised_share * shared_words.words
        and (
            longer_sides.words - coalesce(recurring_words.words, 0) < thresholds.rest_words_share * longer_sides.words
            or shared_words.rest_words
            >= thresholds.rest_share * (longer_sides.words - coalesce(recurring_words.words, 0))
        )
    )
