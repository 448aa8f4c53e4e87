-- quantity_out_of_range: a count without words, below zero, above the world's population or with low above high.
-- severity: quarantine
-- model: stg_quantities
select
    event_id,
    concat('claim ', claim_number, ' counts ', metric, ' from ', coalesce(low::varchar, 'null'), ' to ', high) as reason,
    event_date,
from stg_quantities
where metric is null or span is null or low is null or low < 0 or low > high or low > 10_000_000_000 or until_on < since_on
