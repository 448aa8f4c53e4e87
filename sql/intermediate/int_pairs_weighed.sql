-- int_pairs_weighed: one row per measured pair, with boilerplate left out of words, sentences and coverage.
-- key: revision_id, other_revision_id
-- why: a shared sentence is left out when it is boilerplate on either side. Of a sentence of w words that is shared with a
--      score (Jaccard) j, w * 2j / (1 + j) words are counted as shared: Dice of the same sets, for sides of like length.
with left_out as (
    select
        revision_id,
        sum(words) as words,
    from int_sentences_repeated
    group by all
),

shared as (
    select
        int_sentences_shared.revision_id as revision_id,
        int_sentences_shared.other_revision_id as other_revision_id,
        int_sentences_shared.words as words,
        -- decimal: doubles add up to something else in another order
        cast(
            int_sentences_shared.words * 2 * int_sentences_shared.score / (1 + int_sentences_shared.score)
            as decimal(18, 6)
        ) as shared_words,
        int_sentences_shared.is_digits_equal as is_digits_equal,
        mine.revision_id is not null as is_repeated,
        mine.revision_id is not null or theirs.revision_id is not null as is_left_out,
    from int_sentences_shared
    left join int_sentences_repeated as mine
        on int_sentences_shared.revision_id = mine.revision_id
        and int_sentences_shared.sentence_start = mine.sentence_start
    left join int_sentences_repeated as theirs
        on int_sentences_shared.other_revision_id = theirs.revision_id
        and int_sentences_shared.other_sentence_start = theirs.sentence_start
),

shared_by_side as (
    select
        revision_id,
        other_revision_id,
        count(*) filter (where not is_left_out) as sentences,
        count(*) filter (where not is_left_out and not is_digits_equal) as revised_sentences,
        coalesce(sum(words) filter (where not is_left_out), 0) as sentence_words,
        coalesce(sum(shared_words) filter (where not is_left_out), 0) as same_words,
        coalesce(sum(words) filter (where is_left_out and not is_repeated), 0) as words_left_out_too,
        coalesce(sum(shared_words) filter (where is_left_out), 0) as shared_words_left_out,
    from shared
    group by all
),

sides as (
    select
        pairs.revision_id as revision_id,
        pairs.other_revision_id as other_revision_id,
        pairs.words as measured_words,
        pairs.coverage as measured_coverage,
        pairs.words - coalesce(left_out.words, 0) - coalesce(shared_by_side.words_left_out_too, 0) as words,
        pairs.coverage * pairs.words - coalesce(shared_by_side.shared_words_left_out, 0) as shared_words,
        coalesce(shared_by_side.sentences, 0) as sentences,
        coalesce(shared_by_side.revised_sentences, 0) as revised_sentences,
        coalesce(shared_by_side.sentence_words, 0) as sentence_words,
        coalesce(shared_by_side.same_words, 0) as same_words,
    from (
        select
            revision_id,
            other_revision_id,
            words,
            coverage,
        from int_pairs_measured

        union all

        select
            other_revision_id as revision_id,
            revision_id as other_revision_id,
            other_words as words,
            other_coverage as coverage,
        from int_pairs_measured
    ) as pairs
    left join left_out on pairs.revision_id = left_out.revision_id
    left join shared_by_side
        on pairs.revision_id = shared_by_side.revision_id
        and pairs.other_revision_id = shared_by_side.other_revision_id
),

covered as (
    select
        *,
        case
            when words = measured_words then measured_coverage
            when words <= 0 then 0
            else least(1, greatest(0, shared_words / words))
        end as coverage,
        if(words <= 0, 0, sentence_words / words) as sentence_share,
        if(words <= 0, 0, same_words / words) as same_share,
    from sides
)

select
    int_pairs_measured.revision_id as revision_id,
    int_pairs_measured.other_revision_id as other_revision_id,
    int_pairs_measured.article_id as article_id,
    int_pairs_measured.other_article_id as other_article_id,
    -- of two texts of equal length the first counts as the longer
    if(mine.words >= theirs.words, mine.revision_id, theirs.revision_id) as longer_revision_id,
    least(mine.words, theirs.words) as shorter_words,
    mine.sentences as shared_sentences,
    mine.revised_sentences as revised_sentences,
    if(mine.words >= theirs.words, mine.coverage, theirs.coverage) as longer_coverage,
    if(mine.words >= theirs.words, theirs.coverage, mine.coverage) as shorter_coverage,
    -- share of a text's words that stand in shared sentences, of the text where it is larger
    greatest(mine.sentence_share, theirs.sentence_share) as sentence_share,
    -- words that are shared though the sentences around them are not: of the text where it is smaller
    least(mine.coverage - mine.same_share, theirs.coverage - theirs.same_share) as scattered_share,
    int_pairs_measured.is_exact as is_exact,
from int_pairs_measured
inner join covered as mine
    on int_pairs_measured.revision_id = mine.revision_id
    and int_pairs_measured.other_revision_id = mine.other_revision_id
inner join covered as theirs
    on int_pairs_measured.revision_id = theirs.other_revision_id
    and int_pairs_measured.other_revision_id = theirs.revision_id
