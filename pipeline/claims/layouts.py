"""A parsed sentence in, attributions without any reporting word out: a signed quotation, a speaker's turn, a headline."""

import re
from collections.abc import Iterator

from pipeline.claims.attributions import Attribution
from pipeline.claims.cues import Cue
from pipeline.claims.parse import Parsed
from pipeline.claims.sayers import can_speak
from pipeline.claims.scenes import Scene
from pipeline.claims.subjects import Source, nominal

DASHES = frozenset(("―", "—", "–", "--", "-"))
SIGNED = Cue("signed", "mark", "neutral", frozenset(("quote",)))
TURN = Cue("turn", "mark", "neutral", frozenset(("quote",)))
LONGEST_NAME = 12  # tokens: "Sen. Jane Doe, the committee's chairwoman"
SHORTEST_TURN = 3  # words that must follow the colon
# "WALLACE: ..." opens a turn where another one stands in the article; alone it may be a dateline ("CAIRO: ...").
TURNS = re.compile(r"^\W{0,3}[A-Z][A-Z.' -]+(?:\([^)\n]*\))?: \S", re.MULTILINE)


def layout_attributions(scene: Scene) -> Iterator[Attribution]:
    """Attributions by the layout of a sentence alone."""
    tokens = scene.parsed.tokens
    for token in [token for token in tokens[1:-1] if token.text in DASHES]:
        if tokens[token.number - 1].text in ('"', "'", "''"):
            yield from signed(scene, token.number)
    colons = [token.number for token in tokens[1:6] if token.text == ":"]
    if colons and colons[0] + SHORTEST_TURN < len(tokens):
        yield from turn(scene, colons[0])


def signed(scene: Scene, dash: int) -> Iterator[Attribution]:
    """'"They left us nothing." — Jane Doe': whose words the quotation is."""
    parsed = scene.parsed
    quote = scene.quote_at(parsed.tokens[dash - 1].start)
    source = named(parsed, range(dash + 1, len(parsed.tokens)), "signature")
    if quote is not None and source is not None and len(source.words) <= LONGEST_NAME:
        yield Attribution(parsed, SIGNED, range(dash, dash + 1), source, (quote.span,), "signed")


def turn(scene: Scene, colon: int) -> Iterator[Attribution]:
    """ "WALLACE: Let us begin." and "Pentagon: strikes killed 24": the rest of the paragraph is that speaker's."""
    parsed, tokens = scene.parsed, scene.parsed.tokens
    start = next(token.number for token in tokens if token.tag not in ("``", "''", '"'))
    if start >= colon or not begins_paragraph(scene, parsed.span[0]):
        return
    source = named(parsed, range(start, colon), "before_colon")
    if source is None or not (is_turn(scene, source) or is_headline(scene, source)):
        return
    line_end = scene.text.find("\n", parsed.span[1])
    end = len(scene.text[: line_end if line_end >= 0 else None].rstrip().rstrip('"'))
    if end > tokens[colon + 1].start:
        yield Attribution(parsed, TURN, range(colon, colon + 1), source, ((tokens[colon + 1].start, end),), "turn")


def begins_paragraph(scene: Scene, position: int) -> bool:
    """Whether a sentence is the first of its line."""
    return position == 0 or not scene.text[scene.text.rfind("\n", 0, position) + 1 : position].strip()


def is_turn(scene: Scene, source: Source) -> bool:
    """Whether a name in capitals is one of several speakers who take turns."""
    first, last = scene.parsed.span_of(source.words)
    return scene.text[first:last].isupper() and len(TURNS.findall(scene.text)) > 1


def is_headline(scene: Scene, source: Source) -> bool:
    """Whether the sentence is a line alone and the name is of somebody: "Pentagon: strikes killed 24"."""
    start, end = scene.parsed.span
    is_line = begins_paragraph(scene, start) and scene.text[end : end + 1] in ("", "\n")
    tokens = [scene.parsed.tokens[number] for number in source.words]
    is_name = all(token.tag in ("NNP", "NNPS", "POS") or (token.mention and token.mention.actor) for token in tokens)
    is_place = any(token.mention and not token.mention.actor for token in tokens)
    has_verb = any(
        token.tag in ("VBD", "VBZ", "VBP", "MD", "VBN") for token in scene.parsed.tokens[source.words.stop :]
    )
    return is_line and is_name and not is_place and has_verb and len(tokens) <= 3


def named(parsed: Parsed, words: range, rule: str) -> Source | None:
    """The source that these words are, if they name somebody who can speak."""
    if not words or parsed.tokens[words[-1]].text == ".":
        words = range(words.start, max(words.start, words.stop - 1))
    found = nominal(parsed, words, rule) if words else None
    return found if found is not None and can_speak(parsed, found.head) else None
