"""Two texts in, a measurement of what they share out. Pure, and the same from both sides."""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline import text as characters
from pipeline.comparison import fingerprints, numbers, sentences
from pipeline.comparison.fingerprints import Hashes, Keys, distinct, find_fingerprints, hash_and_mask, hash_grams
from pipeline.comparison.numbers import find_numbers
from pipeline.comparison.sentences import SentenceGrams, find_keys, gram_sentences, match
from pipeline.keys import canonical
from pipeline.values import MeasuredPair, SharedSentence, Span, TextSentence

MEASURE_VERSION = 3
COVERAGE_WORDS = 3

# A pair without a sentence in common is not recorded when neither text has this share of its 3-grams from the other, or
# when so few words are shared that one stock phrase would do it. The lowest coverage that names a relation is 0.3.
COVERAGE_FLOOR = 0.2
SHARED_WORDS_FLOOR = 12


@dataclass(frozen=True, eq=False)  # no slots: a text that nothing is found for is never measured, and needs no grams
class Prepared:
    """One text, ready to be measured.

    words           how many words the normal form has; normal_sha256 is its hash
    spans           of the sentences, into `text`; counts: the words of each
    hashes          of the words; masked: with numbers, weekdays and months alike
    """

    revision_id: str
    article_id: str
    text: str
    words: int
    normal_sha256: str
    spans: tuple[Span, ...]
    counts: tuple[int, ...]
    hashes: Hashes
    masked: Hashes

    @property
    def fingerprints(self) -> Keys:
        """What finds texts that share passages with this one."""
        return find_fingerprints(self.hashes)

    @property
    def sentence_keys(self) -> Keys:
        """What finds texts that have a sentence of this one."""
        return find_keys(self.masked, self.counts)

    @cached_property
    def grams(self) -> Hashes:
        """Hash of every word 3-gram, in order."""
        return hash_grams(self.hashes, COVERAGE_WORDS)

    @cached_property
    def distinct_grams(self) -> Hashes:
        """The same, sorted, each once."""
        return distinct(self.grams)

    @cached_property
    def sentence_grams(self) -> SentenceGrams:
        """The masked word 2-grams of each sentence."""
        return gram_sentences(self.masked, self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What two texts share: the fields of `MeasuredPair`, for both sides.

    shared_words  words inside shared 3-grams, in the text that has fewer of them: the same from both sides
    """

    coverage_here: float
    coverage_there: float
    shared_words: int
    is_exact: bool
    sentences: tuple[SharedSentence, ...]


@cache
def producer() -> str:
    """Return step, version and digest of all that shapes a measurement.

    >>> producer().startswith("compare-3-")
    True
    """
    rules = [
        [fingerprints.FINGERPRINT_VERSION, fingerprints.FINGERPRINT_WORDS, fingerprints.WINDOW_GRAMS],
        [sentences.SENTENCE_VERSION, *sentences.SEED, sentences.KEYS_PER_SENTENCE, sentences.GRAM_WORDS],
        [sentences.SENTENCE_WORDS, sentences.MINIMUM_SCORE, sentences.COMPARED_SENTENCES],
        [MEASURE_VERSION, COVERAGE_WORDS, COVERAGE_FLOOR, SHARED_WORDS_FLOOR],
        [numbers.NUMBERS_VERSION, numbers.NUMBER.pattern, numbers.THOUSANDS.pattern, sorted(numbers.NUMBER_WORDS)],
        [sorted(numbers.WEEKDAYS), sorted(numbers.MONTHS), numbers.POSTED_AT.pattern],
        [characters.WORD.pattern, characters.SENTENCE_END.pattern, characters.STARTS_SENTENCE.pattern],
        [sorted(characters.ABBREVIATIONS), unicodedata.unidata_version],  # Unicode decides the normal form
    ]
    return f"compare-{MEASURE_VERSION}-{hashlib.sha256(canonical(rules)).hexdigest()[:10]}"


def prepare(revision_id: str, article_id: str, text: str) -> Prepared:
    """Return the text with everything that measuring needs.

    >>> prepared = prepare("r1", "a1", "Raids killed 24. The Observatory said so.")
    >>> prepared.words, prepared.spans, len(prepared.distinct_grams)
    (7, ((0, 16), (17, 41)), 5)
    """
    spans = tuple(characters.sentences(text))
    words_by_sentence = [characters.words(text[start:end]) for start, end in spans]
    words = [word for sentence in words_by_sentence for word in sentence]
    hashes, masked = hash_and_mask(words)
    return Prepared(
        revision_id=revision_id,
        article_id=article_id,
        text=text,
        words=len(words),
        normal_sha256=hashlib.sha256(" ".join(words).encode()).hexdigest(),
        spans=spans,
        counts=tuple(map(len, words_by_sentence)),
        hashes=hashes,
        masked=masked,
    )


def measure(here: Prepared, there: Prepared) -> Measurement | None:
    """Return what the texts share, or None if it is too little to be recorded.

    `measure(there, here)` is the mirror image. Two revisions of one article and equal texts are always recorded.

    >>> here = prepare("r1", "a1", "At least 24 civilians died in Jazra on Sunday, the Observatory said.")
    >>> there = prepare("r2", "a2", "Update. At least 13 civilians died in Jazra on Sunday, the Observatory said.")
    >>> measurement = measure(here, there)
    >>> round(measurement.coverage_here, 2), measurement.shared_words, measurement.sentences[0].is_digits_equal
    (0.7, 9, False)
    """
    shared = here.distinct_grams[find_in(here.distinct_grams, there.distinct_grams)]
    measurement = Measurement(
        coverage_here=share(shared, here.distinct_grams),
        coverage_there=share(shared, there.distinct_grams),
        shared_words=min(count_covered(here.grams, shared), count_covered(there.grams, shared)),
        is_exact=here.normal_sha256 == there.normal_sha256,
        sentences=share_sentences(here, there) if len(shared) else (),
    )
    return measurement if is_recorded(here, there, measurement) else None


def is_recorded(here: Prepared, there: Prepared, measurement: Measurement) -> bool:
    """Whether the measurement is above the floors."""
    coverage = max(measurement.coverage_here, measurement.coverage_there)
    has_coverage = coverage >= COVERAGE_FLOOR and measurement.shared_words >= SHARED_WORDS_FLOOR
    is_same_text = measurement.is_exact and here.words > 0
    return has_coverage or is_same_text or bool(measurement.sentences) or here.article_id == there.article_id


def find_in(hashes: Hashes, others: Hashes) -> NDArray[np.bool_]:
    """Return for each hash whether it is among the others, which are sorted. Six times as fast as `np.isin` on a text.

    >>> find_in(np.array([3, 9], dtype=np.uint64), np.array([1, 3], dtype=np.uint64)).tolist()
    [True, False]
    """
    if not len(others):
        return np.zeros(len(hashes), dtype=bool)
    found: NDArray[np.bool_] = others.take(np.searchsorted(others, hashes), mode="clip") == hashes
    return found


def share(shared: Hashes, grams: Hashes) -> float:
    """Return which share of a text's distinct 3-grams is shared: 0 for a text that has none."""
    return len(shared) / len(grams) if len(grams) else 0.0


def count_covered(grams: Hashes, shared: Hashes) -> int:
    """Return how many words of a text stand inside a shared 3-gram.

    >>> count_covered(np.array([5, 6, 7, 8, 9], dtype=np.uint64), np.array([5, 6], dtype=np.uint64))
    4
    """
    is_covered = np.zeros(len(grams) + COVERAGE_WORDS - 1, dtype=bool)
    starts = np.flatnonzero(find_in(grams, shared))
    for offset in range(COVERAGE_WORDS):
        is_covered[starts + offset] = True
    return int(is_covered.sum())


def share_sentences(here: Prepared, there: Prepared) -> tuple[SharedSentence, ...]:
    """Return the sentences that stand in both texts, in the order of `here`."""
    return tuple(
        SharedSentence(
            here=here.spans[number],
            there=there.spans[other],
            score=score,
            is_digits_equal=numbers_of(here, number) == numbers_of(there, other),
        )
        for number, other, score in match(here.sentence_grams, there.sentence_grams)
    )


def numbers_of(prepared: Prepared, sentence: int) -> list[str]:
    """Return the numbers in a sentence, sorted."""
    start, end = prepared.spans[sentence]
    return find_numbers(prepared.text[start:end])


def to_sentences(prepared: Prepared) -> tuple[TextSentence, ...]:
    """Return the sentences of a text as they are recorded: those without a word are left out.

    >>> to_sentences(prepare("r1", "a1", "Raids killed 24.\\n..."))
    (TextSentence(span=(0, 16), words=3),)
    """
    counted = zip(prepared.spans, prepared.counts, strict=True)
    return tuple(TextSentence(span=span, words=words) for span, words in counted if words)


def to_pair(here: Prepared, there: Prepared, measurement: Measurement) -> MeasuredPair:
    """Return the measurement as it is recorded in the event of `here`."""
    return MeasuredPair(
        other_article_id=there.article_id,
        other_revision_id=there.revision_id,
        coverage_here=measurement.coverage_here,
        coverage_there=measurement.coverage_there,
        words_here=here.words,
        words_there=there.words,
        shared_words=measurement.shared_words,
        is_exact=measurement.is_exact,
        sentences=measurement.sentences,
    )
