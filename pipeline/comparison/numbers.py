"""Words in, what stands for their numbers out: two sentences that differ in a toll or a weekday are one sentence, revised."""

import re
import unicodedata

from pipeline import text as characters

NUMBERS_VERSION = 1
ANY_NUMBER, ANY_DAY, ANY_MONTH = "#", "#day", "#month"  # no word in normal form holds a "#"
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d+")
# "11:35 It said the fighting left 12 dead." on a live page: when it was posted, not what it says.
POSTED_AT = re.compile(r"^\W*\d{1,2}[:.]\d{2}(?= )")
THOUSANDS = re.compile(r"(?<=\d)[,٬](?=\d{3}(?!\d))")
COUNTED = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty""".split()
NUMBER_WORDS = {word: str(number) for number, word in enumerate(COUNTED, 1)} | {
    word: str(10 * number)
    for number, word in enumerate("thirty forty fifty sixty seventy eighty ninety hundred".split(), 3)
}
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
# Not "may" nor "march": they are verbs too.
MONTHS = frozenset("january february april june july august september october november december".split())


def mask(word: str) -> str:
    """Return what a word in normal form counts as when sentences are compared: all numbers, weekdays and months are equal.

    >>> [mask(word) for word in ["killed", "24", "twenty", "1st", "sunday"]]
    ['killed', '#', '#', '#', '#day']
    """
    if word in NUMBER_WORDS or DIGIT.search(word):
        return ANY_NUMBER
    if word in WEEKDAYS:
        return ANY_DAY
    return ANY_MONTH if word in MONTHS else word


def find_numbers(text: str) -> list[str]:
    """Return the numbers in a text, sorted: in ASCII digits, thousands without separators, number words as digits.

    The time in front of a sentence on a live page is none of them.

    >>> find_numbers("Of 1,500 people ٢٤ died in 2017, two of them children.")
    ['1500', '2', '2017', '24']
    """
    folded = POSTED_AT.sub("", characters.fold(text))
    digits = NUMBER.findall(THOUSANDS.sub("", folded))
    found = ["".join(str(unicodedata.decimal(digit)) for digit in number) for number in digits]
    return sorted([*found, *(NUMBER_WORDS[word] for word in characters.WORD.findall(folded) if word in NUMBER_WORDS)])
