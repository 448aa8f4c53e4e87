"""Real articles in, any number of made ones out, as their keys: phrases are as common as in the real ones, and no two are alike.

A made article goes on in a real one for some words, then jumps to another place where the word that it has reached stands.
Words that the real ones hardly have are drawn anew, as every story has names of its own. Some articles are reprints, and
those of some outlets end in a line of the outlet's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import text as characters
from pipeline.comparison.fingerprints import (
    FINGERPRINT_WORDS,
    Keys,
    distinct,
    hash_and_mask,
    hash_grams,
    to_keys,
    winnow,
)
from pipeline.comparison.sentences import KEYS_PER_SENTENCE, NUMBER_HASH, SENTENCE_WORDS, hash_seeds

GOES_ON = 0.8  # share of words after which an article stays where it is: so many share two keys as real ones do
RARE = 3  # a word that stands this often or less in the real articles is one of many
REPRINTED = 0.03  # share of articles that are a copy of another
OUTLETS = 500
FOOTED_OUTLETS = 50
FOOTER_WORDS = 18
AT_ONCE = 4_000  # articles made together
WALKED = 400  # words between two fresh starts

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Real articles as numbers of words, one after another.

    places  of every word, those of one word together; begins: where those of a word begin, counts: how many there are
    sizes   words of each sentence of each article
    plain   hash of each word; masked: with all numbers, weekdays and months alike
    """

    words: Numbers
    places: Numbers
    begins: Numbers
    counts: Numbers
    sizes: tuple[tuple[int, ...], ...]
    plain: Hashes
    masked: Hashes


def read_corpus(texts: Sequence[str]) -> Corpus:
    """The articles, their words numbered."""
    numbers: dict[str, int] = {}
    words: list[int] = []
    sizes = []
    for text in texts:
        sentences = [characters.words(text[start:end]) for start, end in characters.sentences(text)]
        sizes.append(tuple(len(sentence) for sentence in sentences if sentence))
        words += [numbers.setdefault(word, len(numbers)) for sentence in sentences for word in sentence]
    found = np.array(words, dtype=np.int64)
    counts = np.bincount(found)
    plain, masked = hash_and_mask(list(numbers))
    places = np.argsort(found, kind="stable")
    return Corpus(found, places, np.cumsum(counts) - counts, counts, tuple(filter(None, sizes)), plain, masked)


def make_keys(corpus: Corpus, articles: int, seed: int = 1) -> Iterator[tuple[Keys, Keys]]:
    """Yield the fingerprints and the sentence keys of made articles, the same for the same seed."""
    chance = np.random.default_rng(seed)
    footers = chance.choice(corpus.words, (FOOTED_OUTLETS, FOOTER_WORDS))
    for first in range(0, articles, AT_ONCE):
        sizes = [corpus.sizes[one] for one in chance.integers(len(corpus.sizes), size=AT_ONCE)]
        words = write(corpus, chance, sum(map(sum, sizes)))
        ends = np.cumsum(list(map(sum, sizes)))
        stories = [part[: sum(one)] for part, one in zip(np.split(words, ends[:-1]), sizes, strict=True)]
        for number in np.flatnonzero(chance.random(AT_ONCE) < REPRINTED).tolist():
            stories[number], sizes[number] = stories[number - 1], sizes[number - 1]
        for number in range(AT_ONCE):
            if (outlet := (first + number) % OUTLETS) < FOOTED_OUTLETS:
                stories[number] = np.concatenate([stories[number], footers[outlet]])
                sizes[number] = (*sizes[number], FOOTER_WORDS)
        yield from key_all(corpus, stories, sizes, min(AT_ONCE, articles - first))


def write(corpus: Corpus, chance: np.random.Generator, words: int) -> Numbers:
    """So many words, by many writers at once who each write a part."""
    rows = np.empty((-(-words // WALKED), WALKED), dtype=np.int64)
    place = chance.integers(len(corpus.words), size=len(rows))
    for column in range(WALKED):
        here = rows[:, column] = corpus.words[place]
        jumped = corpus.places[corpus.begins[here] + chance.integers(corpus.counts[here])]
        place = (np.where(chance.random(len(rows)) < GOES_ON, place, jumped) + 1) % len(corpus.words)
    is_rare = corpus.counts[rows] <= RARE
    rows[is_rare] = chance.choice(np.flatnonzero(corpus.counts <= RARE), is_rare.sum())
    return rows.ravel()[:words]


def key_all(
    corpus: Corpus, stories: Sequence[Numbers], sizes: Sequence[tuple[int, ...]], wanted: int
) -> Iterator[tuple[Keys, Keys]]:
    """The keys of many articles at once, as `find_fingerprints` and `find_keys` choose them but for windows across two."""
    words = np.concatenate(stories)
    story_of = np.repeat(np.arange(len(stories)), list(map(len, stories)))
    smallest = to_keys(winnow(hash_grams(corpus.plain[words], FINGERPRINT_WORDS)))
    fingerprints = split(story_of[: len(smallest)], smallest, len(stories))
    counts = np.concatenate(sizes)
    rows, masked = np.repeat(np.arange(len(counts)), counts), corpus.masked[words]
    is_kept = counts[rows] >= SENTENCE_WORDS
    is_number = masked == NUMBER_HASH
    is_kept[1:] &= ~(is_number[1:] & is_number[:-1] & (rows[1:] == rows[:-1]))
    rows = rows[is_kept]
    seeds = to_keys(hash_seeds(masked[is_kept], np.bincount(rows, minlength=len(counts))))
    pairs = distinct(rows.astype(np.uint64) << np.uint64(32) | seeds)
    rows = (pairs >> np.uint64(32)).astype(np.int64)
    is_small = np.arange(len(rows)) - np.searchsorted(rows, rows) < KEYS_PER_SENTENCE
    story_of = np.repeat(np.arange(len(stories)), list(map(len, sizes)))[rows[is_small]]
    sentence_keys = split(story_of, pairs[is_small].astype(np.uint32), len(stories))
    yield from list(zip(fingerprints, sentence_keys, strict=True))[:wanted]


def split(owners: Numbers, keys: NDArray[np.uint32], count: int) -> list[Keys]:
    """The keys of each owner, distinct and sorted."""
    pairs = distinct(owners.astype(np.uint64) << np.uint64(32) | keys)
    ends = np.searchsorted(pairs, np.arange(1, count, dtype=np.uint64) << np.uint64(32))
    return np.split(pairs.astype(np.uint32), ends)
