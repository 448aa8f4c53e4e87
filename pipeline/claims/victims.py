"""Words for people in, the class of victim out: "minors" are children, "fighters" combatants."""

import re

CLASSES = {
    "civilian": "civilians? non-?combatants? noncombatants? villagers? residents? bystanders? townspeople",
    "child": """child children minors? boys? girls? infants? bab(?:y|ies) toddlers? teenagers? schoolchildren kids? sons?
        daughters? pupils? schoolboys? schoolgirls? newborns?""",
    "woman": "wom[ae]n mothers? wives wife sisters? grandmothers? widows?",
    "man": "m[ae]n fathers? husbands? brothers? grandfathers?",
    "combatant": r"""fighters? militants? soldiers? troops combatants? gunm[ae]n rebels? insurgents? jihadists? jihadis?
        extremists? terrorists? militiam[ae]n servicem[ae]n guards? commandos? policem[ae]n officers? recruits? suspects?
        members?(?! of (?:\w+ ){0,2}family) commanders? attackers? bombers?
        loyalists? forces bodyguards? gunners? snipers? paratroopers? conscripts? marines? police""",
    "aid_worker": """aid workers? rescue workers? relief workers? emergency workers? ambulance workers? humanitarian workers?
        paramedics? medics? doctors? nurses? rescuers? health workers? volunteers?""",
    "journalist": "journalists? reporters? photographers? camera(?:m[ae]n|wom[ae]n)",
    "people": r"""people persons? others victims? inhabitants? lives souls individuals? pilgrims? worshippers? passengers?
        students? workers? refugees? migrants? prisoners? detainees? hostages? famil(?:y|ies) members?
        members of (?:\w+ ){0,2}family famil(?:y|ies)
        crew members? relatives cousins? shepherds? farmhands? labou?rers? sailors? captives? climbers? hikers?
        activists? engineers? teachers? lawyers? judges? officials? politicians? tourists? guests? visitors? vendors?
        traders? merchants? monks? priests? pilots?
        clerics? imams? athletes? players? fans spectators? pedestrians? motorists? cyclists? customers? diners? inmates?
        evacuees? herders? hunters? swimmers? voters? settlers? aides? staff crew servants? clerks? scientists? researchers?
        protesters? demonstrators? patients? farmers? shoppers? mourners? fisherm[ae]n miners? drivers? employees?
        citizens? nationals? survivors? passers-?by siblings? orphans? comrades? colleagues? deserters? ministers?
        lawmakers? mayors? mps elders?
        (?:iraqi|syrian|palestinian|israeli|ukrainian|russian|turk|american|kurd|yemeni|afghan|lebanese)(?:s|(?=\s(?:was|were|who|died|has|have|is|are|in)\b|[.,;]))""",
}
# "famil(?:y|ies) members?" and "aid workers?" hold a space: they are taken out first.
TWO_WORDS = (
    "aid workers?",
    "rescue workers?",
    "relief workers?",
    "emergency workers?",
    "ambulance workers?",
    "humanitarian workers?",
    "health workers?",
    r"famil(?:y|ies) members?",
    "crew members?",
    r"members of (?:\w+ ){0,2}family",
    r"members?(?! of (?:\w+ ){0,2}family)",
)


def class_words(words: str) -> list[str]:
    """The single patterns of one class."""
    found = [pattern for pattern in TWO_WORDS if pattern in words]
    for pattern in found:
        words = words.replace(pattern, " ")
    return [*found, *words.split()]


VICTIM = "|".join(
    f"(?P<{name}>{'|'.join(sorted(class_words(words), key=len, reverse=True))})" for name, words in CLASSES.items()
)
# Up to four words may stand between the number and the noun: "24 Syrian and Iraqi civilians"; none ends the phrase.
NOT_BETWEEN = (
    r"(?:and (?:many|some|most|several|the|his|her|their|other)|"
    r"were|was|are|(?-i:is)|be|been|have|has|had|in|on|at|from|by|since|and were|who|which|that|to|for|near|when|after|as|while|"
    r"during|killed|wounded|injured|dead|died|missing|displaced|detained|deaths?|fatalities|of whom|including|others)\b"
)
VICTIM_PHRASE = re.compile(
    r"(?:\s+of\s+(?:them|whom|those killed|the dead)(?:\s+were|\s+are)?)?"
    rf"(?P<between>(?:\s+(?!{NOT_BETWEEN}|\d+\s|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s)[\w'-]+,?){{0,4}}?)\s+(?:{VICTIM})\b(?!-)",
    re.IGNORECASE,
)
VICTIM_WORD = re.compile(rf"\b(?:{VICTIM})\b", re.IGNORECASE)


def victim_class(match: re.Match[str]) -> str:
    """The class whose word a match of one of the two patterns found.

    >>> victim_class(VICTIM_PHRASE.match(" Daesh fighters"))
    'combatant'
    """
    return next(name for name in CLASSES if match[name])
