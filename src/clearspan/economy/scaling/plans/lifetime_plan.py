"""The lifetime planner's answer: tables in compute and money, cost curves, curves of equal loss and cost."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN, LossLaw
from clearspan.economy.scaling.plans.lifetime import (
    FLOP,
    Lifetime,
    Money,
    Quality,
    Rates,
    assumptions_of_choice,
    at_size,
    lifetime,
    training_optimal,
)
from clearspan.economy.scaling.plans.plan import DISAGREEMENT, Plan
from clearspan.economy.scaling.plans.training import PlannedLaw, sources
from clearspan.economy.serving.assumptions import Effect, effects, tornado
from clearspan.economy.serving.scenario import Scenario
from clearspan.economy.serving.speed import SPEED
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Array, Estimate, estimate, short

_SAME_CHOICE = 1.5
"""Factor within which two sizes hardly differ in what they cost: the curve is flat near its optimum."""


def plan_lifetime(
    quality: Quality,
    served: float,
    candidates: Sequence[PlannedLaw],
    scenario: Scenario,
    traffic: Estimate | None = None,
) -> Plan:
    """The cheapest model for a quality and its traffic, in compute and in money, by each law.

    Args:
        quality: what is asked of the model.
        served: tokens served over its life, input and output together.
        candidates: laws; the first is the one recommended.
        scenario: how it is served; money, energy and time follow from this one.
        traffic: the tokens served with their interval, if they were counted.
    """
    in_money, prices = Money(scenario), scenario.prices
    tables = tuple(_table(quality, served, candidates, rates) for rates in (FLOP, in_money))
    first = candidates[0]
    loss = quality.loss_under(first.law)
    best, usual = lifetime(first.law, loss, served), training_optimal(first.law, loss, served)
    numbers = {
        **_numbers(first, quality, served, FLOP, ""),
        **_numbers(first, quality, served, in_money, "_by_money"),
    }
    numbers["loss"] = Estimate(loss, "nats per token", how=f"{quality} under {first.name}")
    cheap = lifetime(first.law, loss, served, in_money)
    numbers["training_energy"] = Estimate(
        prices.training_kwh(FLOPS_PER_TRAINING_TOKEN * cheap.parameters * cheap.tokens),
        "kWh",
        how="hours at rated power × overhead, for the choice by money",
    )
    numbers["serving_energy"] = scenario.energy(cheap.parameters, served)
    numbers["seconds_a_token"] = _seconds(scenario, cheap.parameters)
    moved = effects(assumptions_of_choice(first.law, loss, served, scenario))
    rests, tornado_chart = tornado("What the choice by money rests on", "parameters", cheap.parameters, moved)
    summary = [
        f"For {quality} and {short(served)} tokens served, {first.name} advises "
        f"{numbers['parameters']} parameters on {numbers['tokens']} tokens: {numbers['saving']} less compute "
        f"over its life than the {short(usual.parameters)} model that is cheapest to train.",
        _by_money(cheap, scenario, moved, numbers["saving_by_money"]),
        *_disagreement(quality, served, candidates, in_money),
        f"Serving takes {numbers['serving_energy']} and {numbers['seconds_a_token']} from one token to the next, "
        f"training {numbers['training_energy']}.",
        f"Training is {best.training / best.total:.0%} of the compute and "
        f"{cheap.training / cheap.total:.0%} of the money.",
    ]
    if traffic is not None and traffic.low is not None and traffic.high is not None:
        numbers["tokens_served"] = traffic
        few, many = (
            lifetime(first.law, loss, end, in_money).parameters for end in (traffic.low, traffic.high)
        )
        summary.append(
            f"The traffic was counted as {traffic}: {traffic.how}. At the ends of that interval the choice by "
            f"money is {short(few)} and {short(many)}."
        )
    charts = (
        _cost_curves(quality, served, candidates, in_money),
        _iso_curves(candidates, quality, served, in_money),
        tornado_chart,
    )
    notes = (*sources(candidates), *scenario.sources(), *prices.sources())
    title = f"Cheapest over its life: {quality}, {short(served)} tokens served"
    return Plan(title, tuple(summary), numbers, (*tables, rests), charts, notes)


def _disagreement(
    quality: Quality, served: float, candidates: Sequence[PlannedLaw], rates: Rates
) -> tuple[str, ...]:
    """How far the laws lie apart; nothing to say of one law."""
    losses = [(c.law, quality.loss_under(c.law)) for c in candidates]
    found = [lifetime(law, loss, served, rates) for law, loss in losses if loss > law.floor]
    if len(found) < 2:
        return ()
    sizes, totals = sorted(f.parameters for f in found), sorted(f.total for f in found)
    return (
        f"The laws shown disagree: {short(sizes[0])} to {short(sizes[-1])} parameters, and {short(totals[0])} to "
        f"{short(totals[-1])} {rates.unit} for the same quality.",
    )


def _seconds(scenario: Scenario, parameters: float) -> Estimate:
    seconds = scenario.step(parameters)
    how = f"at batch {short(scenario.batch, 6)}; within a factor of {SPEED.factor:g} for 95 % of models not fitted"
    return Estimate(seconds, "s", seconds / SPEED.factor, seconds * SPEED.factor, how)


def _by_money(cheap: Lifetime, scenario: Scenario, moved: Sequence[Effect], saving: Estimate) -> str:
    """The choice by money; a size that an assumption moves by more than half is not stated as one."""
    reached = scenario.output_utilisation(cheap.parameters)
    counted = (
        f"Counted in money, with {short(scenario.batch, 6)} requests at once ({reached:.1%} of peak on output tokens) "
        f"and machines for {short(scenario.peak, 6)} times the mean rate"
    )
    wide = [e for e in moved if e.span > _SAME_CHOICE]
    money = f"{short(cheap.total)} USD over its life, {saving} saved"
    if not wide:
        return f"{counted}, it is {short(cheap.parameters)} on {short(cheap.tokens)}: {money}."
    ends = [end for e in wide for end in (e.at_low, e.at_high)]
    named = ", ".join(str(e.assumption) for e in wide)
    return (
        f"{counted}, the size depends on {named}: {short(min(ends))} to {short(max(ends))} parameters. As assumed: "
        f"{short(cheap.parameters)} on {short(cheap.tokens)}, {money}."
    )


def _numbers(
    c: PlannedLaw, quality: Quality, served: float, rates: Rates, suffix: str
) -> dict[str, Estimate]:
    results = [_saving(law, quality, served, rates) for law in (c.law, *c.draws)]
    columns = list(zip(*results, strict=True))
    units = ("", "", rates.unit, "")
    names = ("parameters", "tokens", "total", "saving")
    found = {
        f"{name}{suffix}": estimate(column[0], np.array(column[1:], np.float64), unit, c.how)
        for name, unit, column in zip(names, units, columns, strict=True)
    }
    saving = found[f"saving{suffix}"]
    percent = [None if v is None else 100 * v for v in (saving.value, saving.low, saving.high)]
    found[f"saving{suffix}"] = Estimate(percent[0] or 0.0, "%", percent[1], percent[2], saving.how)
    return found


def _saving(law: LossLaw, quality: Quality, served: float, rates: Rates) -> tuple[float, float, float, float]:
    loss = quality.loss_under(law)
    if loss <= law.floor:
        return math.nan, math.nan, math.nan, math.nan
    best, usual = lifetime(law, loss, served, rates), training_optimal(law, loss, served, rates)
    return best.parameters, best.tokens, best.total, 1 - best.total / usual.total


def _table(quality: Quality, served: float, candidates: Sequence[PlannedLaw], rates: Rates) -> Table:
    rows: list[Sequence[Cell]] = []
    for c in candidates:
        loss = quality.loss_under(c.law)
        if loss <= c.law.floor:
            rows.append((c.name, "cannot reach it", "–", "–", "–", "–"))
            continue
        found = _numbers(c, quality, served, rates, "")
        usual = training_optimal(c.law, loss, served, rates)
        rows.append(
            (
                c.name,
                str(found["parameters"]),
                str(found["tokens"]),
                str(replace(found["total"], unit="")),
                str(found["saving"]),
                f"{short(usual.parameters)} on {short(usual.tokens)}",
            )
        )
    return Table(
        f"Cheapest over its life, in {rates.unit}",
        ("law", "parameters", "training tokens", f"total {rates.unit}", "saved", "cheapest to train"),
        rows,
        DISAGREEMENT if rates is not FLOP and len(rows) > 1 else "",
    )


def _cost_curves(quality: Quality, served: float, candidates: Sequence[PlannedLaw], rates: Rates) -> Chart:
    series: list[Series] = []
    marks: list[Mark] = []
    able = [c for c in candidates if quality.loss_under(c.law) > c.law.floor]
    largest = max(3 * training_optimal(c.law, quality.loss_under(c.law), served).parameters for c in able)
    found = [lifetime(c.law, quality.loss_under(c.law), served, rates) for c in able]
    most = 12 * max(best.total for best in found)
    for c, best in zip(able, found, strict=True):
        loss = best.loss
        smallest = c.law.smallest_for(loss)
        sizes = np.geomspace(min(1.05 * smallest, best.parameters), largest, 120)
        totals = [at_size(c.law, loss, served, float(size), rates).total for size in sizes]
        shown = [total if total < most else math.nan for total in totals]
        low, high = _band(c, quality, served, rates, sizes, most)
        series.append(Series(c.name, sizes.tolist(), shown, low, high))
        marks.append(Mark(best.parameters, best.total, f"{short(best.parameters)} on {short(best.tokens)}"))
    return Chart(
        "lifetime-cost",
        f"Cost over the model's life, {short(served)} tokens served",
        "parameters",
        rates.unit,
        tuple(series),
        tuple(marks),
        y_log=True,
        caption="Every point reaches the same quality; smaller models are trained on more data. "
        "Band: 95 % of what is known of the constants.",
    )


def _band(
    c: PlannedLaw, quality: Quality, served: float, rates: Rates, sizes: Array, most: float
) -> tuple[list[float], list[float]]:
    """95 % of the costs under drawn laws at each size, cut at `most`; empty where no law was drawn."""
    able = [(law, quality.loss_under(law)) for law in c.draws[:60]]
    costs = [
        [min(most, at_size(law, loss, served, float(size), rates).total) for size in sizes]
        for law, loss in able
        if loss > law.floor
    ]
    if len(costs) < 20:
        return [], []
    low, high = np.percentile(costs, [2.5, 97.5], axis=0)
    return low.tolist(), high.tolist()


def _region(c: PlannedLaw, quality: Quality, served: float, rates: Rates) -> Series:
    """Where the choice falls for laws drawn from what is known of the constants."""
    found: list[tuple[float, float]] = []
    for law in c.draws[:80]:
        loss = quality.loss_under(law)
        if loss > law.floor:
            best = lifetime(law, loss, served, rates)
            found.append((best.parameters, best.tokens))
    found.sort()
    return Series("choices of drawn laws", [x for x, _ in found], [y for _, y in found], style="points")


def _choices(candidates: Sequence[PlannedLaw], quality: Quality, served: float, rates: Rates) -> list[Mark]:
    losses = [(c, quality.loss_under(c.law)) for c in candidates]
    found = [(c, lifetime(c.law, loss, served, rates)) for c, loss in losses if loss > c.law.floor]
    return [Mark(best.parameters, best.tokens, c.name) for c, best in found]


def _iso_curves(candidates: Sequence[PlannedLaw], quality: Quality, served: float, rates: Rates) -> Chart:
    c, *others = candidates
    loss = quality.loss_under(c.law)
    best = lifetime(c.law, loss, served, rates)
    sizes = np.geomspace(best.parameters / 5, best.parameters * 8, 120)
    series: list[Series] = []
    for step in (-0.05, 0.0, 0.05):
        aimed = loss + step * (loss - c.law.floor)
        tokens = [c.law.tokens_for(aimed, float(size)) for size in sizes]
        near = [t if t < 60 * best.tokens else math.nan for t in tokens]
        series.append(Series(f"loss {aimed:.3f}", sizes.tolist(), near))
    for factor in (0.7, 1.0, 1.4):
        left = [factor * best.total - rates.serve(float(size), served) for size in sizes]
        tokens = [
            x / rates.train(float(size), 1.0) if x > 0 else math.nan
            for x, size in zip(left, sizes, strict=True)
        ]
        shown = [t if t > best.tokens / 60 else math.nan for t in tokens]
        series.append(
            Series(f"{short(factor * best.total)} {rates.unit}", sizes.tolist(), shown, style="dashed")
        )
    series.append(_region(c, quality, served, rates))
    return Chart(
        "iso-curves",
        f"Equal quality and equal cost ({c.name})",
        "parameters",
        "training tokens",
        tuple(series),
        (Mark(best.parameters, best.tokens, "chosen"), *_choices(others, quality, served, rates)),
        y_log=True,
        caption="Full lines: equal loss. Dashed lines: equal cost over the life. They touch at the choice. "
        "Small points: the choice under laws drawn from what is known of the constants. Named points: the choice "
        "of the other laws for the same quality.",
    )
