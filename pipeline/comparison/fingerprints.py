"""Words in, fingerprints out: hashes of word n-grams, the same on every machine and in every release.

The fingerprints of a text are chosen by winnowing: Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for
Document Fingerprinting", SIGMOD 2003. Two texts that share a run of FINGERPRINT_WORDS + WINDOW_GRAMS - 1 words share at
least one fingerprint, wherever the run stands.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.numbers import mask

FINGERPRINT_VERSION = 2  # golden vectors in the tests: a change of any value below needs a new version
FINGERPRINT_WORDS = 5
WINDOW_GRAMS = 16

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, odd: no information is lost
REMEMBERED_WORDS = 1 << 17  # a year of news has fewer common words; about 20 MB when full
KEY_BITS = np.uint64(32)

Hashes = NDArray[np.uint64]
Hash = TypeVar("Hash", bound=np.unsignedinteger[Any])
Keys = NDArray[
    np.uint32
]  # the upper half of a hash: what an index keeps. Two keys in common are asked for, so it is enough


class WordHashes(dict[str, int]):
    """Words met so far, each with its row in the two columns of hashes. A cache: three times as fast as `lru_cache`.

    plain   hash of the word itself
    masked  hash of what it counts as when sentences are compared
    """

    def __init__(self) -> None:
        super().__init__()
        self.plain = np.zeros(REMEMBERED_WORDS, dtype=np.uint64)
        self.masked = np.zeros(REMEMBERED_WORDS, dtype=np.uint64)

    def __missing__(self, word: str) -> int:
        row = len(self)
        if row == len(self.plain):  # a text that alone has more words than are remembered
            self.plain, self.masked = (np.concatenate([column, column]) for column in (self.plain, self.masked))
        self.plain[row] = hash_word(word)
        self.masked[row] = hash_word(mask(word))
        self[word] = row
        return row

    def find_rows(self, words: Sequence[str]) -> NDArray[np.int64]:
        """The row of each word. Forgets all others first when there are too many."""
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
        return np.fromiter(map(self.__getitem__, words), dtype=np.int64, count=len(words))


WORD_HASHES = WordHashes()


def hash_word(word: str) -> int:
    """Return the 64-bit hash of one word in normal form.

    >>> hash_word("raqqa")
    12433135489058025446
    """
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def hash_words(words: Sequence[str]) -> Hashes:
    """Return the hashes of the words, in order.

    >>> hash_words(["raqqa", "raqqa"]).tolist()
    [12433135489058025446, 12433135489058025446]
    """
    return hash_and_mask(words)[0]


def hash_and_mask(words: Sequence[str]) -> tuple[Hashes, Hashes]:
    """Return the hashes of the words, and those with all numbers, weekdays and months alike.

    >>> first, second = hash_and_mask(["24", "died"])[1], hash_and_mask(["thirteen", "died"])[1]
    >>> first.tolist() == second.tolist()
    True
    """
    rows = WORD_HASHES.find_rows(words)
    return WORD_HASHES.plain[rows], WORD_HASHES.masked[rows]


def hash_grams(word_hashes: Hashes, size: int) -> Hashes:
    """Return the hash of every run of `size` words, in order: none if there are fewer words.

    >>> hash_grams(hash_words(["raids", "killed", "24", "civilians"]), 3).tolist()
    [449684589023088273, 118012956925223279]
    """
    grams = word_hashes[: max(0, len(word_hashes) - size + 1)].copy()
    for offset in range(1, size):
        grams *= MULTIPLIER
        grams += word_hashes[offset : offset + len(grams)]
    return mix(grams)


def mix(hashes: Hashes) -> Hashes:
    """Spread every input bit over every output bit, in place: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).

    >>> mix(np.array([1], dtype=np.uint64)).tolist()
    [6238072747940578789]
    """
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    return hashes


def distinct(hashes: NDArray[Hash]) -> NDArray[Hash]:
    """Return each hash or key once, sorted. Five times as fast as `np.unique` on the hashes of a text.

    >>> distinct(np.array([9, 3, 9], dtype=np.uint64)).tolist()
    [3, 9]
    """
    return once(np.sort(hashes))


def once(in_order: NDArray[Hash]) -> NDArray[Hash]:
    """Return each of sorted hashes once.

    >>> once(np.array([3, 9, 9], dtype=np.uint64)).tolist()
    [3, 9]
    """
    is_new = np.ones(len(in_order), dtype=bool)
    np.not_equal(in_order[1:], in_order[:-1], out=is_new[1:])
    return in_order[is_new]


def winnow(grams: Hashes) -> Hashes:
    """Return the smallest hash of every window of WINDOW_GRAMS neighbours, in order: of all, if there are fewer.

    >>> winnow(np.arange(20, 1, -1, dtype=np.uint64)).tolist()
    [5, 4, 3, 2]
    """
    window = min(WINDOW_GRAMS, len(grams))
    smallest, reached = grams, min(1, window)
    while reached < window:  # the smallest of two windows that touch or overlap is that of both
        step = min(reached, window - reached)
        smallest = np.minimum(smallest[: len(smallest) - step], smallest[step:])
        reached += step
    return smallest


def find_fingerprints(word_hashes: Hashes) -> Keys:
    """Return the fingerprints of a text from the hashes of its words: none if it has fewer than FINGERPRINT_WORDS.

    >>> len(find_fingerprints(hash_words(["raids", "killed", "24", "civilians", "near", "raqqa"])))
    1
    """
    return distinct(to_keys(winnow(hash_grams(word_hashes, FINGERPRINT_WORDS))))


def to_keys(hashes: Hashes) -> Keys:
    """Return the keys of hashes: their upper halves."""
    return (hashes >> KEY_BITS).astype(np.uint32)
