-- int_sentence_sources: one row per sentence of an article's latest revision and other article that had it, not later.
-- key: revision_id, sentence_start, source_article_id
-- why: a day without an hour says nothing about the order within that day.
with sources as materialized (
    -- materialized: a filter on two times that is pushed down into the joins compares every article with every other
    select
        int_sentences_shared.revision_id as revision_id,
        int_sentences_shared.sentence_start as sentence_start,
        int_sentences_shared.other_revision_id as source_revision_id,
        int_sentences_shared.other_sentence_start as source_sentence_start,
        int_sentences_shared.other_article_id as source_article_id,
        coalesce(int_texts_joined.text_id, int_sentences_shared.other_article_id) as source_text_id,
        int_sentences_shared.words as words,
        int_sentences_shared.score as score,
        int_sentences_shared.is_digits_equal as is_digits_equal,
        theirs.known_at as source_known_at,
        theirs.is_published as is_source_published,
        theirs.known_at < mine.known_at
        and not (
            (mine.is_day_only or theirs.is_day_only)
            and cast(mine.known_at as date) = cast(theirs.known_at as date)
        ) as is_earlier,
        mine.known_at < theirs.known_at
        and not (
            (mine.is_day_only or theirs.is_day_only)
            and cast(mine.known_at as date) = cast(theirs.known_at as date)
        ) as is_later,
    from int_sentences_shared
    inner join int_articles_revised on int_sentences_shared.revision_id = int_articles_revised.revision_id
    inner join int_revisions_timed as mine on int_sentences_shared.revision_id = mine.revision_id
    inner join int_revisions_timed as theirs on int_sentences_shared.other_revision_id = theirs.revision_id
    left join int_texts_joined on int_sentences_shared.other_article_id = int_texts_joined.article_id
    where int_sentences_shared.article_id <> int_sentences_shared.other_article_id
)

select
    sources.revision_id as revision_id,
    sources.sentence_start as sentence_start,
    sources.source_revision_id as source_revision_id,
    sources.source_sentence_start as source_sentence_start,
    sources.source_article_id as source_article_id,
    sources.source_text_id as source_text_id,
    sources.words as words,
    sources.score as score,
    sources.is_digits_equal as is_digits_equal,
    int_sentences_repeated.revision_id is not null as is_repeated,
    -- false: neither of the two is known to be earlier
    sources.is_earlier as is_earlier,
    sources.is_source_published as is_source_published,
    sources.source_known_at as source_known_at,
from sources
left join int_sentences_repeated
    on sources.revision_id = int_sentences_repeated.revision_id
    and sources.sentence_start = int_sentences_repeated.sentence_start
where not sources.is_later
qualify row_number() over (
    partition by sources.revision_id, sources.sentence_start, sources.source_article_id
    order by sources.source_known_at, sources.score desc, sources.source_revision_id
) = 1
