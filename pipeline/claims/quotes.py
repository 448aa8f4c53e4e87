"""A normalised text in, its quotations out: spans that include the quotation marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.text import paragraphs
from pipeline.values import Span

# An opening mark follows a space or bracket, a closing one follows a word or stop: apostrophes are neither.
OPENING = {mark: re.compile(rf"(?<![\w{mark}.,!?]){mark}(?=[^\s{mark}])") for mark in "\"'"}
CLOSING = {mark: re.compile(rf"(?<=[^\s]){mark}(?![\w{mark}])") for mark in "\"'"}
SHORTEST_SINGLE = 12  # characters: 'capital' in single marks is a scare quote


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation.

    span     with its marks
    is_open  it has no closing mark: the next paragraph goes on with it if that opens with a mark
    """

    span: Span
    is_open: bool


def find_quotes(text: str) -> tuple[Quote, ...]:
    """Quotations in double marks, or in single marks where a paragraph has no double ones, in order.

    >>> text = 'It rose, "we saw it," he said.'
    >>> [text[slice(*quote.span)] for quote in find_quotes(text)]
    ['"we saw it,"']
    """
    return tuple(quote for span in paragraphs(text) for quote in quotes_between(text, *span))


def quotes_between(text: str, start: int, end: int) -> Iterator[Quote]:
    """The quotations of one paragraph."""
    mark = '"' if '"' in text[start:end] else "'"
    while opening := OPENING[mark].search(text, start, end):
        closing = CLOSING[mark].search(text, opening.end(), end)
        if closing is None:
            if mark == '"':
                yield Quote((opening.start(), end), is_open=True)
            return
        if mark == '"' or closing.end() - opening.start() >= SHORTEST_SINGLE:
            yield Quote((opening.start(), closing.end()), is_open=False)
        start = closing.end()
