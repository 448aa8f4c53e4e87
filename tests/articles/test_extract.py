from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.articles.extract import extract, outcome, page_of, producer
from pipeline.articles.worker import Worker, WorkerFailure, open_worker
from pipeline.events import ArticleExtracted, EntrySeen, ExtractionFailed, PageCaptured, Pending, Recorded
from pipeline.keys import hash_key
from pipeline.ledger.payloads import from_payload, to_payload
from pipeline.settings import Settings
from pipeline.values import RecordRef

SETTINGS = Settings(worker_cpu_s=1)
CAPTURED_AT = datetime(2017, 6, 12, 8, tzinfo=UTC)
STORY = "".join(
    f"<p>On day {day} the monitoring group said that {day + 11} civilians had been killed near the city.</p>"
    for day in range(1, 9)
)
HTML = f"<html><head><meta property='og:title' content='Toll rises'></head><body>{STORY}</body></html>".encode()
MANY_ATTRIBUTES = (
    b"<html><body><p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x</p></body></html>"
)


@dataclass(frozen=True)
class Body:
    body: bytes


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with open_worker(SETTINGS) as opened:
        yield opened


def pending(number: int = 1, *, attempt: int = 1, content_type: str = "text/html") -> Pending[PageCaptured]:
    url = f"https://www.wire.example/raqqa-{number}"
    capture = PageCaptured(
        event_date=date(2017, 6, 11),
        occurred_at=CAPTURED_AT,
        producer="capture-1-0000000000",
        url_key=f"https://wire.example/raqqa-{number}",
        requested_url=url,
        attempt=1,
        final_url=url,
        status=200,
        content_type=content_type,
        headers={},
        body_bytes=1,
        body=RecordRef(file=str(number), offset=0, sha256=""),
    )
    return Pending(
        cause=Recorded(position=number, event_id=UUID(int=number), event=capture), attempt=attempt, entry=ENTRY
    )


ENTRY = EntrySeen(
    event_date=date(2017, 6, 11),
    occurred_at=CAPTURED_AT,
    producer="poll-1-0000000000",
    source_id="wire",
    entry_key="1",
    url="https://www.wire.example/raqqa-1",
    url_key="https://wire.example/raqqa-1",
    outlet="The Wire",
    owner="Wire Group",
    language="en",
    title="Entry title",
    title_raw="Entry title",
    published_raw="Sun, 11 Jun 2017 09:30 GMT",
    published_at=datetime(2017, 6, 11, 9, 30, tzinfo=UTC),
    day_rule="published",
    content_sha256="0",
)


def outcomes(worker: Worker, *bodies: bytes) -> list[ArticleExtracted | ExtractionFailed]:
    inputs = [pending(number) for number in range(len(bodies))]
    return list(
        extract(inputs, read=lambda ref: Body(bodies[int(ref.file)]), worker=worker, producer=producer(SETTINGS))
    )


def test_an_article_carries_what_its_capture_and_entry_say(worker: Worker) -> None:
    (event,) = outcomes(worker, HTML)

    assert isinstance(event, ArticleExtracted)
    assert (event.title, event.outlet, event.owner, event.source_id) == ("Toll rises", "The Wire", "Wire Group", "wire")
    assert (event.event_date, event.occurred_at, event.caused_by) == (date(2017, 6, 11), CAPTURED_AT, UUID(int=0))
    assert (event.published_at, event.published_rule) == (datetime(2017, 6, 11, 9, 30, tzinfo=UTC), "entry minute")


def test_ids_hang_on_the_final_address_the_title_and_the_text(worker: Worker) -> None:
    (event,) = outcomes(worker, HTML)

    assert isinstance(event, ArticleExtracted)
    assert event.article_id == hash_key("https://wire.example/raqqa-0")
    assert event.revision_id == hash_key(event.article_id, "Toll rises", event.text)


def test_every_input_has_one_outcome_in_order_when_one_is_too_costly(worker: Worker) -> None:
    events = outcomes(worker, HTML, MANY_ATTRIBUTES, b"", HTML)

    assert [event.caused_by for event in events] == [UUID(int=number) for number in range(4)]
    assert [getattr(event, "reason", None) for event in events] == [None, "too_costly", "no_text", None]


def test_a_permanent_failure_is_final(worker: Worker) -> None:
    (event,) = outcomes(worker, b"")

    assert isinstance(event, ExtractionFailed)
    assert event.retry_at is None


@pytest.mark.parametrize(("attempt", "retry_at"), [(1, datetime(2017, 6, 12, 8, 15, tzinfo=UTC)), (5, None)])
def test_a_transient_failure_is_tried_again_until_it_is_final(attempt: int, retry_at: datetime | None) -> None:
    failure = WorkerFailure("wall_time", "no answer in 60 s of wall time", is_transient=True)

    event = outcome(pending(attempt=attempt), failure, "extract-1-0000000000")

    assert isinstance(event, ExtractionFailed)
    assert (event.reason, event.attempt, event.retry_at) == ("wall_time", attempt, retry_at)


def test_of_an_entry_time_without_a_known_zone_only_the_day_is_used() -> None:
    summer = replace(ENTRY, published_raw="Sun, 11 Jun 2017 09:30:00 BST")

    page = page_of(replace(pending(), entry=summer), Body(HTML), SETTINGS.html_bytes)

    assert (page.entry_published_at, page.entry_precision) == (datetime(2017, 6, 11, tzinfo=UTC), "day")


def test_an_input_without_its_entry_is_refused(worker: Worker) -> None:
    lost = replace(pending(), entry=None)

    with pytest.raises(ValueError, match="expected the entry"):
        list(extract([lost], read=lambda _: Body(HTML), worker=worker, producer="extract-1-0000000000"))


def test_the_limit_that_shapes_the_text_makes_another_producer() -> None:
    assert producer(SETTINGS) != producer(replace(SETTINGS, html_bytes=1))
    assert producer(SETTINGS) == producer(replace(SETTINGS, spacing_s=0.0))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.binary(max_size=300) | st.binary(max_size=50).map(HTML.__add__), max_size=3))
def test_any_bytes_end_in_exactly_one_outcome_that_can_be_recorded(worker: Worker, bodies: list[bytes]) -> None:
    events = outcomes(worker, *bodies)

    assert len(events) == len(bodies)
    for event in events:
        envelope = {name: getattr(event, name) for name in event.ENVELOPE}
        assert from_payload(type(event).__name__, to_payload(event), **envelope) == event


def test_a_story_that_led_to_the_front_page_is_recorded_as_a_failure_with_its_reason(worker: Worker) -> None:
    asked = pending()
    moved = replace(asked.cause.event, final_url="https://www.wire.example/")
    given = replace(asked, cause=replace(asked.cause, event=moved))

    [event] = extract([given], read=lambda _: Body(HTML), worker=worker, producer="extract-1-0000000000")

    assert isinstance(event, ExtractionFailed)
    assert (event.reason, event.detail, event.retry_at) == ("soft_404", "redirected to the front page", None)
