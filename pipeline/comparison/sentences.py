"""Sentences as word hashes in, keys that find the same sentence elsewhere and matched sentences out.

The keys of a sentence are its smallest hashes of word 4-grams (a bottom-k sketch: Cohen and Kaplan, "Summarizing Data
using Bottom-k Sketches", PODC 2007); what they find is verified on word 2-grams: with 3-grams one changed word in ten
takes a sentence of ten words below one half. Words come masked (`numbers.py`), so a new toll does not hide its sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.fingerprints import Hashes, distinct, hash_grams

SENTENCE_VERSION = 2
KEY_WORDS = 4
KEYS_PER_SENTENCE = 4
GRAM_WORDS = 2
SENTENCE_WORDS = 6  # "He did not elaborate." says nothing about who copied whom
MINIMUM_SCORE = 0.5  # Jaccard of 2-grams: the lowest score that is still the same sentence
COMPARED_SENTENCES = 1_000  # of one text: a page of 10,000 rows would ask for 100 million pairs
JOINED_GRAMS = 4_096  # of one side, joined at a time, so that memory stays below 100 MB

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SentenceGrams:
    """The distinct word 2-grams of the compared sentences of one text.

    hashes     2-grams, sorted; a 2-gram that stands in two sentences is here twice
    rows       for each 2-gram the row of its sentence in the two columns below
    sizes      how many distinct 2-grams a sentence has
    sentences  its number in the text
    """

    hashes: Hashes
    rows: Numbers
    sizes: Numbers
    sentences: Numbers


def number_words(word_counts: list[int]) -> Numbers:
    """Return for every word of a text the number of its sentence.

    >>> number_words([2, 0, 3]).tolist()
    [0, 0, 2, 2, 2]
    """
    return np.repeat(np.arange(len(word_counts)), word_counts)


def grams_inside(word_hashes: Hashes, numbers: Numbers, size: int) -> tuple[Hashes, Numbers]:
    """Return the grams that cross no sentence end and their sentences: distinct, sorted by sentence, then by hash."""
    grams = hash_grams(word_hashes, size)
    first, last = numbers[: len(grams)], numbers[size - 1 :]
    is_inside = first == last[: len(first)]
    grams, inside = grams[is_inside], first[is_inside]
    order = np.lexsort((grams, inside))
    grams, inside = grams[order], inside[order]
    is_new = np.ones(len(grams), dtype=bool)
    is_new[1:] = (grams[1:] != grams[:-1]) | (inside[1:] != inside[:-1])
    return grams[is_new], inside[is_new]


def find_keys(word_hashes: Hashes, numbers: Numbers) -> Hashes:
    """Return the keys of all sentences of a text: distinct and sorted. A sentence of fewer than KEY_WORDS has none."""
    grams, inside = grams_inside(word_hashes, numbers, KEY_WORDS)
    rank = np.arange(len(inside)) - np.searchsorted(inside, inside)
    return distinct(grams[rank < KEYS_PER_SENTENCE])


def gram_sentences(word_hashes: Hashes, numbers: Numbers, word_counts: list[int]) -> SentenceGrams:
    """Return the 2-grams of the first COMPARED_SENTENCES sentences that are long enough to be compared."""
    grams, inside = grams_inside(word_hashes, numbers, GRAM_WORDS)
    sentences = np.flatnonzero(np.array(word_counts) >= SENTENCE_WORDS)[:COMPARED_SENTENCES]
    row_of = np.full(len(word_counts), -1, dtype=np.int64)
    row_of[sentences] = np.arange(len(sentences))
    rows = row_of[inside]
    grams, rows = grams[rows >= 0], rows[rows >= 0]
    order = np.argsort(grams, kind="stable")
    return SentenceGrams(grams[order], rows[order], np.bincount(rows, minlength=len(sentences)), sentences)


def match(here: SentenceGrams, there: SentenceGrams) -> list[tuple[int, int, float]]:
    """Return the sentences of two texts that are the same, as (number here, number there, score), by number here.

    Each sentence is matched at most once, best score first; of equal scores the pair nearest to the beginnings wins.
    Two pairs whose rows add up to the same have no sentence in common, so it does not matter which text is `here`.
    """
    counts = count_shared(here, there)
    first, second = np.nonzero(counts)
    shared = counts[first, second]
    scores = shared / (here.sizes[first] + there.sizes[second] - shared)
    is_same = scores >= MINIMUM_SCORE
    first, second, scores = first[is_same], second[is_same], scores[is_same]
    order = np.lexsort((first + second, -scores))
    best = take_once(zip(first[order].tolist(), second[order].tolist(), scores[order].tolist(), strict=True))
    return sorted((int(here.sentences[row]), int(there.sentences[other]), score) for row, other, score in best)


def take_once(pairs: Iterator[tuple[int, int, float]]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs whose two sentences no earlier pair has taken."""
    taken_here: set[int] = set()
    taken_there: set[int] = set()
    for first, second, score in pairs:
        if first not in taken_here and second not in taken_there:
            taken_here.add(first)
            taken_there.add(second)
            yield first, second, score


def count_shared(here: SentenceGrams, there: SentenceGrams) -> Numbers:
    """Return how many 2-grams each sentence here (row) shares with each sentence there (column)."""
    shape = len(here.sizes), len(there.sizes)
    table = np.zeros(shape[0] * shape[1], dtype=np.int64)
    for start in range(0, len(here.hashes), JOINED_GRAMS):
        hashes, rows = here.hashes[start : start + JOINED_GRAMS], here.rows[start : start + JOINED_GRAMS]
        begin = np.searchsorted(there.hashes, hashes, side="left")
        found = np.searchsorted(there.hashes, hashes, side="right") - begin
        skipped = np.repeat(begin - np.cumsum(found) + found, found)
        columns = there.rows[np.arange(len(skipped)) + skipped]
        table += np.bincount(np.repeat(rows, found) * shape[1] + columns, minlength=len(table))
    return table.reshape(shape)
