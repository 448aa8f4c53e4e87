"""Words in, fingerprints out: 64-bit hashes of word n-grams, the same on every machine and in every release.

The fingerprints of a text are chosen by winnowing: Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for
Document Fingerprinting", SIGMOD 2003. Two texts that share a run of FINGERPRINT_WORDS + WINDOW_GRAMS - 1 words share at
least one fingerprint, wherever the run stands.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.numbers import mask

FINGERPRINT_VERSION = 1  # golden vectors in the tests: a change of any value below needs a new version
FINGERPRINT_WORDS = 5
WINDOW_GRAMS = 4

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, odd: no information is lost
REMEMBERED_WORDS = 1 << 17  # a year of news has fewer common words; about 20 MB when full

Hashes = NDArray[np.uint64]


class WordHashes(dict[str, int]):
    """The hashes of words met so far. A cache: three times as fast as `lru_cache` on a text.

    masked  of those that count as another word when sentences are compared, the hash of that word
    """

    def __init__(self) -> None:
        super().__init__()
        self.masked: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        self[word] = value = hash_word(word)
        if (other := mask(word)) != word:
            self.masked[word] = hash_word(other)
        return value

    def forget_if_full(self) -> None:
        """Forget all words; between two texts only, for the masked ones of a text are looked up after its hashes."""
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
            self.masked.clear()


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
    WORD_HASHES.forget_if_full()
    return np.fromiter(map(WORD_HASHES.__getitem__, words), dtype=np.uint64, count=len(words))


def mask_words(words: Sequence[str], hashes: Hashes) -> Hashes:
    """Return the hashes of the words with all numbers, weekdays and months alike; `hashes` are those of `hash_words`.

    >>> first, second = ["24", "died"], ["thirteen", "died"]
    >>> mask_words(first, hash_words(first)).tolist() == mask_words(second, hash_words(second)).tolist()
    True
    """
    masked, known = hashes.copy(), WORD_HASHES.masked
    for place in [place for place, word in enumerate(words) if word in known]:
        masked[place] = known[words[place]]
    return masked


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


def distinct(hashes: Hashes) -> Hashes:
    """Return each hash once, sorted. Five times as fast as `np.unique` on the hashes of a text.

    >>> distinct(np.array([9, 3, 9], dtype=np.uint64)).tolist()
    [3, 9]
    """
    in_order = np.sort(hashes)
    is_new = np.ones(len(in_order), dtype=bool)
    np.not_equal(in_order[1:], in_order[:-1], out=is_new[1:])
    return in_order[is_new]


def winnow(grams: Hashes) -> Hashes:
    """Return the smallest hash of every window of WINDOW_GRAMS neighbours: distinct and sorted.

    >>> winnow(np.array([7, 5, 9, 8, 6, 9], dtype=np.uint64)).tolist()
    [5, 6]
    """
    window = min(WINDOW_GRAMS, len(grams))
    smallest = grams[: len(grams) - window + 1].copy() if window else grams
    for offset in range(1, window):
        np.minimum(smallest, grams[offset : offset + len(smallest)], out=smallest)
    return distinct(smallest)


def find_fingerprints(word_hashes: Hashes) -> Hashes:
    """Return the fingerprints of a text from the hashes of its words: none if it has fewer than FINGERPRINT_WORDS.

    >>> len(find_fingerprints(hash_words(["raids", "killed", "24", "civilians", "near", "raqqa"])))
    1
    """
    return winnow(hash_grams(word_hashes, FINGERPRINT_WORDS))
