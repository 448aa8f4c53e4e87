"""Bytes in, text out: how a feed is packed and what it is written in, whatever its header and its declaration say."""

import codecs
import re
import zlib

BYTE_ORDER_MARKS = (  # UTF-32 first: its mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.IGNORECASE)
CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
GZIP = b"\x1f\x8b"
ESCAPE = b"\x1b"  # ISO 2022 shifts with it: such a body is ASCII to every other codec
ROOMIER = {"gb2312": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252"}  # people write the one and declare the other
NO_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})  # in no feed


def decode(body: bytes, content_type: str | None) -> tuple[str, str | None]:
    """Return the text of `body`, and a remark when it is not written in what it says it is.

    A byte order mark wins, then UTF-8 if the bytes are that (by chance they hardly ever are), then the XML declaration,
    then the header: a wrong `charset` is the commonest of all faults, and one that every byte fits goes unseen.

    >>> decode("<a>Raqqa – 24</a>".encode(), "text/xml; charset=iso-8859-1")
    ('<a>Raqqa – 24</a>', 'declared as iso8859-1, read as utf-8')
    """
    declared = find_declared(body, content_type)
    for mark, encoding in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff"), None
    if declared and ESCAPE in body and (text := try_decode(body, declared)) is not None:
        return text, None
    if (text := try_decode(body, "utf-8")) is not None:
        return text, remark(declared, "utf-8") if not body.isascii() else None
    if is_mostly_utf8(body):
        return body.decode("utf-8", "replace"), "some bytes are not utf-8"
    if declared and declared != "utf-8" and (text := try_decode(body, declared)) is not None:
        return text, None
    return body.decode("cp1252", "replace"), remark(declared or "utf-8", "cp1252")


def find_declared(body: bytes, content_type: str | None) -> str | None:
    """The codec that the XML declaration names, else the one of the header, or None; unknown names count as none."""
    in_body, in_header = DECLARED.search(body[:500]), CHARSET.search(content_type or "")
    for name in (in_body and in_body[1].decode(), in_header and in_header[1]):
        try:
            codec = codecs.lookup(name).name if name else ""
            b"".decode(codec or "utf-8")  # base64 and the like are codecs, but not of text
        except (LookupError, UnicodeError):
            continue
        if codec and codec not in NO_TEXT:
            return ROOMIER.get(codec, codec)
    return None


def remark(declared: str | None, found: str) -> str | None:
    """The remark that a feed is not what it says, or None when it says nothing or the same."""
    shown = {roomier: narrow for narrow, roomier in reversed(ROOMIER.items())}.get(declared or "", declared)
    return f"declared as {shown}, read as {found}" if declared and declared != found else None


def try_decode(body: bytes, encoding: str) -> str | None:
    """The text, or None when the bytes do not fit the codec."""
    try:
        return body.decode(encoding)
    except (UnicodeError, ValueError):
        return None


def is_mostly_utf8(body: bytes) -> bool:
    """Whether more characters beyond ASCII are whole UTF-8 than are not: one bad byte changes no codec."""
    broken = body.decode("utf-8", "replace").count("\ufffd")
    whole = sum(character > "\x7f" for character in body.decode("utf-8", "ignore"))
    return whole > broken


def unpack(raw: bytes, limit: int) -> bytes:
    """Up to `limit` bytes of what is packed, as far as it is whole; as it stands if it is not packed.

    >>> import gzip
    >>> unpack(gzip.compress(b"<p>Raqqa"), 6), unpack(b"<p>", 6)
    (b'<p>Raq', b'<p>')
    """
    if not raw.startswith(GZIP):
        return raw
    try:
        return zlib.decompressobj(wbits=31).decompress(raw, limit)
    except zlib.error:
        return raw
