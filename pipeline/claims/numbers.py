"""A normalised text in, the numbers it names out: digits, words, vague ones, bounds and ranges."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.values import Span

UNITS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen""".split()
    )
}
TENS = {
    word: 10 * (value + 2) for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 10**9, "trillion": 10**12}
MOST = 2**52  # what is larger counts as this; a number of more digits is not even read
MOST_DIGITS = 16
# At least so many are meant: "dozens" is two dozen or more.
VAGUE = {
    "tens of thousands": 20_000, "hundreds of thousands": 200_000, "dozens": 24, "scores": 40, "hundreds": 200,
    "thousands": 2_000, "several dozen": 36, "a few dozen": 24, "several hundred": 300, "several thousand": 3_000,
    "several": 3, "a few": 2, "a handful": 3,
}  # fmt: skip
FIXED = {
    "half a dozen": 6,
    "a dozen": 12,
    "two dozen": 24,
    "three dozen": 36,
    "four dozen": 48,
    "a hundred": 100,
    "a thousand": 1_000,
}
BOUNDS = {
    "at least": "at_least", "no fewer than": "at_least", "no less than": "at_least", "not less than": "at_least",
    "not fewer than": "at_least", "a minimum of": "at_least", "more than": "more_than", "over": "more_than",
    "upwards of": "at_least", "in excess of": "more_than", "up to": "at_most", "as many as": "at_most", "at most": "at_most",
    "no more than": "at_most", "not more than": "at_most", "a maximum of": "at_most", "fewer than": "less_than",
    "less than": "less_than", "under": "less_than", "about": "about", "around": "about", "some": "about",
    "roughly": "about", "approximately": "about", "an estimated": "about", "estimated": "about", "nearly": "about",
    "almost": "about", "close to": "about", "exactly": "exact", "only": "exact", "just over": "more_than",
    "just under": "less_than", "well over": "more_than",
}  # fmt: skip
MONTHS = (
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec"
)
NO_MONTH = "".join(rf"(?<!{month} )(?<!{month}\. )" for month in MONTHS.split())  # "June 10 200 people" is no 10,200
SPACED = rf"(?<![\w.,/$£€-]){NO_MONTH}[1-9]\d{{0,2}}(?: \d{{3}})+(?![\w/]|[.,]\d)"
DIGITS = rf"{SPACED}|" r"(?<![\w.,/$£€-])\d{1,3}(?:,\d{3})+(?![\d])|(?<![\w.,/$£€-])\d+(?![\d/]|[.,]\d)"
SPELLED = "|".join(sorted([*UNITS, *TENS, *SCALES], key=len, reverse=True))
SPELLED_RUN = rf"(?<![\w-])(?:{SPELLED})(?:(?:[ -]|-? and )(?:{SPELLED}))*(?![\w])"
MILLIONS = r"(?<![\w.,/$£€-])\d{1,3}\.\d+[ ](?:thousand|million|billion)"
ONE = rf"{MILLIONS}|(?:{DIGITS})(?:[ ](?:{'|'.join(SCALES)}))?|{SPELLED_RUN}"
PLAIN = rf"(?:{'|'.join(sorted([*FIXED, *VAGUE], key=len, reverse=True))})(?![\w-])|{ONE}"
BOUND = "|".join(sorted(BOUNDS, key=len, reverse=True))
NUMBER = re.compile(
    r"(?<!\w)(?=\w)"  # where no word begins, none of the alternatives need be tried
    rf"(?:\b(?P<bound>{BOUND})\s+)?"
    rf"(?:\bbetween\s+(?P<low>{ONE})\s+and\s+(?P<high>{ONE})"
    rf"|(?<!from )(?P<low2>{ONE})(?:\s+to\s+|-|–)(?P<high2>\d[\d,]*\b|{SPELLED_RUN})"
    rf"|\b(?P<vague>{PLAIN})"
    rf"|(?P<plain>{ONE}))(?P<more>\s+or (?:more|so)\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as the text gives it.

    low, high  the range it allows; high None: no upper end
    bound      exact | at_least | more_than | at_most | less_than | about | range | dozens | scores | hundreds | ..
    span       offsets of all its words, the bound included; core: offsets without the bound
    """

    low: int
    high: int | None
    bound: str
    span: Span
    core: Span


def find_numbers(text: str, start: int, end: int) -> Iterator[Number]:
    """Numbers between two offsets, in order and without overlaps.

    >>> [(n.low, n.high, n.bound) for n in find_numbers("at least 12, dozens, between 20 and thirty-one", 0, 46)]
    [(12, None, 'at_least'), (24, None, 'dozens'), (20, 31, 'range')]
    """
    for match in NUMBER.finditer(text, start, end):
        number = read_number(match)
        if number is not None:
            yield number


def read_number(match: re.Match[str]) -> Number | None:
    """The number that a match says; None for a range that runs backwards ("from 24 to 13")."""
    bound = BOUNDS.get(re.sub(r"\s+", " ", match["bound"].lower()), "exact") if match["bound"] else "exact"
    if match["low"] or match["low2"]:
        group = "low" if match["low"] else "low2"
        low, high = value_of(match[group]), value_of(match["high"] or match["high2"])
        if low > high:
            return None
        return Number(low, high, "range", match.span(), (match.start(group), match.end()))
    group = "vague" if match["vague"] else "plain"
    word = re.sub(r"\s+", " ", match[group].lower())
    core = match.span(group)
    if word in VAGUE:
        return Number(VAGUE[word], None, word.replace(" ", "_"), match.span(), core)
    if match["more"]:
        bound = "at_least" if match["more"].endswith("more") else "about"
    return Number(*limits(FIXED.get(word) or value_of(word), bound), bound, match.span(), core)


def limits(value: int, bound: str) -> tuple[int, int | None]:
    """The range that a bound and its number allow; "about" says no width, so both ends are the number.

    >>> limits(12, "more_than"), limits(30, "at_most"), limits(58, "about")
    ((13, None), (0, 30), (58, 58))
    """
    ranges: dict[str, tuple[int, int | None]] = {
        "at_least": (value, None),
        "more_than": (value + 1, None),
        "at_most": (0, value),
        "less_than": (0, max(value - 1, 0)),
    }
    return ranges.get(bound, (value, value))


def value_of(words: str) -> int:
    """The value of digits or number words.

    >>> value_of("1 200"), value_of("two hundred and forty-one"), value_of("3 million"), value_of("1.5 million")
    (1200, 241, 3000000, 1500000)
    """
    if "." in words:
        digits, scale = words.lower().split(" ")
        return round(float(digits) * SCALES[scale])
    words = re.sub(r"(?<=\d) (?=\d)", "", words)
    total = current = 0
    for word in re.split(r"[ -]+", words.lower()):
        if word[0].isdigit():
            current += value_of_digits(word.replace(",", ""))
        elif word in SCALES:
            current = max(current, 1) * SCALES[word]
            if word != "hundred":
                total, current = total + current, 0
        elif word != "and":
            current += UNITS.get(word, TENS.get(word, 0))
    return min(total + current, MOST)


def value_of_digits(digits: str) -> int:
    """The value of digits, however many.

    >>> value_of_digits("0024"), value_of_digits("9" * 5000) == MOST
    (24, True)
    """
    counted = digits.lstrip("0")
    return int(counted or "0") if len(counted) <= MOST_DIGITS else MOST
