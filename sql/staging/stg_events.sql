-- stg_events: one row per event of the ledger, without its payload; withdrawn ones too, since their hashes stay.
-- key: event_id
-- withdrawn: kept
-- why: what happened, when and by which rules, also for events whose payload is gone. The other stg_ models leave those out.
select
    event_id,
    caused_by,
    event_type,
    stream,
    producer,
    run_id,
    position,
    event_date,
    occurred_at,
    recorded_at,
from events
