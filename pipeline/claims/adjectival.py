"""A parsed sentence in, attributions by an adjective out: "she is confident that ...", "he was critical of the raid"."""

from collections.abc import Iterator

from pipeline.claims.attributions import Attribution
from pipeline.claims.cues import Cue
from pipeline.claims.extents import finished
from pipeline.claims.parse import Parsed
from pipeline.claims.sayers import can_speak
from pipeline.claims.scenes import Scene
from pipeline.claims.subjects import Source, closed, find_source
from pipeline.values import Span

NOBODY = frozenset(("it", "this", "that", "what", "there", "you"))  # "it is clear that": nobody in particular


def adjective_attributions(scene: Scene) -> Iterator[Attribution]:
    """Attributions by a predicate that says what somebody thinks."""
    parsed = scene.parsed
    adjectives = scene.cues.adjectives
    for token in [token for token in parsed.tokens if token.low in adjectives]:
        if not token.tag.startswith(("JJ", "VBN", "RB")):
            continue
        cue = adjectives[token.low]
        source = thinker(parsed, token.number)
        if source is None or parsed.tokens[source.head].low in NOBODY or not can_speak(parsed, source.head):
            continue
        if content := adjective_content(scene, token.number, cue):
            words = range(token.number, token.number + 1)
            denied = bool(parsed.kids(token.head, "neg") or parsed.kids(token.number, "neg"))
            yield Attribution(parsed, cue, words, source, content, "adjective", denied)


def thinker(parsed: Parsed, number: int) -> Source | None:
    """The subject of the copula, or of the participle itself: "they were worried that"."""
    token = parsed.tokens[number]
    if subjects := parsed.kids(number, "nsubjpass", "nsubj"):
        return find_source(parsed, number) or Source(parsed.subtree(subjects[0]), subjects[0], "subject")
    if token.dep in ("acomp", "oprd") and parsed.tokens[token.head].tag.startswith("VB"):
        return closed(parsed, find_source(parsed, token.head), token.head)
    return None


def adjective_content(scene: Scene, number: int, cue: Cue) -> tuple[Span, ...]:
    """The clause, infinitive or prepositional phrase that the adjective takes."""
    parsed = scene.parsed
    for child in parsed.kids(number, "ccomp", "xcomp"):
        first = parsed.tokens[parsed.first[child]]
        is_infinitive = parsed.tokens[child].dep == "xcomp" or first.low == "to"
        if child > number and ("infinitive" if is_infinitive else "clause") in cue.frames:
            return finished(scene, range(parsed.first[child], parsed.last[child] + 1), number)
    for child in parsed.kids(number, "prep", "agent"):
        if parsed.tokens[child].low in cue.frames and number < child < parsed.last[child]:
            return finished(scene, range(child + 1, parsed.last[child] + 1), number)
    return ()
