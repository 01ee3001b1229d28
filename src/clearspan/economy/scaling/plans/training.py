"""How big and on how much data: the compute-optimal plan, and how far past it a given plan lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.economy.prices import Prices
from clearspan.economy.scaling.fits.fit import Fit
from clearspan.economy.scaling.fits.task import COVERAGE, TaskFit
from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN, LossLaw
from clearspan.economy.scaling.laws.muennighoff import PUBLISHED_FRESH, DataConstrained, OnUnique
from clearspan.economy.scaling.laws.presets import ERROR_C4, PublishedLaw, drawn
from clearspan.economy.scaling.plans.plan import DISAGREEMENT, Plan
from clearspan.errors import BadInput
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Array, Estimate, estimate, positive, short


@dataclass(frozen=True, slots=True)
class PlannedLaw:
    """A law that a plan is read from: its name, the law, draws of it, and where they come from.

    `scatter` is how far a single run lies from the law, as a standard deviation of ln(loss); 0 where that is not known.
    """

    name: str
    law: LossLaw
    draws: Sequence[LossLaw]
    how: str
    corpus: str
    source: str
    scatter: float = 0.0


def candidate(chosen: PublishedLaw, draws: int = 500) -> PlannedLaw:
    """A preset as a candidate, with draws from its published uncertainty."""
    how = chosen.uncertainty.source if chosen.uncertainty else chosen.interval
    return PlannedLaw(chosen.name, chosen.law, drawn(chosen, draws), how, chosen.corpus, chosen.source)


def fitted_candidate(found: Fit, name: str, unique: float | None = None) -> PlannedLaw:
    """A law fitted to the user's own runs as a candidate, with its resamples as draws.

    Args:
        found: the fit.
        name: of the runs; the candidate is called after its law and them.
        unique: unique tokens at hand, for a law of repeated data.

    Raises:
        BadInput: the law is one of repeated data, and it is open how many unique tokens there are.
    """
    law, draws = _of_size_and_data(found.law, unique), found.laws_drawn
    source = f"{found.family} fitted to {len(found.runs)} runs"
    if isinstance(law, OnUnique):
        source += f", with {short(law.unique)} unique tokens; {PUBLISHED_FRESH}"
    drawn = [_of_size_and_data(one, unique) for one in draws]
    return PlannedLaw(f"{found.family}-{name}", law, drawn, found.drawn_by, "your own", source, found.scatter)


def _of_size_and_data(law: LossLaw | DataConstrained, unique: float | None) -> LossLaw:
    if not isinstance(law, DataConstrained):
        return law
    if unique is None:
        raise BadInput(
            "The law of repeated data plans for a number of unique tokens, which is open.",
            why="With fresh data alone it is the published law that it stands on, whatever the runs say.",
            do="Give unique tokens (--unique) to `plan train`, or take another law.",
        )
    return OnUnique(law, unique)


def over_training(law: LossLaw, parameters: float, tokens: float) -> float:
    """Tokens over those at which a model of this size would be compute-optimal; 1 is Chinchilla's advice."""
    return tokens / law.optimal_tokens(parameters)


def plan_training(
    flops: float, candidates: Sequence[PlannedLaw], prices: Prices, task: TaskFit | None = None
) -> Plan:
    """Size and data of lowest loss for a compute budget, by each law, the first law's answer first.

    Args:
        flops: training budget, FLOP.
        candidates: laws; the first is the one recommended.
        prices: what the budget costs.
        task: accuracy on a task from the loss, the second of two steps, if it is asked for.
    """
    positive("The compute budget", flops)
    rows: list[Sequence[Cell]] = []
    ratios: list[float] = []
    tasks = _tasks(candidates, flops, task)
    for c, on_tasks in zip(candidates, tasks or [""] * len(candidates), strict=True):
        size, tokens = c.law.optimal(flops)
        ratios.append(tokens / size)
        loss = f"{float(c.law.loss(size, tokens)):.3f}"
        rows.append((c.name, *_ranged(c, flops), loss, *([on_tasks] if tasks else [])))
    first = candidates[0]
    size, tokens = first.law.optimal(flops)
    by_size, by_data, by_ratio = _estimates(first, flops)
    numbers: dict[str, Estimate] = {
        "parameters": by_size,
        "tokens": by_data,
        "tokens_per_parameter": by_ratio,
    }
    dollars = flops * prices.dollars_per_training_flop
    numbers["accelerator_hours"] = Estimate(prices.training_hours(flops), "h", how="budget over peak × use")
    numbers["dollars"] = Estimate(dollars, "USD", how="hours times the hourly price")
    numbers["energy"] = Estimate(prices.training_kwh(flops), "kWh", how="hours at rated power × overhead")
    summary = (
        f"For {short(flops)} FLOP, {first.name} advises {numbers['parameters']} parameters on "
        f"{numbers['tokens']} tokens: {numbers['tokens_per_parameter']} tokens per parameter.",
        f"The laws shown disagree by a factor of {short(max(ratios) / min(ratios), 2)} on tokens per parameter "
        f"({short(min(ratios))} to {short(max(ratios))}).",
        f"The budget is {short(prices.training_hours(flops))} {prices.training.name.upper()} hours, about "
        f"{short(dollars)} USD and {short(prices.training_kwh(flops))} kWh.",
    )
    if task is not None:
        numbers["accuracy"] = _accuracy(first, flops, task)
    heading = f"accuracy on {task.name}" if task else "task error"
    table = Table(
        f"Compute-optimal at {short(flops)} FLOP",
        ("law", "parameters", "tokens", "tokens per parameter", "loss", *([heading] if tasks else [])),
        rows,
        DISAGREEMENT,
    )
    return Plan(
        f"What to train for {short(flops)} FLOP",
        summary,
        numbers,
        (table,),
        (_isoflop(flops, candidates),),
        (*sources(candidates), *prices.sources(), *([_about_tasks(task)] if tasks else [])),
    )


def plan_past_optimal(parameters: float, tokens: float, candidates: Sequence[PlannedLaw]) -> Plan:
    """How far past compute-optimal a model lies, by each law."""
    positive("Parameters", parameters)
    positive("Tokens", tokens)
    rows: list[Sequence[Cell]] = []
    factors: list[Estimate] = []
    for c in candidates:
        factor = over_training(c.law, parameters, tokens)
        sample = [over_training(law, parameters, tokens) for law in c.draws]
        factors.append(estimate(factor, sample, "×", c.how))
        loss = float(c.law.loss(parameters, tokens))
        size, data = c.law.optimal_for_loss(loss)
        rows.append((c.name, str(factors[-1]), f"{loss:.3f}", short(size), short(data)))
    values = [f.value for f in factors]
    summary = (
        f"{short(parameters)} parameters on {short(tokens)} tokens ({tokens / parameters:.0f} per parameter) lie "
        f"{short(min(values))} to {short(max(values))} times past compute-optimal, depending on the law's constants.",
        "That is no fault: it is what a model that will serve much traffic should do (see `plan lifetime`).",
    )
    table = Table(
        "How far past compute-optimal",
        ("law", "times past", "loss", "same loss, cheapest: parameters", "and tokens"),
        rows,
        "Times past: training tokens over those at which this size is compute-optimal. " + DISAGREEMENT,
    )
    numbers = {f"past_{c.name}": factor for c, factor in zip(candidates, factors, strict=True)}
    title = f"How far past compute-optimal are {short(parameters)} parameters on {short(tokens)} tokens?"
    flops = FLOPS_PER_TRAINING_TOKEN * parameters * tokens
    chart = _isoflop(flops, candidates, (parameters, tokens))
    return Plan(title, summary, numbers, (table,), (chart,), tuple(sources(candidates)))


def _tasks(candidates: Sequence[PlannedLaw], flops: float, task: TaskFit | None) -> list[str]:
    """What each law's loss means on tasks; empty where no loss is on a corpus for which that is known."""
    if task is None and not any("C4" in c.corpus for c in candidates):
        return []
    return [_on_tasks(c, flops, task) for c in candidates]


def _on_tasks(c: PlannedLaw, flops: float, task: TaskFit | None) -> str:
    if task is not None:
        return str(_accuracy(c, flops, task))
    loss = float(c.law.loss(*c.law.optimal(flops)))
    return f"{float(ERROR_C4.error(loss)):.0%}" if "C4" in c.corpus else "–"


def _accuracy(c: PlannedLaw, flops: float, task: TaskFit) -> Estimate:
    """Two steps: the loss of the optimum under each draw of the law, then the accuracy of one model of that loss."""
    laws = c.draws or [c.law]
    losses = np.array([float(law.loss(*law.optimal(flops))) for law in laws])
    losses = np.resize(losses, max(len(losses), len(task.draws)))
    losses *= np.exp(c.scatter * np.random.default_rng(0).standard_normal(len(losses)))
    value = 100 * float(task.law.accuracy(float(c.law.loss(*c.law.optimal(flops)))))
    first = c.how if c.draws else "the loss taken as exact"
    how = f"of one model; {first}; and {len(task.draws)} draws of what {task.models} models leave open"
    return estimate(value, 100 * task.accuracies(losses.tolist()), "%", how)


def _about_tasks(task: TaskFit | None) -> str:
    if task is None:
        return _TASKS
    ideal = (
        ""
        if task.ideal is None
        else f" and to full accuracy at a loss of {short(task.ideal, 6)}, which is assumed"
    )
    return (
        f"Accuracy on {task.name}: a sigmoid of the loss (Bhagia et al. 2024) fitted to {task.models} models{ideal} "
        f"with a mean error of {100 * task.error:.1f} points, held below full accuracy while it was fitted. It holds "
        f"only if those losses are on the law's corpus. {COVERAGE}"
    )


_TASKS = (
    "Task error is Gadre et al. 2024's average over 17 tasks, and is shown for losses on C4 only: a loss on "
    "another corpus says nothing about it."
)


def _ranged(c: PlannedLaw, flops: float) -> tuple[str, str, str]:
    size, tokens, ratio = _estimates(c, flops)
    return str(size), str(tokens), str(ratio)


def _estimates(c: PlannedLaw, flops: float) -> tuple[Estimate, Estimate, Estimate]:
    size, tokens = c.law.optimal(flops)
    optima = np.array([law.optimal(flops) for law in c.draws]).reshape(-1, 2)
    return (
        estimate(size, optima[:, 0], "", c.how),
        estimate(tokens, optima[:, 1], "", c.how),
        estimate(tokens / size, optima[:, 1] / optima[:, 0], "", c.how),
    )


def _isoflop(flops: float, candidates: Sequence[PlannedLaw], at: tuple[float, float] | None = None) -> Chart:
    optima = [c.law.optimal(flops)[0] for c in candidates] + ([at[0]] if at else [])
    sizes = np.geomspace(min(optima) / 10, max(optima) * 10, 121)
    series: list[Series] = []
    marks: list[Mark] = []
    for c in candidates:
        low, high = _band(c, flops, sizes)
        series.append(Series(c.name, sizes.tolist(), _excess(c.law, flops, sizes).tolist(), low, high))
        size, tokens = c.law.optimal(flops)
        marks.append(Mark(size, 0.0, f"{short(tokens / size)} per parameter"))
    return Chart(
        "isoflop",
        f"What a wrong size costs at {short(flops)} FLOP",
        "parameters",
        "loss above the law's own optimum, nats per token",
        tuple(series),
        tuple(marks),
        caption="Each curve is flat near its optimum: a factor of two in size costs little, and the laws "
        "disagree by more than that. Band: 95 % of what is known of the constants.",
    )


def _excess(law: LossLaw, flops: float, sizes: Array) -> Array:
    return law.loss(sizes, flops / FLOPS_PER_TRAINING_TOKEN / sizes) - float(law.loss(*law.optimal(flops)))


def _band(c: PlannedLaw, flops: float, sizes: Array) -> tuple[list[float], list[float]]:
    """95 % of the drawn laws at each size; empty where none were drawn."""
    if not c.draws:
        return [], []
    low, high = np.percentile([_excess(law, flops, sizes) for law in c.draws[:200]], [2.5, 97.5], axis=0)
    return low.tolist(), high.tolist()


def sources(candidates: Sequence[PlannedLaw]) -> list[str]:
    """Where each law comes from, whose loss it predicts, and where its interval comes from."""
    said = [f"{c.name}: {c.source}. Corpus of the loss: {c.corpus}. Interval: {c.how}." for c in candidates]
    if len({c.corpus for c in candidates}) > 1:
        said.append("Losses on different corpora cannot be compared; sizes, tokens and costs can.")
    return [sentence.replace("..", ".") for sentence in said]
