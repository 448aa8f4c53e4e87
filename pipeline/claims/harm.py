"""The patterns behind the counts: words for harm, for tolls, for earlier values, and for what is no count of people.

Each is shown by the words that asked for it.
"""

import re

from pipeline.claims.victims import VICTIM

STATES = {
    "killed": r"killed|dead|died|slain|slaughtered|massacred|executed|beheaded|perished|martyred|lost their lives|murdered|"
    r"drowned|hanged|lynched|gunned down|succumbed|"
    r"shot (?:dead|and killed)|(?:burn(?:ed|t)|buried) alive|found dead|\w+ed to death",
    "injured": r"injured|wounded|hurt|maimed|hospitali[sz]ed",
    "missing": r"missing|unaccounted for|disappeared",
    "displaced": r"displaced|homeless|left their homes|uprooted|fled|fleeing|flee|evacuated|forced (?:to flee|from their homes)",
    "detained": r"detained|arrested|imprisoned|jailed|captured|abducted|kidnapped|"
    r"taken (?:hostage|prisoner|captive|into custody)|held hostage|rounded up",
}
ACTIVES = {
    "killed": r"kill(?:s|ed|ing)?|left dead|slaughter(?:ed|ing)|massacr(?:ed|ing)|execut(?:ed|es|ing)|behead(?:ed|s|ing)|"
    r"claim(?:s|ed|ing) the lives of|took the lives of|cost the lives of|murder(?:ed|ing)|"
    r"deaths? of|killings? of|shot (?:dead|and killed)|gunn?(?:ed|ing) down|hanged|drown(?:ed|ing)",
    "injured": r"injur(?:es?|ed|ing)|wound(?:s|ed|ing)?|hurt(?:ing)?|shot and wounded|wounding of|injuries to",
    "missing": r"whereabouts of",
    "displaced": r"displac(?:es?|ed|ing)|uproot(?:ed|ing)|forc(?:ed|ing)|evacuat(?:ed|ing)|drove|driv(?:en|es|ing)|"
    r"displacement of",
    "detained": r"detain(?:s|ed|ing)?|arrest(?:s|ed|ing)?|captur(?:ed|es|ing)|abduct(?:ed|s|ing)|kidnap(?:ped|s|ping)|"
    r"imprison(?:ed|ing)|jail(?:ed|s|ing)|arrest of|detention of|abduction of|round(?:s|ed|ing) up",
}
NOUNS = {
    "killed": r"deaths|fatalities|dead|corpses",
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
UNSURE = r"(?:feared |believed |reported |presumed |confirmed |recorded )?"
STATE = re.compile(
    rf"^(?:,?\s+(?:\w+ly\s+)?{UNSURE}|"
    r"[^.;:\"]{0,60}?\b(?:were|was|are|is|have|has|had|be|been|being|also|reportedly|to|left|as|lay|remain(?:ed)?|went|got)\s+"
    rf"(?:\w+ly\s+)?(?:(?:now|still|already|also)\s+)?{UNSURE}){either(STATES)}\b",
    re.IGNORECASE,
)
# "eight fighters who died", "300 people who had been killed"
WHO = re.compile(
    r"^\s+(?:who|that)\s+(?:(?:have|had|has|were|was|are|all|later|also)\s+){0,2}(?:been\s+)?", re.IGNORECASE
)
# "two camps were destroyed and a number of fighters were killed": the fighters, not the camps
NEW_SUBJECT = re.compile(
    r"\b(?:were|was|are|is|had|has|have|needs?|hit|struck|fell|took|came|went|\w+ed)\b.*\b(?:and|but|while|as|when|after)\s+"
    r"(?:the|an?|half|some|many|most|its|their|his|her|several|all|dozens|hundreds|thousands|scores)\b",
    re.IGNORECASE,
)
OTHERS_FOLLOW = re.compile(r"^\s+(?:and|but|while)\s+(?:many|some|most|several|the|all|its)\b", re.IGNORECASE)
# A verb that takes an object does not tell what happened to its subject: "12 soldiers captured the town".
TAKES_OBJECT = re.compile(
    r"^,?\s+(?:injured|wounded|hurt|slaughtered|massacred|executed|beheaded|murdered|displaced|evacuated|detained|arrested|"
    r"imprisoned|jailed|captured|abducted|kidnapped|killed|hanged)\s+"
    r"(?!(?:\w+\s+){1,3}(?:killed|injured|wounded|hurt|missing|arrested)\b)"  # "two killed, 5 others injured"
    r"(?:the|an?|his|her|their|its|another|(?!by\b)\d+|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
# "six members of the crew died"
WITHIN = re.compile(
    r"^\s+(?:of|from|in|aboard|on|at)\s+[^.;:,\"\d]{1,30}?(?=\s+(?:died|drowned|perished|fled)\b)|"
    r"^,?\s+including(?:\s+(?!were\b|was\b|have\b|had\b)[\w'-]+){1,6}?(?=,?\s+(?:killed|dead|died|injured|wounded)\b)",
    re.IGNORECASE,
)
# "beat 12 prisoners to death", "took 11 sailors hostage", "is holding 16 hostages", "lost 31 soldiers", "claimed 19 lives"
TO_DEATH = re.compile(r"^[^.;,]{0,20}\s+to death\b", re.IGNORECASE)
AWAY = re.compile(r"^[^.;,]{0,20}?\s+(?:hostage|captive|prisoner|into custody)\b", re.IGNORECASE)
TAKES = re.compile(r"\b(?:t[ao]k(?:es?|en|ing)|took|h[eo]ld(?:s|ing)?|seiz(?:es|ed|ing))\s+(?:\w+\s+)?$", re.IGNORECASE)
CAPTIVES = re.compile(r"\b(?:hostages?|captives?|prisoners?)$", re.IGNORECASE)
LOSES = re.compile(r"\b(?:lost|los(?:es|ing))\s+(?:another\s+)?$", re.IGNORECASE)
CLAIMS_LIVES = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|cost(?:s|ing)?|took|tak(?:es|en|ing))\s+(?:another\s+)?$", re.IGNORECASE
)
LIVES = re.compile(r"^\s+(?:more\s+)?lives\b", re.IGNORECASE)
# "six bodies were found", "divers recovered 17 bodies"; three UN bodies are no dead
BODIES = re.compile(r"^\s+(?:more\s+)?bodies\b", re.IGNORECASE)
FINDS = (
    r"(?:pull(?:ed|ing)?|recover(?:ed|ing)?|f(?:ou|i)nd|receiv(?:ed|ing)|retriev(?:ed|ing)|dug|unearth(?:ed|ing)|counted|carried|"
    r"brought|took in|taken|saw|seen|identified|buried|exhumed|washed|removed|laid|lay|lined|wrapped|delivered|returned)"
)
FINDS_BODIES = re.compile(rf"\b{FINDS}\b[^.;]{{0,20}}$", re.IGNORECASE)
BODIES_FOUND = re.compile(rf"^[^.;]{{0,60}}\b(?:were|was|been|be)\s+{FINDS}\b", re.IGNORECASE)
# "of the 30 dead, 12 were children", "four of them seriously"
ARE_PART = re.compile(r"^\s+(?:were|was|are|is)\s+(?:the\s+)?(?=\w)", re.IGNORECASE)
OF_WHOM = re.compile(r"\bof\s+(?:the|those|them)\b[^.;]{0,60},\s+$", re.IGNORECASE)
BADLY = re.compile(
    r"^(?:\s+of (?:them|whom))?,?\s+(?:(?:in|a)\s+)?(?:seriously|critical(?:ly)?|badly|severely|gravely|lightly|slightly)\b",
    re.IGNORECASE,
)
# "among the dead were six children", "the victims included two infants", "of those killed, 11 were women"
AMONG = re.compile(
    r"\b(?:(?:among|of)\s+)?(?:the|those)\s+(?:(?:people|civilians|soldiers|fighters|militants|residents)\s+)?(?P<who>dead|deaths|killed|victims|casualties|wounded|injured|missing|"
    r"displaced|detained|arrested|detainees)\b(?:[^.;\d]{0,40}?\b(?:were|was|are|is)|\s+includ(?:es?|ed)|,)\s+$",
    re.IGNORECASE,
)
# "six policemen were among the dead", "two of the wounded were children", "the dead numbered 14"
HARMED = r"(?:the|those)\s+(?P<who>dead|killed|victims|casualties|wounded|injured|missing|displaced|detained|arrested|detainees)"
ARE_AMONG = re.compile(
    rf"^(?:(?:,|,?\s+and)\s+[\w-]+\s+[\w-]+){{0,2}}\s+(?:were|was|are|is)\s+among\s+{HARMED}\b", re.IGNORECASE
)
OF_HARMED = re.compile(rf"^\s+of\s+{HARMED}\b(?:\s+(?:were|was|are|is)\s+)?", re.IGNORECASE)
HARMED_NUMBER = re.compile(rf"\b{HARMED}\s+(?:number(?:s|ed)?|total(?:s|ed|led)?)\s+$", re.IGNORECASE)
# "the two pilots died": what can die is somebody, in the table or not
MORTAL = re.compile(
    r"^(?:\s+(?!were\b|was\b|had\b|have\b)[a-z][\w-]+){1,2}"
    r"(?=\s+(?:died|drowned|perished|were\s+(?:\w+ly\s+)?(?:killed|wounded|injured|shot dead))\b)"
)
ELSEWHERE = re.compile(r"^\s+(?:in|at|near|on|outside|around|inside)\s+(?!which|whom)", re.IGNORECASE)
# "killed at least", "killed or wounded a total of", "was killed along with his"
ACTIVE = re.compile(
    rf"\b{either(ACTIVES)}\s+(?:(?:along|together)\s+with\s+|alongside\s+)?(?:(?:and|or)\s+(?:injur|wound|kill|arrest|maim)\w*\s+)?"
    r"(?:(?:the|all|both|another|a further|an additional|a confirmed|a reported|a total of|off|as well|his|her|their)\s+)*$",
    re.IGNORECASE,
)
# "killing the head of the council and around 20 drivers": the second object
ALSO_ACTIVE = re.compile(
    rf"\b{either(ACTIVES)}\s+(?!by\b|in\b|on\b|at\b|when\b|and\b|or\b)"
    r"(?:(?!\b(?:were|was|had|has|have|said|and|but|who|which|that|in|on|at|when|after)\b)[\w'-]+\s+){1,9}and\s+$",
    re.IGNORECASE,
)
OBJECT_ENDS = re.compile(
    r"^\s*(?:[.,;]|$|(?:in|on|at|near|when|as|after|during|while|who|inside|outside|there)\b)", re.IGNORECASE
)
# "24 more civilian deaths"
NOUN = re.compile(
    rf"^\s+(?:(?:new|more|further|additional|confirmed|reported)\s+)?(?:(?P<who>(?!and\b|or\b|but\b)\w+)\s+)?{either(NOUNS)}\b",
    re.IGNORECASE,
)
# "the death toll rose to 58", "brought civilian deaths in coalition raids to a total of 58", "the number of wounded is 30"
TOLL = re.compile(
    r"\b(?:(?P<number_who>civilian|child)\s+)?(?:(?:death\s+)?toll|(?:number|total|count) of "
    r"(?:(?P<of_whom>people|civilians|children|women) |those |the )?"
    r"(?P<number_of>dead|deaths|killed|"
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
EARLIER_TOLL = re.compile(
    rf"\b{FORMER}\s+{FIGURE}\s+(?:of|was|had been|put at|stood at|spoke of)\s+$|"
    rf"\b{FIGURE},?\s+(?:which|that)\s+(?:had|earlier|previously|initially)\s+(?:\w+\s+){{1,2}}(?:at\s+)?$",
    re.IGNORECASE,
)
# "rose to 24 from 13"
ROSE_FROM = re.compile(
    r"\b(?:rose|ris(?:en|es|ing)|climb\w*|jump\w*|increas\w+|up|grew|fell|dropped)\s+to\s+[\w, -]{1,40}?\bfrom\s+$",
    re.IGNORECASE,
)
# "half of the 200 passengers", but "half of the 24 dead"
SHARE_OF = re.compile(
    r"\b(?:half|thirds?|quarters?|most|majority|fifth|tenth)\s+(?:of\s+)?(?:the|those|its|their|all)\s+$", re.IGNORECASE
)
WERE_HARMED = re.compile(
    r"\s+(?:\w+\s+)?(?:dead|deaths|killed|victims|casualties|wounded|injured|missing|fatalities)\b", re.IGNORECASE
)
# "one in three children"
FEW = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
IN_SO_MANY = re.compile(rf"\s+(?:in|out of)\s+(?:every\s+)?{FEW}\s+(?:{VICTIM})\b", re.IGNORECASE)
ONE_IN = re.compile(rf"\b{FEW}\s+(?:in|out of)\s+(?:every\s+)?$", re.IGNORECASE)
# "12 of the 24 wounded had died"
THEN_DIED = re.compile(
    r"\s+(?:wounded|injured|hurt|missing|kidnapped|captured|detained)\s+(?:\w+\s+)?(?:(?:have|had|has|later|since|then|also)\s+){0,3}"
    r"(?:died|(?:were|been)\s+killed|succumbed)\b",
    re.IGNORECASE,
)
# "raising the toll from 9 to 11"
TOLL_FROM = re.compile(
    r"\b(?:rais|bring|push|tak|lift|driv)(?:es|s|ing)\s+(?:\w+\s+){0,3}(?:toll|total|tally)\s+(?:up\s+)?from\s+$",
    re.IGNORECASE,
)
# "bringing the week's total to 95"
NEW_TOTAL = re.compile(
    r"\b(?:rais|bring|push|tak|lift|driv)(?:es|s|ing)\s+(?:[\w'-]+\s+){0,3}(?:total|tally|count|number)\s[^.;:\d]{0,40}?\bto\s+$",
    re.IGNORECASE,
)
# "spoke of 70 dead, but state television reported only 12"
OTHER_COUNT = re.compile(
    r"\b(?:but|while|whereas|though)\b[^.;\d]{0,40}\b(?:reported|said|gave|counted|spoke of|put it at|put the figure at)\s+$",
    re.IGNORECASE,
)
NOTHING_BEHIND = re.compile(r"^\s*(?:[.,;\"]|$)")
# "including five minors and three women", "among them three children", "24 people, 5 of them children"
PART = re.compile(
    r"(?:\b(?:including|among (?:them|whom|those|the dead)(?: (?:were|was|are))?|of whom|comprising)\s+|\()(?:the\s+)?$",
    re.IGNORECASE,
)
# "12 people, three of whom were children"; "20 of them were under the age of 16"
OF_AGE = re.compile(r"(?:under|over|below|above|aged|younger|older)\b", re.IGNORECASE)
OF_THEM = re.compile(r"^\s+of\s+(?:them|whom|those|the dead)\b", re.IGNORECASE)
AND = re.compile(
    r"(?:,|,?\s+(?:and|as well as|along with|plus))\s+(?:(?:another|the|his|her|their|its)\s+)?$", re.IGNORECASE
)
AND_OF_THEM = re.compile(r"(?:,|,?\s+(?:and|including|with))\s+$", re.IGNORECASE)
SINCE = re.compile(r"\bsince\b|\bso far (?:this|in)\b|\bto date\b", re.IGNORECASE)
# "the deadliest attack since 2013, when 300 people died": the year of the dead, not the start of a count
SINCE_WHEN = re.compile(r",\s+(?:when|where|in which)\b", re.IGNORECASE)
# "since the battle began" opens a period, "since noon" and "since one book was lost" do not.
SINCE_EVENT = re.compile(r"since (?:the|its|it) ", re.IGNORECASE)
PERIOD = re.compile(
    r"\b(?:in|over|during|within)\s+(?=(?:the\s+)?(?:past|last)\b|this (?:week|month|year)\b)", re.IGNORECASE
)
UNTIL = re.compile(r"\b(?:until|till|up to|through)\s+$", re.IGNORECASE)
STATED_AT_ONCE = re.compile(r"^\s+(?:injured|wounded|hurt|missing|arrested|detained)\b", re.IGNORECASE)
A_VICTIM = re.compile(
    r"(?<!\bof them )(?<!\bof whom )\b(?P<article>an?)\s+"
    r"(?!(?:few|dozen|handful|further|total|group|number|couple|crowd|pair|second|third)\b)"
    r"(?!(?:[\w-]+\s+){0,2}(?:famil|crew|staff|police\b|troops))"
    rf"(?=(?:(?!\d+\s)[\w-]+\s+){{0,2}}?(?:{VICTIM})\b(?!'|-))",
    re.IGNORECASE,
)
REVISED_TO = re.compile(r"\b(?:to|is|at|now|by then)\s+$", re.IGNORECASE)
FIRST_GIVEN = re.compile(r"\b(?:previously|initially|originally|first|earlier)\s+\w+\s+(?:at|as)\s+$", re.IGNORECASE)
# "24 people, 5 of them children, were killed": the aside is skipped.
ASIDE = re.compile(r"^,\s[^,.;]{0,60}\d*[^,.;]{0,60},")
# "24 were killed in Aleppo and seven others": what follows a state counts anew
HAPPENED = re.compile(rf"\b(?:were|was|been)\s+(?:\w+ly\s+)?{either(STATES)}\b|\bdied\b", re.IGNORECASE)
# "53 civilians including 21 children perished": the same without its commas
BARE_ASIDE = re.compile(
    r"^\s+(?:including|among (?:them|whom))\s+[^.;:,]{1,80}?"
    r"(?=\s+(?:were|was|have|has|had|are|died|perished|drowned|lost|succumbed|killed|dead|injured|wounded)\b)",
    re.IGNORECASE,
)
# "three children were among the eight dead"
AMONG_NEXT = re.compile(r"\s+(?:were|was|are|is)\s+among\s+(?:the\s+)?(?:at least\s+)?$", re.IGNORECASE)
AS_WELL = re.compile(r"\bas well as\s+(?:another\s+)?$", re.IGNORECASE)
# "while eight persons were injured": others
OTHERS_TOLD = re.compile(r"\d|\b(?:while|whilst|whereas|but)\b", re.IGNORECASE)
# "one family" in "six members of one family"
ONE_GROUP = re.compile(r"\s+(?:\w+\s+)?(?:family|household|clan|crew|team)\b", re.IGNORECASE)
TOLL_WORD = re.compile(r"\btoll\b|\bdeaths\b|\bdeath count\b|\bfatalities\b", re.IGNORECASE)
# "forced 300 families to flee" displaces them, "forced 300 fighters back" does not.
DRIVES = re.compile(r"forc(?:ed|ing)|drove|driv(?:en|es|ing)", re.IGNORECASE)
LEAVES_HOME = re.compile(r"[^.;]{0,30}(?:flee|from their homes|to leave|out of)", re.IGNORECASE)
