"""A speaker such as "the monitoring group" and what was named before it in, whom it stands for out: one, or several. No guess.

The noun says what kind of body it is, and only names of that kind can be meant. Those that spoke before come first, for who
goes on speaking is called "the group"; where two of them may be meant, both are candidates.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pipeline.claims.gazetteer import Actor
from pipeline.claims.pronouns import Before
from pipeline.values import Span, Speaker

# The last words of the phrase, and the kinds of actor that they can stand for.
KINDS_MEANT = (
    (
        r"(?:war |conflict )?(?:monitor|watchdog)|(?:war |rights |activist )?monitoring (?:group|organi[sz]ation|body)|"
        r"(?:human )?rights (?:group|monitor|organi[sz]ation|watchdog)|monitor group",
        frozenset(("monitor",)),
    ),
    (r"(?:state |official |state-run |government )?news agency|newswire", frozenset(("agency",))),
    (r"agency", frozenset(("agency", "organisation"))),
    (r"newspaper|broadcaster|channel|daily|network", frozenset(("outlet", "monitor"))),
    (r"charity|aid (?:group|agency|organi[sz]ation)|medical (?:group|charity)", frozenset(("organisation",))),
    (r"organi[sz]ation|body", frozenset(("monitor", "organisation"))),
    (r"(?:jihadist|militant|armed|rebel|extremist|terror(?:ist)?) (?:group|organi[sz]ation)", frozenset(("armed_group",))),
    (r"group", frozenset(("monitor", "organisation", "armed_group"))),
    (r"coalition|alliance", frozenset(("coalition",))),
)  # fmt: skip
PATTERNS = tuple(
    (re.compile(rf"(?:the|this|that)\s+(?:[\w'-]+[\s-]+){{0,3}}?(?:{words})", re.IGNORECASE), kinds)
    for words, kinds in KINDS_MEANT
)


def kinds_meant(name: str) -> frozenset[str]:
    """The kinds of actor that a phrase can stand for; none if it is no such phrase.

    >>> sorted(kinds_meant("the Britain-based monitoring group")), sorted(kinds_meant("the mayor"))
    (['monitor'], [])
    """
    return next((kinds for pattern, kinds in PATTERNS if pattern.fullmatch(name)), frozenset())


def resolve_nominal(speaker: Speaker, before: Before, actors: Mapping[str, Actor]) -> Speaker:
    """The speaker as the one body of that kind that was named before; else with all that it may be, or as it was."""
    kinds = (
        kinds_meant(speaker.name) if speaker.attribution == "unnamed" and speaker.speaker_id is None else frozenset()
    )
    if not kinds or speaker.candidates:
        return speaker
    named: dict[str, Span] = {}
    for mention in before.mentions:
        if mention.actor and mention.actor.kind in kinds:
            named[mention.actor.actor_id] = mention.span
    spoken = {one.speaks_for_id or one.speaker_id or "": one.named_at or one.span for one in before.spoken}
    spoke = {key: span for key, span in spoken.items() if key in actors and actors[key].kind in kinds}
    meant = spoke if len(spoke) == 1 else named
    if len(meant) > 1:
        reason = "ambiguous: more than one such body was named before"
        return replace(speaker, candidates=tuple(sorted(meant)), reason=reason)
    for actor_id, span in meant.items():
        actor = actors[actor_id]
        return replace(
            speaker,
            speaker_id=actor.actor_id,
            name=actor.name,
            speaks_for_id=actor.speaks_for,
            party=actor.party,
            reason=None,
            named_at=span,
            named_by="nominal",
        )
    return speaker
