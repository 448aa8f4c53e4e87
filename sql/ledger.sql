-- The ledger's tables: append-only. Everything else in sql/ can be dropped and rebuilt from them.
-- No PRIMARY KEY, UNIQUE, ON CONFLICT, ENUM or VARIANT: the same SQL must run on DuckLake. Uniqueness is kept by append.

create table if not exists ledger.events (
    position UBIGINT,          -- gapless from 1
    event_id UUID,             -- uuid5 of the identity
    event_type VARCHAR,
    schema_version INTEGER,
    stream VARCHAR,            -- what it happened to: article/9f2c
    event_date DATE,           -- the UTC day that the fact belongs to
    occurred_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ,
    producer VARCHAR,          -- step, version and digest of the rules
    run_id VARCHAR,
    caused_by UUID,            -- the event it was made from
    batch UBIGINT,
    payload VARCHAR,           -- RFC 8785 canonical JSON; null once withdrawn
    payload_sha256 VARCHAR,
    leaf VARCHAR               -- sha256(0x00 || canonical JSON of all columns but payload and leaf)
);

create table if not exists ledger.batches (
    batch UBIGINT,
    first_position UBIGINT,
    last_position UBIGINT,
    events UBIGINT,
    merkle_root VARCHAR,       -- RFC 6962 over the batch's leaves
    previous_hash VARCHAR,
    hash VARCHAR,              -- sha256(canonical JSON of the row without events and hash)
    recorded_at TIMESTAMPTZ
);

create table if not exists ledger.head (
    position UBIGINT,
    batch UBIGINT,
    hash VARCHAR
);
