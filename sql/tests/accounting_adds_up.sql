-- accounting_adds_up: a day, source and language in which entries, pages, captures or revisions went astray.
-- severity: stop
-- model: pipeline_accounting
select
    event_date,
    source_id,
    language,
from pipeline_accounting
where entries_unaccounted != 0
    or pages_unaccounted != 0
    or recaptures_unaccounted != 0
    or captures_unaccounted != 0
    or comparisons_unaccounted != 0
    or claims_unaccounted != 0
    or revisions_repeated < 0
