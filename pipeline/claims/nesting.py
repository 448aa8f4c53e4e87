"""The attributions of an article in, which stands in whose words out: chains of carriers, and a speaker's own beliefs."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.attributions import Attribution
from pipeline.claims.gazetteer import CARRIERS
from pipeline.claims.hedges import BELIEF, MENTAL_PRONOUNS
from pipeline.claims.located import Located, locate
from pipeline.claims.sayers import DOCUMENT
from pipeline.claims.sentences import HARM
from pipeline.values import Span

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
    unique = by_extent(without_doubles(attributions))
    outside = [(inner, around(inner, unique)) for inner in unique.items]
    beliefs = {id(outer): inner for inner, found in outside for outer in found if is_own_belief(inner, outer)}
    folded = {id(inner) for inner in beliefs.values()}
    folded |= {id(inner) for inner, found in outside if is_in_passing(inner, found)}
    kept = [(inner, found) for inner, found in outside if id(inner) not in folded]
    return [
        Nested(inner, tuple(outer for outer in found if id(outer) not in folded), beliefs.get(id(inner)))
        for inner, found in kept
    ]


def by_extent(attributions: Sequence[Attribution]) -> Located[Attribution]:
    """Attributions by where their contents begin and end."""
    return locate(attributions, lambda found: (found.content[0][0], found.content[-1][1]))


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
        for token in attribution.parsed.tokens[attribution.source.names.start : attribution.source.names.stop]
        if token.mention
    ]
    return DOCUMENT.match(head.text) is not None or any(actor and actor.kind in CARRIERS for actor in actors)


def tells_of_harm(attribution: Attribution) -> bool:
    """Whether the words that are reported name harm."""
    start, end = attribution.content[0][0], attribution.content[-1][1]
    return any(HARM.match(token.low) for token in attribution.parsed.tokens if start <= token.start < end)


def around(inner: Attribution, attributions: Located[Attribution]) -> tuple[Attribution, ...]:
    """Those in whose content the attribution stands, the outermost first."""
    outer = [found for found in attributions.near(*inner.cue_span) if stands_in(inner, found)]
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
