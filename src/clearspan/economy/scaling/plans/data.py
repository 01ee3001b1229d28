"""Too little data: repeat it, gather more at a price, or synthesise at a price and a quality."""

from collections.abc import Sequence

import numpy as np

from clearspan.economy.prices import Prices
from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.laws.muennighoff import DataConstrained
from clearspan.economy.scaling.plans.diet import (
    REPEAT,
    Diet,
    TokenSource,
    at_compute,
    cheapest,
    for_one_epoch,
)
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Estimate, estimate, positive, short


def plan_data(
    law: DataConstrained,
    draws: Sequence[DataConstrained],
    unique: float,
    flops: float,
    sources: Sequence[TokenSource],
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
    repeated = at_compute(law, flops, unique, 0.0, REPEAT, prices)
    same_compute = [repeated]
    for s in sources:
        bought = for_one_epoch(law, flops, unique, s)
        same_compute.append(at_compute(law, flops, unique, bought, s, prices))
    same_loss = [(s, cheapest(law, aimed, unique, s, prices)) for s in (REPEAT, *sources)]
    reached = [d for _, d in same_loss if d is not None]
    best = min(reached, key=lambda d: d.dollars) if reached else None
    worth, by_repeating = _worth(law, draws, flops, unique), _by_repeating(law, draws, flops, unique)
    penalty = _shifted(by_repeating, -ample)
    summary = _summary(unique, flops, wanted, repeated, penalty, best, aimed, worth)
    numbers = {
        "epochs": Estimate(repeated.epochs, "", how="optimum of the law at the published constants"),
        "loss_by_repeating": by_repeating,
        "loss_with_ample_data": Estimate(ample, "nats per token", how="no interval was published"),
        "fresh_tokens_worth": worth,
    }
    tables = (
        _compute_table(same_compute, flops),
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
            "loosely: their runs allow R_D* from about 5 upwards (see docs/concepts/laws.md).",
            "What a synthetic token is worth is your assumption, not a law: measure it on a small model first. "
            "Reading one costs the compute of any other token, however little it teaches.",
            "The law knows no harm from repetition; runs in which the loss rose again were left out of its fit.",
            *prices.sources(),
        ),
    )


def _by_repeating(
    law: DataConstrained, draws: Sequence[DataConstrained], flops: float, unique: float
) -> Estimate:
    value, *sample = (float(d.loss(*d.optimal(flops, unique), unique)) for d in (law, *draws))
    return estimate(value, sample, "nats per token", "R_D* and R_N* resampled; the rest held")


def _shifted(number: Estimate, by: float) -> Estimate:
    low, high = (None if end is None else end + by for end in (number.low, number.high))
    return Estimate(number.value + by, number.unit, low, high, number.how)


def _worth(law: DataConstrained, draws: Sequence[DataConstrained], flops: float, unique: float) -> Estimate:
    value, *sample = (float(d.effective_tokens(d.optimal(flops, unique)[1], unique)) for d in (law, *draws))
    return estimate(value, sample, "", "R_D* and R_N* resampled; the rest held")


def _summary(
    unique: float,
    flops: float,
    wanted: float,
    repeated: Diet,
    penalty: Estimate,
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
        f"{repeated.epochs:.1f} times in a {short(repeated.parameters)} model is worth {worth} fresh tokens, "
        f"and leaves the loss {penalty} higher than ample data would."
    )
    if best is None:
        return (first, f"No way on offer reaches a loss of {aimed:.3f}.")
    bought = f", buying {short(best.bought)} tokens" if best.bought else ""
    return (
        first,
        f"Cheapest to a loss of {aimed:.3f}: {best.source}{bought}, {short(best.parameters)} parameters, "
        f"{best.epochs:.1f} epochs, {short(best.dollars)} USD.",
    )


def _compute_table(diets: Sequence[Diet], flops: float) -> Table:
    rows: list[Sequence[Cell]] = [
        (
            d.source,
            short(d.parameters),
            short(d.tokens),
            f"{d.epochs:.2f}",
            short(d.bought),
            f"{d.loss:.4f}",
            short(d.dollars),
        )
        for d in diets
    ]
    columns = ("way", "parameters", "tokens", "epochs", "tokens bought", "loss", "USD")
    note = "Gathering and synthesising buy what makes one epoch the best: nothing is read twice."
    return Table(f"The same compute, {short(flops)} FLOP", columns, rows, note)


def _loss_table(diets: Sequence[tuple[TokenSource, Diet | None]], aimed: float) -> Table:
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
    constrained = law.loss(product / tokens, tokens, unique)
    fresh = law.base.loss(product / tokens, tokens)
    low: list[float] = []
    high: list[float] = []
    if draws:
        drawn = [d.loss(product / tokens, tokens, unique) for d in draws]
        ends = np.percentile(drawn, [2.5, 97.5], axis=0)
        low, high = ends[0].tolist(), ends[1].tolist()
    size, read = law.optimal(flops, unique)
    best = Mark(
        read / min(unique, read),
        float(law.loss(size, read, unique)),
        f"{read / min(unique, read):.1f} epochs",
    )
    return Chart(
        "epochs",
        f"{short(unique)} unique tokens at {short(flops)} FLOP",
        "epochs over the unique tokens",
        "loss, nats per token",
        (
            Series("these tokens", epochs.tolist(), constrained.tolist(), low, high),
            Series("were all fresh", epochs.tolist(), fresh.tolist(), style="dashed"),
        ),
        (best,),
        caption="At fixed compute, more epochs mean a smaller model; below one, the law counts a model too "
        "large for what it reads. Band: 95 % of resampled R_D* and R_N*.",
    )
