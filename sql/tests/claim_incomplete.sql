-- claim_incomplete: a claim without an id, an article or words, or with a field missing that every claim has.
-- severity: quarantine
-- model: stg_claims
select
    event_id,
    printf('claim %d lacks its id, content, attribution, type or confidence', claim_number) as reason,
    event_date,
from stg_claims
where claim_id is null
    or article_id is null
    or revision_id is null
    or attribution is null
    or claim_type is null
    or confidence is null
    or coalesce(len(content_spans), 0) = 0
    or len(content_spans) > len([span for span in content_spans if span is not null])
