"""What the index asks its database: a row a text, with the keys that find it."""

from base64 import b64encode

from pipeline.comparison.measures import Prepared

# A revision is known by the position at which it first stands in the ledger. Keys are packed, 4 bytes each: unpacked into
# rows of their own, a search joins 250 million of them at a million texts.
SCHEMA = """
    create table checkpoint (version VARCHAR, position UBIGINT, ledger_hash VARCHAR);
    create table revisions (
        position UBIGINT, revision_id VARCHAR, article_id VARCHAR, fingerprints BLOB, sentence_keys BLOB
    );
"""

# As JSON: for every string of a numpy column or a list DuckDB looks for pandas, which takes 8 ms an article.
INSERT = """
    insert into revisions
    select
        row.position, row.revision_id, row.article_id, from_base64(row.fingerprints), from_base64(row.sentence_keys)
    from (
        select unnest(from_json($revisions, '[{
            "position": "UBIGINT", "revision_id": "VARCHAR", "article_id": "VARCHAR",
            "fingerprints": "VARCHAR", "sentence_keys": "VARCHAR"
        }]')) as row
    )
"""

POSITIONS = """
    select revision_id, position
    from revisions
    where revision_id in (select unnest(from_json($revision_ids, '["VARCHAR"]')))
"""

KNOWN_POSITIONS = """
    select position
    from revisions
    where position in (select unnest(from_json($positions, '["UBIGINT"]')))
"""

KEYS_AT = """
    select position, {column}
    from revisions
    where position in (select unnest(from_json($positions, '["UBIGINT"]')))
"""

KEYS_BELOW = """
    select position, {column}
    from revisions
    where position < $below
"""

OF_ONE_ARTICLE = """
    select mine.position, others.position
    from revisions as mine
    inner join revisions as others on mine.article_id = others.article_id and others.position < mine.position
    where mine.position in (select unnest(from_json($positions, '["UBIGINT"]')))
"""

LIVE_BYTES = """
    select coalesce(sum(octet_length(fingerprints) + octet_length(sentence_keys) + 64), 0)
    from revisions
"""


def to_row(text: Prepared, position: int) -> dict[str, str | int]:
    """Return the keys of a text as INSERT takes them."""
    return {
        "position": position,
        "revision_id": text.revision_id,
        "article_id": text.article_id,
        "fingerprints": b64encode(text.fingerprints.tobytes()).decode(),
        "sentence_keys": b64encode(text.sentence_keys.tobytes()).decode(),
    }
