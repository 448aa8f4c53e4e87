"""A parsed sentence in, attributions without a reporting verb out: "the army's claim that ...", "according to X"."""

from collections.abc import Iterator

from pipeline.claims.attributions import Attribution
from pipeline.claims.cues import Cue
from pipeline.claims.extents import around, finished
from pipeline.claims.parse import Parsed
from pipeline.claims.sayers import can_speak
from pipeline.claims.scenes import Scene
from pipeline.claims.sentences import HARM
from pipeline.claims.subjects import Source, find_source, noun_phrase, trimmed
from pipeline.values import Span

SUPPORT = frozenset(
    """make makes made making issue issues issued issuing give gives gave given giving have has had having express
    expresses expressed expressing release releases released releasing voice voices voiced voicing post posted publish
    published repeat repeated repeats deliver delivered offer offered raise raised share shared""".split()
)


def noun_attributions(scene: Scene) -> Iterator[Attribution]:
    """Attributions by a reporting noun: "the army's claim that 24 died", "reports of 24 deaths"."""
    parsed = scene.parsed
    nouns = scene.cues.nouns
    for token in [token for token in parsed.tokens if token.low in nouns]:
        if not token.tag.startswith("NN") or token.mention:
            continue
        cue = nouns[token.low]
        rule, words = noun_content(parsed, token.number, cue)
        source = noun_source(parsed, token.number)
        if words is None or (source is None and rule != "noun_clause"):
            continue
        if content := finished(scene, words, token.number):
            yield Attribution(parsed, cue, range(token.number, token.number + 1), source, content, rule)


def noun_content(parsed: Parsed, noun: int, cue: Cue) -> tuple[str, range | None]:
    """The clause or phrase that says what the noun is about."""
    for child in parsed.kids(noun, "acl", "ccomp", "relcl"):
        first = parsed.tokens[parsed.first[child]]
        marks = [parsed.tokens[number] for number in parsed.kids(child, "mark", "dobj", "nsubj")]
        is_that = first.low == "that" and any(mark.low == "that" and mark.dep == "mark" for mark in marks)
        if is_that and "clause" in cue.frames:
            return "noun_clause", parsed.subtree(child)
        if first.low == "to" and "infinitive" in cue.frames:
            return "noun_infinitive", parsed.subtree(child)
    for child in parsed.kids(noun, "prep"):
        if parsed.tokens[child].low in cue.frames and parsed.last[child] > child:
            words = range(child + 1, parsed.last[child] + 1)
            if parsed.tokens[child].low != "of" or any(HARM.match(parsed.tokens[number].low) for number in words):
                return "noun_of", words
    return "", None


def noun_source(parsed: Parsed, noun: int) -> Source | None:
    """Whose claim it is: a possessive, a by-phrase, or the subject of "made", "issued"."""
    for child in parsed.kids(noun, "poss"):
        words = [number for number in parsed.subtree(child) if parsed.tokens[number].tag != "POS"]
        return Source(trimmed(parsed, range(words[0], words[-1] + 1)), child, "possessive") if words else None
    for child in parsed.kids(noun, "prep", "agent"):
        if parsed.tokens[child].low in ("by", "from"):
            for name in parsed.kids(child, "pobj"):
                if can_speak(parsed, name):
                    return noun_phrase(parsed, name, None, "by")
    token = parsed.tokens[noun]
    if token.dep == "dobj" and parsed.tokens[token.head].low in SUPPORT:
        return find_source(parsed, token.head)
    return None


def phrase_attributions(scene: Scene) -> Iterator[Attribution]:
    """Attributions by "according to" and its like."""
    parsed = scene.parsed
    sentence = scene.text[parsed.span[0] : parsed.span[1]].lower()
    for phrase, cue in scene.cues.phrases.items():
        if phrase not in sentence:
            continue
        words = phrase.split()
        for number in range(len(parsed.tokens) - len(words)):
            if [token.low for token in parsed.tokens[number : number + len(words)]] == words:
                yield from by_phrase(scene, range(number, number + len(words)), cue)


def by_phrase(scene: Scene, words: range, cue: Cue) -> Iterator[Attribution]:
    """The attribution of one "according to X"."""
    parsed = scene.parsed
    last = words[-1]
    nouns = parsed.kids(last, "pobj") or [number for number in (last + 1,) if number < len(parsed.tokens)]
    source = noun_phrase(parsed, nouns[0], None, "according_to")
    hole = range(words[0], source.words[-1] + 1)
    content = according_content(scene, words[0], hole)
    if content:
        yield Attribution(parsed, cue, words, source, content, "according_to")


def according_content(scene: Scene, first: int, hole: range) -> tuple[Span, ...]:
    """The clause that "according to X" stands in or beside."""
    parsed = scene.parsed
    verbs = [number for number in parsed.ancestors(first) if parsed.tokens[number].tag.startswith(("VB", "MD"))]
    verbs = [
        number
        for number in verbs
        if parsed.tokens[number].dep in ("ROOT", "ccomp", "conj", "advcl", "relcl", "parataxis")
    ]
    whole = range(len(parsed.tokens))
    clause = parsed.subtree(verbs[0]) if verbs and parsed.tokens[verbs[0]].dep != "ROOT" and first > 0 else whole
    if first == 0 or clause == whole:
        return around(scene, whole, hole) if first == 0 else before_or_around(scene, hole)
    return around(scene, clause, hole)


def before_or_around(scene: Scene, hole: range) -> tuple[Span, ...]:
    """What stands before the phrase; what follows too only where commas on both sides make it an aside."""
    parsed = scene.parsed
    is_aside = hole.stop < len(parsed.tokens) and parsed.tokens[hole.stop].text == ","
    stop = len(parsed.tokens) if is_aside else hole.stop
    return around(scene, range(stop), hole)
