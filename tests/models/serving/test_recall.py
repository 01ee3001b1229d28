"""Recalled vectors are those that were made, and no more of them are kept than promised."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearspan.models.serving.recall import Recall


class Counting:
    """An embedder whose vectors tell the text, and which counts the texts that it was given."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        return np.array([[len(text), sum(map(ord, text))] for text in texts], np.float32).reshape(-1, 2)


@given(st.lists(st.lists(st.text(max_size=3), max_size=6), max_size=8), st.integers(min_value=1, max_value=5))
def test_recalled_vectors_are_those_that_were_made(asked: list[list[str]], capacity: int) -> None:
    recall = Recall(Counting().embed, capacity)
    for texts in asked:
        assert np.array_equal(recall.embed(texts), Counting().embed(texts))


def test_a_known_text_is_not_read_again_until_it_is_forgotten() -> None:
    counting = Counting()
    recall = Recall(counting.embed, capacity=2)
    recall.embed(["a", "b", "a"])
    recall.embed(["a", "b"])
    assert counting.seen == ["a", "b"]
    recall.embed(["c"])
    recall.embed(["b"])
    assert counting.seen == ["a", "b", "c"]
    recall.embed(["a"])
    assert counting.seen == ["a", "b", "c", "a"]
