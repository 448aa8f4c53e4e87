"""Titles and summaries: no markup is left, and nothing that only looks like markup is lost."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.plain import plain_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<b>Raqqa</b>: 24 killed", "Raqqa: 24 killed"),
        ("&lt;b&gt;Raqqa&lt;/b&gt;", "Raqqa"),
        ("AT&amp;amp;T", "AT&T"),
        ("Toll &gt; 13 &amp; &lt; 30", "Toll > 13 & < 30"),
        ("vector<int> and 5 < 6", "vector<int> and 5 < 6"),
        ("One<br/>two<p>three</p>", "One two three"),
        ("Raqqa<script>alert('24')</script> falls", "Raqqa falls"),
        ("Raqqa <img src=x onerror=alert(1)>", "Raqqa"),
        ("<!-- draft -->Raqqa\n\t falls&nbsp;again", "Raqqa falls again"),
        ("<![CDATA[Raqqa]]> falls", "Raqqa falls"),
        ("cut off in a <a href='http", "cut off in a"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_reader_would_see(raw: str, shown: str) -> None:
    assert plain_text(raw, 100) == shown


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.integers(min_value=1, max_value=50))
def test_the_text_is_never_longer_than_the_limit(raw: str, limit: int) -> None:
    assert len(plain_text(raw, limit)) <= limit


@pytest.mark.parametrize("piece", ["<", "<b ", "<!--", "&amp;", "<script>", "<b>"])
def test_purpose_built_markup_costs_no_more_than_its_length(piece: str) -> None:
    started = time.perf_counter()

    plain_text(piece * 1_000_000, 1_000)

    assert time.perf_counter() - started < 1
