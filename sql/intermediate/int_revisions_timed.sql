-- int_revisions_timed: one row per current revision: since when its text is known to have been there, and how we know.
-- key: revision_id
-- why: earliest known to this ledger: the time that the outlet gives, else that of the capture; a text that was put in place
--      later counts from its capture. What was captured was there by then, whatever time the outlet gives.
select
    revision_id,
    article_id,
    captured_at = min(captured_at) over (partition by article_id) and published_at is not null as is_published,
    is_published and published_precision = 'day' as is_day_only,
    if(is_published, least(published_at, captured_at), captured_at) as known_at,
from int_current_articles
