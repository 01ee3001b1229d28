"""From outcomes to a contract: how far the best tier may be left, so that the promise holds with its confidence.

`share` of the best tier's quality is promised: the loss of a question is `share` times the quality of the best tier's
answer less that of the answer that was routed, and the promise is that its mean is at most 0. Candidates are margins of
the policy, from 'always the best tier' on. Each has a valid p-value, and they are tested in that order until one
fails: fixed-sequence testing, which errs with a probability of 1 − confidence at most over all of them.

Source: A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan and L. Lei, Learn then test: calibrating predictive
algorithms to achieve risk control, Annals of Applied Statistics 19 (2025), theorem 1 with the fixed sequence of
section 3. Conformal risk control (Angelopoulos et al., ICLR 2024) promises the mean over calibrations alone, and for a
loss that is monotone; neither is what is asked for here.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clearspan.economy.routing.contract.bounds import betting_p, pairs_needed
from clearspan.economy.routing.judging import resampled_mean
from clearspan.economy.routing.outcomes import Outcomes
from clearspan.economy.routing.policy import Choices
from clearspan.economy.routing.routing import Routing
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, Estimate, Number, finite, for_json


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """What is promised.

    Attributes:
        share: of the best tier's quality, in (0, 1).
        confidence: that it is kept, in (0, 1).
    """

    share: float = 0.98
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name, value in (("share", self.share), ("confidence", self.confidence)):
            if not 0 < value < 1:
                raise BadInput(
                    f"The {name} of a promise must lie between 0 and 1, not at {value:g}.",
                    do="Give 0.98 for 98 %. A promise of 1 cannot be kept with anything but the best tier.",
                )

    @property
    def bound(self) -> float:
        """The bound of the scaled losses: a loss of 0."""
        return 1 / (1 + self.share)

    @property
    def fewest(self) -> int:
        """About how many labelled pairs it takes if cheaper answers are exactly as good as the best tier's.

        Then each pair gains the slack `1 − share`, at the largest stake; better answers gain more.
        """
        return math.ceil(
            math.log(1 / (1 - self.confidence)) / math.log1p(0.75 * (1 - self.share) / self.share)
        )


@dataclass(frozen=True, slots=True)
class TriedMargin:
    """One margin.

    Attributes:
        margin: of the policy.
        cheaper: share of questions that another tier than the best answers.
        loss: mean loss; the promise is that it is at most 0.
        p: of the loss being above 0.
        pairs: labelled pairs after which a loss like this would be shown to be below 0; infinite if it is not.
    """

    margin: float
    cheaper: float
    loss: float
    p: float
    pairs: Number


@dataclass(frozen=True, slots=True)
class Promised:
    """What can be promised, and what it saves.

    Attributes:
        terms: of the promise.
        pairs: labelled pairs that it rests on; those of one group count as one.
        candidates: in the order in which they were tested; all, also those after the first that failed.
        chosen: the last one before that; None where the promise is not feasible.
        saving: share of the best tier's cost that is saved with it.
    """

    terms: PromiseTerms
    pairs: int
    candidates: tuple[TriedMargin, ...]
    chosen: TriedMargin | None
    saving: Estimate

    @property
    def feasible(self) -> bool:
        """Whether anything but the best tier can be promised."""
        return self.chosen is not None

    @property
    def pairs_wanted(self) -> float:
        """The fewest labelled pairs with which some margin would do, going by these; infinite if none would."""
        return min((one.pairs for one in self.candidates), default=math.inf)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        figures: dict[str, Any] = for_json(self)
        wanted = finite(self.pairs_wanted)
        return {**figures, "feasible": self.feasible, "fewest": self.terms.fewest, "pairs_wanted": wanted}


def losses(outcomes: Outcomes, chosen: Choices, best: int, share: float) -> Array:
    """Losses scaled to [0, 1], (n,): (share · best − routed + 1) / (1 + share); a loss of 0 is 1 / (1 + share)."""
    routed = outcomes.quality[np.arange(len(outcomes)), chosen]
    return (share * outcomes.quality[:, best] - routed + 1) / (1 + share)


def by_group(columns: Array, groups: tuple[str, ...]) -> Array:
    """The mean of each group, (groups, columns): rows of one group are no independent draws, groups are."""
    _, numbers = np.unique(np.array(groups), return_inverse=True)
    counts = np.bincount(numbers)
    return np.stack([np.bincount(numbers, column) / counts for column in columns.T], axis=1)


def promise(routing: Routing, outcomes: Outcomes, terms: PromiseTerms, seed: int = 0) -> Promised:
    """The largest saving that can be promised.

    Args:
        routing: fitted to other questions than these; its margin is what is chosen, among those of its own, which
            know nothing of these outcomes.
        outcomes: labelled pairs: a sample of the traffic that the promise is about. Those of one group count as one
            draw, by their mean: what is promised is the mean over groups.
        terms: of the promise.
        seed: of the order in which the pairs are bet on.
    """
    router, policy, margins = routing.router, routing.policy, routing.margins
    expected = router.predict(outcomes.asks)
    choices = [replace(policy, margin=margin).choose(expected, routing.cost) for margin in margins]
    rows = np.stack([losses(outcomes, chosen, policy.best, terms.share) for chosen in choices], axis=1)
    columns = by_group(rows, outcomes.groups)
    order = np.random.default_rng(seed).permutation(len(columns))
    level = 1 - terms.confidence
    p = betting_p(columns[order], terms.bound, level)
    candidates = tuple(
        TriedMargin(
            margin,
            float((chosen != policy.best).mean()),
            float((columns[:, place].mean() - terms.bound) * (1 + terms.share)),
            float(p[place]),
            pairs_needed(columns[:, place], terms.bound, level),
        )
        for place, (margin, chosen) in enumerate(zip(margins, choices, strict=True))
    )
    kept = next((place for place, one in enumerate(candidates) if one.p > level), len(candidates))
    if kept == 0:
        return Promised(terms, len(columns), candidates, None, Estimate(0.0, how="nothing can be promised"))
    paid = router.paid(outcomes.cost)[np.arange(len(outcomes)), choices[kept - 1]]
    always = outcomes.cost[:, policy.best]
    saved = (always - paid) / float(always.mean())
    return Promised(
        terms, len(columns), candidates, candidates[kept - 1], resampled_mean(saved, outcomes.groups, seed)
    )
