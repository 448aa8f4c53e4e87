"""A claim's words and its cue in, how sure it is said out: modality and the words that hedge it."""

import re
from collections.abc import Sequence

from pipeline.claims.cues import Cue
from pipeline.claims.victims import VICTIM
from pipeline.text import lowered
from pipeline.values import Span

TO_RISE = "to (?:rise|increase|grow|climb)"  # "the toll is likely to rise" foresees
# The first kind that is found names the modality; each pattern is shown by the words that asked for it.
HEDGES = {
    # "the weapons could well end up in the possession of the PKK"
    "possible": r"\b(?:could|may|might)(?:\s+(?:well|also|yet|still|have|be))?\b|\b(?:possibly|perhaps|potentially|"
    rf"allegedly|reportedly|apparently|seemingly|purportedly|likely(?! {TO_RISE})|probably|suspected|alleged|unconfirmed|"
    r"appear(?:s|ed)? to|"
    r"seem(?:s|ed)? to|cannot be ruled out|can't rule out)\b",
    # "24 are believed to have died"
    "believed": r"\b(?:believed|thought|feared|presumed|assumed|understood|suspected|estimated) (?:to\b|that\b|dead\b|killed\b)",
    # "the city will fall"
    "predicted": rf"\b(?:likely {TO_RISE}|will|shall|going to|expected to|about to|set to|due to (?:begin|start|arrive)|"
    r"poised to|'ll|won't)\b",
}
PATTERNS = {modality: re.compile(words) for modality, words in HEDGES.items()}  # for words in lower case
# Not whether it happened but who or what it was is in doubt: "48 alleged rebels", "strikes thought to be carried out by ..".
OF_A_DETAIL = re.compile(
    rf"(?:alleged|suspected)\s+(?:[\w-]+\s+){{0,2}}?(?:{VICTIM})\b|suspected\s+of\b|"
    r"(?:believed|thought|suspected|reported|alleged)\s+to\s+(?:be|have\s+been)\s+(?:carried\s+out|launched|fired|conducted|"
    r"behind|responsible|the\s+work\s+of)\b|(?:reportedly|allegedly|apparently)\s+(?:using|carried\s+out|backed|armed|led)\b",
    re.IGNORECASE,
)
DAY_BEHIND = re.compile(r"May,?\s+\d")
MONTH_BEFORE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?(?: of)?|\b(?:in|on|of|since|until|by|early|late|mid))[\s-]$", re.IGNORECASE
)
BELIEF = frozenset(
    """believe think suppose suspect feel fear hope worry assume presume imagine guess doubt reckon estimate expect
    anticipate belief view opinion suspicion""".split()
)
FORESIGHT = frozenset(
    "predict forecast foresee expect anticipate promise vow pledge threaten plan intend prediction expectation".split()
)
MENTAL_PRONOUNS = frozenset("it he she they we i".split())


def find_hedges(text: str, spans: Sequence[Span]) -> list[tuple[str, Span]]:
    """The hedging words inside the spans and the modality that each gives, in order.

    >>> find_hedges("the weapons could well end up there", [(0, 35)])
    [('possible', (12, 22))]
    """
    found = [
        (modality, match.span())
        for start, end in spans
        for modality, pattern in PATTERNS.items()
        for match in pattern.finditer(lowered(text), start, end)
        if not (text.startswith("May", match.start()) and is_month(text, match.start()))
        and not OF_A_DETAIL.match(text, match.start())
    ]
    return sorted(found, key=lambda hedge: (hedge[1], hedge[0]))


def is_month(text: str, start: int) -> bool:
    """Whether a capitalised "May" is the month: "in May", "May 21", "21 May".

    >>> is_month("killed in May", 10), is_month("May they rest", 0)
    (True, False)
    """
    return bool(DAY_BEHIND.match(text, start) or MONTH_BEFORE.search(text, max(0, start - 12), start))


def read_modality(cue: Cue | None, is_denied: bool, hedges: Sequence[tuple[str, Span]]) -> str:
    """asserted | believed | possible | predicted | denied, by the cue first and then by the strongest hedge.

    >>> read_modality(Cue("deny", "verb", "denying", frozenset()), False, [])
    'denied'
    >>> read_modality(Cue("say", "verb", "neutral", frozenset()), False, [("possible", (0, 5))])
    'possible'
    """
    if cue is not None and cue.cue_class == "denying":
        return "denied" if not is_denied else "asserted"
    if is_denied:
        return "denied" if cue is not None and cue.lemma in BELIEF else "possible"
    if cue is not None and cue.lemma in FORESIGHT:
        return "predicted"
    if cue is not None and cue.lemma in BELIEF:
        return "believed"
    kinds = {modality for modality, _ in hedges}
    return next((modality for modality in ("possible", "believed", "predicted") if modality in kinds), "asserted")
