"""A parsed sentence in, the reports in it that put a number on a toll out: "the monitor put the toll at six"."""

import re
from collections.abc import Iterator

from pipeline.claims.attributions import Attribution
from pipeline.claims.cues import Cue
from pipeline.claims.extents import finished
from pipeline.claims.sayers import can_speak
from pipeline.claims.scenes import Scene
from pipeline.claims.subjects import closed, find_source, is_passive

PUTS = frozenset(
    "put puts gave gives given raised raises lowered lowers revised revises set sets estimated estimates".split()
)
PUT = Cue("put", "verb", "neutral", frozenset(("object",)))
GIVEN = re.compile(
    r"(?:tolls?|number|count|tally|figure|deaths|casualties|dead|losses)$",
    re.IGNORECASE,
)
BEHIND = frozenset(("at", "to", "of", "as"))


def toll_attributions(scene: Scene) -> Iterator[Attribution]:
    """Attributions by a verb that states a toll."""
    parsed = scene.parsed
    for token in parsed.tokens:
        if token.low not in PUTS or not token.tag.startswith("VB") or is_passive(parsed, token.number):
            continue
        tolls = [child for child in parsed.kids(token.number, "dobj") if GIVEN.match(parsed.tokens[child].text)]
        source = closed(parsed, find_source(parsed, token.number), token.number)
        if not tolls or source is None or not can_speak(parsed, source.head) or source.words[-1] >= token.number:
            continue
        behind = [other for other in parsed.tokens[tolls[0] :] if other.low in BEHIND]
        has_number = any(other.tag == "CD" for other in parsed.tokens[tolls[0] :])
        if behind and has_number:
            words = range(parsed.first[tolls[0]], len(parsed.tokens))
            content = finished(scene, words, token.number)
            cue = range(token.number, token.number + 1)
            if content:
                yield Attribution(parsed, PUT, cue, source, content, "toll_given")
