"""Packing: what comes is unpacked as zlib would, in whatever pieces, within the limit; what is packed is read by anybody."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.packing import MEMBERS_AT_MOST, GarbledError, Receiver, content_of, enclose, pack, unpack

TEXT = b"".join(b"<p>On day %d the group counted %d shells." % (day, day * day) for day in range(9_000))
BARE = zlib.compressobj(6, zlib.DEFLATED, -15)
BARE_TEXT = BARE.compress(TEXT) + BARE.flush()
LIMIT = 1_000_000


def receive(packed: bytes, coding: str = "gzip", size: int = 1_000, limit: int = LIMIT) -> Receiver:
    receiver = Receiver(coding, limit)
    for start in range(0, len(packed), size):
        receiver.take(packed[start : start + size])
    return receiver


@pytest.mark.parametrize("size", [1, 7, 1_000, 1 << 20])
@pytest.mark.parametrize(
    ("packed", "coding"),
    [
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "x-gzip"),
        (gzip.compress(TEXT[:70_000]) + gzip.compress(TEXT[70_000:]), "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (BARE_TEXT, "deflate"),
        (TEXT, "utf-8"),
    ],
)
def test_a_body_is_had_in_whatever_pieces_it_comes(packed: bytes, coding: str, size: int) -> None:
    content = receive(packed, coding, size).content()

    assert content.body == TEXT
    assert (content.sha256, content.size_bytes) == (content_of(TEXT).sha256, len(TEXT))
    assert content.is_packed == ("gzip" in coding)
    assert content.stored == (packed if content.is_packed else TEXT)


def test_gzip_that_ends_early_counts_as_far_as_it_goes_and_is_kept_unpacked() -> None:
    content = receive(gzip.compress(TEXT)[:-20]).content()

    assert not content.is_packed
    assert TEXT.startswith(content.body)
    assert content == content_of(content.body)


@pytest.mark.parametrize(("packed", "coding"), [(zlib.compress(TEXT)[:-20], "deflate"), (b"no gzip", "gzip")])
def test_what_is_not_packed_as_it_says_is_garbled(packed: bytes, coding: str) -> None:
    with pytest.raises(GarbledError):
        receive(packed, coding).content()


def test_no_body_is_an_empty_one_however_it_is_said_to_be_packed() -> None:
    assert Receiver("gzip", 10).content() == content_of(b"")


@pytest.mark.parametrize("limit", [1, 65_535, 65_536, 65_537, len(TEXT) - 1])
def test_nothing_is_unpacked_beyond_the_limit(limit: int) -> None:
    receiver = receive(gzip.compress(TEXT), limit=limit)

    assert receiver.is_over
    assert receiver.content().body == TEXT[:limit]


def test_a_body_of_just_the_limit_is_whole() -> None:
    assert not receive(gzip.compress(TEXT), limit=len(TEXT)).is_over


def test_bytes_that_unpack_to_nothing_are_limited_too() -> None:
    assert receive(gzip.compress(b"") * 1_000, limit=5_000).is_over


def test_members_are_limited() -> None:
    with pytest.raises(GarbledError, match="members"):
        receive(gzip.compress(b"a") * (MEMBERS_AT_MOST + 1), size=1 << 20)


@given(st.binary(max_size=300), st.integers(0, 60), st.binary(min_size=1, max_size=3), st.integers(1, 40))
def test_garbled_gzip_is_refused_or_gives_what_zlib_gives(text: bytes, at: int, noise: bytes, size: int) -> None:
    packed = gzip.compress(text)
    packed = packed[:at] + noise + packed[at + len(noise) :]
    try:
        expected = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        expected = None

    try:
        content = receive(packed, size=size).content()
    except GarbledError:
        assert not expected  # an empty member before padding may be refused
    else:
        assert expected is None or content.body == expected
        assert not content.is_packed or content.body == expected


@given(st.binary(max_size=300), st.integers(1, 700))
def test_what_is_packed_is_read_by_anybody(text: bytes, times: int) -> None:
    text = text * times
    for packed in (pack(text), enclose(text)):
        assert gzip.decompress(packed) == text
        assert unpack(packed, "gzip", len(text)) == text
