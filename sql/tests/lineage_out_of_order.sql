-- lineage_out_of_order: a revision that follows one that is not earlier, or none of its lineage.
-- severity: stop
-- model: lineages
select
    lineages.revision_id,
    lineages.follows_revision_id,
from lineages
left join lineages as followed
    on lineages.follows_revision_id = followed.revision_id and lineages.lineage_id = followed.lineage_id
where lineages.follows_revision_id is not null and coalesce(followed.place >= lineages.place, true)
