-- int_sentences_repeated: one row per sentence that is boilerplate or part of a template of its outlet.
-- key: revision_id, sentence_start
-- why: a sentence that stands in several distinct texts of one outlet, numbers, weekdays and months aside, says nothing
--      about who copied whom. Counted over all that is known, so that the order of arrival cannot matter.
with thresholds as (
    select
        -- a wire's background paragraph comes back in a follow-up or two; what comes back more often is house style
        5 as texts,
),

texts_by_sentence as (
    select
        int_sentences_recurring.revision_id as revision_id,
        int_sentences_recurring.sentence_start as sentence_start,
        any_value(int_sentences_recurring.words) as words,
        count(distinct coalesce(other_texts.text_id, int_sentences_shared.other_article_id)) filter (
            where
                coalesce(other_texts.text_id, int_sentences_shared.other_article_id)
                <> coalesce(texts.text_id, int_sentences_shared.article_id)
        ) as other_texts,
    from int_sentences_recurring
    inner join int_sentences_shared
        on int_sentences_recurring.revision_id = int_sentences_shared.revision_id
        and int_sentences_recurring.sentence_start = int_sentences_shared.sentence_start
    left join int_texts_joined as texts on int_sentences_shared.article_id = texts.article_id
    left join int_texts_joined as other_texts on int_sentences_shared.other_article_id = other_texts.article_id
    where int_sentences_shared.is_same_outlet
    group by all
)

select
    texts_by_sentence.revision_id as revision_id,
    texts_by_sentence.sentence_start as sentence_start,
    texts_by_sentence.words as words,
    texts_by_sentence.other_texts + 1 as texts,
from texts_by_sentence
cross join thresholds
where texts_by_sentence.other_texts + 1 >= thresholds.texts
