"""The cheapest model over its whole life: trained once, served many times (Sardana et al. 2024)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from clearspan.economy.scaling.laws.law import FLOPS_PER_SERVED_TOKEN, FLOPS_PER_TRAINING_TOKEN, LossLaw
from clearspan.economy.serving.assumptions import Assumption
from clearspan.economy.serving.scenario import Scenario
from clearspan.economy.serving.speed import SPEED
from clearspan.errors import BadInput
from clearspan.measure.estimate import positive, short


class Rates(Protocol):
    """What training and serving cost, in one unit."""

    @property
    def unit(self) -> str: ...

    def train(self, parameters: float, tokens: float) -> float:
        """Cost of training."""
        ...

    def serve(self, parameters: float, served: float) -> float:
        """Cost of serving so many tokens."""
        ...


@dataclass(frozen=True, slots=True)
class Compute:
    """FLOP: 6·N·D of training and 2·N of every token served."""

    unit: str = "FLOP"

    def train(self, parameters: float, tokens: float) -> float:
        return FLOPS_PER_TRAINING_TOKEN * parameters * tokens

    def serve(self, parameters: float, served: float) -> float:
        return FLOPS_PER_SERVED_TOKEN * parameters * served


FLOP = Compute()


@dataclass(frozen=True, slots=True)
class Money:
    """US dollars: training by its FLOP, serving by the time that the scenario's machines are rented."""

    scenario: Scenario
    unit: str = "USD"

    def train(self, parameters: float, tokens: float) -> float:
        return FLOP.train(parameters, tokens) * self.scenario.prices.dollars_per_training_flop

    def serve(self, parameters: float, served: float) -> float:
        return self.scenario.dollars(parameters, served)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A model that reaches a loss, and what it costs over its life.

    Attributes:
        loss: nats per token.
        served: tokens served over its life.
        parameters: size.
        tokens: training tokens.
        training: cost of training, in the unit of the rates.
        serving: cost of serving.
    """

    loss: float
    served: float
    parameters: float
    tokens: float
    training: float
    serving: float

    @property
    def total(self) -> float:
        return self.training + self.serving


def lifetime(law: LossLaw, loss: float, served: float, rates: Rates = FLOP) -> Lifetime:
    """The size and data that reach a loss at the lowest cost of training and serving together.

    Minimises 6·N·D_train·r_train + 2·N·D_served·r_serve over N, where D_train follows from the law and the
    loss (Sardana et al. 2024, sections 2 and 3). The cost has one minimum, between the smallest size that
    can reach the loss and the size that reaches it with the least training.

    Raises:
        BadInput: no model reaches the loss under this law, or the traffic is negative.
    """
    check_reachable(law, loss)
    if not (math.isfinite(served) and served >= 0):
        raise BadInput(
            f"Tokens served must be zero or more, not {short(served)}.",
            do="Give tokens over its life, such as 2e12.",
        )
    low, high = math.log(law.smallest_for(loss)), math.log(law.optimal_for_loss(loss)[0])

    def cost(log_size: float) -> float:
        size = math.exp(log_size)
        tokens = law.tokens_for(loss, size)
        return rates.train(size, tokens) + rates.serve(size, served) if tokens < math.inf else math.inf

    return at_size(law, loss, served, math.exp(_golden(cost, low, high)), rates)


def training_optimal(law: LossLaw, loss: float, served: float, rates: Rates = FLOP) -> Lifetime:
    """The same quality from the model that is cheapest to train: what ignoring traffic would choose."""
    check_reachable(law, loss)
    return at_size(law, loss, served, law.optimal_for_loss(loss)[0], rates)


def at_size(law: LossLaw, loss: float, served: float, parameters: float, rates: Rates) -> Lifetime:
    """What reaching a loss costs at a given size; infinite where that size cannot."""
    tokens = law.tokens_for(loss, parameters)
    return Lifetime(
        loss, served, parameters, tokens, rates.train(parameters, tokens), rates.serve(parameters, served)
    )


def check_reachable(law: LossLaw, loss: float) -> None:
    """Raise BadInput if the loss is at or below the law's floor."""
    if not math.isfinite(loss) or loss <= law.floor:
        raise BadInput(
            f"A loss of {short(loss, 6)} cannot be reached: the law's irreducible loss is {short(law.floor, 4)}.",
            why="No size and no amount of data get below it under this law.",
            do="Ask for a higher loss, or name the quality by a size with --like.",
        )


def assumptions_of_choice(law: LossLaw, loss: float, served: float, scenario: Scenario) -> list[Assumption]:
    """What the choice by money assumes, each with its range; the result of each is the size chosen."""

    def size(tokens: float = served, **changed: float) -> float:
        return lifetime(law, loss, tokens, Money(replace(scenario, **changed))).parameters

    def trained_at(utilisation: float) -> float:
        prices = replace(scenario.prices, training_utilisation=utilisation)
        return lifetime(law, loss, served, Money(replace(scenario, prices=prices))).parameters

    batch, peak, written = scenario.batch, scenario.peak, scenario.output_share
    reached = scenario.prices.training_utilisation
    return [
        Assumption("requests at once", max(1.0, batch / 8), batch * 4, lambda x: size(batch=x)),
        Assumption("peak over the mean", 1.0, min(100.0, 2 * peak), lambda x: size(peak=x)),
        Assumption(
            "share of output tokens", written / 2, min(1.0, 2 * written), lambda x: size(output_share=x)
        ),
        Assumption("tokens served", served / 3, served * 3, size),
        Assumption(
            "time of a step over the model's", 1 / SPEED.factor, SPEED.factor, lambda x: size(slower=x)
        ),
        Assumption("utilisation in training", 0.75 * reached, min(1.0, 1.25 * reached), trained_at),
    ]


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality asked for: a loss, or that of the compute-optimal model of a size.

    The second can be compared between laws; a loss cannot, as each law predicts it on its own corpus.
    """

    loss: float | None = None
    like: float | None = None

    def __post_init__(self) -> None:
        if (self.loss is None) == (self.like is None):
            raise BadInput(
                "The quality is named twice." if self.loss is not None else "The quality is not named.",
                do="Name it either by a loss, or by the size of a compute-optimal model that is as good.",
            )

    def loss_under(self, law: LossLaw) -> float:
        """The loss under a law."""
        if self.loss is not None:
            return self.loss
        size = positive("The size that names the quality", self.like or 0.0)
        return float(law.loss(size, law.optimal_tokens(size)))

    def __str__(self) -> str:
        if self.loss is not None:
            return f"a loss of {short(self.loss, 6)}"
        return f"the quality of a compute-optimal {short(self.like or 0)} model"


def _golden(function: Callable[[float], float], low: float, high: float) -> float:
    ratio = (math.sqrt(5) - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = function(a), function(b)
    for _ in range(80):
        if at_a <= at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = function(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = function(b)
    return (low + high) / 2
