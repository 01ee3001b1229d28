"""Alignment on hand-made vectors: rare words count more, and what has no counterpart is what the claim adds."""

import numpy as np
import pytest

from clearspan.models.serving.embedder import EmbeddedText
from clearspan.overview.proof.alignment import alignment
from clearspan.overview.proof.rarity import weight

AXES = {
    "mill": (1, 0, 0),
    "whale": (0, 1, 0),
    "barn": (0, 0, 1),
    "windmill": (0.8, 0, 0.6),
    "half": (0.5, 0, 0.75**0.5),
}


def reading(text: str, names: dict[str, str] | None = None) -> EmbeddedText:
    """One token a word, with the vector of the word or of its name in `names`; stop words get their own."""
    words = text.replace(".", " .").split()
    spans: list[tuple[int, int]] = []
    at = 0
    for word in words:
        start = text.index(word, at)
        at = start + len(word)
        spans.append((start, at))
    vectors = [AXES.get((names or {}).get(word, word).lower(), (0, 0, 0)) for word in words]
    tokens = np.array(vectors, np.float32).reshape(len(words), 3)
    return EmbeddedText(np.zeros(3, np.float32), tokens, tuple(spans))


def test_the_same_words_are_aligned() -> None:
    found = alignment("The mill", reading("The mill"), [reading("mill")])
    assert found == {"aligned": 1.0, "aligned_best": 1.0, "aligned_least": 1.0, "unaligned": 0.0}


def test_rare_words_count_by_their_rarity_and_stop_words_not_at_all() -> None:
    found = alignment("The mill whale", reading("The mill whale"), [reading("mill")])
    mill = weight(["mill"]) / weight(["mill", "whale"])
    assert found["aligned"] == pytest.approx(mill)
    assert found["aligned_least"] == 0.0
    assert found["unaligned"] == pytest.approx(1 - mill)


def test_all_evidence_together_may_align_what_no_single_sentence_does() -> None:
    found = alignment("mill whale", reading("mill whale"), [reading("mill"), reading("whale barn")])
    assert found["aligned"] == pytest.approx(1.0)
    assert found["aligned_best"] == pytest.approx(weight(["whale"]) / weight(["mill", "whale"]))


def test_the_nearest_token_of_a_sentence_counts() -> None:
    found = alignment("mill", reading("mill"), [reading("barn windmill")])
    assert found["aligned"] == pytest.approx(0.8)
    assert found["unaligned"] == 0.0


def test_a_counterpart_is_one_from_a_cosine_of_a_half() -> None:
    assert alignment("mill", reading("mill"), [reading("half")])["unaligned"] == 0.0
    assert alignment("barn", reading("barn"), [reading("mill")])["unaligned"] == 1.0


def test_each_piece_of_a_word_weighs_as_its_word() -> None:
    said = EmbeddedText(
        np.zeros(3, np.float32), np.array([AXES["mill"], AXES["whale"]], np.float32), ((0, 4), (4, 8))
    )
    found = alignment("windmill", said, [reading("mill")])
    assert found["aligned"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [("It is .", ["mill"]), ("mill", [""]), ("mill", [])],
)
def test_nothing_to_align_is_not_aligned(claim: str, evidence: list[str]) -> None:
    found = alignment(claim, reading(claim), [reading(text) for text in evidence])
    assert found == {"aligned": 0.0, "aligned_best": 0.0, "aligned_least": 0.0, "unaligned": 1.0}


def test_an_empty_sentence_beside_another_is_passed_over() -> None:
    assert alignment("mill", reading("mill"), [reading(""), reading("mill")])["aligned"] == 1.0
