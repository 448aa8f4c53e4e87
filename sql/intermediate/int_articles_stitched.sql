-- int_articles_stitched: one row per article whose latest revision is put together from the sentences of several texts.
-- key: article_id
-- why: a stitched article agrees with each of its sources a little and with none of them much. Where it is not known which
--      of two is earlier, what looks stitched is no source of another: the texts it took from would look stitched too.
with thresholds as (
    select
        0.6 as reused_share,
        0.5 as best_source_share,
        3 as sources,
        5 as sentences,
        -- shorter sentences are not compared
        6 as sentence_words,
),

texts as (
    select
        int_sentences_compared.article_id as article_id,
        int_sentences_compared.revision_id as revision_id,
        count(*) as sentences,
        sum(int_sentences_compared.words) as words,
    from int_sentences_compared
    cross join thresholds
    inner join int_articles_revised on int_sentences_compared.revision_id = int_articles_revised.revision_id
    anti join int_sentences_repeated
        on int_sentences_compared.revision_id = int_sentences_repeated.revision_id
        and int_sentences_compared.sentence_start = int_sentences_repeated.sentence_start
    where int_sentences_compared.words >= thresholds.sentence_words
    group by int_sentences_compared.article_id, int_sentences_compared.revision_id
),

first_shares as (
    select
        texts.article_id as article_id,
        shares.words / texts.words as best_source_share,
    from texts
    inner join (
        select
            revision_id,
            source_text_id,
            sum(words) as words,
        from (
            select distinct
                revision_id,
                sentence_start,
                source_text_id,
                words,
            from int_sentence_sources
            where not is_repeated
        ) as found
        group by all
    ) as shares
        on texts.revision_id = shares.revision_id
),

reused as (
    select
        texts.article_id as article_id,
        sum(found.words) / any_value(texts.words) as reused_share,
    from texts
    inner join (
        select distinct
            revision_id,
            sentence_start,
            words,
        from int_sentence_sources
        where not is_repeated
    ) as found
        on texts.revision_id = found.revision_id
    group by texts.article_id
),

suspected as (
    select
        reused.article_id as article_id,
    from reused
    cross join thresholds
    inner join (
        select
            article_id,
            max(best_source_share) as best_source_share,
        from first_shares
        group by article_id
    ) as best
        on reused.article_id = best.article_id
    where reused.reused_share >= thresholds.reused_share and best.best_source_share <= thresholds.best_source_share
),

-- per sentence and text it may come from, once
found as (
    select
        int_sentence_sources.revision_id as revision_id,
        int_sentence_sources.sentence_start as sentence_start,
        int_sentence_sources.source_text_id as source_text_id,
        any_value(int_sentence_sources.words) as words,
    from int_sentence_sources
    left join suspected on int_sentence_sources.source_article_id = suspected.article_id
    where not int_sentence_sources.is_repeated and (int_sentence_sources.is_earlier or suspected.article_id is null)
    group by all
),

weighed as (
    select
        *,
        sum(words) over (partition by revision_id, source_text_id) as text_words,
    from found
),

assigned as (
    select
        *,
    from weighed
    qualify row_number() over (
        partition by revision_id, sentence_start order by text_words desc, source_text_id
    ) = 1
),

summed as (
    select
        revision_id,
        count(*) as reused_sentences,
        sum(words) as reused_words,
        max(text_words) as best_source_words,
        count(distinct source_text_id) as sources,
    from assigned
    group by revision_id
)

select
    texts.article_id as article_id,
    texts.revision_id as revision_id,
    texts.sentences as sentences,
    summed.reused_sentences as reused_sentences,
    summed.sources as sources,
    summed.reused_words / texts.words as reused_share,
    summed.best_source_words / texts.words as best_source_share,
from texts
cross join thresholds
inner join summed on texts.revision_id = summed.revision_id
where
    texts.sentences >= thresholds.sentences
    and summed.sources >= thresholds.sources
    and summed.reused_words >= thresholds.reused_share * texts.words
    and summed.best_source_words <= thresholds.best_source_share * texts.words
