-- claim_without_evidence: a claim whose words could not be cut out of the text.
-- severity: stop
-- model: claims
select claim_id
from claims
where coalesce(evidence, '') = ''
