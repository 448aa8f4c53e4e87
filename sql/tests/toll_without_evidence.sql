-- toll_without_evidence: a toll whose words could not be cut out of the text.
-- severity: stop
-- model: toll_claims
select
    claim_id,
    quantity_number,
from toll_claims
where coalesce(quantity_words, '') = '' or claimed_low is null or claimed_high < claimed_low
