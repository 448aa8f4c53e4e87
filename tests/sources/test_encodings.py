"""Bytes to text, whatever header and declaration say."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.encodings import decode

TITLE = "<title>Rakka – «Чистота» – 24</title>"


def test_utf_8_that_a_header_calls_latin_1_is_read_as_utf_8() -> None:
    text, remark = decode(TITLE.encode(), "text/xml; charset=ISO-8859-1")

    assert (text, remark) == (TITLE, "declared as iso8859-1, read as utf-8")


@pytest.mark.parametrize("encoding", ["cp1251", "gb18030", "utf-8"])
def test_a_declared_encoding_is_followed_against_the_header(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>".encode() + TITLE.encode(encoding, "ignore")

    assert decode(body, "text/xml; charset=us-ascii")[0].endswith(TITLE.encode(encoding, "ignore").decode(encoding))


def test_the_header_counts_where_nothing_else_is_said() -> None:
    assert (
        decode("<title>Чистота</title>".encode("cp1251"), "text/xml; charset=windows-1251")[0]
        == "<title>Чистота</title>"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_two_and_four_byte_text_is_known_by_its_first_bytes(encoding: str) -> None:
    assert decode(TITLE.encode(encoding), "text/xml; charset=utf-8")[0] == TITLE


def test_shifted_text_is_read_as_declared_though_it_is_ascii() -> None:
    body = b"<?xml version='1.0' encoding='iso-2022-jp'?>" + "ラッカ".encode("iso-2022-jp")

    assert decode(body, None)[0].endswith("ラッカ")


def test_one_bad_byte_does_not_change_the_encoding_of_the_rest() -> None:
    text, remark = decode("Чистота ".encode() + b"\xff", "text/xml; charset=windows-1251")

    assert (text, remark) == ("Чистота \ufffd", "some bytes are not utf-8")


def test_undeclared_western_text_is_read_as_such() -> None:
    assert decode("<title>Café “24”</title>".encode("cp1252"), None)[0] == "<title>Café “24”</title>"


@pytest.mark.parametrize("name", ["base64", "rot13", "utf-7", "unicode_escape", "undefined", "no-such-codec", "idna"])
def test_a_codec_that_no_feed_is_written_in_is_not_followed(name: str) -> None:
    body = f"<?xml version='1.0' encoding='{name}'?>".encode() + TITLE.encode()

    assert decode(body, f"text/xml; charset={name}")[0].endswith(TITLE)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["", "utf-8", "utf-16", "shift_jis", "cp1251", "big5"]))
def test_any_bytes_give_text(body: bytes, charset: str) -> None:
    for mark in (b"", codecs.BOM_UTF16_LE, codecs.BOM_UTF8, codecs.BOM_UTF32_BE):
        assert isinstance(decode(mark + body, f"text/xml; charset={charset}")[0], str)
