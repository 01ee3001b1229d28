"""A fit as a plan: constants, residuals, extrapolation, and what the runs cannot determine."""

from collections.abc import Sequence

import numpy as np

from clearspan.economy.scaling.fits.extrapolate import Extrapolation, chosen_delta, extrapolate
from clearspan.economy.scaling.fits.fit import Fit, data_constrained_draws, fit, wide_minimum
from clearspan.economy.scaling.fits.identify import undetermined
from clearspan.economy.scaling.laws.minimise import HUBER_DELTA
from clearspan.economy.scaling.laws.muennighoff import PUBLISHED_FRESH, PUBLISHED_SEARCH
from clearspan.economy.scaling.laws.presets import MUENNIGHOFF_BASE
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Series
from clearspan.measure.estimate import Estimate, estimate, short


def plan_fit(
    runs: Runs,
    law: str = "chinchilla",
    *,
    resamples: int = 500,
    by: str = "run",
    above: float | None = None,
    delta: float = HUBER_DELTA,
    seed: int = 0,
) -> Plan:
    """Fit a law and say how far it may be trusted.

    Args:
        runs: training runs.
        law: a name in `fit.FAMILIES`.
        resamples: bootstrap data sets.
        by: resample by "run" or by "group".
        above: compute above which runs are held back to judge extrapolation; the top quarter if None.
        delta: where the Huber loss turns linear.
        seed: of the resampling.
    """
    found = fit(runs, law, delta=delta, resamples=resamples, by=by, seed=seed)
    numbers = found.estimates()
    numbers["objective"] = Estimate(found.objective, "", how="sum of Huber losses of log residuals")
    held = _held_back(runs, law, above, delta)
    sentences = undetermined(found)
    notes = [
        f"Huber loss (delta {delta:g}) of ln(predicted) − ln(measured), summed over {len(runs)} runs; best of a "
        "grid of starts (Hoffmann et al. 2022, section 3.3; Besiroglu et al. 2024).",
        "Intervals are 2.5th to 97.5th percentiles of the draws; they assume that the law is right.",
    ]
    if law == "muennighoff":
        notes.append(f"Two constants are fitted; {PUBLISHED_FRESH}. Runs on another corpus bend them.")
        wide = data_constrained_draws(runs, MUENNIGHOFF_BASE, resamples=max(resamples, 20), seed=seed)
        wide_low, wide_high = np.percentile(wide[:, 0], [2.5, 97.5])
        lowest = wide_minimum(runs, MUENNIGHOFF_BASE)
        how = f"{len(wide)} resamples, searched up to 1,000 instead of the published {PUBLISHED_SEARCH:g}"
        for i, name in enumerate(found.names):
            numbers[f"{name}_searched_wide"] = estimate(lowest.values[i], wide[:, i], how=how, unit="")
        if max(lowest.values) > PUBLISHED_SEARCH:
            sentences.append(
                f"The published search ends at {PUBLISHED_SEARCH:g}. Beyond it lies a minimum "
                f"{1 - lowest.objective / found.objective:.2%} lower, at R_D* = {short(lowest.values[0])} and "
                f"R_N* = {short(lowest.values[1])}; resamples put R_D* anywhere from "
                f"{short(float(wide_low))} to {short(float(wide_high), 4)}, where our "
                "search ends: the runs say that repetition loses worth, and hardly when."
            )
    fitted = ", ".join(f"{name} {short(float(v))}" for name, v in zip(found.names, found.values, strict=True))
    summary = [f"{law} fitted to {len(runs)} runs: {fitted}."]
    if held is not None:
        numbers["extrapolation_error"] = Estimate(
            100 * held.mean_error, "%", how=f"{held.predicted} runs above {short(held.above)} FLOP, unseen"
        )
        summary.append(
            f"Fitted to the {held.fitted} runs below {short(held.above)} FLOP it predicts the {held.predicted} "
            f"above with a mean error of {held.mean_error:.2%} (bias {held.bias:+.2%})."
        )
    tables = [_constants(found, numbers)]
    if resamples:
        tables += [_correlations(found), _covariances(found)]
    charts = (_residuals(found), _fit_chart(found))
    return Plan(
        f"Fit of {law} to {len(runs)} runs",
        (*summary, *sentences),
        numbers,
        tuple(tables),
        charts,
        tuple(notes),
    )


def _held_back(runs: Runs, law: str, above: float | None, delta: float) -> Extrapolation | None:
    """Extrapolation to the largest runs, with the Huber threshold chosen on the small ones."""
    budget = float(np.quantile(runs.flops, 0.75)) if above is None else above
    small = runs.where(runs.flops <= budget)
    if above is None and (len(small) < 30 or len(small) == len(runs)):
        return None
    chosen = chosen_delta(small, law) if len(small) >= 30 else delta
    return extrapolate(runs, law, above=budget, delta=chosen)


def _constants(found: Fit, numbers: dict[str, Estimate]) -> Table:
    rows: list[Sequence[Cell]] = []
    for i, name in enumerate(found.names):
        number = numbers[name]
        error = float(found.draws[:, i].std()) if len(found.draws) else None
        rows.append((name, number.value, number.low, number.high, error))
    note = f"Intervals: {found.drawn_by}." if len(found.draws) else ""
    return Table("Constants", ("constant", "estimate", "2.5 %", "97.5 %", "standard error"), rows, note)


def _correlations(found: Fit) -> Table:
    correlation = found.correlation
    rows: list[Sequence[Cell]] = [
        (name, *(f"{correlation[i, j]:.3f}" for j in range(len(found.names))))
        for i, name in enumerate(found.names)
    ]
    return Table("Correlations of the logarithms", ("", *found.names), rows)


def _covariances(found: Fit) -> Table:
    covariance = found.covariance
    rows: list[Sequence[Cell]] = [
        (name, *(float(covariance[i, j]) for j in range(len(found.names))))
        for i, name in enumerate(found.names)
    ]
    return Table("Covariances", ("", *found.names), rows)


def _residuals(found: Fit) -> Chart:
    order = np.argsort(found.runs.flops)
    return Chart(
        "residuals",
        "Residuals by compute",
        "training compute, FLOP",
        "ln(predicted / measured)",
        (
            Series("runs", found.runs.flops[order].tolist(), found.residuals[order].tolist(), style="points"),
            Series("no error", found.runs.flops[order[[0, -1]]].tolist(), [0.0, 0.0], style="dashed"),
        ),
        caption="A trend here means that the law's form is wrong for these runs.",
    )


def _fit_chart(found: Fit) -> Chart:
    measured = found.runs.loss
    predicted = measured * np.exp(found.residuals)
    ends = [float(measured.min()), float(measured.max())]
    return Chart(
        "predicted",
        "Predicted against measured loss",
        "measured loss, nats per token",
        "predicted loss, nats per token",
        (
            Series("runs", measured.tolist(), predicted.tolist(), style="points"),
            Series("equal", ends, ends, style="dashed"),
        ),
        x_log=False,
    )
