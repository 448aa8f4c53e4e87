"""Attributions and the outline of an article in, the attributions with the quotations that go on behind them out."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.claims.attributions import Attribution
from pipeline.claims.located import Located, locate
from pipeline.claims.quotes import Quote
from pipeline.claims.sentences import Outline, Unit
from pipeline.values import Span

QUOTING = frozenset(("fronted", "quoted", "colon", "complement", "fronted_bare"))


def with_later_quotes(attributions: Sequence[Attribution], outline: Outline) -> list[Attribution]:
    """Quotations that go on behind an attributed one belong to it: in its paragraph, or after one without a closing mark."""
    contents = locate(
        ((span, found.cue_span) for found in attributions for span in found.content), lambda content: content[0]
    )
    cues = locate((found.cue_span for found in attributions), lambda span: span)
    numbers = locate(range(len(attributions)), lambda number: attributions[number].parsed.span)
    grown = list(attributions)
    last: list[int] = []
    for quote in outline.quotes.items:
        unit = outline.unit_at(quote.span[0])
        if unit is None or not is_whole(quote, unit) or touches(quote.span, contents) or has_cue(unit, quote, cues):
            continue
        start = outline.units.items[max(0, unit.number - FARTHEST)].span[0]
        candidates = [*last, *numbers.near(start, quote.span[0])]
        owner = owner_of(quote, unit, [(number, grown[number]) for number in candidates], outline)
        if owner is not None:
            grown[owner] = replace(grown[owner], content=(*grown[owner].content, quote.span))
            last = [owner]
    return grown


FARTHEST = 12  # sentences between a report and a quotation that still goes on from it


def is_whole(quote: Quote, unit: Unit) -> bool:
    """Whether the quotation is its sentence, or several: not a word in quotation marks."""
    return quote.span[0] - unit.span[0] <= 1 and quote.span[1] >= unit.span[1] - 1


def touches(span: Span, contents: Located[tuple[Span, Span]]) -> bool:
    """Whether a quotation is content, or part of one, already; a report inside the quotation does not count."""
    return any(
        start < span[1] and span[0] < end and not span[0] <= cue[0] < span[1]
        for (start, end), cue in contents.near(*span)
    )


def has_cue(unit: Unit, quote: Quote, cues: Located[Span]) -> bool:
    """Whether the sentence reports something outside the quotation."""
    return any(not quote.span[0] <= cue[0] < quote.span[1] for cue in cues.starting(*unit.span))


def owner_of(quote: Quote, unit: Unit, candidates: Sequence[tuple[int, Attribution]], outline: Outline) -> int | None:
    """Number of the attribution that a quotation goes on from: the one whose words end last before it."""
    found = [
        (attribution.content[-1][1], number)
        for number, attribution in candidates
        if attribution.rule in QUOTING
        and attribution.content[-1][1] <= quote.span[0]
        and goes_on(attribution.content[-1], unit, outline)
    ]
    return max(found)[1] if found else None


def goes_on(content: Span, unit: Unit, outline: Outline) -> bool:
    """Whether the last content holds a quotation that the sentence can go on from."""
    before = outline.unit_at(content[0])
    quotes = [quote for quote in outline.quotes.near(*content) if quote.span[1] > content[0]]
    if before is None or not quotes:
        return False
    is_open = quotes[-1].is_open and quotes[-1].span[1] == content[1]
    return before.paragraph == unit.paragraph or (is_open and before.paragraph + 1 == unit.paragraph)
