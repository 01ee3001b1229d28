"""Too little data: repeat it, gather more at a price, or synthesise at a price and a quality."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.bars import Cell, Table
from clearspan.economy.charts import Chart, Mark, Series
from clearspan.economy.scaling.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.muennighoff import DataConstrained
from clearspan.economy.scaling.plan import Plan
from clearspan.economy.scaling.prices import Prices
from clearspan.economy.scaling.quantities import Array, Estimate, estimate, positive, short
from clearspan.errors import BadInput

_GRID = 161


@dataclass(frozen=True, slots=True)
class Source:
    """A way to have more unique tokens.

    Attributes:
        name: repeat, gather or synthesise.
        dollars_per_token: price of one token of it.
        quality: unique tokens of the first kind that one of these is worth, above 0; an assumption of yours.
    """

    name: str
    dollars_per_token: float
    quality: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.dollars_per_token) and self.dollars_per_token >= 0):
            raise BadInput(f"The price of a token must be zero or more, not {self.dollars_per_token:g}.")
        positive("The quality of a token", self.quality)


REPEAT = Source("repeat", 0.0)


@dataclass(frozen=True, slots=True)
class Diet:
    """A model and what it is fed.

    Attributes:
        source: where tokens beyond the unique ones came from.
        parameters: size.
        tokens: training tokens, repeats included.
        bought: tokens gathered or synthesised.
        unique: unique tokens in all, in tokens of the first kind.
        loss: predicted, nats per token.
        compute_dollars: cost of training.
        data_dollars: cost of the tokens bought.
    """

    source: str
    parameters: float
    tokens: float
    bought: float
    unique: float
    loss: float
    compute_dollars: float
    data_dollars: float

    @property
    def epochs(self) -> float:
        return self.tokens / self.unique

    @property
    def dollars(self) -> float:
        return self.compute_dollars + self.data_dollars


def at_compute(law: DataConstrained, flops: float, unique: float, bought: float, source: Source) -> Diet:
    """The best model for a compute budget after buying some tokens; prices are those of tokens only."""
    fresh = unique + source.quality * bought
    size, tokens = law.optimal(flops, fresh)
    loss = float(law.loss(size, tokens, min(fresh, tokens)))
    return Diet(
        source.name, size, tokens, bought, min(fresh, tokens), loss, 0.0, bought * source.dollars_per_token
    )


def cheapest(law: DataConstrained, loss: float, unique: float, source: Source, prices: Prices) -> Diet | None:
    """The cheapest way to a loss with one source; None where that source cannot reach it.

    Searches sizes and amounts bought on a grid (to about 2 %) and finds the tokens of each by bisection.

    Raises:
        BadInput: the loss is at or below the law's floor, or the unique tokens are not positive.
    """
    positive("The unique tokens", unique)
    if loss <= law.floor:
        raise BadInput(f"A loss of {loss:g} cannot be reached: the irreducible loss is {law.floor:.4g}.")
    centre_size, centre_tokens = law.base.optimal_for_loss(loss)
    sizes = np.geomspace(centre_size / 30, centre_size * 300, _GRID)[:, None]
    extra = np.zeros(1)
    if source.dollars_per_token > 0 or source.name != REPEAT.name:
        extra = np.concatenate([[0.0], np.geomspace(unique / 100, 30 * (unique + centre_tokens), _GRID)])
    fresh = unique + source.quality * extra[None, :]
    tokens = _tokens_for(law, loss, sizes, fresh)
    compute = FLOPS_PER_TRAINING_TOKEN * sizes * tokens * prices.dollars_per_training_flop
    total = compute + extra[None, :] * source.dollars_per_token
    i, j = np.unravel_index(int(np.argmin(total)), total.shape)
    if not math.isfinite(float(total[i, j])):
        return None
    seen = float(tokens[i, j])
    return Diet(
        source.name,
        float(sizes[i, 0]),
        seen,
        float(extra[j]),
        min(float(fresh[0, j]), seen),
        loss,
        float(compute[i, j]),
        float(extra[j]) * source.dollars_per_token,
    )


def plan_data(
    law: DataConstrained,
    draws: Sequence[DataConstrained],
    unique: float,
    flops: float,
    sources: Sequence[Source],
    prices: Prices,
    loss: float | None = None,
) -> Plan:
    """Repeat, gather or synthesise: at the same compute, and at the same loss.

    Args:
        law: the data-constrained law.
        draws: the law from resampled runs, for intervals; may be empty.
        unique: unique tokens at hand.
        flops: training budget, FLOP.
        sources: ways to have more, besides repeating.
        prices: of compute.
        loss: what must be reached; what ample fresh data would reach at this budget, and a hundredth of a nat
            more, if None.
    """
    positive("The unique tokens", unique)
    positive("The compute budget", flops)
    wanted = law.base.optimal(flops)[1]
    ample = float(law.base.loss(*law.base.optimal(flops)))
    aimed = ample + 0.01 if loss is None else loss
    repeated = at_compute(law, flops, unique, 0.0, REPEAT)
    same_compute = [repeated]
    missing = max(0.0, wanted - unique)
    same_compute += [at_compute(law, flops, unique, missing / s.quality, s) for s in sources]
    same_loss = [(s, cheapest(law, aimed, unique, s, prices)) for s in (REPEAT, *sources)]
    reached = [d for _, d in same_loss if d is not None]
    best = min(reached, key=lambda d: d.dollars) if reached else None
    worth = _worth(law, draws, flops, unique)
    summary = _summary(unique, flops, wanted, repeated, ample, best, aimed, worth)
    numbers = {
        "epochs": Estimate(repeated.epochs, "", how="optimum of the law at the published constants"),
        "loss_by_repeating": _interval(law, draws, flops, unique),
        "loss_with_ample_data": Estimate(ample, "nats per token", how="no interval was published"),
        "fresh_tokens_worth": worth,
    }
    tables = (
        _compute_table(same_compute, flops, prices),
        _loss_table(same_loss, aimed),
    )
    return Plan(
        f"{short(unique)} unique tokens for {short(flops)} FLOP: repeat, gather or synthesise?",
        summary,
        numbers,
        tables,
        (_epochs_chart(law, draws, flops, unique),),
        (
            "Muennighoff et al. 2023, fitted on C4 up to 8.7B parameters; R_D* = 15.4 and R_N* = 5.3 are held "
            "loosely: their runs allow R_D* from about 5 upwards (see docs/planner.md).",
            "What a synthetic token is worth is your assumption, not a law: measure it on a small model first.",
            "The law knows no harm from repetition; runs in which the loss rose again were left out of its fit.",
            *prices.sources(),
        ),
    )


def _tokens_for(law: DataConstrained, loss: float, sizes: Array, fresh: Array) -> Array:
    shape = np.broadcast_shapes(sizes.shape, fresh.shape)
    low, high = np.full(shape, math.log(1e6)), np.full(shape, math.log(1e20))
    enough = law.effective_parameters(sizes, fresh)

    def reached(tokens: Array) -> NDArray[np.bool_]:
        return law.base.loss(enough, law.effective_tokens(tokens, fresh)) <= loss

    able = reached(np.exp(high))
    for _ in range(60):
        middle = (low + high) / 2
        ok = reached(np.exp(middle))
        low, high = np.where(ok, low, middle), np.where(ok, middle, high)
    return np.where(able, np.exp(high), np.inf)


def _interval(
    law: DataConstrained, draws: Sequence[DataConstrained], flops: float, unique: float
) -> Estimate:
    value = at_compute(law, flops, unique, 0.0, REPEAT).loss
    sample = [at_compute(d, flops, unique, 0.0, REPEAT).loss for d in draws]
    return estimate(value, sample, "nats per token", "R_D* and R_N* resampled; the rest held")


def _worth(law: DataConstrained, draws: Sequence[DataConstrained], flops: float, unique: float) -> Estimate:
    value = _repeated_worth(law, flops, unique)
    sample = [_repeated_worth(d, flops, unique) for d in draws]
    return estimate(value, sample, "", "R_D* and R_N* resampled; the rest held")


def _repeated_worth(law: DataConstrained, flops: float, unique: float) -> float:
    _, tokens = law.optimal(flops, unique)
    return float(law.effective_tokens(tokens, unique))


def _summary(
    unique: float,
    flops: float,
    wanted: float,
    repeated: Diet,
    ample: float,
    best: Diet | None,
    aimed: float,
    worth: Estimate,
) -> tuple[str, ...]:
    if wanted <= unique:
        return (
            f"{short(unique)} unique tokens are enough: {short(flops)} FLOP want {short(wanted)}. "
            "Nothing need be repeated or bought.",
        )
    first = (
        f"{short(flops)} FLOP want {short(wanted)} tokens and {short(unique)} are at hand. Repeating them "
        f"{repeated.epochs:.1f} times in a {short(repeated.parameters)} model is worth {worth} fresh tokens "
        f"and costs {repeated.loss - ample:.3f} nats against ample data."
    )
    if best is None:
        return (first, f"No way on offer reaches a loss of {aimed:.3f}.")
    bought = f", buying {short(best.bought)} tokens" if best.bought else ""
    return (
        first,
        f"Cheapest to a loss of {aimed:.3f}: {best.source}{bought}, {short(best.parameters)} parameters, "
        f"{best.epochs:.1f} epochs, {short(best.dollars)} USD.",
    )


def _compute_table(diets: Sequence[Diet], flops: float, prices: Prices) -> Table:
    compute = flops * prices.dollars_per_training_flop
    rows: list[Sequence[Cell]] = [
        (
            d.source,
            short(d.parameters),
            short(d.tokens),
            f"{d.epochs:.2f}",
            short(d.bought),
            f"{d.loss:.4f}",
            short(compute + d.data_dollars),
        )
        for d in diets
    ]
    columns = ("way", "parameters", "tokens", "epochs", "tokens bought", "loss", "USD")
    return Table(f"The same compute, {short(flops)} FLOP", columns, rows)


def _loss_table(diets: Sequence[tuple[Source, Diet | None]], aimed: float) -> Table:
    rows: list[Sequence[Cell]] = []
    for source, d in diets:
        if d is None:
            rows.append((source.name, "cannot reach it", "–", "–", "–", "–", "–", "–"))
            continue
        rows.append(
            (
                d.source,
                short(d.parameters),
                short(d.tokens),
                f"{d.epochs:.2f}",
                short(d.bought),
                short(d.compute_dollars),
                short(d.data_dollars),
                short(d.dollars),
            )
        )
    columns = ("way", "parameters", "tokens", "epochs", "bought", "compute USD", "data USD", "USD")
    return Table(f"The same loss, {aimed:.3f}", columns, rows, "Found on a grid, to about 2 %.")


def _epochs_chart(
    law: DataConstrained, draws: Sequence[DataConstrained], flops: float, unique: float
) -> Chart:
    product = flops / FLOPS_PER_TRAINING_TOKEN
    epochs = np.geomspace(0.25, 200, 120)
    tokens = epochs * unique
    constrained = law.loss(product / tokens, tokens, np.minimum(unique, tokens))
    fresh = law.base.loss(product / tokens, tokens)
    low: list[float] = []
    high: list[float] = []
    if draws:
        drawn = [d.loss(product / tokens, tokens, np.minimum(unique, tokens)) for d in draws]
        ends = np.percentile(drawn, [2.5, 97.5], axis=0)
        low, high = ends[0].tolist(), ends[1].tolist()
    best = at_compute(law, flops, unique, 0.0, REPEAT)
    return Chart(
        "epochs",
        f"{short(unique)} unique tokens at {short(flops)} FLOP",
        "epochs over the unique tokens",
        "loss, nats per token",
        (
            Series("these tokens", epochs.tolist(), constrained.tolist(), low, high),
            Series("were all fresh", epochs.tolist(), fresh.tolist(), style="dashed"),
        ),
        (Mark(best.epochs, best.loss, f"{best.epochs:.1f} epochs"),),
        caption="At fixed compute, more epochs mean a smaller model. Band: 95 % of resampled R_D* and R_N*.",
    )
