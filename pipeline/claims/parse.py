"""Sentences in, parsed sentences out: tokens with tag, relation and head, each with offsets into the article's text.

Known names become one token before the parse, and where the model would misread such a name (it tags neither IS nor Daesh and
takes Jazra for a person) it is shown a stand-in of the same kind. Offsets are always those of the text's own words.
"""

import gc
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops

from pipeline.claims.gazetteer import Mention
from pipeline.claims.located import Located
from pipeline.settings import SettingsError
from pipeline.values import Span

# Names come from the gazetteer, lemmas of cues from cues.csv; the rules read Penn tags, not the coarse ones it derives.
EXCLUDED = ("ner", "lemmatizer", "attribute_ruler")
MAX_TOKENS = 250  # a longer "sentence" is a table or a list: the parser's time and memory grow with it, claims do not
MAX_CHARACTERS = 4_000  # the tokenizer takes minutes for 20,000 brackets in a row
BATCH = 128
NEW_BEFORE_GARBAGE = 20_000  # things that are made before garbage is looked for; Python does it after 700
SAME_LENGTH = str.maketrans(
    {"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "\u00a0": " ", "\u202f": " ",
     "\u2009": " ", "\u2003": " ", "\t": " ", "\u2011": "-", "\u2010": "-"}
)  # fmt: skip
DOUBLED = re.compile(r"(?<!')''(?!')")  # two apostrophes for a quotation mark: the mark goes to the side of the words
# The last word of a name, where it says what kind of thing the name is: it is shown to the parser as it stands.
COMMON_HEAD = re.compile(
    r"(?:coalition|forces?|army|military|government|regime|ministry|party|group|agency|council|rebels|movement|network|"
    r"department|command|city|province|governorate|valley|river|dam|units|helmets|houthis)$",
    re.IGNORECASE,
)
# "air strikes" and the like: the model reads the second word as a verb ("coalition air strikes the previous day ...").
TERMS = re.compile(r"\b(?:air|drone|missile|rocket|artillery|bomb) (?:strikes?|raids?|attacks?)\b", re.IGNORECASE)


class Token(NamedTuple):  # made for every word: a frozen dataclass takes three times as long
    """One word, or one known name.

    tag, dep    Penn Treebank tag and relation of the parse; head: number of its head in the sentence (its own for the root)
    start, end  character offsets into the article's text
    mention     the known name that it is, or None
    """

    number: int
    text: str
    low: str
    tag: str
    dep: str
    head: int
    start: int
    end: int
    mention: Mention | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed sentence.

    span         the sentence's offsets into the text
    children     for each token the numbers of those that depend on it, in order
    first, last  for each token the ends of its subtree, as inclusive token numbers
    """

    span: Span
    tokens: tuple[Token, ...]
    children: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    last: tuple[int, ...]

    def kids(self, number: int, *deps: str) -> list[int]:
        """Children of a token that have one of these relations."""
        children, tokens = self.children[number], self.tokens
        return [child for child in children if tokens[child].dep in deps] if children else []

    def subtree(self, number: int) -> range:
        """Token numbers from the first to the last word that hangs on this one."""
        return range(self.first[number], self.last[number] + 1)

    def span_of(self, numbers: range | Sequence[int]) -> Span:
        """Offsets from the first to the last of these tokens."""
        return self.tokens[numbers[0]].start, self.tokens[numbers[-1]].end

    def ancestors(self, number: int) -> Iterator[int]:
        """The heads above a token, nearest first."""
        while (head := self.tokens[number].head) != number:
            yield head
            number = head


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded spaCy pipeline, its name and version."""

    name: str
    version: str
    nlp: Language


def normalise(text: str) -> str:
    """Straight quotes and plain spaces, one character for one, so that offsets hold.

    >>> normalise("the “toll” rose")
    'the "toll" rose'
    """
    plain = text.replace("\t", " ") if text.isascii() else text.translate(SAME_LENGTH)
    return DOUBLED.sub(
        lambda mark: ' "' if mark.start() == 0 or text[mark.start() - 1].isspace() else '" ',
        plain,
    )


@cache
def load_model(name: str) -> Model:
    """The named spaCy model without its entity recogniser; loading takes about a second, so it is kept.

    Raises SettingsError with the remedy if it is not installed.
    """
    try:
        # BLIS, the default, has no kernel for many processors and then takes plain loops: a parse takes half the time
        # with numpy's OpenBLAS.
        with use_ops("numpy", use_blis=False):
            nlp = spacy.load(name, exclude=list(EXCLUDED))
        # Model and tables stay, and a text makes ten thousand tokens that are no garbage: looking through them again and
        # again takes a tenth of a read.
        gc.freeze()
        gc.set_threshold(NEW_BEFORE_GARBAGE, 10, 10)
    except OSError as error:
        raise SettingsError(
            f"The language model {name!r} is not installed; install it or set CLAIMWIRE_LANGUAGE_MODEL."
        ) from error
    return Model(name, str(nlp.meta["version"]), nlp)


def parse(text: str, spans: Sequence[Span], mentions: Located[Mention], model: Model) -> list[Parsed]:
    """The sentences of a normalised text at `spans`, parsed; those that are too long for prose are left out.

    Every sentence is a document of its own, so that neither order nor batch can change a parse.
    """
    readable = [span for span in spans if span[1] - span[0] <= MAX_CHARACTERS]
    prepared = [prepare(text, span, mentions_within(mentions, span), model.nlp) for span in readable]
    short = [
        (span, doc, pieces)
        for span, (doc, pieces) in zip(readable, prepared, strict=True)
        if 0 < len(pieces) <= MAX_TOKENS
    ]
    docs = model.nlp.pipe((doc for _, doc, _ in short), batch_size=BATCH)
    return [read_parse(text, span, doc, pieces) for (span, _, pieces), doc in zip(short, docs, strict=True)]


def mentions_within(mentions: Located[Mention], span: Span) -> list[Mention]:
    """The names that stand wholly inside the span."""
    return [mention for mention in mentions.starting(*span) if mention.span[1] <= span[1]]


Piece = tuple[int, int, str, Mention | None]  # start, end, the word shown to the parser, the name
Join = tuple[int, int, Mention | None]  # start and end in the sentence, the name or, for a compound, None


def prepare(text: str, span: Span, mentions: Sequence[Mention], nlp: Language) -> tuple[Doc, list[Piece]]:
    """The document that the parser is given, and for each of its tokens where it stands in the text."""
    sentence = text[span[0] : span[1]]
    tokens = nlp.tokenizer(sentence).to_array(["IDX", "LENGTH", "IS_SPACE"]).tolist()
    words = [(start, start + length) for start, length, is_space in tokens if not is_space]
    joins = sorted(
        [*((m.span[0] - span[0], m.span[1] - span[0], m) for m in mentions), *terms(sentence)], key=lambda j: j[:2]
    )
    pieces = joined(sentence, span[0], words, joins)
    spaces = [text[end : end + 1].isspace() for _, end, _, _ in pieces]
    starts: list[bool | int | None] = [number == 0 for number in range(len(pieces))]
    return Doc(nlp.vocab, words=[word for _, _, word, _ in pieces], spaces=spaces, sent_starts=starts), pieces


def joined(sentence: str, offset: int, words: Sequence[Span], joins: Sequence[Join]) -> list[Piece]:
    """The words of a sentence that begins at `offset` of the text, those of a name or compound as one."""
    if not joins:
        return [(offset + start, offset + end, sentence[start:end], None) for start, end in words]
    pieces: list[Piece] = []
    waiting = iter(joins)
    join = next(waiting, None)
    for start, end in words:
        while join and join[1] <= start:
            join = next(waiting, None)
        if join and join[0] <= start < join[1]:
            if start == join[0] or not pieces or pieces[-1][1] <= offset + join[0]:
                pieces.append(
                    (offset + start, offset + join[1], stand_in(sentence[join[0] : join[1]], join[2]), join[2])
                )
            if end > join[1]:  # the tokenizer kept a name and what follows it together
                rest = sentence[join[1] : end]  # "Syrias": the "s" of a lost apostrophe
                pieces.append((offset + join[1], offset + end, "'s" if rest == "s" else rest, None))
        else:
            pieces.append((offset + start, offset + end, sentence[start:end], None))
    return pieces


def terms(sentence: str) -> Iterator[tuple[int, int, None]]:
    """Compounds that must be one token."""
    folded = sentence.lower()
    if "strike" not in folded and "raid" not in folded and "attack" not in folded:
        return
    for match in TERMS.finditer(sentence):
        yield match.start(), match.end(), None


def stand_in(name: str, mention: Mention | None) -> str:
    """The word that the parser is shown for a known name.

    >>> stand_in("air strikes", None), stand_in("US-led coalition", None)
    ('raids', 'coalition')
    """
    last = name.rsplit(None, 1)[-1]
    if mention is None:
        return last.lower().replace("strike", "raid") if last.lower().startswith("strike") else last
    if COMMON_HEAD.search(last):
        return last
    if mention.actor and mention.actor.kind == "person":
        return "Smith"
    if mention.candidates or (mention.actor and mention.actor.kind != "state"):
        return "NATO"
    return name if mention.actor and name.isalpha() and not name.isupper() else "London"


def read_parse(text: str, span: Span, doc: Doc, pieces: Sequence[Piece]) -> Parsed:
    """The parse in our own plain form, with the text's own words."""
    name = doc.vocab.strings.__getitem__
    columns = doc.to_array(["TAG", "DEP", "HEAD"])
    tags, deps = columns[:, 0].tolist(), columns[:, 1].tolist()
    names = {code: name(code) for code in {*tags, *deps}}
    steps = columns[:, 2].astype("int64").tolist()  # signed: how many words before or behind the head stands
    heads = [number + step for number, step in enumerate(steps)]
    starts, ends, _, known = zip(*pieces, strict=True)
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    lows, tags, deps = [word.lower() for word in words], [names[tag] for tag in tags], [names[dep] for dep in deps]
    fields = zip(range(len(words)), words, lows, tags, deps, heads, starts, ends, known, strict=True)
    return Parsed(span, tuple(map(Token._make, fields)), *tree(heads))


def tree(heads: Sequence[int]) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...], tuple[int, ...]]:
    """Children and subtree ends of every token, from the number of each one's head; a root is its own.

    >>> tree([1, 1, 3, 1])
    (((), (0, 3), (), (2,)), (0, 0, 2, 2), (0, 3, 2, 3))
    """
    children: list[list[int]] = [[] for _ in heads]
    downwards: list[int] = []  # every token behind its head
    for number, head in enumerate(heads):
        (children[head] if head != number else downwards).append(number)
    for number in downwards:
        downwards += children[number]
    first, last = list(range(len(heads))), list(range(len(heads)))
    for number in reversed(downwards):
        head = heads[number]
        if first[number] < first[head]:  # noqa: PLR1730  # a call of min or max takes twice as long
            first[head] = first[number]
        if last[number] > last[head]:  # noqa: PLR1730
            last[head] = last[number]
    return tuple(map(tuple, children)), tuple(first), tuple(last)
