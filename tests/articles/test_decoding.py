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


@pytest.mark.parametrize(
    ("words", "encoding", "label"),
    [
        ("Погибли 24 мирных жителя", "cp1251", "x-cp1251"),
        ("Погибли 24 мирных жителя", "koi8_r", "koi8"),
        ("空爆で市民二十四人が死亡", "cp932", "x-sjis"),
        ("空爆で市民二十四人が死亡", "euc_jp", "x-euc-jp"),
        ("空袭造成二十四名平民死亡", "gb18030", "x-gbk"),
        ("空襲造成二十四名平民死亡", "big5", "x-x-big5"),
        ("공습으로 민간인 24명이 숨졌다", "cp949", "windows-949"),
        ("24 אזרחים נהרגו בתקיפות", "iso8859-8", "iso-8859-8-i"),
        ("Hava saldırılarında 24 sivil öldü, şehir boş", "cp1254", "iso-8859-9"),
        ("24 αμάχοι σκοτώθηκαν", "iso8859-7", "ISO-8859-7"),
        ("พลเรือนเสียชีวิต", "cp874", "dos-874"),
        ("Raqqa’s “dead”", "utf-16-le", "unicode"),
    ],
)
@pytest.mark.parametrize("place", ["header", "meta", "http-equiv", "xml"])
def test_every_label_of_the_standard_is_known_in_the_header_and_in_the_page(
    words: str, encoding: str, label: str, place: str
) -> None:
    heads = {
        "meta": f"<meta charset='{label}'>",
        "http-equiv": f"<meta http-equiv=Content-Type content='text/html; charset={label}'>",
        "xml": f"<?xml version='1.0' encoding='{label}'?>",
    }
    page = heads.get(place, "") + f"<p>{words}"

    assert decode(page.encode(encoding), f"text/html; charset={label}" if place == "header" else None) == page


def test_the_header_beats_the_page_and_both_are_beaten_by_a_mark() -> None:
    page = "<meta charset=windows-1256><p>Погибли 24 мирных жителя"

    assert decode(page.encode("cp1251"), "text/html; charset=windows-1251") == page
    assert decode(b"\xff\xfe" + page.encode("utf-16-le"), "text/html; charset=windows-1251") == page


def test_what_declares_nothing_is_known_by_its_bytes() -> None:
    page = "<html><body><p>" + "Погибли двадцать четыре мирных жителя, сообщила группа наблюдателей. " * 5

    assert [decode(page.encode(encoding), None) for encoding in ("cp1251", "utf-8", "utf-16-le")] == [page] * 3


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
