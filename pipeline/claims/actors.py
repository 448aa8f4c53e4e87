"""A parsed sentence and a claim's spans in, who did it and who suffered it out; nobody where the words name nobody."""

import re
from collections.abc import Iterator, Sequence

from pipeline.claims.article import Article
from pipeline.claims.gazetteer import CARRIERS
from pipeline.claims.parse import Parsed, Token
from pipeline.claims.perpetrators import ATTACK, Doer, doer_named, find_doers
from pipeline.claims.places import is_within
from pipeline.claims.subjects import RELATIVE
from pipeline.claims.victims import VICTIM, VICTIM_PHRASE, VICTIM_WORD
from pipeline.values import ActorRole, Quantity, Span

HARM_VERB = re.compile(
    r"(?:kill|wound|injur|hit|struck|strik|bomb|shell|target|attack|massacr|execut|behead|slaughter|raid|fir(?:ed|ing)|"
    r"murder|detain|arrest|abduct|kidnap|displac|besieg|shot|shoot|hurt|pound|gunn|ambush|detonat|blew|blown)\w*$",
    re.IGNORECASE,
)
GROUND_VERB = re.compile(
    r"(?:captur|seiz|retak|retook|recaptur|liberat|advanc|control|enter|withdr|retreat|seal|push|cleared|clearing|"
    r"took|taken|encircl|surround|lost|storm|fortif|hold|held)\w*$",
    re.IGNORECASE,
)
REPORTER = re.compile(r"(?:journalist|reporter|photographer|correspondent)s?", re.IGNORECASE)
# They tell who has a place, and behind a place only that: "killed in a village held by the rebels".
HOLDS = re.compile(r"(?:held|hold|control|lost)\w*$", re.IGNORECASE)
LAUNCHES = re.compile(
    r"(?:launch|carr(?:y|ied)|conduct|stag(?:e|ing)|mount|beg[aiu]n|start|intensif|step|wag(?:e|ing)|escalat|resum|continu|"
    r"perpetrat|commit|unleash|open|claim|led$|press)\w*$",
    re.IGNORECASE,
)
AND_VICTIM = re.compile(
    rf"\s+and\s+(?:(?!the\b|an?\b)[a-z-]+\s+)?(?P<word>{VICTIM})\b(?!-|\s+(?:said|says|told|reported)\b)", re.IGNORECASE
)
LIVES = frozenset(("lives", "souls"))  # "claimed 19 lives": who they were is not said
DIES = frozenset("died die dies perished perish drowned succumbed".split())
HARMED = frozenset(("killed", "injured", "missing", "displaced", "detained"))


def find_actors(
    article: Article, parsed: Parsed, spans: Sequence[Span], quantities: Sequence[Quantity]
) -> tuple[ActorRole, ...]:
    """Roles inside the spans, in order and each once. An agentless passive has no perpetrator: none is made up."""
    attacked = [doing(doer) for doer in find_doers(parsed, article.actors) if is_within(doer.span, spans)]
    counted = list(counted_victims(article, parsed, quantities))
    harmed = {role.span for role in counted}
    found = {
        role
        for role in (*verb_roles(article, parsed, spans), *attacked)
        if role.role != "perpetrator" or role.span not in harmed
    }
    return once_each(sorted({*found, *counted}, key=lambda role: (role.span, role.role, role.actor_id or "")))


def once_each(roles: Sequence[ActorRole]) -> tuple[ActorRole, ...]:
    """Roles without a known actor who stands there twice as doing it, and without a word that has two readings."""
    kept: dict[tuple[str, object], ActorRole] = {}
    for role in roles:
        is_known = role.actor_id is not None and role.role == "perpetrator"
        kept.setdefault((role.role, role.actor_id if is_known else role.span), role)
    return tuple(kept.values())


def doing(doer: Doer) -> ActorRole:
    """Who attacked, as a role."""
    mention = doer.token.mention
    return ActorRole(
        role="perpetrator",
        span=doer.span,
        actor_id=doer.actor.actor_id if doer.actor else None,
        name=doer.name,
        named_at=mention.defined if mention else None,
        named_by=mention.rule if mention else None,
    )


def verb_roles(article: Article, parsed: Parsed, spans: Sequence[Span]) -> Iterator[ActorRole]:
    """Roles by the verbs of harm and of ground: subject and by-agent act, object and passive subject suffer."""
    for token in [token for token in parsed.tokens if token.tag[:2] == "VB"]:
        if not is_within((token.start, token.end), spans):
            continue
        is_harm, is_ground = bool(HARM_VERB.match(token.text)), bool(GROUND_VERB.match(token.text))
        is_harm = is_harm or attacks(parsed, token)
        if token.low in DIES:
            for child in parsed.kids(token.number, "nsubj"):
                yield from roles_of(parsed, antecedent(parsed, child), "victim", spans)
        if not (is_harm or is_ground) or (HOLDS.match(token.text) and token.dep in ("acl", "relcl", "amod", "advcl")):
            continue
        doer, sufferer = ("perpetrator", "victim") if is_harm else ("agent", "patient")
        for number in acting(parsed, token):
            yield from acting_roles(article, parsed, number, (doer, spans))
        for child in parsed.kids(token.number, "dobj", "nsubjpass"):
            yield from roles_of(parsed, antecedent(parsed, child), sufferer, spans)


def attacks(parsed: Parsed, verb: Token) -> bool:
    """Whether a verb sets an attack going: "launched an offensive", "stepped up strikes", "opened fire"."""
    if not LAUNCHES.match(verb.text):
        return False
    return any(ATTACK.match(parsed.tokens[child].text) for child in parsed.kids(verb.number, "dobj"))


def acting(parsed: Parsed, verb: Token) -> Iterator[int]:
    """The words for who does what a verb tells: its subjects and by-agents, and those joined to them."""
    subjects = parsed.kids(verb.number, "nsubj")
    if not subjects and verb.dep in ("conj", "xcomp", "advcl") and verb.tag != "VBN":
        above = parsed.tokens[verb.head]
        subjects = parsed.kids(above.number, "nsubj") if above.tag.startswith("VB") else []
    if parsed.kids(verb.number, "neg"):  # "was not killed by the army": nobody is said to have done it
        return
    heads = [antecedent(parsed, child) for child in subjects]
    is_passive = verb.tag == "VBN"
    for agent in parsed.kids(verb.number, "agent", *(("prep",) if is_passive else ())):
        if parsed.tokens[agent].low == "by":
            heads += parsed.kids(agent, "pobj")
    for head in heads:
        yield head
        yield from parsed.kids(head, "conj")


def acting_roles(
    article: Article, parsed: Parsed, number: int, asked: tuple[str, Sequence[Span]]
) -> Iterator[ActorRole]:
    """Who a word names as doing it: a known actor, a state by its jets and troops, or a group in plain words."""
    role, spans = asked
    token = parsed.tokens[number]
    doer = doer_named(parsed, number, article.actors)
    if doer is None or role == "agent":
        yield from roles_of(parsed, number, role, spans)
    elif is_within(doer.span, spans):
        is_carrier = doer.token.mention is not None and doer.actor is not None and doer.actor.kind in CARRIERS
        if not is_carrier and not (token.mention and is_of_reporter(parsed, number)):
            yield doing(doer)


def counted_victims(article: Article, parsed: Parsed, quantities: Sequence[Quantity]) -> Iterator[ActorRole]:
    """Those whom a number counts as harmed: "dozens of ISIS fighters", "a girl", "40 government forces"."""
    for quantity in quantities:
        phrase = VICTIM_PHRASE.match(article.text, quantity.span[1], parsed.span[1])
        if phrase is None or quantity.metric not in HARMED:
            continue
        inside = [token for token in parsed.tokens if phrase.start() <= token.start < phrase.end()]
        named = [token.mention for token in inside if token.mention and token.mention.actor]
        words = VICTIM_WORD.search(article.text, phrase.end("between"), phrase.end())
        if words is None or words.group().lower() in LIVES:
            continue
        if joined := AND_VICTIM.match(article.text, phrase.end(), parsed.span[1]):  # "women and children"
            yield ActorRole(role="victim", span=joined.span("word"), actor_id=None, name=joined["word"])
        actor = named[-1].actor if named and named[-1].actor and named[-1].actor.kind not in CARRIERS else None
        yield ActorRole(
            role="victim",
            span=words.span(),
            actor_id=actor.actor_id if actor else None,
            name=article.text[slice(*words.span())],
        )


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
    if role not in ("victim", "patient") and not ATTACK.match(token.text):
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
