-- source_failing: a source that failed at its last 10 polls: fix its address in the sources file or disable it.
-- severity: warn
-- model: source_health
select
    source_id,
    last_reason,
    failures_in_a_row,
from source_health
where failures_in_a_row >= 10
