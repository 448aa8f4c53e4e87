-- claim_repeated: a claim that is there twice in one reading.
-- severity: quarantine
-- model: stg_claims
select
    event_id,
    printf('claim_id %s is there %d times', claim_id, count(*)) as reason,
    event_date,
from stg_claims
where claim_id is not null
group by event_id, claim_id, event_date
having count(*) > 1
