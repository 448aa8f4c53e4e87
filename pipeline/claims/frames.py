"""A parsed sentence in, its attributions out: who (source) reports (cue) what (content), and the frame that was found."""

from collections.abc import Iterator

from pipeline.claims import contents
from pipeline.claims.adjectival import adjective_attributions
from pipeline.claims.attributions import Attribution
from pipeline.claims.commaless import before_report, commaless_attributions, is_weak
from pipeline.claims.cues import Cue
from pipeline.claims.extents import around, finished, next_paragraph
from pipeline.claims.layouts import layout_attributions
from pipeline.claims.nominal import noun_attributions, phrase_attributions
from pipeline.claims.parse import Parsed
from pipeline.claims.sayers import can_speak
from pipeline.claims.scenes import Reporting, Scene
from pipeline.claims.subjects import (
    Source,
    closed,
    find_source,
    is_across_mark,
    is_passive,
    nominal_after,
    nominal_before,
    noun_phrase,
)
from pipeline.claims.tolls_given import toll_attributions
from pipeline.values import Span

# Things show and suggest, too, but claim nothing: "the damage shows that ..." is the outlet's conclusion.
OF_DOCUMENTS = frozenset(
    "show indicate demonstrate suggest reveal confirm signal imply hint highlight underscore underline prove".split()
)
# With these frames anything that has a verb of saying says it; vowing and denying needs somebody.
SPOKEN_RULES = frozenset(("fronted", "quoted", "colon", "complement", "as_clause", "passive", "citing"))
NO_PERSON = frozenset(("it", "this", "that", "what", "which", "there"))
NO_OPINION = frozenset(("find", "learn", "discover", "see"))  # "four were found alive" tells what happened
NOT_A_REPORT_IF_DENIED = frozenset(
    ("say", "report", "claim", "tell", "announce", "state", "add", "declare", "mention", "reveal")
)


def find_attributions(scene: Scene) -> list[Attribution]:
    """Every attribution of a sentence, in the order of their cues."""
    found = [
        *verb_attributions(scene),
        *toll_attributions(scene),
        *noun_attributions(scene),
        *phrase_attributions(scene),
        *adjective_attributions(scene),
        *layout_attributions(scene),
    ]
    closing = list(commaless_attributions(scene, {one.cue_words[0] for one in found if not is_weak(one)}))
    found = [*closing, *(kept for one in found for kept in before_report(one, closing))]
    return sorted(found, key=lambda attribution: (attribution.cue_words[0], attribution.content))


def verb_attributions(scene: Scene) -> Iterator[Attribution]:
    """Attributions by a reporting verb."""
    verbs = scene.cues.verbs
    for token in [token for token in scene.parsed.tokens if token.low in verbs]:
        if not is_verb(scene, token.number):
            continue
        cue = verbs[token.low]
        source = closed(scene.parsed, verb_source(scene, token.number, cue), token.number)
        reporting = Reporting(token.number, cue, source)
        rule, content = verb_content(scene, reporting)
        content = apart(content, scene.parsed.span_of(source.words)) if source and rule == "complement" else content
        nots = [number for number in scene.parsed.kids(token.number, "neg") if number < token.number]
        denied = any(not is_across_mark(scene.parsed, number, token.number) for number in nots)
        if (
            not content
            or not is_plausible(scene.parsed, reporting, rule)
            or (denied and cue.lemma in NOT_A_REPORT_IF_DENIED)
        ):
            continue
        if rule == "citing":
            yield from cited(scene, reporting, content)
        else:
            yield Attribution(scene.parsed, cue, cue_words(scene.parsed, token.number), source, content, rule, denied)


def apart(content: tuple[Span, ...], source: Span) -> tuple[Span, ...]:
    """The content without parts that swallow the source: then the parse was wrong."""
    return tuple(span for span in content if not (span[0] <= source[0] and source[1] <= span[1]))


def cue_words(parsed: Parsed, verb: int) -> range:
    """The verb with a particle or preposition that belongs to it: "pointed out", "called for"."""
    follows = verb + 1
    is_particle = (
        follows < len(parsed.tokens) and parsed.tokens[follows].dep == "prt" and parsed.tokens[follows].head == verb
    )
    return range(verb, follows + 1 if is_particle else follows)


def is_verb(scene: Scene, number: int) -> bool:
    """Whether a form that can report is used as a verb: not "the alleged attacker", nor "reports of raids"."""
    parsed, token = scene.parsed, scene.parsed.tokens[number]
    if token.tag.startswith("VB"):
        if is_thought_to(parsed, number):
            return False
        return token.dep not in ("amod", "compound", "aux", "auxpass", "nmod")
    before = parsed.tokens[number - 1].text if number else ""
    return (
        before in (",", '"')
        and token.tag in ("NNS", "NN")
        and token.low.endswith("s")
        and nominal_after(parsed, number) is not None
    )


def is_thought_to(parsed: Parsed, number: int) -> bool:
    """Whether a participle only tells what is thought of the noun before it: "strikes thought to be carried out by X"."""
    behind = [token.low for token in parsed.tokens[number + 1 : number + 3]]
    is_bare = not parsed.kids(number, "auxpass", "aux") and parsed.tokens[number].low in (
        "thought",
        "believed",
        "feared",
        "suspected",
    )
    return is_bare and behind[:1] == ["to"] and behind[1:] in (["be"], ["have"])


def verb_source(scene: Scene, verb: int, cue: Cue) -> Source | None:
    """The source by the parse, or by position where the parse has none."""
    parsed = scene.parsed
    if found := find_source(parsed, verb):
        return found
    if is_passive(parsed, verb) or not cue.frames & {"clause", "quote"} or parsed.tokens[verb].tag in ("VBN", "VB"):
        return None
    before = parsed.tokens[verb - 1].text if verb else ""
    if before in (",", '"', "—", "–", "?", "!"):
        return nominal_after(parsed, verb)
    return nominal_before(parsed, verb)


def verb_content(scene: Scene, reporting: Reporting) -> tuple[str, tuple[Span, ...]]:
    """The first frame that fits, and its content."""
    frames, parsed = reporting.cue.frames, scene.parsed
    if is_passive(parsed, reporting.verb):
        is_told = frames & {"clause", "infinitive", "harm", "object"} and reporting.cue.lemma not in NO_OPINION
        return "passive", contents.passive(scene, reporting) if is_told else ()
    tries = []
    if frames & {"clause", "quote"}:
        tries += [("as_clause", contents.as_clause), ("fronted", contents.fronted)]
    if frames & {"infinitive", "whom"}:
        tries += [("infinitive", contents.infinitive)]
    if "clause" in frames:
        tries += [("complement", contents.complement)]
    if "witness" in frames:
        tries += [("citing", contents.objects)]
    if "quote" in frames:
        tries += [("quoted", contents.quoted)]
    if frames - {"clause", "quote", "infinitive", "witness"}:
        tries += [("object", contents.objects)]
    for rule, frame in tries:
        if content := frame(scene, reporting):
            return rule, content
    return colon(scene, reporting)


def colon(scene: Scene, reporting: Reporting) -> tuple[str, tuple[Span, ...]]:
    """'X said:' and then the words, in this sentence or as the quotations of the next paragraph."""
    parsed, tokens = scene.parsed, scene.parsed.tokens
    marks = [token.number for token in tokens[reporting.verb + 1 :] if token.text == ":"]
    if (
        not marks
        or not reporting.source
        or not reporting.cue.frames & {"clause", "quote"}
        or marks[0] - reporting.verb > 12
    ):
        return "colon", ()
    if marks[0] + 1 < len(tokens):
        return "colon", finished(scene, range(marks[0] + 1, len(tokens)), reporting.verb)
    following = [quote.span for quote in scene.quotes if quote.span[0] > parsed.span[1]]
    if following and not scene.text[parsed.span[1] : following[0][0]].strip():
        return "colon", (following[0],)
    return "colon", next_paragraph(scene)


def is_plausible(parsed: Parsed, reporting: Reporting, rule: str) -> bool:
    """Whether the source can say what the frame makes it say."""
    cue, source = reporting.cue, reporting.source
    if source is None:
        return rule == "passive" or (rule == "fronted" and "quote" in cue.frames)
    word = parsed.tokens[source.head].low
    is_reader = word in ("you", "your")  # "you say": nobody in particular
    is_author = word in ("i", "we") and rule not in ("fronted", "quoted")
    is_subject_clause = parsed.tokens[reporting.verb].dep == "csubj"
    if is_reader or is_author or is_subject_clause:
        return False
    if cue.lemma in OF_DOCUMENTS or rule not in SPOKEN_RULES:
        return can_speak(parsed, source.head) and (word not in NO_PERSON or rule in SPOKEN_RULES)
    return True


def cited(scene: Scene, reporting: Reporting, content: tuple[Span, ...]) -> Iterator[Attribution]:
    """ "Videos cited witnesses saying ..." makes the videos a source; "24 died, the agency said, citing X" makes X one."""
    parsed, verb = scene.parsed, reporting.verb
    objects = [child for child in parsed.kids(verb, "dobj") if child > verb]
    words = cue_words(parsed, verb)
    speaks = any(
        parsed.tokens[n].low in scene.cues.verbs and parsed.tokens[n].tag == "VBG"
        for o in objects
        for n in parsed.subtree(o)
    )
    speaks = speaks or any(parsed.tokens[child].low == "as" for child in parsed.kids(verb, "prep"))
    if objects and not speaks and parsed.tokens[verb].tag == "VBG" and can_speak(parsed, objects[0]):
        main = parsed.tokens[verb].head
        outer = Reporting(main, scene.cues.verbs.get(parsed.tokens[main].low, reporting.cue), find_source(parsed, main))
        _, said = verb_content(scene, outer) if parsed.tokens[main].low in scene.cues.verbs else ("", ())
        said = said or around(scene, parsed.subtree(main), parsed.subtree(verb))
        source = noun_phrase(parsed, objects[0], None, "cited")
        if said:
            yield Attribution(parsed, reporting.cue, words, source, said, "citing")
    elif reporting.source is not None and reporting.source.rule != "modified_noun":
        yield Attribution(parsed, reporting.cue, words, reporting.source, content, "citing")
