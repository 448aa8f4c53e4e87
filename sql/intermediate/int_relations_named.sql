-- int_relations_named: one row per pair of related revisions; it reads "revision_id is <relation> other_revision_id".
-- key: revision_id, other_revision_id
-- why: the first relation that holds names the pair. exact and copy-of have no direction: the smaller id stands first.
with thresholds as (
    -- best F1 on labelled news about one war, one reader's labels: a start; change them here and publish again
    select
        -- two pages that say no more than "Sign in to continue reading" are no copies
        10 as exact_words,
        30 as copied_words,
        0.5 as copied_coverage,
        0.6 as contained_coverage,
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
        1.0 as longer_coverage,
        1.0 as shorter_coverage,
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
        longer_coverage,
        shorter_coverage,
        is_exact,
    from int_pairs_measured

    union all by name

    select
        *,
    from equal_texts
),

named as (
    select
        pairs.*,
        case
            when pairs.article_id = pairs.other_article_id then 'revision-of'
            when pairs.is_exact and pairs.shorter_words >= thresholds.exact_words then 'exact'
            -- on the longer text: measured on the shorter one, a live page glues everything together
            when
                pairs.longer_coverage >= thresholds.copied_coverage and pairs.shorter_words >= thresholds.copied_words
                then 'copy-of'
            when
                pairs.shorter_coverage >= thresholds.contained_coverage
                and pairs.longer_coverage < thresholds.copied_coverage
                then 'contained-in'
        end as relation,
    from pairs
    cross join thresholds
),

directed as (
    select
        named.*,
        case named.relation
            when 'revision-of'
                then (firsts.captured_at, firsts.revision_id) < (seconds.captured_at, seconds.revision_id)
            when 'contained-in' then named.longer_revision_id = named.revision_id
            else false
        end as is_reversed,
        firsts.producer = seconds.producer as is_same_reader,
    from named
    inner join int_current_articles as firsts on named.revision_id = firsts.revision_id
    inner join int_current_articles as seconds on named.other_revision_id = seconds.revision_id
    where named.relation is not null
)

select
    if(is_reversed, other_revision_id, revision_id) as revision_id,
    if(is_reversed, revision_id, other_revision_id) as other_revision_id,
    if(is_reversed, other_article_id, article_id) as article_id,
    if(is_reversed, article_id, other_article_id) as other_article_id,
    relation,
    shorter_words,
    longer_coverage,
    shorter_coverage,
from directed
-- two extractors that read one page in two ways are no revision
where relation <> 'revision-of' or is_same_reader
