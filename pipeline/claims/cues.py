"""The table of reporting words in, the cue of a word form out: "said" is the neutral verb "say" and takes a clause."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.claims.tables import Row, read_table

COLUMNS = ("lemma", "word_class", "cue_class", "frames", "forms", "origin")
WORD_CLASSES = frozenset(("verb", "noun", "adjective", "phrase"))
CUE_CLASSES = frozenset(("neutral", "distancing", "assertive", "denying"))
# What may follow a cue as content:
#   clause      said (that) 24 died           quote      said: "24 died"
#   infinitive  vowed to fight                whom       urged Turkey to stop; told him to go
#   object      denied the report             harm       reported 24 deaths, but not "reported the theft"
#   witness     cited witnesses saying ...    naming     called it "a massacre"
#   gerund      denied bombing; the rest are prepositions that open the content: called for a truce
FRAMES = frozenset(
    """clause quote infinitive whom object harm witness naming gerund whether of for on as to about against with at by
    over""".split()
)
LETTERS = re.compile(r"[a-z]+")
VOWELS = "aeiou"
# Behind these a form that could be a verb is a noun or an adjective: "the hearing", "of state", "the United States".
NOUN_FOLLOWS = frozenset("the a an his her their its our my your s no".split())
NOUN_OR_NAME_FOLLOWS = NOUN_FOLLOWS | frozenset("of in on at for with from by into united".split())
LINKS = frozenset("that to of for by from about on against over".split())  # what opens the content of a noun
FARTHEST_LINK = 4  # words behind the noun: "his claim on Sunday that"


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of cues.csv."""

    lemma: str
    word_class: str
    cue_class: str
    frames: frozenset[str]


@dataclass(frozen=True, slots=True)
class CueTable:
    """Cues by word form, one table a word class."""

    verbs: Mapping[str, Cue]
    nouns: Mapping[str, Cue]
    adjectives: Mapping[str, Cue]
    phrases: Mapping[str, Cue]

    def has_any(self, sentence: str) -> bool:
        """Whether a sentence holds a cue that can report: a look at its words, far cheaper than the parse it saves.

        "the campaign" and "of state" hold no verb, and a noun reports only with what it is about behind it.
        """
        folded = sentence.lower()
        words = LETTERS.findall(folded)
        if any(phrase in folded for phrase in self.phrases) or not self.adjectives.keys().isdisjoint(words):
            return True
        if self.verbs.keys().isdisjoint(words) and self.nouns.keys().isdisjoint(words):
            return False  # asked this way round, for a set looks through all of a dict
        return any(
            (
                word in self.verbs
                and before not in (NOUN_FOLLOWS if word.endswith(("ed", "ing")) else NOUN_OR_NAME_FOLLOWS)
            )
            or (word in self.nouns and not LINKS.isdisjoint(words[number + 1 : number + 1 + FARTHEST_LINK]))
            for number, (before, word) in enumerate(zip(["", *words[:-1]], words, strict=True))
        )


def read_cues(path: Path) -> CueTable:
    """The cues of a cues.csv. Raises SeedsError on a line that is wrong."""
    tables: dict[str, dict[str, Cue]] = {name: {} for name in WORD_CLASSES}
    for row in read_table(path, COLUMNS):
        cue = read_cue(row)
        if cue.lemma in tables[cue.word_class]:
            raise row.error(f"the {cue.word_class} {cue.lemma!r} stands twice; join the two lines")
        for form in (cue.lemma, *(row.parts("forms") or inflect(cue))):
            tables[cue.word_class].setdefault(form, cue)
    return CueTable(tables["verb"], tables["noun"], tables["adjective"], tables["phrase"])


def read_cue(row: Row) -> Cue:
    """One cue."""
    frames = frozenset(row.parts("frames"))
    if not frames or frames - FRAMES:
        raise row.error(f"frames must be some of {', '.join(sorted(FRAMES))}, not {row.cells['frames']!r}")
    return Cue(
        lemma=row.text("lemma").lower(),
        word_class=row.choice("word_class", WORD_CLASSES),
        cue_class=row.choice("cue_class", CUE_CLASSES),
        frames=frames,
    )


def inflect(cue: Cue) -> tuple[str, ...]:
    """The regular forms of a cue; irregular ones stand in the table.

    >>> inflect(Cue("reply", "verb", "neutral", frozenset({"clause"})))
    ('replies', 'replied', 'replying')
    >>> inflect(Cue("claim", "noun", "neutral", frozenset({"clause"})))
    ('claims',)
    """
    lemma = cue.lemma
    if cue.word_class in ("phrase", "adjective"):
        return ()
    ends_in_y = lemma.endswith("y") and lemma[-2] not in VOWELS
    third = lemma[:-1] + "ies" if ends_in_y else lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")
    if cue.word_class == "noun":
        return (third,)
    stem = lemma[:-1] if lemma.endswith("e") else lemma
    past = lemma[:-1] + "ied" if ends_in_y else stem + "ed"
    present = lemma + "ing" if lemma.endswith("ee") else stem + "ing"
    return third, past, present
