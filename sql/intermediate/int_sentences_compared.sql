-- int_sentences_compared: one row per sentence of a current revision that holds words.
-- key: revision_id, sentence_start
select
    int_current_comparisons.revision_id as revision_id,
    int_current_comparisons.article_id as article_id,
    stg_sentences_compared.sentence_start as sentence_start,
    stg_sentences_compared.sentence_end as sentence_end,
    row_number() over (
        partition by int_current_comparisons.revision_id order by stg_sentences_compared.sentence_start
    ) as sentence_number,
    stg_sentences_compared.words as words,
from int_current_comparisons
inner join stg_sentences_compared on int_current_comparisons.event_id = stg_sentences_compared.event_id
