"""The words of a content in, its spans out: how far it goes, and where the outlet speaks again."""

import re

from pipeline.claims.parse import Parsed
from pipeline.claims.scenes import Scene
from pipeline.claims.subjects import is_further_report
from pipeline.values import Span

# "... 24 died in a statement on Monday": where it was said, not what.
SAID_WHERE = re.compile(
    r",? (?:in|at|during|on) (?:a|an|the|his|her|their|its) (?:[\w'-]+ ){0,3}(?:statement|interview|conference|briefing|"
    r"speech|tweet|e-?mail|letter|telephone call|post)(?: (?:to|with|on|for|at|from|in) [\w .'-]{1,40})?$"
)
# ", despite repeated efforts ..." behind a comma: the outlet sets a fact against what was said, so the content ends there.
NARRATOR_AGAIN = re.compile(r", (?:despite|although|though|even though|even as|whereas)\b")
# ", which makes him an outlier"
ASIDE = re.compile(r",(?: --)? (?:which|who|whose|where)\b")
PARTICULARS = frozenset(("by", "as", "for", "of", "with", "about", "against", "over", "from", "to"))
NEW_LINE = re.compile(r"[ ]*\n")
MEANT_TO_STAND = 15  # characters of content that must stand before it
STAYS_OUTSIDE = frozenset(
    ("adding", "saying", "noting", "citing", "according", "referring", "speaking", "describing", "calling")
)


def trimmed_region(parsed: Parsed, words: range) -> range | None:
    """Without commas and spaces at the edges, but with quotation marks."""
    first, last = words.start, words.stop - 1
    while first <= last and parsed.tokens[first].text in (",", ";", ":", "-", "–", "—"):
        first += 1
    while last >= first and parsed.tokens[last].text in (",", ";", ":", "-", "–", "—", "."):
        last -= 1
    return range(first, last + 1) if first <= last else None


def stretched(parsed: Parsed, verb: int, last: int) -> int:
    """The last word of the content: what follows the clause belongs to it unless it tells how or where it was said."""
    for child in parsed.children[verb]:
        token = parsed.tokens[child]
        if child <= last or token.dep not in ("prep", "npadvmod", "advmod", "advcl"):
            continue
        if (
            token.low in STAYS_OUTSIDE
            or (token.dep == "advcl" and token.tag == "VBG")
            or parsed.tokens[parsed.first[child]].low == "as"
        ):
            break
        last = parsed.last[child]
    return last


def finished(scene: Scene, words: range, cue: int) -> tuple[Span, ...]:
    """The span of these tokens without stops at its end or words on where it was said, and with the whole of a quotation."""
    region = trimmed_region(scene.parsed, words)
    if region is None:
        return ()
    start, end = widened(scene, scene.parsed.span_of(region), scene.parsed.tokens[cue].start)
    if scope := NARRATOR_AGAIN.search(scene.text, start + MEANT_TO_STAND, end):
        is_own = scene.parsed.tokens[cue].start > start or scene.quote_at(scope.start()) is not None
        end = end if is_own else scope.start()
    if further := next((n for n in words if n > words[0] and is_further_report(scene.parsed, n)), None):
        comma = scene.parsed.tokens[further - 1]
        end = (
            comma.start if comma.text == "," and start < comma.start < end and not scene.quote_at(comma.start) else end
        )
    if where := SAID_WHERE.search(scene.text, start, end):
        end = where.start() if where.end() == end and where.start() - start > 20 else end
    return ((start, end),)


def widened(scene: Scene, span: Span, cue: int) -> Span:
    """A quotation that the sentence splitter cut belongs to the content whole, unless the report itself stands in it."""
    start, end = span
    sentence = scene.parsed.span
    for quote in scene.quotes:
        if quote.span[0] <= cue < quote.span[1]:
            continue
        if quote.span[0] < start < quote.span[1] and quote.span[0] < sentence[0]:
            start = quote.span[0]
        if quote.span[0] < end < quote.span[1] and quote.span[1] > sentence[1] and quote.span[0] >= start:
            end = quote.span[1]
        if quote.span[1] == end + 1 or quote.span[0] == start - 1:
            start, end = min(start, quote.span[0]), max(end, quote.span[1])
    return start, end


def without_aside(scene: Scene, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """A thing that is praised or denied without the relative clause behind it: that one is the outlet's."""
    (start, end), *rest = content or [(0, 0)]
    aside = ASIDE.search(scene.text, start, end)
    is_own = aside is None or scene.quote_at(aside.start()) is not None
    return content if is_own or aside is None else ((start, aside.start()), *rest)


def with_particulars(parsed: Parsed, verb: int, last: int) -> int:
    """What hangs on the verb behind its object and tells more of it: "described behaviour by guards", not when or where."""
    for child in parsed.kids(verb, "prep", "agent"):
        if child == last + 1 and parsed.tokens[child].low in PARTICULARS:
            last = parsed.last[child]
    return last


def with_infinitive(parsed: Parsed, verb: int, last: int) -> int:
    """ "called on Turkey to stop": what somebody is called on to do belongs to the call."""
    clauses = [child for child in parsed.kids(verb, "xcomp", "advcl", "ccomp") if parsed.first[child] == last + 1]
    if clauses and any(parsed.tokens[aux].low == "to" for aux in parsed.kids(clauses[0], "aux")):
        return parsed.last[clauses[0]]
    return last


def around(scene: Scene, clause: range, hole: range) -> tuple[Span, ...]:
    """The spans of a clause before and behind a hole in it."""
    before = trimmed_region(scene.parsed, range(clause.start, hole.start)) if hole.start > clause.start else None
    behind = trimmed_region(scene.parsed, range(hole.stop, clause.stop)) if hole.stop < clause.stop else None
    return tuple(
        widened(scene, scene.parsed.span_of(words), scene.parsed.tokens[hole[0]].start)
        for words in (before, behind)
        if words
    )


def next_paragraph(scene: Scene) -> tuple[Span, ...]:
    """The paragraph behind one that ends in a colon: a long quotation that is set apart without marks."""
    end = scene.parsed.span[1]
    if not NEW_LINE.match(scene.text, end):
        return ()
    start = next((match.start() for match in re.finditer(r"\S", scene.text[end : end + 9])), None)
    if start is None:
        return ()
    line_end = scene.text.find("\n", end + start)
    return ((end + start, line_end if line_end >= 0 else len(scene.text.rstrip())),)
