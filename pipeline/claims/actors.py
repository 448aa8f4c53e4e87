"""A parsed sentence and a claim's spans in, who did it and who suffered it out; nobody where the words name nobody."""

import re
from collections.abc import Iterator, Sequence

from pipeline.claims.gazetteer import CARRIERS
from pipeline.claims.parse import Parsed
from pipeline.claims.places import is_within
from pipeline.claims.subjects import RELATIVE
from pipeline.claims.victims import VICTIM_WORD
from pipeline.values import ActorRole, Span

HARM_VERB = re.compile(
    r"(?:kill|wound|injur|hit|struck|strik|bomb|shell|target|attack|massacr|execut|behead|slaughter|raid|fir(?:ed|ing)|"
    r"murder|detain|arrest|abduct|kidnap|displac|besieg|shot|shoot|hurt)\w*$",
    re.IGNORECASE,
)
GROUND_VERB = re.compile(
    r"(?:captur|seiz|retak|retook|recaptur|liberat|advanc|control|enter|withdr|retreat|seal|push|cleared|clearing|"
    r"took|taken|encircl|surround|lost|storm|fortif|hold|held)\w*$",
    re.IGNORECASE,
)
ATTACK_NOUN = re.compile(
    r"(?:(?:air|drone|missile|rocket|artillery|bomb) )?(?:strikes?|raids?|attacks?)$|(?:air|drone)strikes?$|bombardments?$|"
    r"bombings?$|shelling$|offensives?$|assaults?$",
    re.IGNORECASE,
)
REPORTER = re.compile(r"(?:journalist|reporter|photographer|correspondent)s?", re.IGNORECASE)
ATTACK_NOUN_ENDS = frozenset("edgkst")  # a cheap look before the pattern


def find_actors(parsed: Parsed, spans: Sequence[Span]) -> tuple[ActorRole, ...]:
    """Roles inside the spans, in order and each once. An agentless passive has no perpetrator: none is made up."""
    found = {*verb_roles(parsed, spans), *noun_roles(parsed, spans)}
    return tuple(sorted(found, key=lambda role: (role.span, role.role)))


def verb_roles(parsed: Parsed, spans: Sequence[Span]) -> Iterator[ActorRole]:
    """Roles by the verbs of harm and of ground: subject and by-agent act, object and passive subject suffer."""
    for token in [token for token in parsed.tokens if token.tag[:2] == "VB"]:
        if not is_within((token.start, token.end), spans):
            continue
        is_harm, is_ground = bool(HARM_VERB.match(token.text)), bool(GROUND_VERB.match(token.text))
        if not (is_harm or is_ground):
            continue
        doer, sufferer = ("perpetrator", "victim") if is_harm else ("agent", "patient")
        for child in parsed.kids(token.number, "nsubj"):
            yield from roles_of(parsed, antecedent(parsed, child), doer, spans)
        for agent in parsed.kids(token.number, "agent"):
            for child in parsed.kids(agent, "pobj"):
                yield from roles_of(parsed, child, doer, spans)
        for child in parsed.kids(token.number, "dobj", "nsubjpass"):
            yield from roles_of(parsed, antecedent(parsed, child), sufferer, spans)


def antecedent(parsed: Parsed, number: int) -> int:
    """What a relative pronoun stands for; any other word stands for itself."""
    token = parsed.tokens[number]
    if token.low in RELATIVE and parsed.tokens[token.head].dep == "relcl":
        return parsed.tokens[token.head].head
    return number


def roles_of(parsed: Parsed, number: int, role: str, spans: Sequence[Span]) -> Iterator[ActorRole]:
    """The known actor, or the people, that a noun names."""
    token = parsed.tokens[number]
    span = (token.start, token.end)
    if not is_within(span, spans):
        return
    if token.mention and token.mention.actor:
        if token.mention.actor.kind in CARRIERS and not is_of_reporter(parsed, number):
            return  # an agency tells of harm, and does and suffers none
        yield ActorRole(
            role=role,
            span=span,
            actor_id=token.mention.actor.actor_id,
            name=token.mention.actor.name,
            named_at=token.mention.defined,
            named_by=token.mention.rule,
        )
        return
    if role not in ("victim", "patient") and not ATTACK_NOUN.match(token.text):
        head = [kid for kid in parsed.kids(number, "compound", "nmod", "poss") if parsed.tokens[kid].mention]
        for kid in head:  # "the SDF fighters"
            yield from roles_of(parsed, kid, role, spans)
    if role == "victim" and VICTIM_WORD.fullmatch(token.text):
        groups = [parsed.tokens[kid].mention for kid in parsed.kids(number, "compound", "nmod", "amod")]
        actor = next((mention.actor for mention in groups if mention and mention.actor), None)
        yield ActorRole(role=role, span=span, actor_id=actor.actor_id if actor else None, name=token.text)


def is_of_reporter(parsed: Parsed, number: int) -> bool:
    """Whether people of an agency or outlet are meant: "the AP photographer"."""
    return number + 1 < len(parsed.tokens) and REPORTER.fullmatch(parsed.tokens[number + 1].text) is not None


def noun_roles(parsed: Parsed, spans: Sequence[Span]) -> Iterator[ActorRole]:
    """Perpetrators by nouns: "coalition air strikes", "bombardments by the coalition"."""
    tokens = parsed.tokens
    for token in [token for token in tokens if token.low[-1] in ATTACK_NOUN_ENDS]:
        if not ATTACK_NOUN.match(token.text):
            continue
        if not is_within((token.start, token.end), spans):
            continue
        before = tokens[token.number - 1] if token.number else None
        if before and before.text == "'s" and token.number > 1:
            before = tokens[token.number - 2]
        if before and before.mention and before.mention.actor:
            yield from roles_of(parsed, before.number, "perpetrator", spans)
        after = tokens[token.number + 1 : token.number + 5]
        if after and after[0].low == "by":
            named = next((found for found in after if found.mention and found.mention.actor), None)
            if named:
                yield from roles_of(parsed, named.number, "perpetrator", spans)
