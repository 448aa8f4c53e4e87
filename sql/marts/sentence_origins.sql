-- sentence_origins: one row per sentence of each article's latest revision: the earliest known text that had it.
-- key: article_id, sentence_number
-- why: earliest known to this ledger; sentences shorter than 6 words are not compared. copied: the same numbers; revised:
--      other numbers. is_boilerplate: it stands in several texts of its outlet, so where it comes from says little.
with source_words as (
    select
        revision_id,
        source_article_id,
        sum(words) as words,
    from int_sentence_sources
    group by all
),

usable as (
    select
        int_sentence_sources.*,
        source_words.words as source_words,
    from int_sentence_sources
    inner join source_words
        on int_sentence_sources.revision_id = source_words.revision_id
        and int_sentence_sources.source_article_id = source_words.source_article_id
    inner join int_articles_revised on int_sentence_sources.revision_id = int_articles_revised.revision_id
    left join int_articles_stitched as mine on int_articles_revised.article_id = mine.article_id
    left join int_articles_stitched as theirs on int_sentence_sources.source_article_id = theirs.article_id
    -- of two that are not known to be one before the other, the stitched one took; else the smaller id counts as the source
    where
        int_sentence_sources.is_earlier
        or (mine.article_id is not null and theirs.article_id is null)
        or (
            (mine.article_id is null) = (theirs.article_id is null)
            and (length(int_sentence_sources.source_article_id), int_sentence_sources.source_article_id)
            < (length(int_articles_revised.article_id), int_articles_revised.article_id)
        )
),

origins_of_sentences as (
    select
        *,
        count(*) over (partition by revision_id, sentence_start) as source_articles,
    from usable
    -- the text that most was taken from, where times do not tell
    qualify row_number() over (
        partition by revision_id, sentence_start
        order by
            is_earlier desc, source_known_at, source_words desc, is_digits_equal desc, score desc,
            length(source_article_id), source_article_id
    ) = 1
)

select
    int_sentences_compared.article_id as article_id,
    int_sentences_compared.revision_id as revision_id,
    int_sentences_compared.sentence_number as sentence_number,
    origins_of_sentences.source_article_id as origin_article_id,
    origins_of_sentences.source_revision_id as origin_revision_id,
    articles.outlet as outlet,
    origin_articles.outlet as origin_outlet,
    substr(
        articles.text,
        int_sentences_compared.sentence_start + 1,
        int_sentences_compared.sentence_end - int_sentences_compared.sentence_start
    ) as sentence,
    substr(
        origin_articles.text,
        origin_sentences.sentence_start + 1,
        origin_sentences.sentence_end - origin_sentences.sentence_start
    ) as origin_sentence,
    case
        when origins_of_sentences.revision_id is null and int_sentences_compared.words < 6 then 'too_short'
        when origins_of_sentences.revision_id is null then 'original'
        when origins_of_sentences.is_digits_equal then 'copied'
        else 'revised'
    end as use,
    int_sentences_compared.words as words,
    coalesce(origins_of_sentences.source_articles, 0) as source_articles,
    round(origins_of_sentences.score, 3) as score,
    int_sentences_compared.sentence_start as sentence_start,
    int_sentences_compared.sentence_end as sentence_end,
    int_sentences_repeated.revision_id is not null as is_boilerplate,
    -- false: nothing tells which of the two was first
    origins_of_sentences.is_earlier as is_origin_earlier,
    -- false: the outlet gives no time, so the capture's counts
    origins_of_sentences.is_source_published as is_origin_dated,
    origins_of_sentences.source_known_at as origin_known_at,
from int_sentences_compared
inner join int_articles_revised on int_sentences_compared.revision_id = int_articles_revised.revision_id
inner join int_current_articles as articles on int_sentences_compared.revision_id = articles.revision_id
left join origins_of_sentences
    on int_sentences_compared.revision_id = origins_of_sentences.revision_id
    and int_sentences_compared.sentence_start = origins_of_sentences.sentence_start
left join int_current_articles as origin_articles
    on origins_of_sentences.source_revision_id = origin_articles.revision_id
left join int_sentences_compared as origin_sentences
    on origins_of_sentences.source_revision_id = origin_sentences.revision_id
    and origins_of_sentences.source_sentence_start = origin_sentences.sentence_start
left join int_sentences_repeated
    on int_sentences_compared.revision_id = int_sentences_repeated.revision_id
    and int_sentences_compared.sentence_start = int_sentences_repeated.sentence_start
