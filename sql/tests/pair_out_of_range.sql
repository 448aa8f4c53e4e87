-- pair_out_of_range: a measured pair without ids, with a share that is not from 0 to 1, with itself, or measured twice.
-- severity: quarantine
-- model: stg_pairs_measured
select
    event_id,
    printf('pair %d is incomplete, out of range or repeated', pair_number) as reason,
    event_date,
from stg_pairs_measured
qualify count(*) over (partition by event_id, other_revision_id) > 1
    or article_id is null
    or revision_id is null
    or other_article_id is null
    or other_revision_id is null
    or other_revision_id = revision_id
    or not coalesce(coverage_here between 0 and 1 and coverage_there between 0 and 1, false)
