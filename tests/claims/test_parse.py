"""The parse: our own plain form of it, and that faster arithmetic gives the same one."""

import os

import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.parse import EXCLUDED, load_model, tree
from tests.claims.conftest import MODEL
from tests.measuring.sentences_read import read_table


@st.composite
def heads_of_trees(draw: st.DrawFn) -> list[int]:
    """Heads of up to twelve tokens: each hangs on itself or on one that was hung before it, in any order of the words."""
    order = draw(st.permutations(range(draw(st.integers(1, 12)))))
    heads = [0] * len(order)
    for place, token in enumerate(order):
        heads[token] = draw(st.sampled_from(order[: place + 1]))
    return heads


def is_under(heads: list[int], token: int, above: int) -> bool:
    while token != above and heads[token] != token:
        token = heads[token]
    return token == above


@given(heads_of_trees())
def test_a_subtree_reaches_from_its_first_word_to_its_last(heads: list[int]) -> None:
    _, first, last = tree(heads)

    below = [[token for token in range(len(heads)) if is_under(heads, token, above)] for above in range(len(heads))]
    assert (first, last) == (tuple(map(min, below)), tuple(map(max, below)))


def test_the_parse_is_that_of_the_model_as_it_comes() -> None:
    texts = [row["text"] for row in read_table("frames")[::4]]
    columns = ["TAG", "DEP", "HEAD"]

    ours = [doc.to_array(columns).tolist() for doc in load_model(MODEL).nlp.pipe(texts)]

    plain = spacy.load(MODEL, exclude=list(EXCLUDED))
    assert ours == [doc.to_array(columns).tolist() for doc in plain.pipe(texts)]


def test_one_thread_multiplies() -> None:
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
