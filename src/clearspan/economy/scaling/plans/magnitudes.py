"""Orders of magnitude: named models and the user's own plan on one logarithmic scale, beside known sizes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clearspan.economy.prices import Prices
from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Estimate, positive, short

ANIMALS = (("shark", 800.0), ("orca", 8_000.0), ("whale", 80_000.0))
"""Weights in pounds of a large shark, an orca and a whale: each step is ten times the one before."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model whose making is public.

    Attributes:
        name: of the model.
        parameters: that are active for each token, which is what compute follows.
        tokens: of its pre-training.
        hours: accelerator hours that its makers report, and of which; None if they do not.
        source: of these figures, with its year.
    """

    name: str
    parameters: float
    tokens: float
    hours: tuple[float, str] | None
    source: str

    @property
    def flops(self) -> float:
        """Training compute 6·N·D."""
        return FLOPS_PER_TRAINING_TOKEN * self.parameters * self.tokens


MODELS = (
    Model(
        "GPT-2 XL",
        1.5e9,
        10e9,
        None,
        "Radford et al. 2019; tokens of one pass over 40 GB of text, passes not published",
    ),
    Model("SmolLM2 135M", 135e6, 2e12, None, "model card, Hugging Face, 2025"),
    Model("GPT-3", 175e9, 300e9, None, "Brown et al. 2020, table D.1"),
    Model("Chinchilla", 70e9, 1.4e12, None, "Hoffmann et al. 2022"),
    Model("Llama 3.1 8B", 8e9, 15e12, (1.46e6, "H100"), "model card, Meta, 2024"),
    Model("Llama 3.1 70B", 70e9, 15e12, (7.0e6, "H100"), "model card, Meta, 2024"),
    Model("DeepSeek-V3", 37e9, 14.8e12, (2.788e6, "H800"), "technical report, DeepSeek, 2024; 671B in all"),
    Model("Llama 3.1 405B", 405e9, 15.6e12, (30.84e6, "H100"), "model card and report, Meta, 2024"),
)


@dataclass(frozen=True, slots=True)
class Magnitude:
    """One model or plan in four currencies.

    Attributes:
        name: of it.
        flops: training compute.
        tokens: training data.
        kwh: electricity of training.
        dollars: at the prices given.
        how: reported hours, or counted from compute.
    """

    name: str
    flops: float
    tokens: float
    kwh: float
    dollars: float
    how: str


def magnitude(model: Model, prices: Prices) -> Magnitude:
    """A model in four currencies: from the hours its makers report, or else from its compute."""
    hours = model.hours[0] if model.hours else prices.training_hours(model.flops)
    how = f"{model.hours[1]} hours as reported" if model.hours else "hours counted from compute"
    return Magnitude(
        model.name,
        model.flops,
        model.tokens,
        hours * prices.training.watts / 1000 * prices.overhead,
        hours * prices.training.price_per_hour,
        how,
    )


def in_animals(ratio: float) -> str:
    """What something `ratio` times as heavy as a shark is like, in animals.

    >>> in_animals(1.0), in_animals(30.0), in_animals(2500.0)
    ('a shark', '3 orcas', '25 whales')
    """
    pounds = positive("The ratio", ratio) * ANIMALS[0][1]
    name, weight = ANIMALS[0]
    for candidate, heavier in ANIMALS:
        if pounds >= heavier * 0.95:
            name, weight = candidate, heavier
    count = pounds / weight
    if 0.75 <= count < 1.5:
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    if count < 0.75:
        return f"1/{short(1 / count)} of a {name}"
    return f"{short(count, 2)} {name}s"


def plan_magnitudes(parameters: float | None, tokens: float | None, prices: Prices) -> Plan:
    """Named models, and a plan among them if one is given.

    Args:
        parameters: of the user's plan; None shows the named models alone.
        tokens: of the user's plan.
        prices: for models whose hours are not reported, and for money and energy.
    """
    entries = [magnitude(model, prices) for model in MODELS]
    summary = [
        "Each step on the scale is ten times the one before: a shark of 800 pounds, an orca of 8,000, a whale "
        "of 80,000."
    ]
    numbers: dict[str, Estimate] = {}
    anchor = min(entries, key=lambda e: e.flops)
    if parameters is not None and tokens is not None:
        size, data = positive("Parameters", parameters), positive("Tokens", tokens)
        own = magnitude(Model("your plan", size, data, None, "given by you"), prices)
        anchor = own
        numbers = {
            "flops": Estimate(own.flops, "FLOP", how="6 × parameters × tokens"),
            "energy": Estimate(own.kwh, "kWh", how=own.how),
            "dollars": Estimate(own.dollars, "USD", how=own.how),
        }
        largest = max(entries, key=lambda e: e.flops)
        summary.append(
            f"Your plan takes {short(own.flops)} FLOP, {short(own.kwh)} kWh and {short(own.dollars)} USD. "
            f"If it were a shark, {largest.name} would be {in_animals(largest.flops / own.flops)}."
        )
        entries.append(own)
    entries.sort(key=lambda e: e.flops)
    rows: list[Sequence[Cell]] = [
        (
            e.name,
            short(e.flops),
            short(e.tokens),
            short(e.kwh),
            short(e.dollars),
            in_animals(e.flops / anchor.flops),
            e.how,
        )
        for e in entries
    ]
    columns = ("model", "FLOP", "tokens", "kWh", "USD", f"if {anchor.name} were a shark", "how")
    table = Table("Orders of magnitude of training", columns, rows)
    return Plan(
        "Orders of magnitude",
        tuple(summary),
        numbers,
        (table,),
        tuple(_charts(entries, anchor)),
        (
            "Compute is 6·N·D with active parameters; experiments, failed runs and data are not in it.",
            "Money and energy are at today's prices and hardware, not at those of the time.",
            *(f"{m.name}: {m.source}." for m in MODELS),
            *prices.sources(),
        ),
    )


def _charts(entries: Sequence[Magnitude], anchor: Magnitude) -> list[Chart]:
    currencies: tuple[tuple[str, str, Callable[[Magnitude], float]], ...] = (
        ("compute", "training compute, FLOP", lambda e: e.flops),
        ("data", "training tokens", lambda e: e.tokens),
        ("energy", "electricity of training, kWh", lambda e: e.kwh),
        ("money", "training at today's prices, USD", lambda e: e.dollars),
    )
    charts: list[Chart] = []
    for name, label, value in currencies:
        ordered = sorted(entries, key=value)
        points = Series(
            "models", [value(e) for e in ordered], [float(i + 1) for i in range(len(ordered))], style="points"
        )
        marks = [Mark(value(e), float(i + 1), e.name) for i, e in enumerate(ordered)]
        start = value(anchor)
        sizes = [start * 10**i for i in range(len(ANIMALS))]
        scale = Series("ten times each", sizes, [0.0] * len(sizes), style="points")
        marks += [Mark(s, 0.0, a) for s, (a, _) in zip(sizes, ANIMALS, strict=True)]
        charts.append(
            Chart(
                f"magnitudes-{name}",
                f"Orders of magnitude: {name}",
                label,
                "",
                (points, scale),
                tuple(marks),
                caption=f"A shark stands for {anchor.name}; an orca is ten and a whale a hundred times that.",
            )
        )
    return charts
