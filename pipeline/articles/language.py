"""Text in, its language and how sure that is out. The model is loaded once per worker."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SHORTEST_CHARACTERS = 100  # some 20 words; below this names decide, and the identifier guesses
SAMPLE_CHARACTERS = 2_000  # more does not change the answer and costs time in proportion


@cache
def identifier() -> LanguageIdentifier:
    """The model with probabilities that add up to 1."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def find_language(text: str, declared: str | None) -> tuple[str | None, float]:
    """The language of a text and its probability; of a short one the language that was declared, with probability 0.

    >>> find_language("Twelve people died.", "en")
    ('en', 0.0)
    """
    if len(text) < SHORTEST_CHARACTERS:
        return declared, 0.0
    language, probability = identifier().classify(text[:SAMPLE_CHARACTERS])
    return language, round(float(probability), 6)
