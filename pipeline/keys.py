"""Names of things in, short stable keys out: the canonical JSON, and the forms of it, in which anything is hashed."""

import hashlib
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import rfc8785

NAMESPACE = uuid.UUID("6f1d8c0e-6a43-5b0e-9c2f-3f6f3a3c4d11")  # fixed for ever: every event_id hangs on it
SAFE_INTEGER = (1 << 53) - 1  # the largest that JSON keeps exactly
KEY_HEX_DIGITS = 20  # 80 bits: at 100 million pages a collision is less likely than one in 200 million


@lru_cache(maxsize=1 << 14)  # a page's key is asked for several times on its way through one append
def hash_key(*parts: str) -> str:
    """Return the short stable key of some strings.

    >>> hash_key("https://wire.example/a")
    '0ac6b615a6199d4b7fed'
    """
    return hashlib.sha256(canonical(list(parts))).hexdigest()[:KEY_HEX_DIGITS]


def canonical(value: Any) -> bytes:
    """Return RFC 8785 canonical JSON: the only form in which anything is hashed.

    >>> canonical({"b": 1, "a": [None, "é"]})
    b'{"a":[null,"\\xc3\\xa9"],"b":1}'

    Raises rfc8785.CanonicalizationError on a number that JSON blurs; that or UnicodeEncodeError on a lone surrogate.
    """
    # Without a float both write the same bytes (tests/test_keys.py), and msgspec is 20 times faster.
    return msgspec.json.encode(value, order="sorted") if is_plain(value) else rfc8785.dumps(value)


def is_plain(value: Any) -> bool:
    """Whether a value holds nothing but what every writer of JSON writes alike: no float, no large number, no odd name."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return abs(int(value)) <= SAFE_INTEGER
    if kind is dict:
        return all(type(name) is str and name.isascii() and is_plain(inner) for name, inner in value.items())
    return (kind is list or kind is tuple) and all(map(is_plain, value))


def utc(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds: the one form in which an instant is hashed.

    >>> from datetime import UTC
    >>> utc(datetime(2017, 6, 11, 9, 30, tzinfo=UTC))
    '2017-06-11T09:30:00.000000Z'
    """
    if instant.utcoffset() != timedelta(0):
        raise ValueError(f"expected an instant in UTC, got {instant.isoformat()}")
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def rounded(value: Any) -> Any:
    """The same JSON value with every float rounded to 6 places."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
