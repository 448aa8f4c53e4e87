"""The frame and the cue of an attribution in, how far to trust it out: tier A, B or C.

The tiers are those of frames, calibrated on labelled news that the rules were not written for; `make eval` prints the
precision of each and how much of what is said it finds.
"""

from pipeline.claims.cues import Cue
from pipeline.claims.hedges import BELIEF

# Words in quotation marks, before a report, behind a name: their bounds are plain and they are nearly always somebody's.
PLAIN = frozenset(("fronted", "quoted", "colon", "signed", "turn", "according_to", "fronted_bare"))
# Verbs of thought and of proof take the same clause as "said", and tell as often of what the writer infers.
INFERRED = BELIEF | frozenset(
    """know understand find learn discover see show wish wonder recall remember realize realise recognize recognise
    indicate demonstrate suggest""".split()
)
WEAK = frozenset(("passive", "as_clause", "adjective", "citing", "fronted_doubtful"))


def read_tier(rule: str, cue: Cue, has_speaker: bool) -> str:
    """A: reported speech with a speaker; B: what somebody thinks, wants or condemns; C: nouns, passives, nobody named.

    >>> read_tier("complement", Cue("say", "verb", "neutral", frozenset({"clause", "quote"})), has_speaker=True)
    'A'
    >>> read_tier("infinitive", Cue("want", "verb", "neutral", frozenset({"infinitive"})), has_speaker=True)
    'B'
    """
    if not has_speaker or rule.startswith("noun") or rule in WEAK:
        return "C"
    is_speech = rule == "complement" and "quote" in cue.frames and cue.lemma not in INFERRED
    return "A" if rule in PLAIN or is_speech else "B"
