"""The verifier's trained weights: a few dozen numbers in a JSON file that ships, read once.

There is a set of weights for each kind of evidence that may be at hand: words alone, words and meaning, and both with
the language model's likelihoods. Another set tells contradicted from merely unsupported.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def expit(logits: Array) -> Array:
    """The logistic function, without overflow for large negative logits."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits))


@dataclass(frozen=True, slots=True)
class Logistic:
    """p = 1 / (1 + exp(-(intercept + Σ weight · predictor))), over predictors as they are measured."""

    weights: Mapping[str, float]
    intercept: float

    def logits(self, rows: Sequence[Mapping[str, float]]) -> Array:
        """One logit a row; a predictor that a row has not counts as 0."""
        values = np.array([[row.get(name, 0.0) for name in self.weights] for row in rows])
        return (
            values.reshape(len(rows), len(self.weights)) @ np.array(list(self.weights.values()))
            + self.intercept
        )

    def probabilities(self, rows: Sequence[Mapping[str, float]]) -> Array:
        """One probability a row."""
        return expit(self.logits(rows))


@dataclass(frozen=True, slots=True)
class Weights:
    """All that training leaves behind.

    Attributes:
        words, meaning, likelihood: the probability that the evidence says what the claim says, from words and hard
            checks alone, with the embedder's vectors, and with the language model's likelihoods as well.
        contradiction: given that it does not, the probability that it says otherwise; from words and meaning.
        contradiction_words: the same from words alone.
        broken: for each hard check, how often a claim in which it finds a fault was supported all the same.
        kept: for each kind of part, how often it is right where no hard check finds a fault.
        trained: what they were trained on, for a person.
    """

    words: Logistic
    meaning: Logistic
    likelihood: Logistic
    contradiction: Logistic
    contradiction_words: Logistic
    broken: Mapping[str, float]
    kept: Mapping[str, float]
    trained: Mapping[str, int]

    def supported(self, predictors: Mapping[str, float]) -> float:
        """The probability that the evidence says it, by the weights that the predictors at hand allow."""
        chosen = self.words
        if "aligned" in predictors:
            chosen = self.likelihood if "likelier" in predictors else self.meaning
        return float(chosen.probabilities([predictors])[0])

    def contradicted(self, predictors: Mapping[str, float]) -> float:
        """The probability that the evidence says otherwise, given that it does not say it."""
        chosen = self.contradiction if "aligned" in predictors else self.contradiction_words
        return float(chosen.probabilities([predictors])[0])

    def as_json(self) -> str:
        """The file's text."""
        return json.dumps(_rounded(asdict(self)), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Weights":
        """Read the file's text."""
        raw: dict[str, Any] = json.loads(text)
        models = {name: Logistic(**raw[name]) for name in _MODELS}
        return cls(**models, broken=raw["broken"], kept=raw["kept"], trained=raw["trained"])


@cache
def trained() -> Weights:
    """The weights that ship."""
    return Weights.from_json((files("clearspan.overview.proof") / "weights.json").read_text("utf-8"))


_MODELS = ("words", "meaning", "likelihood", "contradiction", "contradiction_words")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return float(f"{value:.5g}") if isinstance(value, float) else value
