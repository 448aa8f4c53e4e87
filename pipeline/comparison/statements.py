"""What the index asks its database: texts, and the keys that find them."""

# A revision is known by the position at which it first stands in the ledger.
SCHEMA = """
    create table checkpoint (version VARCHAR, position UBIGINT, ledger_hash VARCHAR);
    create table revisions (
        position UBIGINT, revision_id VARCHAR, article_id VARCHAR, text VARCHAR, distinct_grams UINTEGER, masked_grams BLOB
    );
    create table keys (hash UBIGINT, position UBIGINT);
"""

# As JSON: for every string of a numpy column or a list DuckDB looks for pandas, which takes 8 ms an article.
INSERT = """
    insert into revisions
    select row.position, row.revision_id, row.article_id, row.text, row.distinct_grams, from_base64(row.masked_grams)
    from (
        select unnest(from_json($revisions, '[{
            "position": "UBIGINT", "revision_id": "VARCHAR", "article_id": "VARCHAR",
            "text": "VARCHAR", "distinct_grams": "UINTEGER", "masked_grams": "VARCHAR"
        }]')) as row
    )
"""

POSITIONS = """
    select revision_id, position
    from revisions
    where revision_id in (select unnest(from_json($revision_ids, '["VARCHAR"]')))
"""

# Each revision that has a key or its article in common with one of `positions` that is higher, with those positions.
CANDIDATES = """
    with pairs as (
        select mine.position as position, others.position as other_position
        from keys as mine
        inner join keys as others on mine.hash = others.hash and others.position < mine.position
        where mine.position in (select unnest($positions::UBIGINT[]))
        union
        select mine.position as position, others.position as other_position
        from revisions as mine
        inner join revisions as others on mine.article_id = others.article_id and others.position < mine.position
        where mine.position in (select unnest($positions::UBIGINT[]))
    ),

    candidates as (
        select other_position, list(position) as positions
        from pairs
        group by other_position
    )

    select
        revisions.revision_id, revisions.article_id, revisions.text,
        revisions.distinct_grams, revisions.masked_grams, candidates.positions
    from candidates
    inner join revisions on candidates.other_position = revisions.position
"""

# Each revision that has one of some keys.
HOLDERS = """
    select revision_id, article_id, text, distinct_grams, masked_grams
    from revisions
    where position in (select position from keys where hash in (select unnest($keys::UBIGINT[])))
"""
