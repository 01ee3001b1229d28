"""Predictors of a claim and its evidence: each with the texts that give it its value."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from clearspan.models.serving.embedder import EmbeddedText
from clearspan.overview.proof import predictors
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.rarity import weight
from clearspan.receipts import Check


def of_words(claim: str, *evidence: str | Evidence) -> dict[str, float]:
    said = [each if isinstance(each, Evidence) else Evidence(each) for each in evidence]
    return predictors.of_words(claim, said, predictors.hard_checks(claim, [each.titled for each in said]))


def share(shared: str, of: str) -> float:
    return weight(shared.split()) / weight(of.split())


def test_the_hard_checks_are_seven_in_order() -> None:
    found = predictors.hard_checks("Sharks eat whales.", ["Whales eat sharks."])
    assert [check.name for check in found] == [
        "numbers",
        "measures",
        "negation",
        "direction",
        "hedges",
        "order",
        "exchange",
    ]
    assert [check.name for check in found if check.score < 1.0] == ["order"]
    assert [f"broken_{check.name}" for check in found] == list(predictors.CHECKS)


def test_a_quote_is_contained() -> None:
    found = of_words("The mill has 12 floors.", "The mill has 12 floors.")
    assert set(found) == set(predictors.WORDS) | set(predictors.CHECKS)
    assert found["names_missing"] == found["figures_missing"] == 0.0
    assert all(found[name] == 0.0 for name in predictors.CHECKS)
    for name in ("words", "words_one_sentence", "words_two_sentences", "words_least_clause"):
        assert found[name] == pytest.approx(1.0)
    assert found["word_pairs"] == found["words_in_order"] == found["contained"] == 1.0


def test_words_are_shared_with_all_evidence_one_sentence_and_two_neighbours() -> None:
    claim, whole = "The mill, barn and whale burned.", "mill barn whale burn"
    found = of_words(claim, "A mill.", "It burned.", "It rained.", "A whale and a barn.")
    assert found["words"] == pytest.approx(1.0)
    assert found["words_one_sentence"] == pytest.approx(share("barn whale", whole))
    assert found["words_two_sentences"] == pytest.approx(
        max(share("mill burn", whole), share("barn whale", whole))
    )
    assert of_words(claim, "A mill.")["words_two_sentences"] == pytest.approx(share("mill", whole))


def test_the_clause_that_is_said_least_counts() -> None:
    found = of_words("The mill burned down, and the whale sang.", "The mill burned.", "A whale.")
    assert found["words_least_clause"] == pytest.approx(
        min(share("mill burn", "mill burn down".replace("down", "")), share("whale", "whale sang"))
    )


def test_a_title_gives_words_but_no_order() -> None:
    found = of_words("The mill burned.", Evidence("It burned.", title="The mill"))
    assert found["words"] == pytest.approx(1.0)
    assert found["word_pairs"] == 1.0
    assert found["words_in_order"] == 0.5
    assert found["contained"] == 0.0


def test_pairs_of_neighbouring_words_and_their_order() -> None:
    found = of_words("Old red mill wheels turn.", "A red mill turns old wheels.")
    assert found["word_pairs"] == pytest.approx(1 / 4)
    assert found["words_in_order"] == pytest.approx(3 / 5)
    assert found["contained"] == 0.0
    alone = of_words("Mill.", "The old mill.")
    assert alone["word_pairs"] == pytest.approx(1.0)
    assert of_words("Mill.", "A barn.")["word_pairs"] == 0.0


def test_a_claim_or_evidence_without_words_shares_none() -> None:
    assert of_words("It is.", "A barn.")["words_in_order"] == 0.0
    assert of_words("A barn.", "It is.")["words_in_order"] == 0.0
    assert of_words("It is.", "It is.")["words"] == 0.0


def test_names_and_figures_that_are_missing() -> None:
    found = of_words(
        "In 1861 Ann met Bob and Tom with 12 cats and 5 dogs.", "In 1861 Ann met a cat, and 12 cats came."
    )
    assert found["names_missing"] == pytest.approx(2 / 3)
    assert found["figures_missing"] == pytest.approx(1 / 3)
    # The first word may be no name.
    assert of_words("Whales met Ann.", "Ann.")["names_missing"] == 0.0
    assert of_words("Whales met Ann.", "Bob.")["names_missing"] == 1.0
    assert of_words("whales sing", "Bob.")["names_missing"] == 0.0


def test_a_broken_check_weighs_as_much_as_the_nearest_sentence_shares() -> None:
    checks = [Check(name="order", score=0.0, detail=""), Check(name="numbers", score=1.0, detail="")]
    found = predictors.of_words("The mill burned.", [Evidence("The mill."), Evidence("A barn.")], checks)
    assert found["broken_order"] == pytest.approx(share("mill", "mill burn"))
    assert found["broken_numbers"] == 0.0


def test_texts_to_read_are_the_claim_its_clauses_the_sentences_and_neighbours() -> None:
    evidence = [Evidence("One thing.", title="T"), Evidence("Two things."), Evidence("Three things.")]
    inner = ["The old mill burned", "the barn fell down."]
    claim = f"{inner[0]}, and {inner[1]}"
    assert predictors.texts_to_read(claim, evidence) == [
        claim,
        inner[0],
        f", and {inner[1]}",
        "One thing.",
        "Two things.",
        "Three things.",
        "One thing. Two things.",
        "Two things. Three things.",
    ]
    assert predictors.texts_to_read("The mill burned.", evidence[:1]) == ["The mill burned.", "One thing."]


def read(*vectors: tuple[float, float]) -> list[EmbeddedText]:
    return [EmbeddedText(np.array(v, np.float32), np.array([v], np.float32), ((0, 3),)) for v in vectors]


def test_meaning_is_the_cosine_with_one_sentence_two_and_of_the_least_clause() -> None:
    claim = "The old mill burned, and the barn fell down."
    evidence = [Evidence("One thing."), Evidence("Two things.")]
    assert len(predictors.texts_to_read(claim, evidence)) == 6
    readings = read((1, 0), (0.6, 0.8), (0, 1), (0.8, 0.6), (0, 1), (1, 0))
    found = predictors.of_meaning(claim, evidence, readings)
    assert set(found) == set(predictors.MEANING)
    assert found["meaning_one_sentence"] == pytest.approx(0.8)
    assert found["meaning_two_sentences"] == pytest.approx(1.0)
    # Clauses: (0.6, 0.8) is nearest to (0.8, 0.6) with 0.96; (0, 1) is one of the sentences.
    assert found["meaning_least_clause"] == pytest.approx(0.96)


def test_a_claim_of_one_clause_is_its_own_least_clause() -> None:
    readings = read((1, 0), (0.8, 0.6), (0, 1), (1, 0))
    found = predictors.of_meaning("The mill burned.", [Evidence("One."), Evidence("Two.")], readings)
    assert found["meaning_least_clause"] == found["meaning_one_sentence"] == pytest.approx(0.8)
    assert found["meaning_two_sentences"] == pytest.approx(1.0)


def test_words_are_aligned_with_sentences_not_with_pairs_of_them() -> None:
    claim = "mill"
    readings = read((1, 0), (0.8, 0.6), (0, 1), (1, 0))
    assert predictors.of_meaning(claim, [Evidence("One."), Evidence("Two.")], readings)[
        "aligned"
    ] == pytest.approx(0.8)


@dataclass
class Likelihoods:
    """A language model's part that is asked: log probabilities by prompt."""

    alone: float
    after: float
    asked: list[tuple[str, str, float]] = field(default_factory=list[tuple[str, str, float]])

    def likelihood(self, prompt: str, text: str, wait: float) -> "Likelihoods":
        self.asked.append((prompt, text, wait))
        return Likelihoods(self.alone, self.after, [(prompt, "", 0.0)])

    @property
    def log_probability(self) -> float:
        return self.after if self.asked[0][0].startswith("Passage") else self.alone


def test_likelier_is_the_share_of_surprise_that_the_evidence_takes_away() -> None:
    model = Likelihoods(alone=-20.0, after=-5.0)
    evidence = [Evidence("One thing.", "T", 0, 4), Evidence("Two.", "T", 0, 5), Evidence("New.", "U", 1, 0)]
    found = predictors.of_likelihood("It is so.", evidence, model, 2.5)  # pyright: ignore[reportArgumentType]
    assert found == {"likelier": pytest.approx(0.75)}
    assert model.asked == [
        ("Passage: T: One thing. Two. U: New.\nClaim:", " It is so.", 2.5),
        ("Claim:", " It is so.", 2.5),
    ]


def test_a_claim_that_is_certain_already_has_no_surprise_to_lose() -> None:
    model = Likelihoods(alone=0.0, after=-0.002)
    found = predictors.of_likelihood("It.", [Evidence("One.")], model, 0.0)  # pyright: ignore[reportArgumentType]
    assert found["likelier"] == pytest.approx(-1.0)


def test_a_long_passage_is_read_up_to_140_words() -> None:
    model = Likelihoods(alone=-2.0, after=-1.0)
    predictors.of_likelihood("It.", [Evidence("word " * 200)], model, 0.0)  # pyright: ignore[reportArgumentType]
    assert model.asked[0][0] == f"Passage: {' '.join(['word'] * 140)}\nClaim:"


def test_every_predictor_has_a_sign() -> None:
    assert dict(predictors.WITHOUT_MODEL) == {**predictors.WORDS, **predictors.CHECKS, **predictors.MEANING}
    assert set(predictors.WITHOUT_MODEL.values()) == {1, -1}
