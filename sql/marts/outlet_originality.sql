-- outlet_originality: one row per outlet: how many of its sentences nobody had before, from whom the others are, how late.
-- key: outlet
-- why: sentences of each article's latest revision, boilerplate and sentences too short to compare left out.
with sentences as (
    select
        outlet,
        article_id,
        use,
        origin_outlet,
        date_diff('minute', origin_known_at, int_current_articles.published_at) / 60 as hours_after,
    from sentence_origins
    inner join int_current_articles using (revision_id, article_id, outlet)
    where not is_boilerplate and use <> 'too_short'
),

from_whom as (
    select
        outlet,
        origin_outlet,
        count(*) as sentences,
    from sentences
    where origin_outlet is not null
    group by all
),

most_from as (
    select
        outlet,
        first(origin_outlet order by sentences desc, origin_outlet) as most_from_outlet,
        max(sentences) as most_from_sentences,
    from from_whom
    where origin_outlet <> outlet
    group by outlet
)

select
    sentences.outlet as outlet,
    any_value(most_from.most_from_outlet) as most_from_outlet,
    count(distinct sentences.article_id) as articles,
    count(*) as sentences,
    count(*) filter (where sentences.use = 'original') as original_sentences,
    count(*) filter (where sentences.use = 'copied') as copied_sentences,
    count(*) filter (where sentences.use = 'revised') as revised_sentences,
    -- from its own earlier articles
    count(*) filter (where sentences.origin_outlet = sentences.outlet) as own_sentences_again,
    coalesce(any_value(most_from.most_from_sentences), 0) as most_from_sentences,
    round(count(*) filter (where sentences.use = 'original') / count(*), 3) as original_share,
    round(
        median(sentences.hours_after) filter (where sentences.origin_outlet <> sentences.outlet), 1
    ) as median_hours_after,
from sentences
left join most_from on sentences.outlet = most_from.outlet
group by sentences.outlet
