"""A pronoun that speaks and what was named before it in, whom it can stand for out: one, several, or nobody. Never a guess."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.claims.gazetteer import Actor, Mention
from pipeline.events import Speaker

WINDOW_SENTENCES = 3  # a pronoun reaches back so far; the seed article is stitched, so nearer is no better
PERSONAL = frozenset(("he", "she"))
NEUTER = frozenset(("it",))
PLURAL = frozenset(("they",))
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
    if len(candidates) == 1:
        return only(speaker, candidates[0], before, actors)
    if candidates:
        return replace(speaker, candidates=tuple(candidates), reason="ambiguous: more than one was named before")
    return replace(speaker, reason="nobody it can stand for was named before")


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
    bodies |= {found for found in spoken if found in actors and actors[found].kind != "person"}
    # A person speaks for a body, which the next sentence may call "it".
    bodies |= {actor.speaks_for for actor in named if actor.kind == "person" and actor.speaks_for}
    if word in PERSONAL:
        return list(persons)
    if word in NEUTER:
        return list(bodies)
    return list(bodies | persons) if word in PLURAL else []
