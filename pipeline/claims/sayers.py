"""A word in, whether it can say anything out: people, bodies of people and documents can, storms cannot."""

import re

from pipeline.claims.parse import Parsed

# Who can blame, deny or want: with these cues a thing as subject is no speaker ("the storm threatened to ...").
HUMAN = re.compile(
    r"(?:\w*(?:m[ae]n|persons?|people|officials?|leaders?|ists?|ians?|ents|sources?|lawyers?|workers?|fighters?|rebels?|"
    r"ministers?|ministr(?:y|ies)|officers?|commanders?|spokes\w+|witness(?:es)?|residents?|presidents?|governments?|"
    r"regime|army|military|forces?|police|groups?|parties|party|agenc(?:y|ies)|coalition|council|commission|committee|"
    r"monitors?|doctors?|medics?|victims?|famil(?:y|ies)|relatives?|analysts?|experts?|critics|supporters?|opponents?|"
    r"candidates?|senators?|governors?|mayors?|judges?|court|campaign|team|company|companies|union|church|troops|"
    r"soldiers?|parents?|mother|father|brother|sister|son|daughter|wife|husband|voters?|citizens?|countr(?:y|ies)|states?|"
    r"nations?|authorit(?:y|ies)|organi[sz]ations?|charit(?:y|ies)|body|department|office|bureau|chiefs?|heads?|"
    r"secretar(?:y|ies)|generals?|colonels?|diplomats?|ambassadors?|envoys?|negotiators?|researchers?|scientists?|"
    r"professors?|authors?|editors?|writers?|hosts?|pollsters?|chairm[ae]n|members?|delegat\w+|administration|congress|"
    r"parliament|senate|house|kingdom|allies|ally|side|militants?|insurgents?|jihadists?|protesters?|demonstrators?|"
    r"refugees?|survivors?|neighbou?rs?|men|women|others?|many|some|few|most|both|all|one|percent|majority|attorneys?|teachers?|students?|owners?))$",
    re.IGNORECASE,
)
PRONOUNS = frozenset("he she they we i you it who both others many some".split())
DOCUMENT = re.compile(
    r"(?:reports?|statements?|documents?|videos?|footage|accounts?|polls?|surveys?|stud(?:y|ies)|data|figures|images?|"
    r"photographs?|photos?|letters?|posts?|tweets?|articles?|newspapers?|media|magazine|records?|e-?mails?|reviews?|"
    r"investigation|analysis|research|transcripts?|memos?|books?|websites?|blog|press|news|release|station|television|"
    r"channel|radio|network|page|message|account|survey|census|audit|assessment|estimates?)$",
    re.IGNORECASE,
)


def can_speak(parsed: Parsed, number: int) -> bool:
    """Whether a word names a person, a body of people or something that was written."""
    token = parsed.tokens[number]
    if token.mention is not None:
        return token.mention.actor is not None or bool(token.mention.candidates)
    return (
        token.tag in ("NNP", "NNPS")
        or token.low in PRONOUNS
        or bool(HUMAN.match(token.text) or DOCUMENT.match(token.text))
    )
