"""A name in, the form out that its usual spellings in Latin letters share: Raqqa, Raqa and al-Raqqah are one."""

import re
import unicodedata

# The article, also where it takes on the first letter of the name: al-Bab, ar-Raqqah, ez-Zor.
ARTICLE = re.compile(r"\b(?:[ae]l|[ae]r|[ae]d|[ae]s|[ae]sh|[ae]n|[ae]t|[ae]z)[- ](?=\w)")
# In order: digraphs first, then vowels. Latin spellings keep no difference between e, i and a, or between o and u.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z ]", ""), (r"ck|kh|q", "k"), (r"gh", "g"), (r"dh", "d"), (r"th", "t"), (r"ph", "f"), (r"sch|sh", "sh"),
        (r"dj|j", "zh"), (r"ou|oo|aw|au|ow|w|o", "u"), (r"[eiy]", "a"), (r"h\b", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
SHORTEST = 4  # letters: below that too many names fall together


def skeleton(name: str) -> str:
    """The form that spellings of one name share; it is for comparing only.

    >>> skeleton("Raqqa") == skeleton("Raqa") == skeleton("al-Raqqah") == skeleton("Ar Raqqah")
    True
    >>> skeleton("Mashlab") == skeleton("al-Meshleb"), skeleton("Homs") == skeleton("Hama")
    (True, False)
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = ARTICLE.sub("", plain.replace("'", ""))
    for pattern, sound in SOUNDS:
        plain = pattern.sub(sound, plain)
    return plain.replace(" ", "")


def has_skeleton(name: str) -> bool:
    """Whether a name is long enough to be known by its spelling alone."""
    return len(skeleton(name)) >= SHORTEST
