-- claim_dates_reversed: a claim about a time that ends before it starts.
-- severity: quarantine
-- model: stg_claims
select
    event_id,
    printf('claim %d is about a time that ends before it starts', claim_number) as reason,
    event_date,
from stg_claims
where occurred_on_end < occurred_on_start or said_on_end < said_on_start
