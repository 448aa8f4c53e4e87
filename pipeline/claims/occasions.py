"""A claim's words in, when it was said, when it happened and how many it harmed out."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.claims.article import Article
from pipeline.claims.attributions import Attribution
from pipeline.claims.dates import OF_STATEMENT, Anchors, Expression, find_expressions, resolve
from pipeline.claims.quantities import find_quantities
from pipeline.values import DateReading, Quantity, Span

NO_EXPRESSION = "the text gives no date"
NEAR_CUE = 60  # characters between the reporting words and the day on which they were said
SAID_KINDS = frozenset(
    ("weekday", "month_day", "full", "iso", "month", "month_year", "deictic", "period", "ago", "year", "earlier")
)


def read_content(
    article: Article, content: Sequence[Span], said_on: DateReading, inner: Sequence[Span]
) -> tuple[DateReading, tuple[Quantity, ...]]:
    """When it happened, and how many people were harmed, by the words of the content."""
    text = article.text
    first = content[0][0]
    anchors = Anchors(article.published_on, said_on, is_quoted=is_quoted(article, first), dated_by=article.dated_by)
    quantities = find_quantities(text, content, anchors)
    own = [number for number, quantity in enumerate(quantities) if not inside(quantity.span, inner)]
    renumbered = {old: new for new, old in enumerate(own)}
    kept = tuple(
        replace(quantities[number], parent=renumbered.get(quantities[number].parent or 0))
        if quantities[number].parent is not None
        else quantities[number]
        for number in own
    )
    return read_occurred_on(article, content, anchors, kept), kept


def inside(span: Span, spans: Sequence[Span]) -> bool:
    """Whether one of the spans holds it whole."""
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def is_quoted(article: Article, position: int) -> bool:
    """Whether a character stands in quotation marks."""
    return article.outline.quote_at(position) is not None


def read_occurred_on(
    article: Article, content: Sequence[Span], anchors: Anchors, quantities: Sequence[Quantity]
) -> DateReading:
    """When the harm happened, as claimed: a cumulative count's period, or the first date in the content."""
    counted = next((quantity for quantity in quantities if quantity.is_cumulative and quantity.since), None)
    if counted is not None and counted.since is not None and counted.since.start:
        until = counted.until.end if counted.until else None
        is_span = counted.since.precision == "interval"
        return replace(
            counted.since,
            end=counted.since.end if is_span else until,
            precision="interval",
            rule=f"since_{counted.since.rule}",
        )
    named = [expression for start, end in content for expression in find_expressions(article.text, start, end)]
    if shifted := previous_of_named(named, anchors):
        return shifted
    for expression in named:
        reading = resolve(expression, replace(anchors, is_quoted=is_quoted(article, expression.span[0])))
        is_open = re.search(
            r"\bsince\s+(?:\w+\s+){0,2}$", article.text[max(0, expression.span[0] - 30) : expression.span[0]]
        )
        opens = expression.words.lower().startswith("since") or is_open is not None
        return replace(reading, end=None, precision="interval") if opens and reading.start else reading
    return DateReading(reason=NO_EXPRESSION)


def previous_of_named(named: Sequence[Expression], anchors: Anchors) -> DateReading | None:
    """ "On Tuesday it raised the toll of raids the previous day": the day before the one that the same words name."""
    if len(named) < 2 or named[1].kind not in OF_STATEMENT or anchors.said_on.start:
        return None
    reading = resolve(named[0], anchors)
    if reading.precision != "day":
        return None
    return resolve(named[1], replace(anchors, said_on=reading))


def read_said_on(article: Article, attribution: Attribution) -> DateReading:
    """When it was said: the date nearest to the reporting words that is in neither content nor source."""
    start, end = attribution.parsed.span
    cue = attribution.cue_span
    source = [attribution.parsed.span_of(attribution.source.words)] if attribution.source else []
    found = [
        expression
        for expression in find_expressions(article.text, start, end)
        if expression.kind in SAID_KINDS and not inside(expression.span, [*attribution.content, *source])
    ]
    near = [(distance(expression.span, cue), expression) for expression in found]
    near = [
        pair
        for pair in near
        if pair[0] <= NEAR_CUE and not any(overlaps(pair[1].span, span) for span in attribution.content)
    ]
    if not near:
        return DateReading(reason=NO_EXPRESSION)
    nearest = min(near, key=lambda pair: (pair[0], pair[1].span))[1]
    return resolve(nearest, Anchors(article.published_on, DateReading(), dated_by=article.dated_by))


def distance(one: Span, other: Span) -> int:
    """Characters between two spans."""
    return max(one[0] - other[1], other[0] - one[1], 0)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]
