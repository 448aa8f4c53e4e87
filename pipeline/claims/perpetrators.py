"""A parsed sentence in, the words that name who attacked out: by the noun of an attack, or by what was carried out by whom.

"regime barrel bomb attacks", "shelling by the army", "strikes carried out by Russian jets", "mortar fire from rebels". Only what
the words say: who holds a town attacked nobody, whose station was bombed is not who bombed it, and an attack that is feared,
suspected or denied has nobody who did it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.claims.gazetteer import CARRIERS, Actor
from pipeline.claims.parse import Parsed, Token
from pipeline.values import Span

ATTACK = re.compile(
    r"(?:(?:air|drone|missile|rocket|artillery|bomb) )?(?:strikes?|raids?|attacks?)$|(?:air|drone)?strikes?$|"
    r"(?:counter-?)?(?:attacks?|offensives?)$|bombardments?$|bombings?$|shelling$|assaults?$|gunfire$|fire$|ambush(?:es)?$|"
    r"(?:sniper|tank|mortar)fire$|barrages?$|onslaughts?$|massacres?$|executions?$|(?:air)?raids?$|sorties?$|push$",
    re.IGNORECASE,
)
MUNITION = re.compile(
    r"(?:barrel )?(?:bombs?|shells?|rockets?|missiles?|mortars?|mines?|bullets?|grenades?|explosives?|munitions?|device|ieds?)$",
    re.IGNORECASE,
)
GERUNDS = frozenset(("shelling", "bombing"))  # nouns that the model takes for verbs
# Groups and forces that act without a name of their own.
GROUP = re.compile(
    r"(?:rebels?|terrorists?|militants?|insurgents?|jihadists?|jihadis?|extremists?|islamists?|fighters?|gunm[ae]n|"
    r"militiam[ae]n|soldiers?|troops|forces?|army|military|militias?|regime|government|police|coalition|opposition|"
    r"separatists?|paramilitar(?:y|ies)|snipers?|bombers?|attackers?|assailants?|guards?|mercenar(?:y|ies)|settlers?|"
    r"guerrillas?|hijackers?|kidnappers?|(?:air|naval|security|border|allied|government|regime|loyalist) forces?|navy|"
    r"(?:war)?planes?|(?:fighter )?jets?|helicopters?|aircraft|drones?|gunships?|gunners?|warships?|artillery|tanks)$",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?:(?:war)?planes?|jets?|helicopters?|aircraft|drones?|gunships?|warships?|artillery|tanks)$", re.IGNORECASE
)
OF_BODY = re.compile(
    r"(?:groups?|organi[sz]ations?|units?|cells?|brigades?|factions?|squads?|gangs?|command)$", re.IGNORECASE
)
# Whose jets, raids and troops these are; "Russian tourists" and "Syrian rebels" are nobody's.
PEOPLES = {
    "russian": "russia", "israeli": "israel", "turkish": "turkey", "american": "united-states", "iranian": "iran",
    "french": "france", "british": "united-kingdom", "ukrainian": "ukraine", "syrian": "syrian-government",
    "iraqi": "iraqi-government",
}  # fmt: skip
STATE_ARM = re.compile(
    r"(?:(?:war)?planes?|(?:fighter )?jets?|helicopters?|aircraft|drones?|gunships?|warships?|artillery|tanks?|troops|forces?|"
    r"soldiers?|army|military|navy|police|gunners?|air ?(?:strikes?|raids?|attacks?)|airpower|air force|"
    r"(?:drone|missile|artillery) (?:strikes?|raids?|attacks?)|strikes?|raids?|bombardments?|shelling|bombing|barrages?|fire)$",
    re.IGNORECASE,
)
NO_FORCES = CARRIERS | {"monitor", "organisation"}  # they tell of harm, and do none
HYPOTHETICAL = frozenset(
    """possible potential feared planned threatened imminent any further future alleged expected suspected apparent presumed
    supposed purported reported no""".split()
)
NEGATIONS = frozenset("not n't never neither nor".split())
NEGATION_WORDS = 5  # before the participle: "was not, he said, carried out by"
ANTI = re.compile(r"(?:anti|counter)-", re.IGNORECASE)
GLUE = frozenset(("JJ", "NN", "NNS", "NNP", "NNPS", "HYPH", "CC", "POS", "VBG", "CD", "VBN", "JJS", "RB"))
BEFORE_ATTACK = (
    7  # words from the noun of an attack back to who made it: "Syrian regime and Russian heavy barrel bomb attacks"
)
# Of the nouns between who attacked and the attack, those that say with what and when. Any other is what was attacked: "army base
# attack", "police station bombing".
MEANS = re.compile(
    r"(?:barrel|cluster|car|truck|vehicle|suicide|roadside|air|drone|missile|rocket|artillery|bomb|mortar|sniper|tank|gun|knife|"
    r"arson|terror|gas|chlorine|sarin|phosphorus|chemical|incendiary|nerve|agent|ground|night|overnight|morning|evening|dawn|"
    r"weekend|day|week|month|retaliation|revenge|surprise|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?$",
    re.IGNORECASE,
)
BEHIND_BY = 7  # words behind "by" that can hold the name
CARRIED_OUT = frozenset(
    """carried conducted launched fired claimed staged mounted waged led perpetrated committed dropped planted ordered
    detonated made executed unleashed orchestrated thrown lobbed""".split()
)
# A country's own name before an attack tells where it was as often as whose: "the Turkey bombing".
PLACE_OF = re.compile(r"(?:attacks?|bombings?|massacres?|blasts?|explosions?|fire|push)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doer:
    """Who attacked: the words, and the known actor or the plain word for them."""

    span: Span
    actor: Actor | None
    token: Token

    @property
    def name(self) -> str:
        """The actor's name, or the word."""
        return self.actor.name if self.actor else self.token.text


def find_doers(parsed: Parsed, actors: Mapping[str, Actor]) -> Iterator[Doer]:
    """Everybody whom a noun for an attack, or something carried out "by" somebody, names."""
    for token in parsed.tokens:
        if (token.tag[:1] == "N" or token.low in GERUNDS or " " in token.low) and is_attack(token):
            yield from before_attack(parsed, token.number, actors)
        if token.low == "by" and token.number and is_of_attack(parsed, token.number):
            yield from behind_by(parsed, token.number, actors)


def is_attack(token: Token) -> bool:
    """Whether a word is a noun for an attack, or for what was fired in it; the model takes "shelling" for a verb."""
    if MUNITION.match(token.text):
        return token.tag == "NNS"
    is_noun = token.tag.startswith("NN") or token.low in GERUNDS or " " in token.low  # "air strikes" is one word here
    return is_noun and ATTACK.match(token.text) is not None


def before_attack(parsed: Parsed, attack: int, actors: Mapping[str, Actor]) -> list[Doer]:
    """Who stands before the noun of an attack: "Israeli overnight air raids", "rebel rocket and sniper fire"."""
    found: list[Doer] = []
    head = parsed.tokens[attack]
    for number in range(attack - 1, max(-1, attack - 1 - BEFORE_ATTACK), -1):
        token = parsed.tokens[number]
        if token.low in HYPOTHETICAL:
            return []
        if not found and is_attacked(token):
            break
        if not (token.tag in GLUE or token.mention or token.text == "'s") or token.low in ("but", "while", "other"):
            break
        if is_glued(parsed, number):
            continue
        if doer := doer_before(parsed, number, head, actors):
            found.append(doer)
        elif found and token.tag not in ("CC", "HYPH", "JJ", "POS", "NNP", "NN"):
            break
    return found


def is_attacked(token: Token) -> bool:
    """Whether a word before the noun of an attack is what was attacked: neither a name, nor a group, nor the means."""
    if token.mention is not None or not token.tag.startswith("NN"):
        return False
    return not any(kind.match(token.text) for kind in (MEANS, MUNITION, MACHINE, GROUP, OF_BODY, ATTACK))


def doer_before(parsed: Parsed, number: int, head: Token, actors: Mapping[str, Actor]) -> Doer | None:
    """Whether one word before the noun of an attack says whose it is."""
    token = parsed.tokens[number]
    if token.mention is not None:
        return of_mention(token, actors) if is_maker(parsed, token, head) else None
    if (state := PEOPLES.get(token.low)) and state in actors:
        is_arm = STATE_ARM.match(head.text) or any(
            STATE_ARM.match(parsed.tokens[between].text) for between in range(number + 1, head.number)
        )
        return Doer((token.start, token.end), actors[state], token) if is_arm else None
    # "rocket and sniper fire", "tank attack": what was fired, not who
    if GROUP.match(token.text) and not (MACHINE.match(token.text) and token.tag == "NN"):
        own = owner_before(parsed, number, actors)
        return Doer((token.start, token.end), own, token) if token.low not in ("sniper", "fighter") else None
    return None


def is_maker(parsed: Parsed, token: Token, head: Token) -> bool:
    """Whether a name before an attack says whose it was, not where: "coalition raids", "US strikes", "Turkey's bombing"."""
    actor = token.mention.actor if token.mention else None
    if actor is None or actor.kind in NO_FORCES:
        return False
    behind = parsed.tokens[token.number + 1]
    if actor.kind != "state" or behind.text in ("'s", "'") or behind.tag == "POS":
        return actor.kind != "person" or behind.text in ("'s", "'") or actor.speaks_for is not None
    return token.text.replace(".", "").isupper() or not PLACE_OF.search(head.text)


def owner_before(parsed: Parsed, number: int, actors: Mapping[str, Actor]) -> Actor | None:
    """Whose forces: the name or the people that stands right before the word."""
    for before in range(number - 1, max(-1, number - 4), -1):
        token = parsed.tokens[before]
        if is_glued(parsed, before):
            return None
        if token.mention is not None:
            doer = of_mention(token, actors)
            return doer.actor if doer else None
        if (state := PEOPLES.get(token.low)) and STATE_ARM.match(parsed.tokens[number].text):
            return actors.get(state)
        if not (token.tag in ("JJ", "NN", "NNP", "POS") or token.text == "'s"):
            return None
    return None


def owner_behind(parsed: Parsed, number: int, actors: Mapping[str, Actor]) -> Actor | None:
    """Whose gunmen: "gunmen from the Nusra Front", "fighters of the group X"."""
    for link in parsed.kids(number, "prep"):
        if parsed.tokens[link].low in ("from", "of"):
            for named in parsed.kids(link, "pobj"):
                doer = of_mention(parsed.tokens[named], actors)
                if doer and doer.actor and doer.actor.kind != "state":
                    return doer.actor
    return None


def of_mention(token: Token, actors: Mapping[str, Actor]) -> Doer | None:
    """A known actor as who attacked: a person stands for whom he speaks for ("Assad's forces")."""
    actor = token.mention.actor if token.mention else None
    if actor is None or actor.kind in NO_FORCES:
        return None
    if actor.kind == "person" and actor.speaks_for:
        actor = actors.get(actor.speaks_for, actor)
    return Doer((token.start, token.end), actor, token)


def is_glued(parsed: Parsed, number: int) -> bool:
    """Whether a word is part of another one: "IS-held", "anti-government", "Russian-backed"."""
    tokens = parsed.tokens
    is_before = number + 1 < len(tokens) and tokens[number + 1].text == "-"
    is_behind = number > 0 and tokens[number - 1].text == "-"
    return is_before or is_behind or ANTI.match(tokens[number].text) is not None


def is_of_attack(parsed: Parsed, by: int) -> bool:
    """Whether a "by" tells who attacked: "strikes by", "shells fired by", "a blast claimed by"."""
    before = parsed.tokens[by - 1]
    if is_attack(before):
        return True
    if before.low not in CARRIED_OUT and not (before.low == "out" and parsed.tokens[by - 2].low in CARRIED_OUT):
        return False
    if any(token.low in NEGATIONS for token in parsed.tokens[max(0, by - 1 - NEGATION_WORDS) : by]):
        return False
    near = parsed.tokens[max(0, by - 9) : by]
    return any(ATTACK.match(token.text) or MUNITION.match(token.text) or token.low == "blast" for token in near)


def behind_by(parsed: Parsed, by: int, actors: Mapping[str, Actor]) -> Iterator[Doer]:
    """The names and groups behind a "by": "by Syrian and Russian forces", "by the terrorist group X"."""
    found = False
    for token in parsed.tokens[by + 1 : by + 1 + BEHIND_BY]:
        is_end = token.tag in ("IN", "TO", "VBD", "VBZ", "VBP", "WDT", "WP", "VBN", "VBG", ".", ":", "RB")
        if is_end and not token.mention:
            return
        doer = doer_named(parsed, token.number, actors)
        if doer and not (found and parsed.tokens[token.number - 1].low not in ("and", "or", ",", "the")):
            found = True
            yield doer


def doer_named(parsed: Parsed, number: int, actors: Mapping[str, Actor]) -> Doer | None:
    """Who a word names as acting: a known actor, a state by its people's arms, a group in plain words.

    "Russian jets" are Russia's, "ISIS fighters" are those of ISIS, "gunmen" are gunmen.
    """
    token = parsed.tokens[number]
    if is_glued(parsed, number):
        return None
    if token.mention is not None:
        return of_mention(token, actors)
    if GROUP.match(token.text) and token.tag.startswith(("NN", "JJ")):
        owner = owner_before(parsed, number, actors) or owner_behind(parsed, number, actors)
        return Doer((token.start, token.end), owner, token)
    if OF_BODY.match(token.text) and number:
        before = parsed.tokens[number - 1]
        if GROUP.match(before.text) or (before.mention and before.mention.actor):
            return doer_named(parsed, number - 1, actors)
    return None
