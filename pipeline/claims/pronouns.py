"""A pronoun that speaks and what was named before it in, whom it can stand for out: one, several, or nobody. Never a guess."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.claims.gazetteer import Actor, Mention
from pipeline.values import Speaker

WINDOW_SENTENCES = 3  # a pronoun reaches back so far; the seed article is stitched, so nearer is no better
PERSONAL = frozenset(("he", "she"))
NEUTER = frozenset(("it",))
PLURAL = frozenset(("they",))
MANY = re.compile(
    r"\b(?:people|officials|residents|witnesses|activists|doctors|two|three|four|some|several|many)\b", re.IGNORECASE
)
# The last word of a phrase: a body is no "he", a person no "it".
BODY = re.compile(
    r"\b(?:groups?|monitors?|agency|agencies|ministry|army|military|police|government|regime|coalition|observatory|"
    r"organi[sz]ations?|media|television|radio|network|council|newspaper|statement|report|channel|station|authorities)$",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"\b(?:spokes(?:man|woman|person)|official|activist|doctor|witness|resident|man|woman|commander|officer|minister|"
    r"photographer|reporter|journalist|correspondent|nurse|director|head|chief|leader|governor|mayor|envoy|diplomat)$",
    re.IGNORECASE,
)
FIRST = frozenset(("i", "we"))


@dataclass(frozen=True, slots=True)
class Before:
    """What stands in the window before a pronoun.

    mentions  known names; spoken: speakers of earlier claims in the window; outer: speakers in whose words the pronoun stands
    """

    mentions: Sequence[Mention]
    spoken: Sequence[Speaker]
    outer: Sequence[Speaker]


def resolve_pronoun(speaker: Speaker, before: Before, actors: Mapping[str, Actor]) -> Speaker:
    """The speaker with its only candidate, or with all of them and a reason."""
    word = speaker.name.lower()
    if word in FIRST:
        known = [outer for outer in before.outer if outer.speaker_id]
        if len(known) == 1:
            return take(speaker, known[0])
        return replace(speaker, reason="the words are in nobody's quotation")
    candidates = sorted(set(candidate_ids(word, before, actors)))
    unnamed = [spoken for spoken in before.spoken if spoken.speaker_id is None and can_be(word, spoken)]
    if len(candidates) == 1 and not unnamed and is_kind_known(word, candidates[0], actors):
        return only(speaker, candidates[0], before, actors)
    if candidates:
        reason = "ambiguous: more than one was named before" if len(candidates) > 1 else "ambiguous: it may be another"
        return replace(speaker, candidates=tuple(candidates), reason=reason)
    return replace(speaker, reason="nobody it can stand for was named before")


def can_be(word: str, unnamed: Speaker) -> bool:
    """Whether an unnamed speaker can be meant: "a spokesman" by he, "the police" by they and it, "residents" by they."""
    if unnamed.attribution != "unnamed" or (word in PERSONAL and BODY.search(unnamed.name)):
        return False
    if word in NEUTER and PERSON.search(unnamed.name):
        return False
    is_plural = unnamed.name.split()[-1].lower().endswith("s") or bool(MANY.search(unnamed.name))
    return is_plural if word in PLURAL else not is_plural


def is_kind_known(word: str, candidate: str, actors: Mapping[str, Actor]) -> bool:
    """Whether the candidate is surely a body, where the pronoun asks for one: an unknown name may be a person's."""
    return word not in NEUTER or candidate in actors


def take(pronoun: Speaker, named: Speaker) -> Speaker:
    """The pronoun resolved as that speaker."""
    return replace(
        pronoun,
        speaker_id=named.speaker_id,
        name=named.name,
        speaks_for_id=named.speaks_for_id,
        party=named.party,
        reason=None,
    )


def only(pronoun: Speaker, speaker_id: str, before: Before, actors: Mapping[str, Actor]) -> Speaker:
    """The pronoun resolved by its only candidate."""
    for spoken in before.spoken:
        if spoken.speaker_id == speaker_id:
            return take(pronoun, spoken)
    actor = actors[speaker_id]
    return replace(
        pronoun, speaker_id=speaker_id, name=actor.name, speaks_for_id=actor.speaks_for, party=actor.party, reason=None
    )


def candidate_ids(word: str, before: Before, actors: Mapping[str, Actor]) -> list[str]:
    """Ids of all that the pronoun can stand for: persons for he and she, bodies for it, both kinds of many for they."""
    named = [mention.actor for mention in before.mentions if mention.actor]
    spoken = [speaker.speaker_id for speaker in before.spoken if speaker.speaker_id]
    persons = {actor.actor_id for actor in named if actor.kind == "person"}
    persons |= {found for found in spoken if found not in actors or actors[found].kind == "person"}
    bodies = {actor.actor_id for actor in named if actor.kind != "person"}
    bodies |= {found for found in spoken if found not in actors or actors[found].kind != "person"}
    # A person speaks for a body, which the next sentence may call "it".
    bodies |= {actor.speaks_for for actor in named if actor.kind == "person" and actor.speaks_for}
    if word in PERSONAL:
        return list(persons)
    if word in NEUTER:
        return list(bodies)
    return list(bodies | persons) if word in PLURAL else []
