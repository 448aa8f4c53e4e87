"""The words, counts and modality of a claim in, its type out."""

import re
from collections.abc import Sequence

from pipeline.claims.cues import Cue
from pipeline.values import Quantity, Span

# In lower case, as HARM is.
DEATH = re.compile(r"\b(?:killed|killing|deaths?|dead|died|toll|casualties|fatalities|injured|wounded|victims)\b")
DISPLACEMENT = re.compile(r"\b(?:displac\w+|fled|fleeing|refugees|evacuat\w+)\b")
DETENTION = re.compile(r"\b(?:detain\w*|detention|arrest\w*|kidnap\w*|abduct\w*|hostages?|prisoners?)\b")
GROUND = re.compile(
    r"\b(?:captur\w+|seiz\w+|retak\w+|retook|recaptur\w+|liberat\w+|advanc\w+|encircl\w+|surrounded|sealed off|"
    r"territory|withdr[ae]w\w*|retreat\w*|(?:took|taken|in|under|lost|full) control|stronghold|front ?lines?)\b",
)
ATTACK = re.compile(
    r"\b(?:attack\w*|(?:air ?)?strikes?|struck|raids?|bomb\w*|shell(?:ed|ing)|hit by|was hit|were hit|missiles?|rockets?|"
    r"explosions?|blasts?|assault\w*|offensive|fired on|clash\w*|fighting)\b",
)
STANCES = frozenset(
    """condemn denounce criticize criticise decry deplore slam blast lambast praise applaud hail commend welcome mock
    ridicule support oppose endorse favor favour defend reject blame accuse urge call demand want desire need intend plan
    aim seek vow pledge swear threaten promise refuse decline agree regret lament ask request recommend order""".split()
)


def read_type(text: str, spans: Sequence[Span], quantities: Sequence[Quantity], read: tuple[Cue | None, str]) -> str:
    """casualty | attack | territorial | displacement | detention | stance | assessment | other.

    >>> read_type("forces are advancing into the city", [(0, 34)], (), (None, "asserted"))
    'territorial'
    """
    cue, modality = read
    words = " ".join(text[start:end] for start, end in spans).lower()
    metrics = {quantity.metric for quantity in quantities}
    if metrics & {"killed", "injured", "missing"}:
        return "casualty"
    if metrics:
        return "displacement" if "displaced" in metrics else "detention"
    named = (
        ("casualty", DEATH),
        ("displacement", DISPLACEMENT),
        ("detention", DETENTION),
        ("territorial", GROUND),
        ("attack", ATTACK),
    )
    if found := next((name for name, pattern in named if pattern.search(words)), None):
        return found
    if cue is not None and cue.lemma in STANCES:
        return "stance"
    return "assessment" if modality != "asserted" else "other"
