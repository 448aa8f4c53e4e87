"""The nested attributions of an article in, its claims with reporting words out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.claims.actors import find_actors
from pipeline.claims.article import Article, claim_id
from pipeline.claims.attributions import Attribution
from pipeline.claims.gazetteer import CARRIERS
from pipeline.claims.hedges import find_hedges, read_modality
from pipeline.claims.kinds import read_type
from pipeline.claims.located import Located, locate
from pipeline.claims.nesting import Nested
from pipeline.claims.nominals import resolve_nominal
from pipeline.claims.occasions import read_content, read_said_on
from pipeline.claims.parse import MAX_CHARACTERS
from pipeline.claims.places import find_places
from pipeline.claims.pronouns import WINDOW_SENTENCES, Before, resolve_pronoun
from pipeline.claims.sayers import DOCUMENT
from pipeline.claims.speakers import head_of, pieces, read_speakers
from pipeline.claims.tiers import read_tier
from pipeline.values import Claim, Span, Speaker, Via

Known = dict[int, list[Speaker]]  # by the identity of an attribution: equal ones are left out before


def attributed(article: Article, nested: Sequence[Nested]) -> list[Claim]:
    """Claims with reporting words. Speakers are read in the order of the text, since pronouns look back."""
    actors = article.actors
    ordered = locate(nested, lambda one: one.attribution.cue_span)
    known: Known = {id(one.attribution): read_speakers(one.attribution, article.names, actors) for one in nested}
    posts = {speaker.speaker_id: speaker for found in known.values() for speaker in found if speaker.speaks_for_id}
    for one in ordered.items:
        known[id(one.attribution)] = [with_post(speaker, posts) for speaker in known[id(one.attribution)]]
        known[id(one.attribution)] = [
            resolve_pronoun(speaker, before(article, one, ordered, known), actors)
            if speaker.attribution == "pronoun"
            else resolve_nominal(speaker, before(article, one, ordered, known), actors)
            if speaker.attribution == "unnamed"
            else speaker
            for speaker in known[id(one.attribution)]
        ]
    return [claim_of(article, one, ordered, known) for one in ordered.items]


def with_post(speaker: Speaker, posts: Mapping[str | None, Speaker]) -> Speaker:
    """ "Meherdin said" speaks for whom "Zana Meherdin, an SDF spokeswoman," spoke for."""
    post = posts.get(speaker.speaker_id)
    if speaker.speaker_id is None or speaker.speaks_for_id or post is None:
        return speaker
    return replace(speaker, speaks_for_id=post.speaks_for_id, party=post.party)


def before(article: Article, one: Nested, ordered: Located[Nested], known: Known) -> Before:
    """What a pronoun that speaks in this claim can look back on."""
    found = one.attribution
    position = found.parsed.span_of(found.source.words)[0] if found.source else found.cue_span[0]
    here = article.outline.unit_at(position)
    units = article.outline.units.items[max(0, here.number - WINDOW_SENTENCES) : here.number + 1] if here else ()
    window = units[0].span[0] if units else position
    spoken = [
        speaker
        for other in ordered.starting(window, position + MAX_CHARACTERS)
        if other is not one
        for speaker in known[id(other.attribution)]
        if window <= speaker.span[0] < position
    ]
    outer = known[id(one.outer[-1])] if one.outer else []
    # "Assads forces" names no one that "he" would stand for: with a lost apostrophe the name is found before an "s".
    named = [name for name in article.mentions.starting(window, position) if article.text[name.span[1]] != "s"]
    return Before(named, spoken, outer)


def claim_of(article: Article, one: Nested, ordered: Located[Nested], known: Known) -> Claim:
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
        actors=find_actors(article, attribution.parsed, attribution.content, quantities),
        confidence=read_tier(attribution.rule, attribution.cue, has_speaker=bool(speakers)),
        rule=f"{attribution.rule}:{attribution.cue.lemma}",
    )


def attribution_kind(speakers: Sequence[Speaker]) -> str:
    """named | pronoun | unnamed | joint."""
    if len(speakers) > 1:
        return "joint"
    return speakers[0].attribution if speakers else "unnamed"


def inner_spans(one: Nested, ordered: Located[Nested]) -> list[Span]:
    """Contents of the claims inside this one: a count belongs to the innermost claim, so that nobody is counted twice."""
    content = one.attribution.content
    others = ordered.starting(content[0][0], content[-1][1])
    return [
        span
        for other in others
        if any(outer is one.attribution for outer in other.outer)
        for span in other.attribution.content
    ]


def carriers(article: Article, outer: Attribution, known: Known) -> list[Via]:
    """The speakers of the attribution around a claim, as those who carried its words."""
    found = []
    for speaker, words in zip(known.get(id(outer), []), pieces(outer), strict=True):
        actor = article.actors.get(speaker.speaker_id or "")
        head = head_of(outer.parsed, words)
        kind = actor.kind if actor and actor.kind in CARRIERS else "medium" if DOCUMENT.match(head.text) else "speaker"
        found.append(
            Via(span=speaker.span, kind=kind, actor_id=speaker.speaker_id, name=speaker.name, cue=outer.cue_span)
        )
    return found
