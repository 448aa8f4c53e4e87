"""A normalised text in, the sentences that can hold a claim out: only these are parsed."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.claims.cues import CueTable
from pipeline.claims.located import Located, locate
from pipeline.claims.preambles import REACH, is_headline, run_on_starts, skip_preamble
from pipeline.claims.quotes import Quote, find_quotes
from pipeline.text import paragraphs, sentences
from pipeline.values import Span

# In lower case: a pattern for both cases takes five times as long, and every sentence is looked through.
HARM = re.compile(
    r"\b(?:kill\w*|dead|deaths?|die[sd]?|dying|toll|casualt\w+|fatalit\w+|injur\w+|wound\w+|hurt|missing|displac\w+|"
    r"fled|flee\w*|arrest\w*|detain\w*|captur\w+|seiz\w+|retak\w+|retook|recaptur\w+|liberat\w+|bomb\w*|shell\w*|"
    r"strikes?|struck|air ?strikes?|attack\w*|raid\w*|advanc\w+|execut\w+|massacr\w+|behead\w*|abduct\w*|kidnap\w*|"
    r"slain|slaughter\w*|perish\w*|murder\w*|maim\w*|martyr\w*|lives|victims?|homeless|uproot\w*|evacuat\w*|refugees?|"
    r"drown\w*|bodies|corpses?|gunned|hanged|lynch\w*|custody|rounded up|whereabouts|(?:left|leave|from) their homes|"
    r"buried alive|burn(?:ed|t) alive|"
    r"lost (?:[\w-]+ ){1,3}(?:men|women|soldiers|fighters|troops|officers|policemen|guards|marines)|"
    r"shot|hospitali[sz]ed|jail\w*|imprison\w*|hostages?|prisoners?|unaccounted|disappear\w*|body count|detention\w*)\b"
)
# "  • Leroy Wright", "By Jane Doe", "(Reporting by ...)", "Photo: ...": who made the page, not what anybody claims.
CREDIT = re.compile(
    r"(?:[•·*|–—-]+\s*)?(?:(?:byline|photos?|image|picture|video|credit|source|copyright|caption)\s*:|©|"
    r"\(?(?:additional )?(?:reporting|editing|writing) by\b|(?:written )?by (?:(?-i:[A-Z])[\w.'-]+[ ,]*(?:and )?){1,6}$)",
    re.IGNORECASE,
)
# "Read more: Raids killed 24": another page's headline.
POINTER = re.compile(
    r"\W{0,4}(?:read (?:more|also|next|the full story)|see also|also read|related(?: (?:stories|articles|coverage))?|"
    r"more (?:on|from) this|watch|listen|in pictures|in video|recommended|most read)\s*[:>»–—|-]",
    re.IGNORECASE,
)
BULLET_NAME = re.compile(r"\s*[•·*|–—]+\s*(?:[A-Z][\w.'-]+\s*){1,4}$")
ENDS_AS_SENTENCE = re.compile(r"[.!?…:][\"')\]]*$")
# "BEIRUT, June 10 (Meridian Wire) - Air strikes ...": where it was written, not part of the first sentence.
DATELINE = re.compile(
    # No word without end: all its parts would be tried.
    r"[A-Z][A-Z.'-]{1,40}(?:(?:,? |,)[A-Z][A-Z.'-]{1,40}){0,3},? ?"
    r"(?:\([^)\n]{1,40}\) ?|[A-Z][\w.]{1,40}(?![\w.]),? ?|\d{1,2},? ?|(?:19|20)\d\d,? ?|/ ?){0,6}[-–—]{1,2} (?=\S)"
)
# "(Reuters Photo) At least ...": whose picture stands above
BRACKETED = re.compile(r"\((?:[A-Z][\w.'-]*[ /]?){1,4}(?:photo|file)?\) +(?=[\"'A-Z\d])")
STOP = re.compile(r"[a-z]{3}[.!?][\"')]* ")
POINTER_BARE = re.compile(r"(?:read (?:more|also)|see also|also read|related)\b", re.IGNORECASE)
LONGEST_HEADLINE = 30  # words
NAMED_TURN = re.compile(
    r"\W{0,3}[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}(?: \([^)\n]{1,40}\))?: \S"
)  # "Jane Doe: Nobody came"
ASKED = re.compile(r"[?!…][\"']\s")
LONGEST_SPEAKER = 7  # words up to the verb in 'Why?" Rear Admiral Jane Doe of Tartus asked'
AFTER_REPORT = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday in on at during after before to when as while later with
    reporters him her them us me the a""".split()
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence of an article.

    number          in the order of the text; paragraph: number of its paragraph
    is_noise        headline, byline, caption: nothing in it is a claim of the article
    can_attribute   it holds a cue or a quotation; can_narrate: it names harm
    """

    number: int
    span: Span
    paragraph: int
    is_noise: bool
    can_attribute: bool
    can_narrate: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """An article's sentences and quotations, in order."""

    text: str
    units: Located[Unit]
    quotes: Located[Quote]

    def unit_at(self, position: int) -> Unit | None:
        """The sentence that holds a character."""
        return next((unit for unit in self.units.near(position, position + 1) if position < unit.span[1]), None)

    def quote_at(self, position: int) -> Quote | None:
        """The quotation that holds a character."""
        return next((quote for quote in self.quotes.near(position, position + 1) if position < quote.span[1]), None)


def outline(text: str, cues: CueTable) -> Outline:
    """Sentences and quotations of a normalised text.

    >>> from pipeline.claims.gazetteer import load_gazetteer
    >>> from pipeline.settings import SEEDS
    >>> found = outline("Toll rises\\n\\nRaids killed 24, he said. It rained.", load_gazetteer(SEEDS).cues)
    >>> [(unit.is_noise, unit.can_attribute, unit.can_narrate) for unit in found.units.items]
    [(True, False, True), (False, True, True), (False, False, False)]
    """
    quotes = find_quotes(text)
    blocks = list(paragraphs(text))
    noise = [is_noise(text, blocks, number) for number in range(len(blocks))]
    units: list[Unit] = []
    for start, end in with_reports(text, cues):
        paragraph = next_block(blocks, start, units[-1].paragraph if units else 0)
        dateline = DATELINE.match(text, start, end) if start == blocks[paragraph][0] else None
        begin = dateline.end() if dateline else skip_preamble(text, start, end)
        for piece in pieces(text, begin, end, quotes):
            bracketed = BRACKETED.match(text, *piece)
            span = (bracketed.end() if bracketed else piece[0], piece[1])
            units.append(read_unit(text, (len(units), paragraph), span, (quotes, cues, noise)))
    return Outline(text, locate(units, lambda unit: unit.span), locate(quotes, lambda quote: quote.span))


def pieces(text: str, start: int, end: int, quotes: Sequence[Quote]) -> Iterator[Span]:
    """A sentence in the pieces that lost their stops, without a headline at the head of the text or a pointer to a page.

    >>> text = "Two dead in raid on Homs A raid killed two people in Homs."
    >>> [text[start:end] for start, end in pieces(text, 0, len(text), ())]
    ['A raid killed two people in Homs.']
    """
    inner = [begin for begin in run_on_starts(text, start, end) if not inside_quote(begin, quotes)]
    bounds = [start, *inner, end]
    for begin, stop in pairwise(bounds):
        words = text[begin:stop].rstrip()
        is_head = stop != end and begin <= REACH and not STOP.search(text, 0, begin) and is_headline(text, begin, stop)
        if words and not is_head and not (stop != end and POINTER_BARE.match(words)):
            yield begin, begin + len(words)


def inside_quote(position: int, quotes: Sequence[Quote]) -> bool:
    """Whether a character stands in a quotation."""
    before = bisect_left(quotes, position + 1, key=lambda quote: quote.span[0])
    return before > 0 and quotes[before - 1].span[0] < position < quotes[before - 1].span[1]


def with_reports(text: str, cues: CueTable) -> Iterator[Span]:
    """The sentences of a text; '"Why?" Doe asked.' is one, though the question mark ends a sentence elsewhere.

    >>> from pipeline.claims.gazetteer import load_gazetteer
    >>> from pipeline.settings import SEEDS
    >>> text = '"Who did it? Why?" Jane Doe asked. "Tell us." It rained.'
    >>> [text[start:end] for start, end in with_reports(text, load_gazetteer(SEEDS).cues)]
    ['"Who did it?', 'Why?" Jane Doe asked.', '"Tell us."', 'It rained.']
    """
    waiting: Span | None = None
    for start, end in sentences(text):
        if waiting and ASKED.match(text, waiting[1] - 2) and is_short_report(text, start, end, cues):
            waiting = (waiting[0], end)
            continue
        if waiting:
            yield waiting
        waiting = (start, end)
    if waiting:
        yield waiting


def is_short_report(text: str, start: int, end: int, cues: CueTable) -> bool:
    """Whether a sentence is only a report of the quotation before it: "Doe asked", "said Doe, who was there"."""
    words = text[start:end].lower().split()[:LONGEST_SPEAKER]
    at = next((n for n, word in enumerate(words) if is_quoting(cues, word.strip(".,:"))), None)
    if at is None or text[start] in "\"'":
        return False
    after = text[start:end].split()[at + 1 : at + 2]
    return not after or words[at][-1] in ".,:" or at == 0 or after[0].lower() in AFTER_REPORT


def is_quoting(cues: CueTable, word: str) -> bool:
    """Whether a word is a verb that takes a quotation."""
    return word in cues.verbs and "quote" in cues.verbs[word].frames


def next_block(blocks: Sequence[Span], position: int, number: int) -> int:
    """Number of the paragraph that holds a position, looked for from `number` on."""
    while blocks[number][1] <= position:
        number += 1
    return number


def read_unit(
    text: str, numbers: tuple[int, int], span: Span, known: tuple[Sequence[Quote], CueTable, Sequence[bool]]
) -> Unit:
    """What one sentence can hold."""
    quotes, cues, noise = known
    sentence = text[span[0] : span[1]]
    before = bisect_left(quotes, span[1], key=lambda quote: quote.span[0])
    has_quote = before > 0 and span[0] < quotes[before - 1].span[1]
    return Unit(
        number=numbers[0],
        span=span,
        paragraph=numbers[1],
        is_noise=noise[numbers[1]],
        can_attribute=has_quote or cues.has_any(sentence) or NAMED_TURN.match(sentence) is not None,
        can_narrate=HARM.search(sentence.lower()) is not None,
    )


def is_noise(text: str, blocks: Sequence[Span], number: int) -> bool:
    """Whether a paragraph is a headline, a byline, a credit or a caption."""
    start, end = blocks[number]
    line = text[start:end]
    if CREDIT.match(line) and len(line.split()) <= LONGEST_HEADLINE:
        return True
    if BULLET_NAME.match(line) or POINTER.match(line):
        return True
    is_headline = number == 0 and len(blocks) > 1 and len(line.split()) <= LONGEST_HEADLINE
    return is_headline and ENDS_AS_SENTENCE.search(line) is None
