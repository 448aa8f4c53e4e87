"""Canonical JSON: whatever writes it, the bytes are those of RFC 8785."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pipeline.keys import SAFE_INTEGER, canonical, is_plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | st.integers(-SAFE_INTEGER, SAFE_INTEGER) | TEXTS
VALUES = st.recursive(
    LEAVES | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(VALUES)
def test_the_bytes_are_those_of_the_library(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_every_character_that_json_escapes_is_written_alike() -> None:
    text = "".join(map(chr, range(0x300))) + "\u2028\u2029\ufeff\U0001f600/"

    assert is_plain({"a": text})
    assert canonical({"a": text}) == rfc8785.dumps({"a": text})


@pytest.mark.parametrize("value", [SAFE_INTEGER + 1, -SAFE_INTEGER - 1, [{"a": 1 << 60}], float("nan"), "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical(value)


def test_names_are_ordered_as_utf_16_orders_them() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()
