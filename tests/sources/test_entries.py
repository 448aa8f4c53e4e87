"""Which entry it is, whether it is news, and the day of its page."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.events import EntrySeen
from pipeline.keys import canonical
from pipeline.ledger.payloads import from_payload, to_payload
from pipeline.settings import Settings
from pipeline.sources.entries import content_hash, producer, see
from pipeline.sources.listing import Listed, Reading
from pipeline.sources.registry import Source
from pipeline.values import Credit, Media

WIRE = Source(
    id="wire", kind="feed", name="Wire", outlet="Wire", owner="Group", url="https://wire.example/rss", language="en"
)
PAPERS = Source(id="papers", kind="documents", name="Papers", outlet="Wire", owner="Group", url="papers")
POLLED_AT = datetime(2017, 6, 13, 12, 0, tzinfo=UTC)
POLL_ID = UUID(int=7)
PICTURE = Media(url="https://wire.example/a.jpg", content_type="image/jpeg")
ENTRY = Listed(guid="wire-7", url="https://wire.example/raqqa", title="Raids kill 24", summary="Up from 13.")


def seen(*entries: Listed, source: Source = WIRE, polled_at: datetime = POLLED_AT) -> list[EntrySeen]:
    return see(source, Reading(entries=entries), polled_at=polled_at, caused_by=POLL_ID, producer="poll-1-0123456789")


def see_one(entry: Listed, source: Source = WIRE, polled_at: datetime = POLLED_AT) -> EntrySeen:
    (event,) = seen(entry, source=source, polled_at=polled_at)
    return event


def test_an_entry_becomes_an_event_with_all_its_values() -> None:
    published_at = datetime(2017, 6, 11, 23, 30, tzinfo=UTC)
    entry = replace(
        ENTRY,
        title="Raids <b>kill</b> 24 &amp;amp; wound 5",
        published="Mon, 12 Jun 2017 00:30:00 BST",
        published_at=published_at,
        authors=("A. Writer",),
        origin_name="Agency",
        origin_url="https://agency.example/rss",
        publication="The Wire",
        credits=(Credit(name="<b>J. Doe</b>", role="photographer"), Credit(name="<br>")),
        media=(PICTURE,),
    )

    event = see_one(entry)

    assert event == EntrySeen(
        event_date=date(2017, 6, 11),
        occurred_at=POLLED_AT,
        caused_by=POLL_ID,
        producer="poll-1-0123456789",
        source_id="wire",
        entry_key=event.entry_key,
        url="https://wire.example/raqqa",
        url_key="https://wire.example/raqqa",
        outlet="Wire",
        owner="Group",
        language="en",
        title="Raids kill 24 & wound 5",
        title_raw="Raids <b>kill</b> 24 &amp;amp; wound 5",
        summary="Up from 13.",
        guid_raw="wire-7",
        published_raw="Mon, 12 Jun 2017 00:30:00 BST",
        published_at=published_at,
        authors=("A. Writer",),
        origin_name="Agency",
        origin_url="https://agency.example/rss",
        publication="The Wire",
        credits=(Credit(name="J. Doe", role="photographer"),),
        media=(PICTURE,),
        day_rule="published",
        content_sha256=event.content_sha256,
    )


def test_an_event_of_schema_1_is_still_read() -> None:
    event = see_one(replace(ENTRY, origin_name="Agency"))
    fields = json.loads(to_payload(event))
    for name in ("origin_url", "publication", "credits", "media"):
        fields.pop(name)

    read = from_payload(
        "EntrySeen",
        json.dumps(fields),
        event_date=event.event_date,
        occurred_at=event.occurred_at,
        caused_by=event.caused_by,
        producer=event.producer,
    )

    assert read == event


def test_media_and_their_credits_make_no_new_event() -> None:
    changed = replace(ENTRY, media=(PICTURE,), credits=(Credit(name="J. Doe"),))

    assert see_one(changed).event_id == see_one(ENTRY).event_id


def test_a_page_of_which_only_the_last_change_is_known_belongs_to_that_day() -> None:
    event = see_one(replace(ENTRY, updated_at=POLLED_AT - timedelta(days=5)))

    assert (event.event_date, event.day_rule, event.published_at) == (date(2017, 6, 8), "modified", None)


def test_an_undated_entry_seen_on_three_days_is_one_event_of_one_page() -> None:
    events = [see_one(ENTRY, polled_at=POLLED_AT + timedelta(days=days)) for days in range(3)]

    assert len({event.event_id for event in events}) == 1
    assert len({event.stream() for event in events}) == 1
    assert {event.day_rule for event in events} == {"first_polled"}


@pytest.mark.parametrize(
    "published_at",
    [None, datetime(1497, 6, 11, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), POLLED_AT + timedelta(days=3)],
)
def test_without_a_plausible_date_the_day_is_that_of_the_poll(published_at: datetime | None) -> None:
    event = see_one(replace(ENTRY, published="x", published_at=published_at))

    assert (event.event_date, event.day_rule, event.published_at) == (date(2017, 6, 13), "first_polled", None)
    assert event.published_raw == "x"


def test_a_document_older_than_the_web_keeps_its_day() -> None:
    event = see_one(
        Listed(url="https://a.example/1", published_at=datetime(1982, 2, 2, tzinfo=UTC), document="a.txt"), PAPERS
    )

    assert (event.event_date, event.day_rule) == (date(1982, 2, 2), "archive")


def test_changed_words_are_another_event_of_the_same_entry() -> None:
    before, after = see_one(ENTRY), see_one(replace(ENTRY, title="Raids kill 25"))

    assert before.entry_key == after.entry_key
    assert before.event_id != after.event_id
    assert before.stream() == after.stream()


@pytest.mark.parametrize(
    "changed",
    [
        replace(ENTRY, published="now", published_at=POLLED_AT, updated="now", updated_at=POLLED_AT),
        replace(ENTRY, url="http://www.wire.example/raqqa/?utm_source=rss&utm_campaign=7#c"),
        replace(ENTRY, summary='<p>Up  from 13.<img src="https://count.example/?t=123"></p>'),
        replace(ENTRY, title="Raids <b>kill</b>\n24"),
        replace(ENTRY, language="en-GB"),
    ],
)
def test_what_changes_at_each_poll_makes_no_new_event(changed: Listed) -> None:
    assert see_one(changed).event_id == see_one(ENTRY).event_id


@pytest.mark.parametrize(
    "changed",
    [
        {"document_sha256": "b"},
        {"published": "2017-06-12", "published_at": datetime(2017, 6, 12, tzinfo=UTC)},
        {"outlet": "Other"},
        {"language": "ar"},
    ],
)
def test_for_a_document_the_file_and_all_its_metadata_count(changed: dict[str, str]) -> None:
    entry = Listed(url="https://a.example/1", document="a.txt", document_sha256="a", outlet="Wire", language="en")

    assert see_one(replace(entry, **changed), PAPERS).event_id != see_one(entry, PAPERS).event_id  # type: ignore[arg-type]


def test_the_content_hash_skips_empty_fields() -> None:
    event = see_one(Listed(title="Raqqa"))

    assert event.content_sha256 == hashlib.sha256(canonical({"title": "Raqqa"})).hexdigest()


def test_a_guid_that_a_feed_repeats_is_told_apart_by_the_link() -> None:
    events = seen(ENTRY, replace(ENTRY, url="https://wire.example/hama", title="Hama"))

    assert len({event.entry_key for event in events}) == 2


def test_a_guid_that_a_feed_repeats_without_links_is_told_apart_by_the_words() -> None:
    events = seen(Listed(guid="1", title="Raqqa"), Listed(guid="1", title="Hama"))

    assert len({event.entry_key for event in events}) == 2


def test_a_link_that_a_feed_repeats_without_guids_is_told_apart_by_the_title() -> None:
    home = "https://wire.example/"

    events = seen(Listed(url=home, title="Raqqa"), Listed(url=home, title="Hama"))

    assert len({event.entry_key for event in events}) == 2
    assert len({event.stream() for event in events}) == 1


def test_a_guid_with_a_moved_link_is_the_same_entry() -> None:
    assert see_one(ENTRY).entry_key == see_one(replace(ENTRY, url="https://wire.example/moved")).entry_key


def test_of_one_entry_listed_twice_the_first_counts() -> None:
    assert [event.title for event in seen(ENTRY, replace(ENTRY, title="Older"))] == ["Raids kill 24"]


def test_an_item_that_says_nothing_is_left_out() -> None:
    assert seen(Listed(published="2017-06-11"), ENTRY, Listed()) == seen(ENTRY)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "mailto:a@wire.example", "/raqqa", "https://", "https://wire.example/" + "a" * 5000]
)
def test_a_link_that_no_page_can_be_had_from_has_no_key(url: str) -> None:
    event = see_one(replace(ENTRY, url=url))

    assert event.url_key is None
    assert event.url is not None
    assert url.startswith(event.url)


def test_the_same_link_in_two_sources_is_one_page_and_two_entries() -> None:
    here, there = see_one(ENTRY), see_one(ENTRY, replace(WIRE, id="other"))

    assert here.stream() == there.stream()
    assert here.event_id != there.event_id


def test_the_owner_is_that_of_the_sources_own_outlet_only() -> None:
    events = seen(Listed(title="a", outlet="Wire"), Listed(title="b", outlet="Other"), source=PAPERS)

    assert [(event.outlet, event.owner) for event in events] == [("Wire", "Group"), ("Other", None)]


def test_the_language_of_the_source_goes_before_what_a_feed_says_and_after_a_documents_own() -> None:
    assert see_one(replace(ENTRY, language="de-DE")).language == "en"
    assert see_one(replace(ENTRY, language="AR_sy"), replace(WIRE, language=None)).language == "ar"
    assert see_one(Listed(title="a", document="a.txt", language="ar"), replace(PAPERS, language="en")).language == "ar"


def test_the_producer_changes_with_what_shapes_the_entries() -> None:
    assert producer(Settings()) == producer(Settings(spacing_s=0))
    assert producer(Settings()) != producer(Settings(feed_entries=7))


LISTED = st.builds(
    Listed,
    guid=st.none() | st.sampled_from(["1", "2", "\ud800"]),
    url=st.none() | st.text(max_size=20) | st.sampled_from(["https://wire.example/1", "https://wire.example/2"]),
    title=st.text(max_size=20) | st.just("<b>\udfff"),
    summary=st.text(max_size=20),
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    authors=st.lists(st.text(max_size=5), max_size=2).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LISTED, max_size=6))
def test_every_event_can_be_stored_and_stands_for_one_entry(entries: list[Listed]) -> None:
    events = seen(*entries)

    assert len({event.entry_key for event in events}) == len(events)
    for event in events:
        envelope = {name: getattr(event, name) for name in event.ENVELOPE}
        assert from_payload("EntrySeen", to_payload(event), **envelope) == event


@settings(max_examples=50, deadline=None)
@given(st.lists(LISTED, max_size=5, unique_by=lambda entry: (entry.guid, entry.url)), st.randoms())
def test_the_order_of_a_reading_changes_no_key(entries: list[Listed], random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert {event.entry_key for event in seen(*shuffled)} == {event.entry_key for event in seen(*entries)}


def test_the_hash_is_that_of_the_stored_fields() -> None:
    event = see_one(ENTRY)

    assert content_hash(replace(event, content_sha256=""), None) == event.content_sha256
