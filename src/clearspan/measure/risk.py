"""Risk against coverage: how often what is answered is wrong, when only the surest share of questions is answered.

The area under the curve (Geifman, Uziel and El-Yaniv 2019, 'Bias-reduced uncertainty estimation') is the mean risk over
all coverages: a system that is always sure of the same has the share of errors itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """A curve; both arrays have one entry a question, from the surest on.

    Attributes:
        coverage: share of questions that are answered, ascending, in (0, 1].
        risk: share of those that are answered wrongly.
        area: mean risk over the coverages, in [0, 1]; lower is better.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    area: float

    def at(self, coverages: Sequence[float]) -> list[float]:
        """The risk at some coverages."""
        return [float(np.interp(each, self.coverage, self.risk)) for each in coverages]


def risk_coverage(sureness: ArrayLike, wrong: ArrayLike) -> RiskCoverage:
    """The curve of answers with their sureness, higher for surer, and whether each is wrong; ties share their risk.

    Args:
        sureness: (questions,), any scale.
        wrong: (questions,), 1 or true where the answer is wrong.
    """
    sure, errors = np.asarray(sureness, np.float64), np.asarray(wrong, np.float64)
    order = np.argsort(-sure, kind="stable")
    sure, errors = sure[order], errors[order]
    # Among equally sure answers no order is meant: each stands for the mean of all of them.
    _, group = np.unique(-sure, return_inverse=True)
    errors = (np.bincount(group, errors) / np.bincount(group))[group]
    counted = np.arange(1, len(errors) + 1)
    risk = np.cumsum(errors) / counted
    return RiskCoverage(counted / len(errors), risk, float(risk.mean()))
