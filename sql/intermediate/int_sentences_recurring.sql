-- int_sentences_recurring: one row per sentence that several other articles of its outlet have too, whatever the reason.
-- key: revision_id, sentence_start
-- why: a first look, to be told apart in int_sentences_repeated: boilerplate, a template, or just one text printed often.
with thresholds as (
    select
        -- see int_sentences_repeated: fewer articles than families asked for there cannot be enough
        4 as other_articles,
)

select
    int_sentences_shared.revision_id as revision_id,
    int_sentences_shared.sentence_start as sentence_start,
    any_value(int_sentences_shared.words) as words,
    count(distinct int_sentences_shared.other_article_id) as other_articles,
from int_sentences_shared
cross join thresholds
where
    int_sentences_shared.is_same_outlet
    and int_sentences_shared.article_id <> int_sentences_shared.other_article_id
group by int_sentences_shared.revision_id, int_sentences_shared.sentence_start
having count(distinct int_sentences_shared.other_article_id) >= any_value(thresholds.other_articles)
