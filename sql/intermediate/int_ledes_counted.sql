-- int_ledes_counted: one row per compared revision whose first two sentences count something: the first count, and where.
-- key: revision_id
-- why: an update of a story keeps most sentences and changes what the lede counts. Dates and times are taken out first:
--      nobody counts years.
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
        list_distinct(regexp_extract_all(words, '[\p{L}]{5,}')) as lede_words,
    from sentences
)

select
    revision_id,
    sentence_start,
    coalesce(
        try_cast(word as integer),
        list_position(
            ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'], word
        )
    ) as first_count,
    -- what the lede is about
    lede_words,
from counted
where word <> ''
qualify row_number() over (partition by revision_id order by sentence_number) = 1
