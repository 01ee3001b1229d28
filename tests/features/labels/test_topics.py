"""Topics of texts that share no word, by the real embedder."""

from itertools import islice

import pytest

from clearspan.features.generation.samples import requests
from clearspan.features.labels.topics import Topics
from clearspan.features.labels.words import Background, describe, letters
from clearspan.models.serving.embedder import Embedder
from tests.features.labels.examples import FILLER, feature

SEEN = [
    f"{one} {other}"
    for one in (
        "the kitchen was warm and the onions were frying",
        "a violin and a piano played in the concert hall",
        "the ferry left the harbour for the island",
        "parliament passed the budget after the debate",
    )
    for other in (
        "at noon",
        "once more",
        "in spring",
        "that week",
        "as always",
        "again",
        "by then",
        "on Sunday",
    )
] + [request.text for request in islice(requests(seed=0), 1500)]
COOKING = ["stir soup and add salt", "she bakes bread with butter", "roast mushrooms in a pan"]


@pytest.fixture(scope="module")
def topics(embedder: Embedder) -> Topics:
    return Topics(SEEN, [letters(text) for text in SEEN], embedder.embed)


def test_texts_are_about_what_lies_near_all_of_them(topics: Topics) -> None:
    assert {"kitchen", "onions", "frying"} & set(topics.of(COOKING)[:2])
    assert topics.of(["she sang a high note", "the drummer counted in", "a cello and two flutes"])[0] in (
        "violin",
        "piano",
        "concert",
        "played",
    )
    assert topics.of(COOKING) == topics.of(COOKING)


def test_one_text_or_texts_of_different_things_have_none(topics: Topics, embedder: Embedder) -> None:
    assert topics.of(COOKING[:1]) == []
    farthest = SEEN[int((embedder.embed(SEEN) @ embedder.embed(COOKING[:1])[0]).argmin())]
    assert topics.of([COOKING[0], farthest]) == []


def test_a_label_says_what_examples_are_about_that_share_no_word(topics: Topics) -> None:
    one = feature(
        0, [f"{text[: text.rindex(' ')]} *{text[text.rindex(' ') + 1 :]}*" for text in COOKING], [" tea"]
    )
    assert describe(one, one.examples, Background([one, *FILLER]), topics).startswith("about ")
