"""Which router is used, if any: chosen on what it was fitted to, judged once on what nobody has seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.economy.routing.outcomes import Outcomes, folds_of, split
from clearspan.economy.routing.policy import Choices, Policy, break_even, expected_cost, worth
from clearspan.economy.routing.routers import ROUTERS
from clearspan.economy.routing.routers.base import Router
from clearspan.economy.routing.routing import Routing, routed_by
from clearspan.measure.estimate import Array, Estimate, estimate

_FOLDS = 5
_RESAMPLES = 2_000
_BASELINES = frozenset({"random", "single"})


@dataclass(frozen=True, slots=True)
class JudgedRouter:
    """A router on held-out questions.

    Attributes:
        name: of the router.
        gain: worth of a question beyond that of the best single tier, in units of quality.
        quality: mean of its answers.
        cost: mean of a question, tries included.
        shares: of the questions that went to each tier.
        fitted: mean gain on folds of what it was fitted to; routers are chosen by it.
    """

    name: str
    gain: Estimate
    quality: float
    cost: float
    shares: tuple[float, ...]
    fitted: float


@dataclass(frozen=True, slots=True)
class RoutingVerdict:
    """What came of fitting routers.

    Attributes:
        tiers: the cheapest first.
        single: the best single tier: the one of the highest worth among what was fitted to.
        price: quality that a unit of cost is worth.
        judged: every router on the held-out questions, in the order of `ROUTERS`.
        chosen: the router that did best within what was fitted to.
        routing: the same, fitted, and how it routes.
        fitted, held: numbers of questions.
        groups: of the held-out ones.
    """

    tiers: tuple[str, ...]
    single: str
    price: float
    judged: tuple[JudgedRouter, ...]
    chosen: JudgedRouter
    routing: Routing
    fitted: int
    held: int
    groups: int

    @property
    def used(self) -> bool:
        """Whether the chosen router beats the best single tier by more than chance may make it."""
        return self.chosen.gain.low is not None and self.chosen.gain.low > 0

    @property
    def why(self) -> str:
        """The verdict in a sentence."""
        gain, name = self.chosen.gain, self.chosen.name
        held = f"on {self.held:,} held-out questions of {self.groups:,} groups"
        if self.price == 0:
            return f"'{self.single}' is the best tier and none is cheaper: there is nothing to route"
        if gain.low is None:
            return f"'{name}' sends every question {held} where '{self.single}' would, so it is not used"
        interval = f"{gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
        if self.used:
            return f"'{name}' is worth {interval} a question more than always '{self.single}' {held}"
        return (
            f"'{name}', the best of {len(self.judged)}, is worth {interval} a question more than always "
            f"'{self.single}' {held}: that may be chance, so it is not used"
        )


def judge(
    outcomes: Outcomes,
    names: Sequence[str],
    seed: int = 0,
    share: float = 0.3,
    price: float | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> RoutingVerdict:
    """Fit routers to a part of the outcomes and judge them on the rest.

    Args:
        outcomes: with what the routers need.
        names: of routers; the two baselines are always among those shown.
        seed: of the split and of what routers draw.
        share: of the groups that are held out.
        price: quality that a unit of cost is worth; the one at which the cheapest and the best tier tie if None.
        told: is told which router is at work.

    Raises:
        BadInput: a question stands on both sides of the split, there are too few groups, or a router lacks what it
            looks at.
    """
    kept, held = split(outcomes, share, seed)
    paid = break_even(kept) if price is None else price
    single = int(np.argmax((kept.quality - paid * kept.cost).mean(0)))
    wanted = [name for name in ROUTERS if name in {*names, *_BASELINES}]
    judged: list[JudgedRouter] = []
    routers: dict[str, Router] = {}
    for name in wanted:
        told(name)
        routers[name] = ROUTERS[name].fit(kept, seed)
        fitted = _gain_on_folds(ROUTERS[name], kept, single, paid, seed)
        judged.append(_judged(routers[name], held, kept, single, paid, fitted))
    able = [one for one in judged if one.name not in _BASELINES] or judged
    chosen = max(able, key=lambda one: one.fitted)
    routing = routed_by(routers[chosen.name], kept, paid)
    tiers, groups = kept.tiers, len(set(held.groups))
    return RoutingVerdict(
        tiers, tiers[single], paid, tuple(judged), chosen, routing, len(kept), len(held), groups
    )


def resampled_mean(values: Array, groups: Sequence[str], seed: int = 0, unit: str = "") -> Estimate:
    """The mean of n values, with an interval over groups that are drawn again with replacement."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    sums, counts = np.bincount(group, values), np.bincount(group).astype(np.float64)
    value = float(values.mean())
    if len(names) < 2 or np.ptp(values) == 0:
        return Estimate(value, unit, how="all alike, so no interval")
    random = np.random.default_rng(seed)
    draws = np.empty(_RESAMPLES)
    for row in range(_RESAMPLES):
        taken = random.integers(0, len(names), len(names))
        draws[row] = sums[taken].sum() / counts[taken].sum()
    return estimate(value, draws, unit, f"{len(names):,} groups drawn again {_RESAMPLES:,} times")


def oracle(outcomes: Outcomes, price: float) -> Choices:
    """The tier of the highest worth of each question, as nobody can know it before, (n,)."""
    return np.argmax(outcomes.quality - price * outcomes.cost, axis=1)


def _judged(
    router: Router, held: Outcomes, kept: Outcomes, single: int, price: float, fitted: float
) -> JudgedRouter:
    chosen = _choices(router, held, kept, single, price)
    rows = np.arange(len(held))
    more = worth(router, held, chosen, price) - (held.quality - price * held.cost)[:, single]
    shares = np.bincount(chosen, minlength=len(held.tiers)) / len(held)
    return JudgedRouter(
        router.name,
        resampled_mean(more, held.groups),
        float(held.quality[rows, chosen].mean()),
        float(router.paid(held.cost)[rows, chosen].mean()),
        tuple(float(each) for each in shares),
        fitted,
    )


def _choices(router: Router, held: Outcomes, kept: Outcomes, single: int, price: float) -> Choices:
    if router.name == "single":
        return np.full(len(held), single, np.intp)
    return Policy(price, kept.best).choose(router.predict(held.asks), expected_cost(router, kept))


def _gain_on_folds(kind: type[Router], kept: Outcomes, single: int, price: float, seed: int) -> float:
    folds = folds_of(kept.groups, min(_FOLDS, len(set(kept.groups))), seed)
    gains = np.zeros(len(kept))
    for fold in range(int(folds.max()) + 1):
        own, out = kept.where(folds != fold), kept.where(folds == fold)
        router = kind.fit(own, seed)
        chosen = _choices(router, out, own, single, price)
        more = worth(router, out, chosen, price) - (out.quality - price * out.cost)[:, single]
        gains[folds == fold] = more
    return float(gains.mean())
