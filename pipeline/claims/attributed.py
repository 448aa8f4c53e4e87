"""The nested attributions of an article in, its claims with reporting words out."""

from collections.abc import Sequence

from pipeline.claims.actors import find_actors
from pipeline.claims.article import Article, claim_id
from pipeline.claims.attributions import Attribution
from pipeline.claims.gazetteer import CARRIERS
from pipeline.claims.hedges import find_hedges, read_modality
from pipeline.claims.kinds import read_type
from pipeline.claims.nesting import Nested
from pipeline.claims.occasions import read_content, read_said_on
from pipeline.claims.places import find_places
from pipeline.claims.pronouns import WINDOW_SENTENCES, Before, resolve_pronoun
from pipeline.claims.sayers import DOCUMENT
from pipeline.claims.speakers import head_of, pieces, read_speakers
from pipeline.events import Claim, Span, Speaker, Via


def attributed(article: Article, nested: Sequence[Nested]) -> list[Claim]:
    """Claims with reporting words. Speakers are read in the order of the text, since pronouns look back."""
    known = {
        id(one.attribution): read_speakers(one.attribution, article.names, article.gazetteer.actors) for one in nested
    }
    ordered = sorted(nested, key=lambda one: one.attribution.cue_span)
    for one in ordered:
        resolved = [
            resolve_pronoun(speaker, before(article, one, ordered, known), article.gazetteer.actors)
            if speaker.attribution == "pronoun"
            else speaker
            for speaker in known[id(one.attribution)]
        ]
        known[id(one.attribution)] = resolved
    return [claim_of(article, one, known, ordered) for one in ordered]


def before(article: Article, one: Nested, ordered: Sequence[Nested], known: dict[int, list[Speaker]]) -> Before:
    """What a pronoun that speaks in this claim can look back on."""
    found = one.attribution
    position = found.parsed.span_of(found.source.words)[0] if found.source else found.cue_span[0]
    units = [unit for unit in article.outline.units if unit.span[0] <= position]
    window = units[-1 - WINDOW_SENTENCES :][0].span[0] if units else 0
    mentions = [mention for mention in article.mentions if window <= mention.span[0] < position]
    spoken = [
        speaker
        for other in ordered
        if other is not one
        for speaker in known[id(other.attribution)]
        if window <= speaker.span[0] < position and speaker.speaker_id
    ]
    outer = known[id(one.outer[-1])] if one.outer and id(one.outer[-1]) in known else []
    return Before(mentions, spoken, outer)


def claim_of(article: Article, one: Nested, known: dict[int, list[Speaker]], ordered: Sequence[Nested]) -> Claim:
    """One claim of an attribution."""
    attribution = one.attribution
    speakers = tuple(known[id(attribution)])
    said_on = read_said_on(article, attribution)
    occurred_on, quantities = read_content(article, attribution.content, said_on, inner_spans(one, ordered))
    hedges = find_hedges(article.text, attribution.content)
    modality = read_modality(attribution.cue, attribution.is_denied, hedges)
    belief = [one.belief.cue_span] if one.belief else []
    if one.belief and modality == "asserted":
        modality = read_modality(one.belief.cue, one.belief.is_denied, hedges)
    source = (attribution.parsed.span_of(attribution.source.words),) if attribution.source else ()
    return Claim(
        claim_id=claim_id(article.revision_id, attribution.content, [attribution.cue_span]),
        content=attribution.content,
        cue=(attribution.cue_span,),
        source=source,
        sentence=attribution.parsed.span,
        attribution=attribution_kind(speakers),
        claim_type=read_type(article.text, attribution.content, quantities, (attribution.cue, modality)),
        modality=modality,
        hedges=tuple(sorted({*belief, *(span for _, span in hedges)})),
        cue_class=attribution.cue.cue_class,
        speakers=speakers,
        via=tuple(via for outer in one.outer for via in carriers(article, outer, known)),
        said_on=said_on,
        occurred_on=occurred_on,
        quantities=quantities,
        places=find_places(article.text, attribution.content, article.mentions),
        actors=find_actors(attribution.parsed, attribution.content),
        confidence=read_confidence(attribution, speakers),
        rule=f"{attribution.rule}:{attribution.cue.lemma}",
    )


def attribution_kind(speakers: Sequence[Speaker]) -> str:
    """named | pronoun | unnamed | joint."""
    if len(speakers) > 1:
        return "joint"
    return speakers[0].attribution if speakers else "unnamed"


def inner_spans(one: Nested, ordered: Sequence[Nested]) -> list[Span]:
    """Contents of the claims inside this one: a count belongs to the innermost claim, so that nobody is counted twice."""
    return [span for other in ordered if one.attribution in other.outer for span in other.attribution.content]


def carriers(article: Article, outer: Attribution, known: dict[int, list[Speaker]]) -> list[Via]:
    """The speakers of the attribution around a claim, as those who carried its words."""
    found = []
    for speaker, words in zip(known.get(id(outer), []), pieces(outer), strict=True):
        actor = article.gazetteer.actors.get(speaker.speaker_id or "")
        head = head_of(outer.parsed, words)
        kind = actor.kind if actor and actor.kind in CARRIERS else "medium" if DOCUMENT.match(head.text) else "speaker"
        found.append(
            Via(span=speaker.span, kind=kind, actor_id=speaker.speaker_id, name=speaker.name, cue=outer.cue_span)
        )
    return found


def read_confidence(attribution: Attribution, speakers: Sequence[Speaker]) -> str:
    """A: a clause or quotation of a named speaker; B: of an unnamed one or by another frame; C: a noun, or no speaker."""
    if not speakers or attribution.rule.startswith("noun") or attribution.rule == "passive":
        return "C"
    is_plain = attribution.rule in ("complement", "fronted", "quoted", "according_to", "colon")
    return "A" if is_plain and all(speaker.attribution == "named" for speaker in speakers) else "B"
