-- article_from_the_future: an article published after it was captured, the clocks of the world being a day apart at most.
-- severity: quarantine
-- model: stg_articles_extracted
select
    event_id,
    printf('published %s, captured %s', published_at, occurred_at) as reason,
    event_date,
from stg_articles_extracted
where published_at > occurred_at + interval 1 day
