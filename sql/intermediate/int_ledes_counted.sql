-- int_ledes_counted: one row per compared revision: what its lede is about, and what its first two sentences count first.
-- key: revision_id
-- why: an update of a story keeps what it is about and most sentences, and changes what the lede counts. Dates and times
--      are taken out first: nobody counts years.
with sentences as (
    select
        int_sentences_compared.revision_id as revision_id,
        int_sentences_compared.sentence_number as sentence_number,
        int_sentences_compared.sentence_start as sentence_start,
        regexp_replace(
            lower(substr(
                int_current_articles.text,
                int_sentences_compared.sentence_start + 1,
                int_sentences_compared.sentence_end - int_sentences_compared.sentence_start
            )),
            -- June 11, 2017; 11 June 2017; 11/06/2017; 06:30; 2017; 112017 (a date that lost its marks); 6 pm
            '\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? +[0-9]{1,2}\b'
            || '|\b[0-9]{1,2}(st|nd|rd|th)? +(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)'
            || '|\b[0-9]{1,2} ?[/.:-] ?[0-9]{1,2}( ?[/.-] ?[0-9]{2,4})?\b'
            || '|\b[0-9]{0,4}(19|20)[0-9]{2}\b|\b[0-9]{1,2} ?[ap]\.?m\b',
            ' ',
            'g'
        ) as words,
    from int_sentences_compared
    inner join int_current_articles on int_sentences_compared.revision_id = int_current_articles.revision_id
    where int_sentences_compared.sentence_number <= 2
),

counted as (
    select
        revision_id,
        sentence_number,
        sentence_start,
        regexp_extract(
            regexp_replace(words, '([0-9]),([0-9]{3})', '\1\2', 'g'),
            '\b([0-9]{1,7}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b'
        ) as word,
    from sentences
),

first_counts as (
    select
        *,
    from counted
    where word <> ''
    qualify row_number() over (partition by revision_id order by sentence_number) = 1
)

select
    int_current_comparisons.revision_id as revision_id,
    -- null: nothing is counted
    first_counts.sentence_start as sentence_start,
    coalesce(
        try_cast(first_counts.word as integer),
        list_position(
            ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
            first_counts.word
        )
    ) as first_count,
    -- 300 characters are a headline and a lede, wherever an extractor ends the sentence; Raqqa, Raqqa's and Syria, Syrian
    -- are one word each
    list_distinct(list_transform(
        regexp_extract_all(lower(left(int_current_articles.text, 300)), '\p{L}{4,}'), lambda word: left(word, 5)
    )) as lede_words,
from int_current_comparisons
inner join int_current_articles on int_current_comparisons.revision_id = int_current_articles.revision_id
left join first_counts on int_current_comparisons.revision_id = first_counts.revision_id
