-- int_relations_named: one row per pair of related revisions; it reads "revision_id is <relation> other_revision_id".
-- key: revision_id, other_revision_id
-- why: the first relation that holds names the pair, boilerplate left out. exact and copy-of have no direction: the smaller
--      id stands first. A version is the later of the two.
with thresholds as (
    -- best F1 on labelled news about one war, one reader's labels, and on edited articles: change them and publish again
    select
        -- two pages that say no more than "Sign in to continue reading" are no copies
        10 as exact_words,
        30 as copied_words,
        0.5 as copied_coverage,
        -- a text of which more than a third is its own, and so of the other, is a version: in copies either nearly all of
        -- the shorter text is there, or nearly all sentences of one are, with a word changed here and there
        0.65 as copied_shorter_coverage,
        0.7 as copied_sentence_share,
        -- word by word rewriting leaves no sentence, but words in order all over the text; two reports of one event: 0.2
        0.25 as rewritten_share,
        12 as contained_words,
        0.6 as contained_coverage,
        -- what is nearly all there is a copy, whatever its lede counts
        0.9 as whole_coverage,
        0.4 as version_coverage,
        0.3 as recounted_coverage,
        -- background that two stories share fills less of the longer one
        0.3 as background_coverage,
        10 as version_days,
        -- half of the shared sentences with other numbers, in one outlet: pages of one template, unless at one time
        0.5 as template_share,
        3 as template_sentences,
        1 as template_days,
        -- of the distinct words of the lede that has fewer: two stories of one day share background, not what they tell
        0.3 as same_lede_share,
        -- the number changed and little else: an update, where it changed with all around it somebody rewrote the words
        0.75 as same_sentence_score,
),

comparable as (
    select
        int_current_comparisons.*,
        -- texts of a few words can only be revisions of one article: thousands of pages that ask to sign in are not paired
        if(int_current_comparisons.words >= thresholds.exact_words, '', int_current_comparisons.article_id) as scope,
    from int_current_comparisons
    cross join thresholds
),

equal_texts as (
    -- equal normal forms that were not measured against each other
    select
        firsts.revision_id as revision_id,
        seconds.revision_id as other_revision_id,
        firsts.article_id as article_id,
        seconds.article_id as other_article_id,
        firsts.revision_id as longer_revision_id,
        firsts.words as shorter_words,
        0 as shared_sentences,
        0 as revised_sentences,
        1.0 as longer_coverage,
        1.0 as shorter_coverage,
        1.0 as sentence_share,
        0.0 as scattered_share,
        true as is_exact,
    from comparable as firsts
    inner join comparable as seconds
        on firsts.normal_sha256 = seconds.normal_sha256
        and firsts.scope = seconds.scope
        and firsts.revision_id < seconds.revision_id
    anti join int_pairs_measured
        on firsts.revision_id = int_pairs_measured.revision_id
        and seconds.revision_id = int_pairs_measured.other_revision_id
),

pairs as (
    select
        revision_id,
        other_revision_id,
        article_id,
        other_article_id,
        longer_revision_id,
        shorter_words,
        shared_sentences,
        revised_sentences,
        longer_coverage,
        shorter_coverage,
        sentence_share,
        scattered_share,
        is_exact,
    from int_pairs_weighed

    union all by name

    select
        *,
    from equal_texts
),

-- the sentence that holds the first count stands in the other text with the same numbers
counts_kept as (
    select
        least(int_sentences_shared.revision_id, int_sentences_shared.other_revision_id) as revision_id,
        greatest(int_sentences_shared.revision_id, int_sentences_shared.other_revision_id) as other_revision_id,
    from int_sentences_shared
    inner join int_ledes_counted
        on int_sentences_shared.revision_id = int_ledes_counted.revision_id
        and int_sentences_shared.sentence_start = int_ledes_counted.sentence_start
    where int_sentences_shared.is_digits_equal
    group by all
),

-- the same sentence counts in both ledes, and not the same
counts_revised as (
    select
        mine.revision_id as revision_id,
        theirs.revision_id as other_revision_id,
    from int_sentences_shared
    inner join int_ledes_counted as mine
        on int_sentences_shared.revision_id = mine.revision_id
        and int_sentences_shared.sentence_start = mine.sentence_start
    inner join int_ledes_counted as theirs
        on int_sentences_shared.other_revision_id = theirs.revision_id
        and int_sentences_shared.other_sentence_start = theirs.sentence_start
    cross join thresholds
    where
        mine.revision_id < theirs.revision_id
        and mine.first_count <> theirs.first_count
        and int_sentences_shared.score >= thresholds.same_sentence_score
),

-- materialized: conditions on both articles that are pushed down into the joins compare every article with every other
compared as materialized (
    select
        pairs.*,
        len(list_intersect(first_ledes.lede_words, second_ledes.lede_words))
        >= thresholds.same_lede_share * least(len(first_ledes.lede_words), len(second_ledes.lede_words)) as is_same_lede,
        is_same_lede
        and counts_kept.revision_id is null
        and coalesce(first_ledes.first_count <> second_ledes.first_count, false) as is_recounted,
        counts_revised.revision_id is not null as is_lede_revised,
        pairs.revised_sentences >= thresholds.template_share * pairs.shared_sentences
        and pairs.shared_sentences >= thresholds.template_sentences
        and firsts.outlet = seconds.outlet as is_template,
        firsts.outlet = seconds.outlet as is_same_outlet,
        first_stitched.article_id is not null or second_stitched.article_id is not null as is_stitched,
        -- null: one of them has no date
        abs(epoch(firsts.published_at) - epoch(seconds.published_at)) / 86400 as days_between,
        first_times.known_at as first_known_at,
        second_times.known_at as second_known_at,
        firsts.producer = seconds.producer as is_same_reader,
    from pairs
    cross join thresholds
    inner join int_current_articles as firsts on pairs.revision_id = firsts.revision_id
    inner join int_current_articles as seconds on pairs.other_revision_id = seconds.revision_id
    inner join int_revisions_timed as first_times on pairs.revision_id = first_times.revision_id
    inner join int_revisions_timed as second_times on pairs.other_revision_id = second_times.revision_id
    left join int_articles_stitched as first_stitched on pairs.article_id = first_stitched.article_id
    left join int_articles_stitched as second_stitched on pairs.other_article_id = second_stitched.article_id
    inner join int_ledes_counted as first_ledes on pairs.revision_id = first_ledes.revision_id
    inner join int_ledes_counted as second_ledes on pairs.other_revision_id = second_ledes.revision_id
    left join counts_revised
        on pairs.revision_id = counts_revised.revision_id
        and pairs.other_revision_id = counts_revised.other_revision_id
    left join counts_kept
        on pairs.revision_id = counts_kept.revision_id and pairs.other_revision_id = counts_kept.other_revision_id
),

named as (
    select
        compared.*,
        case
            when compared.article_id = compared.other_article_id then 'revision-of'
            when compared.is_exact and compared.shorter_words >= thresholds.exact_words then 'exact'
            when
                compared.is_template
                and coalesce(compared.days_between > thresholds.template_days, true)
                then null
            -- on the longer text: measured on the shorter one, a live page glues everything together
            when
                compared.longer_coverage >= thresholds.copied_coverage
                and compared.shorter_words >= thresholds.copied_words
                and (
                    compared.shorter_coverage >= thresholds.copied_shorter_coverage
                    or compared.sentence_share >= thresholds.copied_sentence_share
                )
                and not compared.is_lede_revised
                and (not compared.is_recounted or compared.shorter_coverage >= thresholds.whole_coverage)
                then 'copy-of'
            when
                compared.scattered_share >= thresholds.rewritten_share
                and compared.shorter_words >= thresholds.copied_words
                then 'copy-of'
            when
                compared.shorter_coverage >= thresholds.contained_coverage
                and compared.longer_coverage < thresholds.copied_coverage
                and compared.shorter_words >= thresholds.contained_words
                and not compared.is_lede_revised
                and (not compared.is_recounted or compared.shorter_coverage >= thresholds.whole_coverage)
                then 'contained-in'
            when
                compared.shorter_words >= thresholds.copied_words
                and not compared.is_stitched
                -- what would be a copy but for its count is one story, whatever the dates say
                and (
                    compared.longer_coverage >= thresholds.copied_coverage
                    or coalesce(compared.days_between <= thresholds.version_days, true)
                )
                and (compared.is_same_lede or compared.longer_coverage >= thresholds.background_coverage)
                -- phrases of an outlet come back without a sentence in common: that is its style
                and (compared.shared_sentences > 0 or not compared.is_same_outlet)
                and (
                    compared.shorter_coverage >= thresholds.version_coverage
                    or (
                        compared.is_recounted
                        and compared.shared_sentences > 0
                        and compared.shorter_coverage >= thresholds.recounted_coverage
                    )
                )
                then 'version-of'
        end as relation,
    from compared
    cross join thresholds
),

directed as (
    select
        named.*,
        case
            when named.relation in ('revision-of', 'version-of')
                then (first_known_at, revision_id) < (second_known_at, other_revision_id)
            when named.relation = 'contained-in' then longer_revision_id = revision_id
            else false
        end as is_reversed,
    from named
    where relation is not null
)

select
    if(is_reversed, other_revision_id, revision_id) as revision_id,
    if(is_reversed, revision_id, other_revision_id) as other_revision_id,
    if(is_reversed, other_article_id, article_id) as article_id,
    if(is_reversed, article_id, other_article_id) as other_article_id,
    relation,
    shorter_words,
    shared_sentences,
    revised_sentences,
    longer_coverage,
    shorter_coverage,
    is_recounted,
from directed
-- two extractors that read one page in two ways are no revision
where relation <> 'revision-of' or is_same_reader
