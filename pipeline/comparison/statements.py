"""What the index asks its database: a row a revision, and rows with the keys of some texts each, that find them."""

import json
from collections.abc import Iterable

from pipeline.events import ArticleExtracted, Recorded

# A revision is known by the position at which it first stands in the ledger. Keys are packed, 4 bytes each: unpacked into
# rows of their own, a search joins 250 million of them at a million texts. Some texts share a row: a row a text takes
# longer to fetch than to search. `first` is the position of the first text, and no two rows overlap; `keys` is how many
# there are of both kinds.
SCHEMA = """
    create table checkpoint (version VARCHAR, position UBIGINT, ledger_hash VARCHAR);
    create table revisions (position UBIGINT, revision_id VARCHAR, article_id VARCHAR);
    create table blocks (
        first UBIGINT, keys UBIGINT, positions BLOB,
        fingerprints_counts BLOB, fingerprints BLOB, sentence_keys_counts BLOB, sentence_keys BLOB
    );
"""

# As JSON: for every string of a numpy column or a list DuckDB looks for pandas, which takes 8 ms an article.
INSERT = """
    insert into revisions
    select row.position, row.revision_id, row.article_id
    from (
        select unnest(from_json($revisions, '[{
            "position": "UBIGINT", "revision_id": "VARCHAR", "article_id": "VARCHAR"
        }]')) as row
    )
"""

INSERT_BLOCKS = """
    insert into blocks
    select
        row.first, row.keys, from_base64(row.positions),
        from_base64(row.fingerprints_counts), from_base64(row.fingerprints),
        from_base64(row.sentence_keys_counts), from_base64(row.sentence_keys)
    from (
        select unnest(from_json($blocks, '[{
            "first": "UBIGINT", "keys": "UBIGINT", "positions": "VARCHAR",
            "fingerprints_counts": "VARCHAR", "fingerprints": "VARCHAR",
            "sentence_keys_counts": "VARCHAR", "sentence_keys": "VARCHAR"
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

BLOCKS_BELOW = """
    select first, keys
    from blocks
    where first < $below
    order by first
"""

# Not bound: for bound values DuckDB looks for pandas, which takes as long as reading a thousand texts.
KEYS = """
    select positions, {column}_counts, {column}
    from blocks
    where first between {lowest:d} and {highest:d}
"""

OF_ONE_ARTICLE = """
    select mine.position, others.position
    from revisions as mine
    inner join revisions as others on mine.article_id = others.article_id and others.position < mine.position
    where mine.position in (select unnest(from_json($positions, '["UBIGINT"]')))
"""

LIVE_BYTES = """
    select
        coalesce(sum(
            octet_length(positions)
            + octet_length(fingerprints_counts) + octet_length(fingerprints)
            + octet_length(sentence_keys_counts) + octet_length(sentence_keys)
        ), 0) + (select 64 * count(*) from revisions)
    from blocks
"""


def write_revisions(chunk: Iterable[Recorded[ArticleExtracted]]) -> str:
    """Return revisions as INSERT takes them."""
    return json.dumps(
        [
            {"position": one.position, "revision_id": one.event.revision_id, "article_id": one.event.article_id}
            for one in chunk
        ]
    )
