"""The patterns behind the counts: words for harm, for tolls, for earlier values, and for what is no count of people.

Each is shown by the words that asked for it.
"""

import re

STATES = {
    "killed": r"killed|dead|died|slain|slaughtered|massacred|executed|beheaded|perished|martyred|lost their lives|murdered",
    "injured": r"injured|wounded|hurt|maimed|hospitali[sz]ed",
    "missing": r"missing|unaccounted for|disappeared",
    "displaced": r"displaced|homeless|uprooted|fled|fleeing|flee|evacuated|forced (?:to flee|from their homes)",
    "detained": r"detained|arrested|imprisoned|jailed|captured|abducted|kidnapped|"
    r"taken (?:hostage|prisoner)|held hostage|rounded up",
}
ACTIVES = {
    "killed": r"kill(?:s|ed|ing)?|left dead|slaughter(?:ed|ing)|massacr(?:ed|ing)|execut(?:ed|es|ing)|behead(?:ed|s|ing)|"
    r"claim(?:s|ed|ing) the lives of|took the lives of|cost the lives of|murder(?:ed|ing)|"
    r"deaths? of|killings? of",
    "injured": r"injur(?:es?|ed|ing)|wound(?:s|ed|ing)?|hurt(?:ing)?|wounding of|injuries to",
    "displaced": r"displac(?:es?|ed|ing)|uproot(?:ed|ing)|forc(?:ed|ing)|evacuat(?:ed|ing)|drove|displacement of",
    "detained": r"detain(?:s|ed|ing)?|arrest(?:s|ed|ing)?|captur(?:ed|es|ing)|abduct(?:ed|s|ing)|kidnap(?:ped|s|ping)|"
    r"imprison(?:ed|ing)|jail(?:ed|s|ing)|arrest of|detention of|abduction of",
}
NOUNS = {
    "killed": r"deaths|fatalities|dead",
    "injured": r"injuries|wounded|injured",
    "missing": r"missing",
    "displaced": r"displaced|refugees",
    "detained": r"detainees|arrests|detentions",
}


def either(table: dict[str, str]) -> str:
    """A pattern for any of the words, each kind a group of its own name.

    >>> either({"killed": "dead|died", "missing": "missing"})
    '(?:(?P<killed>dead|died)|(?P<missing>missing))'
    """
    return "(?:" + "|".join(f"(?P<{name}>{words})" for name, words in table.items()) + ")"


# "24 people were killed", "24 people, feared dead"
UNSURE = r"(?:feared |believed |reported |presumed |confirmed )?"
STATE = re.compile(
    r"^(?:[^.;:\"]{0,60}?\b(?:were|was|are|is|have|has|had|be|been|being|also|reportedly|to|left|as|lay|remain(?:ed)?|went)\s+"
    rf"(?:\w+ly\s+)?(?:(?:now|still|already|also)\s+)?{UNSURE}|,?\s+(?:\w+ly\s+)?{UNSURE}){either(STATES)}\b",
    re.IGNORECASE,
)
# "killed at least", "killed or wounded a total of"
ACTIVE = re.compile(
    rf"\b{either(ACTIVES)}\s+(?:(?:and|or)\s+(?:injur|wound|kill|arrest|maim)\w*\s+)?"
    r"(?:(?:the|another|a further|an additional|a total of|off|as well|his|her|their)\s+)*$",
    re.IGNORECASE,
)
# "24 more civilian deaths"
NOUN = re.compile(
    rf"^\s+(?:(?:new|more|further|additional|confirmed|reported)\s+)?(?:(?P<who>\w+)\s+)?{either(NOUNS)}\b",
    re.IGNORECASE,
)
# "the death toll rose to 58", "brought civilian deaths in coalition raids to a total of 58", "the number of wounded is 30"
TOLL = re.compile(
    r"\b(?:(?:death\s+)?toll|(?:number|total|count) of (?:people |those |civilians |the )?(?P<number_of>dead|deaths|killed|"
    r"killings|fatalities|injured|wounded|missing|displaced|detained|detainees|arrests|victims)|deaths|fatalities|"
    r"body count|casualty count)\b"
    r"(?P<between>[^.;:\d]{0,90}?)\b(?:of|to|at|reached|exceed(?:s|ed)|pass(?:es|ed)|topped|past|above|stands? at|is|was|now)\s+"
    r"(?:a\s+(?:\w+\s+)?(?:total|figure) of\s+)?$",
    re.IGNORECASE,
)
# "left 12 Daesh fighters dead"
LEFT = re.compile(r"\b(?:left|leaves|leaving)\s+(?:the\s+|another\s+)*$", re.IGNORECASE)
NOT_PEOPLE = re.compile(
    r"^(?:\s*%|\s*-?\s*(?:year|month|day|hour|minute|second|mile|kilomet|km\b|met(?:er|re)|feet|foot|inch|percent|per cent|pc\b|"
    r"pound|dollar|euro|ton|tonne|kg\b|litre|liter|barrel|acre|hectare|degree|storey|story|point|time|week|night|decade|"
    r"round|seat|vote|nation(?!al)|countr|state|o'clock|a\.?m\b|p\.?m\b|(?:air ?)?strikes?\b|raids?\b|missile|rocket|"
    r"bomb(?!er)|shell|mortar|tank|vehicle|truck|cars?\b|building|house(?!h)|home(?!less)|village(?!r)|town(?!s?people)|"
    r"position|target|sortie|jet|plane|aircraft|drone|helicopter|province|district|attack(?!er)|explosion|blast|clash|"
    r"battle|front|school(?!child|boy|girl)|hospital|mosque|st\b|nd\b|rd\b|th\b|weapon|rifle|mines?\b|checkpoint|base|"
    r"tunnel|bridge|camp(?!aign)|group|side|thing|reason|way|step|part(?!isan))|'s\b|-)",
    re.IGNORECASE,
)
MONEY_OR_LABEL = re.compile(
    r"(?:[$£€#]|\b(?:No\.|aged?|number|resolution|article|page|chapter|at age|group of|Highway|Route|Channel))\s*$",
    re.IGNORECASE,
)
AGE = re.compile(r"[A-Z][\w'-]+,\s+$")
MONTH_BEFORE = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+$")
YEAR = re.compile(r"(?:19|20)\d\d$")
# "up from an earlier toll of 13", "revised down from 30", "previously put at 13", "from 13 to 24"
FORMER = r"(?:earlier|previous|initial|first|provisional|preliminary|prior)"
FIGURE = r"(?:death\s+)?(?:toll|count|figure|number|report|estimate|tally)"
SUPERSEDED = re.compile(
    r"(?:\b(?:up|down|rising|rose|increased?|revised(?: up| down| upwards?| downwards?)?|raised|higher|lower(?:ed)?)\s+from\s+|"
    r"\bcompared (?:with|to)\s+|\b(?:earlier|previously|initially|first|originally)\s+"
    r"(?:(?:been\s+)?(?:put|given|reported|said|stood|set|announced)\s+)?(?:at|as|that)?\s*|"
    r"\b(?:replac|supersed|correct)(?:es|ed|ing)\s+|\b(?:instead of|rather than|not the)\s+|\b(?:toll|deaths)\s+from\s+)"
    rf"(?:an?\s+|the\s+)?(?:{FORMER}\s+)?(?:{FIGURE}\s+of\s+)?$",
    re.IGNORECASE,
)
EARLIER_TOLL = re.compile(rf"\b{FORMER}\s+{FIGURE}\s+(?:of|was|had been|put at|stood at|spoke of)\s+$", re.IGNORECASE)
# "including five minors and three women", "among them three children", "24 people, 5 of them children"
PART = re.compile(
    r"(?:\b(?:including|among (?:them|whom|those|the dead)(?: (?:were|was|are))?|of whom|comprising)\s+|\()(?:the\s+)?$",
    re.IGNORECASE,
)
OF_THEM = re.compile(r"^\s+of\s+(?:them|whom|those|the dead)\b", re.IGNORECASE)
AND = re.compile(r"(?:,|,?\s+(?:and|as well as|along with|plus))\s+(?:another\s+|the\s+)?$", re.IGNORECASE)
SINCE = re.compile(r"\bsince\b|\bso far (?:this|in)\b|\bto date\b", re.IGNORECASE)
# "since the battle began" opens a period, "since noon" and "since one book was lost" do not.
SINCE_EVENT = re.compile(r"since (?:the|its|it) ", re.IGNORECASE)
PERIOD = re.compile(
    r"\b(?:in|over|during|within)\s+(?=(?:the\s+)?(?:past|last)\b|this (?:week|month|year)\b)", re.IGNORECASE
)
UNTIL = re.compile(r"\b(?:until|till|up to|through)\s+$", re.IGNORECASE)
A_VICTIM = re.compile(
    r"\b(?P<article>an?)\s+(?=(?:[\w-]+\s+){0,2}?(?:civilian|child|boy|girl|woman|man|soldier|fighter|militant|journalist|policeman|"
    r"gunman|commander|baby|infant|toddler|medic|doctor|nurse|teenager|person)\b(?!'|-))",
    re.IGNORECASE,
)
REVISED_TO = re.compile(r"\b(?:to|is|at|now|by then)\s+$", re.IGNORECASE)
FIRST_GIVEN = re.compile(r"\b(?:previously|initially|originally|first|earlier)\s+\w+\s+(?:at|as)\s+$", re.IGNORECASE)
# "24 people, 5 of them children, were killed": the aside is skipped.
ASIDE = re.compile(r"^,\s[^,.;]{0,60}\d*[^,.;]{0,60},")
TOLL_WORD = re.compile(r"\btoll\b|\bdeaths\b|\bdeath count\b|\bfatalities\b", re.IGNORECASE)
# "forced 300 families to flee" displaces them, "forced 300 fighters back" does not.
DRIVES = re.compile(r"forc(?:ed|ing)|drove", re.IGNORECASE)
LEAVES_HOME = re.compile(r"[^.;]{0,30}(?:flee|from their homes|to leave|out of)", re.IGNORECASE)
