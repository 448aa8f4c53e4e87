"""The attributions of an article in, which stands in whose words out: chains of carriers, own beliefs, lost quotations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.claims.attributions import Attribution
from pipeline.claims.gazetteer import CARRIERS
from pipeline.claims.hedges import BELIEF, MENTAL_PRONOUNS
from pipeline.claims.quotes import Quote
from pipeline.claims.sayers import DOCUMENT
from pipeline.claims.sentences import HARM, Outline, Unit
from pipeline.events import Span

GAP = 2  # characters: a quotation mark or "that " may stand before the nested source


@dataclass(frozen=True, slots=True)
class Nested:
    """An attribution, those in whose content it stands (outermost first), and the speaker's own belief in its content."""

    attribution: Attribution
    outer: tuple[Attribution, ...]
    belief: Attribution | None


def nest(attributions: Sequence[Attribution]) -> list[Nested]:
    """Every attribution with those around it; "X said it believed ..." becomes one, with a belief.

    Those with the same content and source as an earlier one are left out.
    """
    unique = without_doubles(attributions)
    beliefs = [(inner, outer) for inner in unique for outer in unique if is_own_belief(inner, outer)]
    folded = {id(inner) for inner, _ in beliefs}
    folded |= {id(found) for found in unique if is_in_passing(found, around(found, unique))}
    kept = [attribution for attribution in unique if id(attribution) not in folded]
    return [
        Nested(
            attribution,
            around(attribution, kept),
            next((inner for inner, outer in beliefs if outer is attribution), None),
        )
        for attribution in kept
    ]


def is_in_passing(inner: Attribution, outer: Sequence[Attribution]) -> bool:
    """Whether somebody is only mentioned as saying or thinking something in another's words.

    Who is counted is the root of a chain, so a claim inside a claim stays if an agency, an outlet or a document carries it,
    or if it tells of harm ("the UN said the Observatory reported 24 deaths"); "he said they want change" stays one claim.
    """
    if not outer:
        return False
    source = inner.parsed.tokens[inner.source.head].low if inner.source else ""
    if inner.cue.lemma in BELIEF or source in MENTAL_PRONOUNS or inner.cue.word_class == "noun":
        return True
    if any(is_carrier(found) for found in outer):
        return False
    return not tells_of_harm(inner)


def is_carrier(attribution: Attribution) -> bool:
    """Whether an agency, an outlet or a document passes the words on."""
    if attribution.source is None:
        return False
    head = attribution.parsed.tokens[attribution.source.head]
    actors = [
        token.mention.actor
        for token in attribution.parsed.tokens[attribution.source.words.start : attribution.source.words.stop]
        if token.mention
    ]
    return DOCUMENT.match(head.text) is not None or any(actor and actor.kind in CARRIERS for actor in actors)


def tells_of_harm(attribution: Attribution) -> bool:
    """Whether the words that are reported name harm."""
    start, end = attribution.content[0][0], attribution.content[-1][1]
    return any(HARM.match(token.text) for token in attribution.parsed.tokens if start <= token.start < end)


def around(inner: Attribution, attributions: Sequence[Attribution]) -> tuple[Attribution, ...]:
    """Those in whose content the attribution stands, the outermost first."""
    outer = [attribution for attribution in attributions if stands_in(inner, attribution)]
    return tuple(sorted(outer, key=lambda found: (found.content[0][0], -found.content[-1][1])))


def without_doubles(attributions: Sequence[Attribution]) -> list[Attribution]:
    """One attribution a cue and content: two frames can find the same."""
    seen: set[tuple[tuple[Span, ...], Span | None]] = set()
    kept = []
    for attribution in sorted(attributions, key=lambda found: (found.cue_span, found.content)):
        source = attribution.parsed.span_of(attribution.source.words) if attribution.source else None
        if (attribution.content, source) not in seen:
            seen.add((attribution.content, source))
            kept.append(attribution)
    return kept


def stands_in(inner: Attribution, outer: Attribution) -> bool:
    """Whether the cue of one stands in the content of the other."""
    cue = inner.cue_span
    return inner is not outer and any(start <= cue[0] and cue[1] <= end for start, end in outer.content)


def is_own_belief(inner: Attribution, outer: Attribution) -> bool:
    """Whether the outer speaker hedges: "The Pentagon said it believed that ...", "he said he hoped ..."."""
    if (
        inner.source is None
        or inner.cue.lemma not in BELIEF
        or not stands_in(inner, outer)
        or len(inner.source.words) > 1
    ):
        return False
    source = inner.parsed.tokens[inner.source.head]
    starts = outer.content[0][0]
    lead = outer.parsed.tokens[outer.cue_words[-1]].end
    return (
        source.low in MENTAL_PRONOUNS
        and source.dep == "nsubj"
        and 0 <= source.start - min(starts, lead + 40) <= len("that ") + GAP
    )


def with_later_quotes(attributions: Sequence[Attribution], outline: Outline) -> list[Attribution]:
    """Quotations that go on behind an attributed one belong to it: in its paragraph, or after one without a closing mark."""
    if not outline.quotes:
        return list(attributions)
    free = [quote for quote in outline.quotes if not touches(quote, attributions)]
    grown = list(attributions)
    for quote in free:
        place = unit_at(outline.units, quote.span[0])
        if place is None or has_cue(place, quote, attributions) or not is_whole(quote, place):
            continue
        owner = owner_of(quote, place, grown, outline)
        if owner is not None:
            grown[owner] = replace(grown[owner], content=(*grown[owner].content, quote.span))
    return grown


def touches(quote: Quote, attributions: Sequence[Attribution]) -> bool:
    """Whether a quotation is content, or part of one, already."""
    return any(start < quote.span[1] and quote.span[0] < end for found in attributions for start, end in found.content)


def unit_at(units: Sequence[Unit], position: int) -> Unit | None:
    """The sentence that holds a character."""
    return next((unit for unit in units if unit.span[0] <= position < unit.span[1]), None)


def has_cue(unit: Unit, quote: Quote, attributions: Sequence[Attribution]) -> bool:
    """Whether the sentence reports something outside the quotation."""
    cues = [found.cue_span for found in attributions if unit.span[0] <= found.cue_span[0] < unit.span[1]]
    return any(not quote.span[0] <= cue[0] < quote.span[1] for cue in cues)


def is_whole(quote: Quote, unit: Unit) -> bool:
    """Whether the quotation is its sentence, or several: not a word in quotation marks."""
    return quote.span[0] - unit.span[0] <= 1 and quote.span[1] >= unit.span[1] - 1


def owner_of(quote: Quote, unit: Unit, attributions: Sequence[Attribution], outline: Outline) -> int | None:
    """Number of the attribution that a quotation goes on from."""
    best: int | None = None
    for number, found in enumerate(attributions):
        end = found.content[-1][1]
        if end > quote.span[0] or found.rule not in ("fronted", "quoted", "colon", "complement"):
            continue
        before = unit_at(outline.units, max(found.parsed.span[0], found.content[-1][0]))
        is_same = before is not None and before.paragraph == unit.paragraph
        went_on = any(other.is_open and other.span[1] == end for other in outline.quotes)
        quoted_before = any(other.span[0] < end and found.content[-1][0] < other.span[1] for other in outline.quotes)
        next_paragraph = before is not None and before.paragraph + 1 == unit.paragraph
        if (
            quoted_before
            and (is_same or (went_on and next_paragraph))
            and (best is None or attributions[best].content[-1][1] <= end)
        ):
            best = number
    return best
