"""Events made by hand, for tests that need some."""

from datetime import UTC, date, datetime

from pipeline.events import EntrySeen, PageCaptured, RecordRef

NOON = datetime(2017, 6, 14, 12, tzinfo=UTC)


def make_entry(number: int, day: int = 11, source: str = "wire", **changes: object) -> EntrySeen:
    """An entry of June 2017; the same number is the same page."""
    fields: dict[str, object] = {
        "event_date": date(2017, 6, day),
        "occurred_at": NOON,
        "producer": "poll-1-0000000000",
        "source_id": source,
        "entry_key": f"guid-{number}",
        "url": f"http://wire.example/{number}",
        "url_key": f"http://wire.example/{number}",
        "outlet": "Wire",
        "owner": None,
        "language": "en",
        "title": f"Story {number}",
        "title_raw": f"Story {number}",
        "day_rule": "published",
        "content_sha256": f"{number:064x}",
    }
    return EntrySeen(**(fields | changes))  # type: ignore[arg-type]


def make_page(entry: EntrySeen, **changes: object) -> PageCaptured:
    """The capture of an entry's page."""
    assert entry.url
    assert entry.url_key
    fields: dict[str, object] = {
        "event_date": entry.event_date,
        "occurred_at": NOON,
        "producer": "capture-1-0000000000",
        "caused_by": entry.event_id,
        "url_key": entry.url_key,
        "requested_url": entry.url,
        "attempt": 1,
        "final_url": entry.url,
        "status": 200,
        "content_type": "text/html",
        "headers": {},
        "body_bytes": 4,
        "body": RecordRef(file="a.warc.gz", offset=0, sha256="00"),
    }
    return PageCaptured(**(fields | changes))  # type: ignore[arg-type]
