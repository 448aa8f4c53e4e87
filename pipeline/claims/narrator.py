"""A parsed sentence in, what the outlet itself says in it about harm or ground out: a claim without reporting words."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.actors import GROUND_VERB, HARM_VERB, find_actors
from pipeline.claims.article import Article, claim_id
from pipeline.claims.attributions import Attribution
from pipeline.claims.extents import trimmed_region
from pipeline.claims.hedges import find_hedges, read_modality
from pipeline.claims.kinds import read_type
from pipeline.claims.located import locate
from pipeline.claims.occasions import NO_EXPRESSION, read_content
from pipeline.claims.parse import Parsed
from pipeline.claims.places import find_places
from pipeline.claims.subjects import SUBJECTS
from pipeline.values import Claim, DateReading, Quantity, Span


@dataclass(frozen=True, slots=True)
class Narrated:
    """A sentence of the outlet's own, and why it is a claim: narrated_toll | narrated_act."""

    parsed: Parsed
    content: tuple[Span, ...]
    rule: str


def narrated(article: Article, parsed: Sequence[Parsed], attributions: Sequence[Attribution]) -> list[Claim]:
    """The outlet's own claims: sentences that report nobody and state harm or a known actor's act."""
    reported = locate(
        [span for found in attributions for span in (found.cue_span, *found.content)],
        lambda span: span,
    )
    found = []
    for sentence in parsed:
        if any(start < sentence.span[1] and sentence.span[0] < end for start, end in reported.near(*sentence.span)):
            continue
        occurred_on, quantities = read_content(article, [sentence.span], DateReading(reason=NO_EXPRESSION), ())
        if one := find_narrated(sentence, quantities):
            found.append(narrator_claim(article, one, occurred_on, quantities))
    return found


def narrator_claim(
    article: Article, one: Narrated, occurred_on: DateReading, quantities: tuple[Quantity, ...]
) -> Claim:
    """One claim of the outlet itself: no cue, no source, no speakers."""
    hedges = find_hedges(article.text, one.content)
    modality = read_modality(None, False, hedges)
    return Claim(
        claim_id=claim_id(article.revision_id, one.content, ()),
        content=one.content,
        cue=(),
        source=(),
        sentence=one.parsed.span,
        attribution="narrator",
        claim_type=read_type(article.text, one.content, quantities, (None, modality)),
        modality=modality,
        hedges=tuple(span for _, span in hedges),
        cue_class=None,
        speakers=(),
        said_on=DateReading(reason=NO_EXPRESSION),
        occurred_on=occurred_on,
        quantities=quantities,
        places=find_places(article.text, one.content, article.mentions),
        actors=find_actors(article, one.parsed, one.content, quantities),
        confidence="C",
        rule=one.rule,
    )


def find_narrated(parsed: Parsed, quantities: Sequence[Quantity]) -> Narrated | None:
    """The claim in a sentence that reports nobody's words; None if it states no harm and no known actor's act."""
    words = trimmed_region(parsed, range(len(parsed.tokens)))
    if words is None:
        return None
    content = (parsed.span_of(words),)
    if quantities:
        return Narrated(parsed, content, "narrated_toll")
    return Narrated(parsed, content, "narrated_act") if has_act(parsed) else None


def has_act(parsed: Parsed) -> bool:
    """Whether a known actor is the subject or agent of a verb of harm or ground."""
    for token in parsed.tokens:
        if not token.tag.startswith("VB") or not (HARM_VERB.match(token.text) or GROUND_VERB.match(token.text)):
            continue
        doers = parsed.kids(token.number, *SUBJECTS)
        doers += [name for agent in parsed.kids(token.number, "agent") for name in parsed.kids(agent, "pobj")]
        if any(mention and mention.actor for doer in doers for mention in [parsed.tokens[doer].mention]):
            return True
    return False
