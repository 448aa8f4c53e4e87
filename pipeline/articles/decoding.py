"""Bytes in, characters out: which encoding a page really has, whatever it declares."""

import codecs
import json
import re

from charset_normalizer import from_bytes

HEAD_BYTES = 4096  # meta charset stands in the first 1,024 bytes, says HTML; some pages are late
SAMPLE_BYTES = 20_000
BROKEN_SHARE = (
    0.1  # of the characters beyond ASCII: UTF-8 that was cut or mixed; read as UTF-8, other encodings break nearly all
)
CONTROL_SHARE = 0.05
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
BARE_UTF_16 = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))  # a page that begins as markup, without a mark
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
META_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
OTHER_ROOT = re.compile(
    r"(?:\ufeff|<\?[^>]*>|<!--.*?-->|<!doctype\s(?!\s*html)[^>]*>|\s)*"
    r"<(?P<root>rss|feed|rdf:RDF|urlset|sitemapindex|opml|svg|plist|soap:Envelope)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffd]")
ESCAPED = frozenset({"iso2022_jp", "hz"})  # seven-bit encodings: their bytes are valid UTF-8
# As browsers read them (encoding.spec.whatwg.org): the label names the smaller set, pages use the larger one.
WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949",
    "shift_jis": "cp932", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874",
}  # fmt: skip
# Labels of the same standard that Python does not know.
LABELS = {
    "unicode-1-1-utf-8": "utf-8", "x-unicode20utf8": "utf-8", "unicode11utf8": "utf-8", "ucs-2": "utf-16-le",
    "iso-10646-ucs-2": "utf-16-le", "unicode": "utf-16-le", "csunicode": "utf-16-le", "unicodefffe": "utf-16-be",
    "x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030", "x-x-big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs", "x-euc-jp": "euc_jp", "windows-949": "cp949", "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8",
    "dos-874": "cp874", "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic",
    "koi8": "koi8-r", "koi": "koi8-r", "koi8-ru": "koi8-u", "windows1251": "cp1251", "windows1252": "cp1252",
} | {f"x-cp125{number}": f"cp125{number}" for number in range(9)}  # fmt: skip
READABLE = re.compile(
    r"utf-(?:8|16)(?:-sig|-le|-be)?|cp(?:125\d|874|932|949|950|866)|iso8859-\d+|koi8-[rut]|gb18030|big5(?:hkscs)?|euc_jp|"
    r"iso2022_jp|hz|mac-(?:roman|cyrillic)"
)


def decode(body: bytes, content_type: str | None) -> str:
    """The characters of a page: by its byte order mark, as UTF-8 if it is that, as declared, else as it looks.

    >>> decode("Aleppo, “rebels”".encode("cp1252"), "text/html; charset=ISO-8859-1")
    'Aleppo, “rebels”'
    >>> decode("Rakka fällt".encode(), "text/html; charset=ISO-8859-1")
    'Rakka fällt'
    """
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in BARE_UTF_16:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    declared = read_declared(body, content_type)
    if not set(declared) & ESCAPED and "\x00" not in (text := body.decode("utf-8", "replace")):
        # Other encodings are next to never valid UTF-8, so valid UTF-8 beats any declaration.
        broken = text.count("\ufffd")
        if broken == 0 or broken < BROKEN_SHARE * (len(text) - len(text.encode("ascii", "ignore"))):
            return text
    for encoding in (*declared, *guess(body)):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(declared[0] if declared else "utf-8", "replace")


def read_declared(body: bytes, content_type: str | None) -> list[str]:
    """The encodings that the header and the page declare, as Python names them, without those that no page can mean."""
    found = [match.group(1) for match in [CHARSET.search(content_type or "")] if match]
    found += [match.group(1).decode("ascii", "replace") for match in [META_CHARSET.search(body[:HEAD_BYTES])] if match]
    names = []
    for label in found:
        try:
            name = codecs.lookup(LABELS.get(label.lower(), label)).name
        except (LookupError, ValueError):
            continue
        name = WIDER.get(name, name)
        if READABLE.fullmatch(name):
            names.append(name)
    return names


def guess(body: bytes) -> list[str]:
    """The encodings that the bytes look like, most likely first. Not UTF-16, which any bytes look like."""
    names = (codecs.lookup(match.encoding).name for match in from_bytes(body[:SAMPLE_BYTES]))
    return [name for name in names if READABLE.fullmatch(name) and not name.startswith("utf-16")]


def find_other_kind(text: str) -> str | None:
    """What a text is that is no page: no text at all, a feed, another kind of XML, JSON; None where it may be one.

    >>> find_other_kind('<?xml version="1.0"?><rss version="2.0">'), find_other_kind("<p>Raqqa")
    ('its outermost element is rss', None)
    """
    if is_binary(text):
        return "the bytes are no text"
    if found := OTHER_ROOT.match(text[:HEAD_BYTES]):
        return f"its outermost element is {found['root']}"
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return None
        return "it is JSON"
    return None


def is_binary(text: str) -> bool:
    """Whether what was decoded is no text: images, archives and PDF files that call themselves HTML.

    >>> is_binary("%PDF-1.7"), is_binary("\\x00\\x01\\x02abc"), is_binary("<p>Raqqa</p>")
    (True, True, False)
    """
    head = text[:HEAD_BYTES]
    return head.startswith("%PDF-") or len(CONTROLS.findall(head)) > CONTROL_SHARE * len(head)
