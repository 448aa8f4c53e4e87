"""A number of events in, a ledger that holds as many out: valid to the last hash, and filled in seconds.

Rows are multiplied by SQL from five hand-made events, an entry and all that is made from it. Payloads are shorter than
real ones (a million real articles are gigabytes); ids, links, days, leaves, batches and head are as `append` makes them.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pipeline.events import Event
from pipeline.ledger import chain
from pipeline.ledger.appending import Connection
from pipeline.ledger.chain import Batch
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.payloads import to_payload
from tests import newsroom

BATCH_EVENTS = 10_000
FIRST_DAY = "2016-06-13"
DAYS = 365
NUMBER = "00000000"  # stands in the templates where the number of the page goes
TEXT = f"{newsroom.TEXT} This is the text of page {NUMBER}. " + "The Observatory said that more raids followed. " * 25

# The JSON of a leaf: the keys in order, as RFC 8785 wants them. Nothing in these values needs escaping.
FILL = """
insert into ledger.events
with kinds(kind, event_type, stream_of, producer, template) as (
    values
        (1, 'EntrySeen', 'entry/', 'poll-1-aaaaaaaaaa', $entry),
        (2, 'PageCaptured', 'page/', 'capture-1-aaaaaaaaaa', $capture),
        (3, 'ArticleExtracted', 'article/', 'extract-1-aaaaaaaaaa', $article),
        (4, 'ArticleCompared', 'article/', 'compare-1-aaaaaaaaaa', $comparison),
        (5, 'ClaimsExtracted', 'article/', 'claim-1-aaaaaaaaaa', $claims),
),
numbered as (
    select
        *,
        (page - 1) * 5 + kind as position,
        date '{first_day}' + (page * {days} // $pages)::integer as event_date,
        -- compare and claim are both made from the article
        least(kind - 1, 3) as cause,
        replace(template, '{number}', printf('%08d', page)) as payload,
    from range(1, $pages + 1) as pages(page)
    cross join kinds
),
rows as (
    select
        position,
        md5(kind || '/' || page)::uuid as event_id,
        event_type,
        stream_of || left(md5(page::varchar), 20) as stream,
        event_date,
        event_date::timestamp + interval 12 hours as occurred_at,
        producer,
        if(cause = 0, null, md5(cause || '/' || page)::uuid) as caused_by,
        (position - 1) // {batch_events} + 1 as batch,
        payload,
        sha256(payload) as payload_sha256,
    from numbered
),
leaves as (
    select
        *,
        '{{"batch":' || batch || ',"caused_by":' || coalesce('"' || caused_by || '"', 'null')
        || ',"event_date":"' || event_date || '","event_id":"' || event_id || '","event_type":"' || event_type
        || '","occurred_at":"' || strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%fZ') || '","payload_sha256":"' || payload_sha256
        || '","position":' || position || ',"producer":"' || producer
        || '","recorded_at":"{recorded_at}","run_id":"filled","schema_version":1,"stream":"' || stream || '"}}' as columns,
    from rows
)
select
    position, event_id, event_type, 1, stream, event_date, occurred_at at time zone 'UTC',
    timestamptz '{recorded_at}', producer, 'filled', caused_by, batch, payload, payload_sha256,
    sha256('\\x00'::blob || encode(columns)),
from leaves
order by position
"""
RECORDED_AT = datetime(2017, 6, 14, 12, tzinfo=UTC)


class Templates(NamedTuple):
    """One page's events, with `NUMBER` where its number goes."""

    entry: Event
    capture: Event
    article: Event
    comparison: Event
    claims: Event


def make_page(number: str) -> Templates:
    """An entry and all that is made from it."""
    at = RECORDED_AT - timedelta(days=1)
    seen = newsroom.entry(number, at=at, event_date=at.date(), summary=TEXT[:200])
    captured = newsroom.capture(seen, at=at)
    read = newsroom.article(captured, TEXT.replace(NUMBER, number), revision_id=f"revision-{number}")
    said = newsroom.claim(read, "Raids on Raqqa killed 24 civilians", "Observatory")
    return Templates(seen, captured, read, newsroom.comparison(read), newsroom.claims(read, said))


def fill(ledger: Ledger, events: int) -> int:
    """Fill an empty ledger with about `events` events; return how many there are, a whole number of pages."""
    payloads = {name: to_payload(event) for name, event in make_page(NUMBER)._asdict().items()}
    pages = events // len(payloads)
    query = FILL.format(
        first_day=FIRST_DAY,
        days=DAYS,
        number=NUMBER,
        batch_events=BATCH_EVENTS,
        recorded_at=RECORDED_AT.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    )
    with ledger.connect() as connection:
        connection.execute(query, payloads | {"pages": pages})
        last = seal_all(connection)
        ledger.note_heads(connection)
    return last.last_position


def seal_all(connection: Connection) -> Batch:
    """Chain the batches of a filled ledger and set its head; return the last one."""
    previous = chain.NO_HASH
    rows = connection.execute("select batch, min(position), list(leaf order by position) from ledger.events group by 1")
    for number, first, leaves in sorted(rows.fetchall()):
        batch = Batch(
            batch=number,
            first_position=first,
            last_position=first + len(leaves) - 1,
            events=len(leaves),
            merkle_root=chain.hash_tree(leaves),
            previous_hash=previous,
            hash="",
            recorded_at=RECORDED_AT,
        )
        batch = batch._replace(hash=chain.hash_batch(batch))
        connection.execute("insert into ledger.batches values ($1, $2, $3, $4, $5, $6, $7, $8)", list(batch))
        previous = batch.hash
    connection.execute("insert into ledger.head values ($1, $2, $3)", [batch.last_position, batch.batch, batch.hash])
    return batch
