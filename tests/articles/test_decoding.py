import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles.decoding import decode, is_binary

ARABIC = "قتل أربعة وعشرون مدنيا في غارات جوية"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (ARABIC.encode("cp1256"), "text/html; charset=windows-1256", ARABIC),
        (
            f"<meta charset=windows-1256><p>{ARABIC}".encode("cp1256"),
            "text/html",
            f"<meta charset=windows-1256><p>{ARABIC}",
        ),
        (ARABIC.encode("utf-16"), None, ARABIC),
        ("\ufeffRaqqa".encode(), None, "Raqqa"),
        ("“Raqqa”".encode("cp1252"), "text/html; charset=utf-8; charset=x", "“Raqqa”"),
        ("シリア".encode("iso2022_jp"), "text/html; charset=ISO-2022-JP", "シリア"),
        (b"Raqqa", "text/html; charset=no-such-thing", "Raqqa"),
        (b"Raqqa", "text/html; charset=punycode", "Raqqa"),
    ],
)
def test_a_page_is_decoded(body: bytes, content_type: str | None, text: str) -> None:
    assert decode(body, content_type) == text


def test_valid_utf8_beats_a_wrong_declaration() -> None:
    assert decode(ARABIC.encode(), "text/html; charset=windows-1256") == ARABIC


def test_one_broken_character_does_not_spoil_a_utf8_page() -> None:
    assert decode(ARABIC.encode() + b"\xd9", "text/html; charset=windows-1256") == ARABIC + "\ufffd"


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=utf-16", "text/html; charset=gb2312"]))
def test_any_bytes_are_decoded(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)


@pytest.mark.parametrize(
    "body", [b"%PDF-1.4 ...", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"PK\x03\x04\x14\x00\x08\x08", bytes(50)]
)
def test_other_kinds_of_file_are_no_text(body: bytes) -> None:
    assert is_binary(decode(body, "text/html"))
