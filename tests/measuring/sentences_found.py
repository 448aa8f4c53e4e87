"""Sentences of labelled articles in, how many are found in another text after an edit out: through index and models."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import text as characters
from pipeline.own.judging import judge
from pipeline.own.own_texts import OwnText
from tests.measuring.copies_named import read_edited
from tests.measuring.report import Table
from tests.measuring.scores import share

ARTICLES = 500  # of which a sentence each is edited
LEAST_WORDS = 8
OWN_SENTENCES = 3

Edit = Callable[[list[str], random.Random], list[str]]


def change_words(words: list[str], chance: random.Random, count: int) -> list[str]:
    """The words with some of them replaced by words that stand nowhere else; numbers are left alone."""
    places = [place for place, word in enumerate(words) if not has_digit(word)]
    chosen = set(chance.sample(places, min(count, len(places))))
    return [f"zx{chance.randrange(10**6)}q" if place in chosen else word for place, word in enumerate(words)]


def change_one(words: list[str], chance: random.Random) -> list[str]:
    """One word replaced."""
    return [strip(word) for word in change_words(words, chance, 1)]


def change_tenth(words: list[str], chance: random.Random) -> list[str]:
    """One word in ten replaced, at least one."""
    return [strip(word) for word in change_words(words, chance, max(1, round(len(words) / 10)))]


def change_numbers(words: list[str], chance: random.Random) -> list[str]:
    """Every number replaced by another."""
    return [str(int(chance.randrange(1001, 9999))) if has_digit(word) else word for word in words]


def strip(word: str) -> str:
    """A made-up word without its digits, so that it is no number."""
    return word.translate(str.maketrans("0123456789", "bcdfghjklm")) if word.startswith("zx") else word


def has_digit(word: str) -> bool:
    """Whether a word holds a number."""
    return any(character.isdigit() for character in word)


EDITS: dict[str, tuple[Edit, str]] = {
    "one word changed": (change_one, "copied"),
    "one word in ten changed": (change_tenth, "copied"),
    "numbers changed": (change_numbers, "revised"),
}


def score_sentences(folder: Path) -> Table:
    """How many edited sentences are found in a text of other sentences, and called what they are."""
    texts = [text for text in read_edited(folder / "dedup" / "edited_articles_dev.parquet") if text.kind == "base"]
    chance = random.Random(1)
    bases = chance.sample(texts, ARTICLES)
    own = [OwnText(text_id=text.id, text=text.text) for text in bases]
    probes = {
        f"z{name}/{text.id}": make_probe(text.text, edit, chance) for name, (edit, _) in EDITS.items() for text in bases
    }
    # `z` and longer: where nothing tells which text was first, the longer name is the later one
    answers = judge([*own, *(OwnText(text_id=name, text=probe) for name, probe in probes.items() if probe)])
    uses = {one["id"]: one["use"] for one in answers["sentences"] if one["number"] == 1 and one["id"] in probes}
    rows = []
    for name, (_, use) in EDITS.items():
        found = [use_found for probe, use_found in uses.items() if probe.startswith(f"z{name}/")]
        reused = sum(one in {"copied", "revised"} for one in found)
        rows.append((f"sentences found, {name}", share(reused, len(found))))
        rows.append((f"  and called {use}", share(found.count(use), len(found))))
    return rows


def make_probe(text: str, edit: Edit, chance: random.Random) -> str | None:
    """An edited sentence of the text before sentences of its own words in no order; None if no sentence can be edited."""
    words = [word for start, end in characters.sentences(text) for word in text[start:end].split()]
    sentences = [text[start:end].split() for start, end in characters.sentences(text)]
    fitting = [
        one for one in sentences if len(one) >= LEAST_WORDS and (edit is not change_numbers or any(map(has_digit, one)))
    ]
    if not fitting:
        return None
    edited = " ".join(edit(chance.choice(fitting), chance)).rstrip(".!?")
    return "\n".join([edited, *(shuffle(words, chance) for _ in range(OWN_SENTENCES))])


def shuffle(words: Sequence[str], chance: random.Random) -> str:
    """A line of words in no order."""
    return " ".join(chance.choices([word.strip(".!?") for word in words], k=15))
