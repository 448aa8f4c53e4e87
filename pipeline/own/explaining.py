"""A claim and its text in, lines out that give for each field its words and the rule that read it: `claims --explain`."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.values import Claim, DateReading, Quantity, Span, Speaker

# What each frame looks for; the part of `rule` before the colon names it, the part behind it is the lemma of the cue.
FRAMES = {
    "complement": "the clause behind the verb",
    "fronted": "the words before the report, and behind it if it interrupts",
    "quoted": "the quotation behind the verb",
    "colon": "what follows the colon",
    "signed": "a quotation with a name behind a dash",
    "turn": "a name, a colon and what that speaker says",
    "according_to": "the clause that the phrase stands in",
    "as_clause": "the clause that the report is an aside to",
    "infinitive": "what is vowed, asked or wanted",
    "object": "the thing that is praised, denied or reported",
    "citing": "the words of the one who is cited",
    "passive": "what is believed or reported of the subject",
    "adjective": "what the adjective is about",
    "noun_clause": "the clause of the noun",
    "noun_infinitive": "the infinitive of the noun",
    "noun_of": "what the noun is about",
    "narrated_toll": "the outlet's own count of people harmed",
    "narrated_act": "what the outlet itself says a known actor did",
}
PLURALS = {"people": "people", "child": "children", "woman": "women", "man": "men"}  # of the others: with an s


def explain(text: str, claim: Claim) -> Iterator[tuple[str, str]]:
    """Pairs of a field's name and where its value comes from, in the order in which the rules work."""
    frame, _, cue = claim.rule.partition(":")
    yield "rule", f"{claim.rule}, tier {claim.confidence}: {FRAMES.get(frame, frame)}"
    if cue:
        yield "cue", f"{words(text, claim.cue)} ({claim.cue_class})"
    for speaker in claim.speakers:
        yield "speaker", explain_speaker(text, speaker)
    for via in claim.via:
        yield "through", f"{words(text, [via.span])} ({via.kind})"
    yield "content", words(text, claim.content)
    yield "kind", f"{claim.claim_type}, {claim.modality}{by_hedges(text, claim)}"
    yield "said on", explain_date(text, claim.said_on)
    yield "happened", explain_date(text, claim.occurred_on)
    for number, quantity in enumerate(claim.quantities):
        yield f"count {number}", explain_count(text, quantity)
    for place in claim.places:
        where = f", rule {place.rule}, of {words(text, [place.carried_from])}" if place.carried_from else ""
        yield "place", f"{words(text, [place.span])} is {place.place_id or 'in no table'}{where}"
    for role in claim.actors:
        yield role.role, f"{words(text, [role.span])} is {role.actor_id or 'not named'}"


def words(text: str, spans: tuple[Span, ...] | list[Span]) -> str:
    """The words at some spans.

    >>> words("It rose, he said, twice.", [(0, 7), (18, 23)])
    '"It rose" .. "twice"'
    """
    return " .. ".join(f'"{" ".join(text[start:end].split())}"' for start, end in spans)


def explain_speaker(text: str, speaker: Speaker) -> str:
    """Who a speaker is, or why that is not known."""
    known = speaker.speaker_id or f"not resolved ({speaker.reason})"
    others = f", it may be {', '.join(speaker.candidates)}" if speaker.candidates else ""
    behind = f", who speaks for {speaker.speaks_for_id}" if speaker.speaks_for_id else ""
    named = f" by {words(text, [speaker.named_at])}, rule {speaker.named_by}" if speaker.named_at else ""
    return f"{words(text, [speaker.span])} is {known}{named}{others}{behind}"


def by_hedges(text: str, claim: Claim) -> str:
    """The words that hedge a claim."""
    return f" by {words(text, claim.hedges)}" if claim.hedges else ""


def explain_date(text: str, reading: DateReading) -> str:
    """The days of a reading with its words, rule and anchor, or why there are none."""
    if reading.start is None and reading.end is None:
        found = f"{words(text, [reading.span])}: " if reading.span else ""
        others = f": {words(text, list(reading.candidates))}" if reading.candidates else ""
        return f"not known: {found}{reading.reason}{others}"
    counted = f", counted from {reading.anchor}" if reading.anchor else ""
    said = f" by {words(text, [reading.span])}" if reading.span else ""
    where = f", of {words(text, [reading.carried_from])}" if reading.carried_from else ""
    return f"{describe_day(reading)}{said}, rule {reading.rule}{counted}{where}"


def explain_count(text: str, quantity: Quantity) -> str:
    """A count with its words and rule."""
    parent = f", part of count {quantity.parent}" if quantity.parent is not None else ""
    earlier = f" by {words(text, [quantity.superseded_span])}" if quantity.superseded_span else ""
    since = f", since {quantity.since.start or 'an unknown day'}" if quantity.is_cumulative and quantity.since else ""
    read = replace(quantity, parent=None, is_cumulative=False)
    return f"{words(text, [quantity.span])} is {describe_quantity(read)}{earlier}, rule {quantity.rule}{parent}{since}"


def describe_day(reading: DateReading) -> str:
    """The days of a reading, without why.

    >>> from datetime import date
    >>> describe_day(DateReading(start=date(2017, 6, 10), end=date(2017, 6, 10)))
    'on 2017-06-10'
    >>> describe_day(DateReading(start=date(2017, 6, 6))), describe_day(DateReading())
    ('since 2017-06-06', 'day not known')
    """
    match reading.start, reading.end:
        case None, None:
            return "day not known"
        case start, None:
            return f"since {start}"
        case None, end:
            return f"until {end}"
        case start, end if start == end:
            return f"on {start}"
    return f"from {reading.start} to {reading.end}"


def describe_quantity(quantity: Quantity) -> str:
    """A count in words.

    >>> toll = Quantity(metric="killed", low=24, high=24, bound="exact", span=(0, 2), victim_class="civilian", rule="active")
    >>> describe_quantity(replace(toll, superseded_low=13))
    '24 civilians killed, instead of 13'
    >>> describe_quantity(replace(toll, low=12, high=None, bound="at_least", victim_class="child", parent=0))
    'of them at least 12 children killed'
    >>> describe_quantity(replace(toll, low=50, high=60, bound="range", victim_class=None, is_cumulative=True))
    '50 to 60 people killed in all'
    """
    part = "of them " if quantity.parent is not None else ""
    who = PLURALS.get(quantity.victim_class or "people", f"{quantity.victim_class}s")
    whole = " in all" if quantity.is_cumulative else ""
    old = f", instead of {quantity.superseded_low}" if quantity.superseded_low is not None else ""
    return f"{part}{describe_range(quantity)} {who} {quantity.metric}{whole}{old}"


def describe_range(quantity: Quantity) -> str:
    """How many, in words.

    >>> dozens = Quantity(metric="killed", low=24, high=None, bound="dozens", span=(0, 6), rule="active")
    >>> describe_range(dozens), describe_range(replace(dozens, low=0, high=30, bound="at_most"))
    ('dozens (24 or more)', 'at most 30')
    """
    if quantity.high is None and quantity.bound not in ("at_least", "more_than"):
        return f"{quantity.bound.replace('_', ' ')} ({quantity.low} or more)"
    if quantity.high is None:
        return f"at least {quantity.low}"
    if quantity.low == quantity.high:
        return f"{'about ' if quantity.bound == 'about' else ''}{quantity.low}"
    return f"at most {quantity.high}" if quantity.low == 0 else f"{quantity.low} to {quantity.high}"
