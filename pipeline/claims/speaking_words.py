"""A word in, what it can be in the phrase of a speaker out: a noun that speaks, a part of a name, what stands before either."""

import re

from pipeline.claims.parse import Parsed, Token
from pipeline.claims.sayers import DOCUMENT, HUMAN

PROPER = frozenset(("NNP", "NNPS"))
NOUNS = frozenset(("NN", "NNS")) | PROPER
ARTICLES = frozenset("the a an its his her their this another one".split())
# Bodies and media that HUMAN and DOCUMENT do not list, in lower case.
BODY = re.compile(
    r"(?:tv|observatory|monitors?|sources?|services?|defen[cs]e|cent(?:er|re)|foundation|institute|alliance|federation|"
    r"brigade|faction|command|embassy|mission|watchdog|broadcaster|daily|outlets?|rescuers|responders|medics|paramedics|"
    r"charity|front|opposition|locals|figure|sheikh|premier|chancellor|director|surgeon|doctor|nurse|activist|"
    r"spokes\w+|correspondents?|reporters?|photographers?|dispatch(?:es)?|observers?|deputy|advis[eo]r|militia|movement|"
    r"hospital|clinic)$"
)
# What may stand before such a noun without an article: "state television", "local military sources".
BEFORE_NOUN = frozenset(
    """state news media military security government opposition rebel rebels army police hospital medical health war rights
    defence defense aid rescue relief intelligence tribal border air force navy foreign interior information religious
    resistance observatory ministry presidency regime agency press union coalition council network television radio deputy vice
    human affairs emergency civil community provincial monitoring activist militia group team
    committee""".split()
)
KEEPS_PLURAL = frozenset("rights affairs news services operations forces".split())  # plural, and still before a noun
# Adjectives that stand behind what they describe: "24 people dead | activists said".
STANDS_BEHIND = frozenset(
    """dead missing alive wounded injured homeless trapped unaccounted hurt ill safe free unknown unclear
    responsible empty unharmed critical high low early late last next north south east west old ago possible such
    alone same more most least less many others""".split()
)
HYPHENED = frozenset("run backed linked based owned aligned allied led affiliated friendly funded sponsored".split())
DAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december today yesterday overnight""".split()
)
SPEAKING_PRONOUNS = frozenset("he she they it".split())
PART_OF = frozenset("of for in from at with inside near on to".split())  # between a speaker and what tells which one
ENDS_A_CLAUSE = frozenset(
    """died fled escaped survived fell collapsed arrived withdrew retreated surrendered exploded advanced continued resumed
    crashed failed erupted perished disappeared vanished occurred happened dead alive alone wounded injured missing homeless
    overnight""".split()
)
BARE = frozenset("media television radio tv police opposition state medics".split())  # they need no article
CERTAIN_OWNER = re.compile(r"[^aeiou]ys$")  # "the countrys": no plural is spelt so


def is_speaking_noun(token: Token) -> bool:
    """Whether a common noun names people, a body or a medium."""
    is_noun = token.tag in NOUNS or token.low in ("media", "military")
    return is_noun and bool(HUMAN.match(token.low) or DOCUMENT.match(token.low) or BODY.match(token.low))


def is_name_part(token: Token) -> bool:
    """Whether a word can go on a name to the left: capitalised, no day and no known place; or "al", "-"."""
    if token.mention is not None or token.low in DAYS:
        return False
    return (
        (token.tag in PROPER and token.text[:1].isupper())
        or token.low in ("al", "el", "bin", "-")
        or token.low == "mr."
    )


def is_nationality(token: Token) -> bool:
    """Whether a word is one like "Syrian" or "Turkish"."""
    is_name = token.tag in ("JJ", *PROPER) and token.text[:1].isupper() and token.mention is None
    return is_name and token.low.endswith(("an", "ish", "ese", "i", "ist", "ic", "ch")) and token.low not in DAYS


def goes_before_noun(token: Token, before: Token | None) -> bool:
    """Whether a word in lower case stands before nouns: "local", "state", not "dead", nor a plural."""
    if token.low in BEFORE_NOUN:
        return token.tag != "NNS" or token.low in KEEPS_PLURAL
    is_predicate = before is not None and before.tag.startswith("VB")
    return token.tag == "JJ" and token.low not in STANDS_BEHIND and not is_predicate


def needs_object(parsed: Parsed, verb: Token) -> bool:
    """Whether the phrase behind a finite verb may be its object: "they attacked the group", not "they were killed"."""
    helpers = ("was", "were", "been", "is", "are", "be", "being")
    nearby = parsed.tokens[max(0, verb.number - 3) : verb.number]
    return not any(token.low in helpers for token in nearby) and verb.low not in ENDS_A_CLAUSE


def article_before(parsed: Parsed, last: int) -> int | None:
    """The article that can open the phrase of a noun: only words that stand before nouns lie between them."""
    for number in range(last - 1, max(-1, last - 9), -1):
        token = parsed.tokens[number]
        if token.low in ARTICLES and token.tag in ("DT", "PRP$", "CD", "JJ"):
            return number
        is_inside = token.tag in NOUNS or token.tag in (
            "JJ",
            "JJS",
            "JJR",
            "VBN",
            "VBG",
            "HYPH",
            "POS",
            "RB",
            "NNP",
            "CD",
            "ADD",
            "AFX",
        )
        if not (is_inside or token.mention or token.text in ("-", "/", "s")) or token.low in DAYS:
            return None
    return None
