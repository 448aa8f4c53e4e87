"""The words of a claim in, its counts of people harmed out: metric, range, breakdowns, earlier values, periods.

Ages, money, years, distances, weapons and shares are no counts. Each pattern is shown by the words that asked for it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from pipeline.claims import harm
from pipeline.claims.counted import Found, beside, read_one
from pipeline.claims.dates import Anchors, find_expressions, resolve
from pipeline.claims.numbers import SCALES, Number, find_numbers
from pipeline.claims.places import is_within
from pipeline.claims.sentences import HARM
from pipeline.claims.victims import VICTIM_PHRASE, victim_class
from pipeline.values import DateReading, Quantity, Span

GOES_ON = re.compile(r"(?:including|among (?:them|whom))\b", re.IGNORECASE)
AMONG_NEXT = "among_next"  # the rule of a part that stands before its whole
LONGEST_CLAUSE = 4_000  # characters
MOST_PEOPLE = 8_000_000_000  # about as many as live: what is larger counts something else, or is a slip


def find_quantities(text: str, spans: Sequence[Span], anchors: Anchors) -> tuple[Quantity, ...]:
    """The counts of people harmed that the words at `spans` state.

    >>> text = "raids killed 24 civilians, up from an earlier toll of 13 people"
    >>> found = find_quantities(text, [(0, len(text))], Anchors(None, DateReading()))
    >>> [(quantity.metric, quantity.low, quantity.victim_class, quantity.superseded_low) for quantity in found]
    [('killed', 24, 'civilian', 13)]
    """
    found: list[Quantity] = []
    if not any(HARM.search(text[start:end].lower()) for start, end in spans):
        return ()
    for start, end in joined_spans(text, spans):
        for stop_start, stop_end in clauses(text, start, end):
            read = [one for one in read_all(text, stop_start, stop_end) if is_within(one.number.span, spans)]
            found += assemble(text, (stop_start, stop_end), read, (len(found), anchors))
    return tuple(found)


def joined_spans(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, one that goes on with parts of the count before it joined to it: "24 died, he said, including a child"."""
    found: list[Span] = []
    for start, end in spans:
        if found and GOES_ON.match(text, start, end):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def clauses(text: str, start: int, end: int) -> Iterator[Span]:
    """A quotation can hold several sentences: numbers are read within one."""
    begin = start
    for stop in re.finditer(r"[.!?][\"']?\s+(?=[\"'A-Z])", text[start:end]):
        yield from cut(text, begin, start + stop.end())
        begin = start + stop.end()
    yield from cut(text, begin, end)


def cut(text: str, start: int, end: int) -> Iterator[Span]:
    """The words between two offsets in pieces of at most LONGEST_CLAUSE: what is longer is a list, and takes too long whole."""
    while end - start > LONGEST_CLAUSE:
        stop = text.rfind(" ", start + 1, start + LONGEST_CLAUSE) + 1 or start + LONGEST_CLAUSE
        yield start, stop
        start = stop
    if start < end:
        yield start, end


def read_all(text: str, start: int, end: int) -> list[Found]:
    """Every number of a sentence that counts people, in order."""
    found: list[Found] = []
    numbers = sorted(
        [*find_numbers(text, start, end), *single_victims(text, start, end)], key=lambda number: number.span
    )
    taken = [expression.span for expression in find_expressions(text, start, end)] if numbers else []
    listed = list(joined(text, numbers))
    some = parts_before(text, listed)
    waiting: list[Found] = []
    for number in listed:
        if any(a < number.core[1] and number.core[0] < b for a, b in taken) or is_no_count(text, number, start, end):
            continue
        if part := some.get(number.span):
            waiting.append(part)
            continue
        if one := read_one(text, (start, end), number, found[-1] if found else None):
            found += [replace(part, metric=one.metric) for part in waiting if one.metric and not one.is_part]
            found.append(one)
        waiting = []
    return found


def parts_before(text: str, numbers: Sequence[Number]) -> dict[Span, Found]:
    """The numbers that count some of the one behind them: "A child and two women were among eight people killed"."""
    found: dict[Span, Found] = {}
    for number, following in reversed(list(pairwise(numbers))):
        phrase = VICTIM_PHRASE.match(text, number.span[1], following.span[0])
        ends = phrase.end() if phrase else number.span[1]
        is_joined = following.span in found and harm.AND.fullmatch(text, ends, following.span[0])
        if is_joined or harm.AMONG_NEXT.fullmatch(text, ends, following.span[0]):
            victim = victim_class(phrase) if phrase else None
            found[number.span] = Found(number, None, victim, True, False, ends, AMONG_NEXT)
    return found


def joined(text: str, numbers: Sequence[Number]) -> Iterator[Number]:
    """ "Five of the eight died" counts five: the second number only says of how many."""
    skipped: Number | None = None
    for number, following in zip_longest(numbers, numbers[1:]):
        if number is skipped:
            continue
        if following and text[number.span[1] : following.span[0]].lower() in (" of the ", " of those ", " of its "):
            skipped = following
            yield replace(number, span=(number.span[0], following.span[1]))
        else:
            yield number


def single_victims(text: str, start: int, end: int) -> Iterator[Number]:
    """ "killed a civilian": one."""
    for match in harm.A_VICTIM.finditer(text, start, end):
        yield Number(1, 1, "exact", match.span("article"), match.span("article"))


def is_no_count(text: str, number: Number, start: int, end: int) -> bool:
    """Whether what stands beside a number makes it an age, a sum, a year, a distance or a weapon; or its size."""
    if max(number.low, number.high or 0) > MOST_PEOPLE:
        return True
    before, after = beside(text, (start, end), number.span)
    word = text[number.core[0] : number.core[1]]
    if word.lower() == "one" and harm.ONE_GROUP.match(after):
        return True
    is_rest = word.lower() in SCALES and before[-2:-1].isdigit()  # "1.1.2 million" is no million
    if is_rest or is_share(before, after) or harm.NOT_PEOPLE.match(after) or harm.MONEY_OR_LABEL.search(before):
        return True
    if number.core == number.span and harm.MONTH_BEFORE.search(before):
        return True
    if harm.YEAR.match(word) and re.search(r"\b(?:in|since|of|until|by)\s+$", before):
        return True
    return bool(harm.AGE.search(before) and after.startswith((",", " and ")) and word.isdigit())


def is_share(before: str, after: str) -> bool:
    """Whether a number says of how many: "half of the 200 passengers", "one in three children"."""
    if harm.SHARE_OF.search(before) and not harm.WERE_HARMED.match(after):
        return True
    return bool(harm.IN_SO_MANY.match(after) or (harm.ONE_IN.search(before) and VICTIM_PHRASE.match(after)))


def assemble(text: str, clause: Span, read: Sequence[Found], known: tuple[int, Anchors]) -> list[Quantity]:
    """Quantities with their earlier values, parts and periods."""
    offset, anchors = known
    quantities: list[Quantity] = []
    parent: int | None = None
    waiting: Found | None = None
    for place, found in enumerate(read):
        if found.is_superseded and (
            found.rule == "toll_from" or (found.rule == "superseded_before" and not quantities)
        ):
            waiting = found
        elif found.is_superseded and quantities:
            target = parent if parent is not None else len(quantities) - 1
            quantities[target] = with_superseded(quantities[target], found)
        elif found.metric:
            quantity = quantity_of(text, clause, found, anchors)
            if found.rule == AMONG_NEXT:
                whole = next(n for n, one in enumerate(read[place:]) if one.rule != AMONG_NEXT)
                quantity = replace(
                    quantity, parent=len(quantities) + whole + offset, is_cumulative=False, since=None, until=None
                )
            elif found.is_part and parent is not None:
                quantity = replace(quantity, parent=parent + offset, is_cumulative=False, since=None, until=None)
            else:
                parent = len(quantities)
            quantities.append(with_superseded(quantity, waiting) if waiting else quantity)
            waiting = None
    return quantities


def with_superseded(quantity: Quantity, earlier: Found) -> Quantity:
    """The quantity with the earlier value that the same words withdraw."""
    number = earlier.number
    return replace(quantity, superseded_low=number.low, superseded_high=number.high, superseded_span=number.span)


def quantity_of(text: str, clause: Span, found: Found, anchors: Anchors) -> Quantity:
    """One quantity, with the period that it counts if the words give one."""
    number = found.number
    since, until = period_of(text, clause, found, anchors)
    return Quantity(
        metric=found.metric or "killed",
        low=number.low,
        high=number.high,
        bound=number.bound,
        span=number.span,
        is_cumulative=since is not None,
        since=since,
        until=until,
        victim_class=found.victim,
        rule=found.rule,
    )


def period_of(text: str, clause: Span, found: Found, anchors: Anchors) -> tuple[DateReading | None, DateReading | None]:
    """Since when, and until when, a cumulative count runs; (None, None) for one event."""
    opening = harm.SINCE.search(text, found.number.span[1], clause[1]) or harm.PERIOD.search(
        text, found.number.span[1], clause[1]
    )
    opening = opening or harm.SINCE.search(text, clause[0], found.number.span[0])
    if opening and harm.SINCE_WHEN.search(text, opening.end(), max(opening.end(), found.number.span[0])):
        opening = None
    opening = opening or harm.PERIOD.search(text, clause[0], found.number.span[0])
    if opening is None:
        return None, None
    expressions = list(find_expressions(text, max(clause[0], opening.start()), clause[1]))
    near = [found for found in expressions if found.span[0] - opening.end() < 90]
    if not near:
        is_event = harm.SINCE_EVENT.match(text, opening.start(), clause[1]) is not None
        return (DateReading(reason="the start of the period has no date", rule="since") if is_event else None), None
    first = resolve(near[0], anchors)
    ends = [found for found in near[1:] if harm.UNTIL.search(text[opening.end() : found.span[0]])]
    until = resolve(ends[0], anchors) if ends else None
    if until and until.start and first.start and (until.end or until.start) < first.start:
        until = None  # a period cannot end before it starts: one of the two dates means something else
    return replace(first, rule=first.rule or "since"), until
