"""Labels from words alone."""

from collections.abc import Sequence

import numpy as np
import pytest

from clearspan.features.labels.topics import Topics
from clearspan.features.labels.words import Background, describe
from tests.features.labels.examples import FILLER, feature

NOTHING = Topics([], [], lambda texts: np.ones((len(texts), 1), np.float32))
"""No word is a topic."""


@pytest.mark.parametrize(
    ("texts", "label"),
    [
        (
            [
                "fog over the Golden *Gate* at noon",
                "we crossed the Golden *Gate* twice",
                "a Golden *Gate* view of ships",
                "near the Golden *Gate* today",
            ],
            "‘Gate’ in ‘Golden Gate’",
        ),
        (
            [
                "he flew to San *Diego* by night",
                "in San *Jose* it rained",
                "the road from San *Antonio* north",
                "old San *Francisco* burned",
            ],
            "words after ‘San’",
        ),
        (
            [
                "one *bridge* spans the river slowly",
                "his *bridge* over that river fell",
                "some *Bridge* and a river bank",
                "no *bridge* without its river ever",
            ],
            "‘bridge’ (river)",
        ),
        (
            [
                "they were run|*ning* away",
                "stop sing|*ning* now",
                "by win|*ning* twice",
                "after gun|*ning* it",
            ],
            "ending ‘…ning’",
        ),
        (
            ["it is *un*|fair to me", "so *un*|likely a thing", "an *un*|kind word", "they *un*|did it"],
            "start ‘un…’",
        ),
        (
            ["in *1906* it shook", "by *1937* they built", "then *42* men came", "of *7* sisters"],
            "numbers",
        ),
        (
            ["then *Ada* sang", "and *Boris* left", "with *Chloe* behind", "for *Dmitri* alone"],
            "names",
        ),
        (
            [
                "the *quay* with a ferry there",
                "each *tide* brings one ferry",
                "my *coat* on that ferry",
                "a ferry *sails* off",
            ],
            "ferry",
        ),
    ],
)
def test_what_examples_share_is_named(texts: Sequence[str], label: str) -> None:
    one = feature(0, texts)
    assert describe(one, one.examples, Background([one, *FILLER]), NOTHING) == label


def test_where_examples_share_nothing_it_is_what_is_promoted() -> None:
    one = feature(
        0,
        ["odd *things* happen", "we *saw* nobody", "cold *and* grey", "my *left* shoe"],
        [" tea", "!", " cup"],
    )
    assert describe(one, one.examples, Background([one, *FILLER]), NOTHING) == "leads to ‘tea’, ‘cup’"


def test_a_feature_without_examples_has_no_label() -> None:
    assert describe(feature(0, [], [" tea"]), (), Background(FILLER), NOTHING) == ""


def test_line_breaks_are_visible() -> None:
    one = feature(0, ["end *\n* begin", "stop *\n* go", "last *\n* first", "one *\n* two"])
    assert describe(one, one.examples, Background([one, *FILLER]), NOTHING) == "‘⏎’"
