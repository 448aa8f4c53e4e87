"""Sentences as word hashes in, keys that find the same sentence elsewhere and matched sentences out.

The keys of a sentence are its smallest hashes of spaced seeds (a bottom-k sketch: Cohen and Kaplan, "Summarizing Data using
Bottom-k Sketches", PODC 2007; seeds with gaps: Ma, Tromp and Li, "PatternHunter", Bioinformatics 2002). Four words with a
gap are as hardy as a word 4-gram, and a stock phrase is none of them. What they find is verified on word 2-grams: with
3-grams one changed word in ten takes a sentence of ten words below one half. Words come masked (`numbers.py`), so a new toll
does not hide its sentence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.fingerprints import MULTIPLIER, Hashes, Keys, distinct, hash_grams, hash_word, mix, to_keys
from pipeline.comparison.numbers import ANY_NUMBER

SENTENCE_VERSION = 3
SEED = (0, 1, 4, 5)  # which words of a run of six
KEYS_PER_SENTENCE = 8
GRAM_WORDS = 2
SENTENCE_WORDS = 6  # "He did not elaborate." says nothing about who copied whom
MINIMUM_SCORE = 0.5  # Jaccard of 2-grams: the lowest score that is still the same sentence
COMPARED_SENTENCES = 1_000  # of one text: a page of 10,000 rows would ask for 100 million pairs
JOINED_GRAMS = 4_096  # of one side, joined at a time, so that memory stays below 100 MB

NUMBER_HASH = np.uint64(hash_word(ANY_NUMBER))
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


def number_words(word_counts: Sequence[int]) -> Numbers:
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


def find_compared(word_counts: Sequence[int]) -> Numbers:
    """Return the numbers of the sentences that are long enough to be compared, COMPARED_SENTENCES at most.

    >>> find_compared([9, 3, 6]).tolist()
    [0, 2]
    """
    return np.flatnonzero(np.asarray(word_counts, dtype=np.int64) >= SENTENCE_WORDS)[:COMPARED_SENTENCES]


def find_keys(word_hashes: Hashes, word_counts: Sequence[int]) -> Keys:
    """Return the keys of the compared sentences of a text: distinct and sorted, KEYS_PER_SENTENCE of each at most.

    `word_hashes` are masked. "1,500" counts as one number, as "24" does, so numbers in a row are one.
    """
    row_of = np.full(len(word_counts), -1, dtype=np.int64)
    compared = find_compared(word_counts)
    row_of[compared] = np.arange(len(compared))
    rows = np.repeat(row_of, word_counts)
    is_kept = rows >= 0
    is_number = word_hashes == NUMBER_HASH
    is_kept[1:] &= ~(is_number[1:] & is_number[:-1] & (rows[1:] == rows[:-1]))
    rows = rows[is_kept]
    seeds = hash_seeds(word_hashes[is_kept], np.bincount(rows, minlength=len(compared)))
    return pick_smallest(to_keys(seeds), rows)


def hash_seeds(word_hashes: Hashes, word_counts: Numbers) -> Hashes:
    """Return the hash of the seed that begins at each word. A sentence is a ring: its end has as many seeds as its middle."""
    begins = np.repeat(np.cumsum(word_counts) - word_counts, word_counts)
    places, sizes = np.arange(len(word_hashes)) - begins, np.repeat(word_counts, word_counts)
    seeds = word_hashes.copy()
    for offset in SEED[1:]:
        seeds *= MULTIPLIER
        seeds += word_hashes[begins + (places + offset) % sizes]
    return mix(seeds)


def pick_smallest(seeds: Keys, rows: Numbers) -> Keys:
    """Return the KEYS_PER_SENTENCE smallest different seeds of each row, together: distinct and sorted.

    >>> pick_smallest(np.array([7, 5, 5, 7], dtype=np.uint32), np.array([0, 0, 0, 1])).tolist()
    [5, 7]
    """
    pairs = distinct(rows.astype(np.uint64) << np.uint64(32) | seeds)
    rows = (pairs >> np.uint64(32)).astype(np.int64)
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    return distinct(pairs[rank < KEYS_PER_SENTENCE].astype(np.uint32))  # the lower half


def gram_sentences(word_hashes: Hashes, word_counts: Sequence[int]) -> SentenceGrams:
    """Return the 2-grams of the first COMPARED_SENTENCES sentences that are long enough to be compared."""
    grams, inside = grams_inside(word_hashes, number_words(word_counts), GRAM_WORDS)
    sentences = find_compared(word_counts)
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
