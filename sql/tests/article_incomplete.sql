-- article_incomplete: an article without an id, an address, a source or a text.
-- severity: quarantine
-- model: stg_articles_extracted
select
    event_id,
    'the article lacks its id, address, source, outlet or text' as reason,
    event_date,
from stg_articles_extracted
where article_id is null
    or revision_id is null
    or caused_by is null
    or url is null
    or source_id is null
    or outlet is null
    or coalesce(text, '') = ''
