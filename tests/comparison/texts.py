"""Texts written for the tests, and the recorded articles that hold them."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid5

from pipeline.events import ArticleExtracted, Pending, Recorded
from pipeline.keys import NAMESPACE, hash_key

PLACES = "Raqqa Jazra Tabqa Mayadin Palmyra Homs Idlib Daraa Afrin Hasaka".split()
ACTS = ["Air strikes hit", "Shells fell on", "Troops entered", "Rebels left", "Engineers cleared", "Residents fled"]
THINGS = [
    "the old bridge",
    "a grain silo",
    "the market street",
    "two schools",
    "the water station",
    "the northern road",
]
ENDS = ["before dawn", "late on Sunday", "for the third day", "after talks failed", "as clashes went on"]


def write_text(seed: int, sentences: int = 8) -> str:
    """A text of random sentences: two seeds share phrases, but hardly a sentence."""
    chance = random.Random(seed)
    return "\n".join(write_sentence(chance) for _ in range(sentences))


def write_sentence(chance: random.Random) -> str:
    """One sentence of eleven words or more, with a number."""
    place, other = chance.sample(PLACES, 2)
    return (
        f"{chance.choice(ACTS)} {chance.choice(THINGS)} in {place} {chance.choice(ENDS)}, "
        f"and {chance.randrange(2, 900)} people walked towards {other}."
    )


def write_story(seed: int, sentences: int = 8) -> str:
    """A text of random words: two seeds share no run of words."""
    chance = random.Random(seed)
    return "\n".join(write_words(chance, 14).capitalize() + "." for _ in range(sentences))


def write_words(chance: random.Random, count: int) -> str:
    """Words that nobody else uses in this order, some of them common ones."""
    made = [
        "".join(chance.choices("bdfgklmnprst", k=2)) + chance.choice("aeiou") + chance.choice("nrst")
        for _ in range(count)
    ]
    return " ".join(word if chance.random() < 0.7 else chance.choice("the of in and to said".split()) for word in made)


def reuse(texts: Sequence[str], seed: int) -> str:
    """A text that copies from the others: sentences of one or two of them, some with another number, and some of its own."""
    chance = random.Random(seed)
    taken = [line for text in chance.sample(list(texts), 2) for line in text.split("\n") if chance.random() < 0.5]
    changed = [line.replace("people", "men") if chance.random() < 0.2 else line for line in taken]
    return "\n".join([*changed, write_sentence(chance)])


def record(
    position: int, text: str, *, article: str | None = None, capture: str | None = None
) -> Recorded[ArticleExtracted]:
    """The text as an article at a position of the ledger. `article` is its URL, `capture` tells captures apart."""
    url = article or f"https://wire.example/{hash_key(text)}"
    event = ArticleExtracted(
        event_date=date(2017, 6, 11),
        occurred_at=datetime(2017, 6, 11, 12, tzinfo=UTC),
        caused_by=uuid5(NAMESPACE, capture or text),
        producer="extract-1-aaaaaaaaaa",
        article_id=hash_key(url),
        url_key=url,
        source_id="wire",
        outlet="Wire",
        owner=None,
        attempt=1,
        revision_id=hash_key(url, text),
        url=url,
        canonical_url=None,
        title=None,
        text=text,
        language="en",
        language_probability=1.0,
        published_at=None,
        published_precision=None,
        published_rule="none",
        words=len(text.split()),
    )
    return Recorded(position=position, event_id=event.event_id, event=event)


def wait(*recorded: Recorded[ArticleExtracted]) -> list[Pending[ArticleExtracted]]:
    """The articles as inputs that wait to be compared."""
    return [Pending(cause=one) for one in recorded]
