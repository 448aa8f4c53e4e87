"""A parsed sentence and a reporting verb in, the spans of what was said out. One function a frame."""

from collections.abc import Iterator

from pipeline.claims.cues import CueTable
from pipeline.claims.extents import (
    STAYS_OUTSIDE,
    around,
    finished,
    stretched,
    trimmed_region,
    widened,
    with_infinitive,
    with_particulars,
    without_aside,
)
from pipeline.claims.parse import Parsed
from pipeline.claims.quotes import Quote
from pipeline.claims.scenes import Reporting, Scene
from pipeline.claims.subjects import EDGE, SUBJECTS, is_passive, trimmed
from pipeline.values import Span

# "24 died, the army said, while 30 were hurt": the clause behind the report is content, too.
GOES_ON = frozenset(("and", "but", "while", "although", "though", "because", "if", "or", "including"))
STOPS = frozenset((".", "?", "!"))
NEAR_QUOTE = 2  # words between the verb and a quotation that no comma leads in: "told reporters"
SHORTEST_QUOTE_WORDS = 3
OBJECT_DEPS = ("dobj", "xcomp", "oprd", "ccomp", "dative", "attr")


def as_clause(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """The main clause, where the report is an aside: "As the army said, 24 died." """
    parsed, verb = scene.parsed, reporting.verb
    token = parsed.tokens[verb]
    marks = [parsed.tokens[child].low for child in parsed.kids(verb, "mark", "advmod", "prep")]
    if token.dep != "advcl" or "as" not in marks or parsed.kids(verb, "ccomp", "dobj"):
        return ()
    return around(scene, parsed.subtree(token.head), parsed.subtree(verb))


def fronted(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """What stands before the report, and after it if it interrupts: "24 died, X said." and '"A," said X, "B." '"""
    parsed, verb = scene.parsed, reporting.verb
    segment = reporting.segment(parsed)
    is_led_in = segment[0] > 0 and parsed.tokens[segment[0] - 1].text in EDGE | STOPS
    if not is_led_in or parsed.tokens[verb].tag == "VBG":  # "..., saying 24 died": what is said follows
        return ()
    left = left_region(scene, reporting, segment)
    if left is None:
        return ()
    return (widened(scene, left, parsed.tokens[verb].start), *interrupted(scene, reporting, segment))


def left_region(scene: Scene, reporting: Reporting, segment: range) -> Span | None:
    """The words before the report that it is about, or None if it is about others."""
    parsed, verb = scene.parsed, reporting.verb
    token = parsed.tokens[verb]
    clauses = [
        child for child in parsed.kids(verb, "ccomp", "advcl", "dep", "nsubj") if parsed.last[child] < segment[0]
    ]
    clauses = [child for child in clauses if parsed.tokens[child].dep == "ccomp"]
    quote = scene.quote_at(parsed.tokens[segment[0] - 1].start)
    is_quoted = quote is not None and scene.quote_at(parsed.tokens[verb].start) != quote
    if (
        quote is not None
        and is_quoted
        and is_title(scene, quote)
        and any(child > verb for child in parsed.kids(verb, "ccomp"))
    ):
        return None
    is_aside = token.dep == "parataxis" or is_between_commas(parsed, verb, segment)
    if not (clauses or is_quoted or is_aside or is_tail(parsed, reporting, segment)):
        return None
    if any(child > verb for child in parsed.kids(verb, "ccomp")) and not is_quoted and not is_aside:
        return None
    first = min(map(parsed.first.__getitem__, clauses), default=0)
    if token.dep in ("ROOT", "parataxis") and not is_quoted:
        first = 0 if token.dep == "ROOT" else parsed.first[token.head]
    if is_quoted and quote is not None:
        started = [number.number for number in parsed.tokens if number.start >= quote.span[0]]
        first = min(first, started[0]) if clauses and token.dep == "ROOT" else started[0]
    words = trimmed_region(parsed, range(first, segment[0]))
    return parsed.span_of(words) if words else None


def is_title(scene: Scene, quote: Quote) -> bool:
    """Whether a quotation is the name of a work or a programme: 'On "Face the Nation," X said that ...'."""
    before = [token for token in scene.parsed.tokens if token.start < quote.span[0]]
    return bool(before) and before[-1].tag in ("IN", "POS", "NN", "NNS", "NNP")


def is_between_commas(parsed: Parsed, verb: int, segment: range) -> bool:
    """Whether a report interrupts a clause that the parse hangs on it: "Six people, she said, were missing"."""
    last = segment[-1] + 1
    if last >= len(parsed.tokens) or parsed.tokens[last].text != "," or parsed.tokens[segment[0] - 1].text != ",":
        return False
    clauses = [child for child in parsed.kids(verb, "ccomp") if child > last]
    return bool(clauses) and parsed.tokens[parsed.first[clauses[0]]].low != "that"


def is_tail(parsed: Parsed, reporting: Reporting, segment: range) -> bool:
    """Whether the report closes the sentence and what stands before it is a clause of its own."""
    rest = parsed.tokens[segment[-1] + 1 :]
    has_object = parsed.kids(reporting.verb, "ccomp", "dobj", "xcomp", "prep")
    if not reporting.source or "clause" not in reporting.cue.frames:
        return False
    if any(
        child > reporting.verb and child not in segment for child in has_object if parsed.tokens[child].dep != "prep"
    ):
        return False
    short = all(token.tag not in ("VBD", "VBZ", "VBP") for token in rest) and len(rest) <= 12
    return short and any(token.tag in ("VBD", "VBZ", "VBP", "VBN", "MD") for token in parsed.tokens[: segment[0]])


def interrupted(scene: Scene, reporting: Reporting, segment: range) -> Iterator[Span]:
    """What goes on behind the report."""
    parsed = scene.parsed
    after = segment[-1] + 1
    while after < len(parsed.tokens) and parsed.tokens[after].text not in (",", ":", ";", "—", "–"):
        after += 1
    if after + 1 >= len(parsed.tokens):
        return
    following = parsed.tokens[after + 1]
    quote = scene.quote_at(following.start)
    if quote and quote.span[0] == following.start:
        yield quote.span
    elif scene.quote_at(parsed.tokens[segment[0] - 1].start):
        return  # behind a quotation, what is not quoted is the outlet's: '"They left," she said, and soon it rained'
    elif (
        is_parenthetical(parsed, reporting, following.number) and parsed.tokens[after].text == ","
    ) or is_between_commas(parsed, reporting.verb, segment):
        words = trimmed_region(parsed, range(after + 1, len(parsed.tokens)))
        if words:
            yield parsed.span_of(words)
    elif parsed.tokens[reporting.verb].dep == "parataxis" and parsed.tokens[reporting.verb].head > reporting.verb:
        words = trimmed_region(parsed, range(after + 1, parsed.last[parsed.tokens[reporting.verb].head] + 1))
        if words:
            yield parsed.span_of(words)


def is_parenthetical(parsed: Parsed, reporting: Reporting, following: int) -> bool:
    """Whether a report stands inside the sentence that it reports: "Lenox grew, he said, until it failed"."""
    token = parsed.tokens[following]
    if token.low in GOES_ON:
        return True
    is_behind = reporting.source is None or reporting.source.words[0] > reporting.verb
    return not (is_behind or token.low in STAYS_OUTSIDE or token.tag in ("VBG", "WDT", "WP", "DT", "RB"))


def complement(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """The clause behind the verb, with or without "that"."""
    parsed, verb = scene.parsed, reporting.verb
    clauses = [child for child in parsed.kids(verb, "ccomp") if child > verb]
    if not clauses and reporting.cue.lemma == "say":
        # The model takes the verb of an elliptic clause for a noun: "said air strikes killing 24 went on".
        clauses = [child for child in parsed.kids(verb, "dobj", "attr", "xcomp") if parsed.first[child] > verb]
    clauses = clauses or told_clauses(parsed, verb)
    if not clauses:
        return ()
    first, last = parsed.first[clauses[0]], parsed.last[clauses[-1]]
    first = max(first, verb + 1)
    if parsed.tokens[clauses[0]].dep == "ccomp" and lacks_subject(parsed, clauses[0]):
        first = verb + 1  # "said between 30 and 40 people were missing": the parse hangs the subject on the report
    if (mark := after_mark(parsed, verb, first)) is not None:
        first = mark
    return finished(scene, range(first, stretched(parsed, verb, last) + 1), verb)


def told_clauses(parsed: Parsed, verb: int) -> list[int]:
    """ "told a meeting of leaders that few understood": the model takes the clause for one about the leaders."""
    told = [child for child in parsed.kids(verb, "dobj", "dative", "prep") if child > verb]
    inside = range(told[0], parsed.last[told[-1]] + 1) if told else range(0)
    return [
        number
        for number in inside
        if parsed.tokens[number].dep in ("relcl", "acl", "ccomp")
        and any(parsed.tokens[mark].low == "that" for mark in parsed.kids(number, "mark"))
        and parsed.kids(number, "nsubj", "nsubjpass", "expl")
    ][:1]


def lacks_subject(parsed: Parsed, clause: int) -> bool:
    """Whether a finite clause with an auxiliary has no subject of its own."""
    is_finite = any(
        parsed.tokens[aux].tag in ("VBD", "VBZ", "VBP", "MD") for aux in parsed.kids(clause, "aux", "auxpass")
    )
    return is_finite and not parsed.kids(clause, "nsubj", "nsubjpass", "csubj", "expl", "mark")


def after_mark(parsed: Parsed, verb: int, first: int) -> int | None:
    """A "that" which the parse hung elsewhere still opens the clause."""
    for number in range(verb + 1, first):
        if parsed.tokens[number].low == "that" and parsed.tokens[number].tag == "IN":
            return number
    return None


def quoted(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """The quotation that follows at once or behind a comma or colon: 'X said on Sunday, "24 died." '"""
    parsed, verb = scene.parsed, reporting.verb
    for quote in scene.quotes:
        between = [token for token in parsed.tokens[verb + 1 :] if token.start < quote.span[0]]
        if not parsed.tokens[verb].end <= quote.span[0] < parsed.span[1] or is_scare(scene, quote):
            continue
        is_led_in = not between or between[-1].text in (",", ":") or len(between) <= NEAR_QUOTE
        if is_led_in and not any(is_reporting(scene.cues, token.low) for token in between):
            return (quote.span,)
        return ()
    return ()


def is_scare(scene: Scene, quote: Quote) -> bool:
    """Whether a quotation is too short to be what somebody said."""
    return len(scene.text[quote.span[0] : quote.span[1]].split()) < SHORTEST_QUOTE_WORDS


def is_reporting(cues: CueTable, word: str) -> bool:
    """Whether a word is a verb that takes a quotation."""
    return word in cues.verbs and "quote" in cues.verbs[word].frames


def infinitive(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """What is vowed or wanted: "vowed to take the city", "urged Turkey to stop"."""
    parsed, verb = scene.parsed, reporting.verb
    for child in parsed.kids(verb, "xcomp", "ccomp"):
        to = [number for number in parsed.kids(child, "aux") if parsed.tokens[number].low == "to"]
        if child > verb and to:
            nots = [number for number in parsed.kids(child, "neg") if verb < number < to[0]]
            last = with_base_forms(parsed, verb, stretched(parsed, verb, parsed.last[child]))
            first = (nots or to)[0] if "whom" in reporting.cue.frames else own_start(parsed, child, (nots or to)[0])
            words = range(first, last + 1)
            return without_aside(scene, finished(scene, words, verb))
    return ()


def with_base_forms(parsed: Parsed, verb: int, last: int) -> int:
    """ "wants to cut taxes, raise wages and build": a base form that the parse joins to the report belongs to what is wanted."""
    for child in parsed.kids(verb, "conj"):
        tags = (parsed.tokens[verb].tag, parsed.tokens[child].tag)
        is_base = (tags[1] == "VB" != tags[0]) or tags == ("VBZ", "VBP")  # "he wants and build" agrees with nobody
        if child > last and is_base and not parsed.kids(child, *SUBJECTS, "aux"):
            last = parsed.last[child]
    return last


def own_start(parsed: Parsed, clause: int, first: int) -> int:
    """ "expects the army to win": the army is part of what is expected, but nobody who is asked."""
    subjects = [child for child in parsed.kids(clause, *SUBJECTS) if child < first]
    return min([first, *(parsed.first[child] for child in subjects)])


def passive(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """What is believed of the subject: "24 people are believed to have died"; "It is feared that 24 died"."""
    parsed, verb = scene.parsed, reporting.verb
    rest = [child for child in parsed.kids(verb, "xcomp", "ccomp", "oprd", "acomp") if child > verb]
    if not rest:
        return ()
    said = finished(scene, range(parsed.first[rest[0]], parsed.last[rest[-1]] + 1), verb)
    subjects = [
        child
        for child in parsed.kids(verb, "nsubjpass")
        if parsed.tokens[child].low not in ("it", "who", "which", "that")
    ]
    if not subjects or parsed.tokens[rest[0]].dep == "ccomp":
        return said if parsed.tokens[rest[0]].dep == "ccomp" else ()
    return (parsed.span_of(trimmed(parsed, parsed.subtree(subjects[0]))), *said)


def objects(scene: Scene, reporting: Reporting) -> tuple[Span, ...]:
    """The noun that is denied, condemned or reported, with what hangs on the verb behind it."""
    parsed, verb, frames = scene.parsed, reporting.verb, reporting.cue.frames
    parts = [child for child in parsed.kids(verb, *OBJECT_DEPS) if child > verb]
    preps = [child for child in parsed.kids(verb, "prep") if child > verb and parsed.tokens[child].low in frames]
    has_object = any(parsed.tokens[child].dep in ("dobj", "oprd") for child in parts)
    if has_object and frames & {"object", "naming", "of", "harm", "witness"}:
        numbers = sorted([*parts, *preps])
        last = with_particulars(parsed, verb, parsed.last[numbers[-1]])
        return without_aside(scene, finished(scene, range(parsed.first[numbers[0]], last + 1), verb))
    if preps and parsed.last[preps[0]] > preps[0]:
        last = with_infinitive(parsed, verb, parsed.last[preps[-1]])
        return without_aside(scene, finished(scene, range(preps[0] + 1, last + 1), verb))
    if "gerund" in frames and (
        gerunds := [child for child in parsed.kids(verb, "xcomp") if parsed.tokens[child].tag == "VBG"]
    ):
        return finished(scene, parsed.subtree(gerunds[0]), verb)
    return ()


def has_passive_content(parsed: Parsed, verb: int) -> bool:
    """Whether a passive verb reports something."""
    return is_passive(parsed, verb) and bool(parsed.kids(verb, "xcomp", "ccomp", "oprd"))
