"""Every plan as a person reads it: its words as they were last agreed to, its figures to three digits.

What is expected stands in `expected/`. After a change that is meant, run these tests with CLEARSPAN_TEST_REWRITE=1
and read the difference before it is committed.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import clearspan as cs
from clearspan.economy.prices import Prices
from clearspan.economy.scaling.fits.fit import fit
from clearspan.economy.scaling.fits.task import fit_accuracy
from clearspan.economy.scaling.laws.accuracy import SigmoidOfLoss
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.muennighoff import DataConstrained
from clearspan.economy.scaling.laws.presets import (
    DATA_CONSTRAINED,
    DISTILLATION,
    data_constrained_drawn,
    preset,
)
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.economy.scaling.plans.data import plan_data
from clearspan.economy.scaling.plans.diet import TokenSource
from clearspan.economy.scaling.plans.distil import Teacher, plan_distil
from clearspan.economy.scaling.plans.fit_plan import plan_fit
from clearspan.economy.scaling.plans.lifetime import Quality
from clearspan.economy.scaling.plans.lifetime_plan import plan_lifetime
from clearspan.economy.scaling.plans.magnitudes import plan_magnitudes
from clearspan.economy.scaling.plans.place import Load, plan_place
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.economy.scaling.plans.traffic import AnswerTokens, measure
from clearspan.economy.scaling.plans.training import (
    PlannedLaw,
    candidate,
    fitted_candidate,
    plan_past_optimal,
    plan_training,
)
from clearspan.economy.scaling.plans.worth import Option, Stakes, plan_worth
from clearspan.economy.serving.curves import EXAMPLE, read_curves
from clearspan.economy.serving.scenario import Scenario
from clearspan.measure.bars import format_cell
from clearspan.measure.charts import Chart
from clearspan.measure.estimate import Estimate

EXPECTED = Path(__file__).with_name("expected")
PRICES = Prices()
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
SOURCES = (TokenSource("gather", 1e-6), TokenSource("synthesise", 3e-7, 0.5))


def laws(*names: str) -> list[PlannedLaw]:
    return [candidate(preset(name), 40) for name in names]


def runs(count: int = 48) -> Runs:
    """Runs of a known law with a little noise, in six groups."""
    generator = np.random.default_rng(3)
    parameters = 10 ** generator.uniform(7.5, 10.5, count)
    tokens = parameters * 10 ** generator.uniform(0.3, 2.3, count)
    law = Chinchilla(E=1.8, A=480.0, B=2000.0, alpha=0.35, beta=0.37)
    loss = law.loss(parameters, tokens) * np.exp(generator.normal(0, 0.004, count))
    return Runs(parameters, tokens, loss, tokens, tuple(str(i % 6) for i in range(count)))


def repeated(law: DataConstrained) -> Runs:
    """Runs of a data-constrained law, most of which read their tokens several times."""
    generator = np.random.default_rng(5)
    parameters = 10 ** generator.uniform(8, 9.7, 40)
    unique = 10 ** generator.uniform(8.5, 10.5, 40)
    tokens = unique * 10 ** generator.uniform(0, 1.6, 40)
    loss = law.loss(parameters, tokens, unique) * np.exp(generator.normal(0, 0.004, 40))
    return Runs(parameters, tokens, loss, unique, tuple(str(i) for i in range(40)))


def on_a_task() -> Plan:
    losses = np.linspace(1.9, 3.2, 12)
    noise = np.random.default_rng(2).normal(0, 0.02, 12)
    accuracy = SigmoidOfLoss(0.25, 0.6, 4.0, 2.4).accuracy(losses) + noise
    task = fit_accuracy("arithmetic", losses, accuracy, draws=60)
    return plan_training(1e22, laws("gadre-2024-c4", "kaplan-2020"), PRICES, task)


def counted() -> Plan:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    answers = [AnswerTokens(start + timedelta(hours=i), 300, 100 + i) for i in range(40)]
    demand = measure(answers, start + timedelta(hours=40))
    load = Load(demand.rate, demand.tokens, 30.0, 0.9, demand.variation)
    return plan_place(read_curves(EXAMPLE), load, 0.12, demand)


PLANS: dict[str, Callable[[], Plan]] = {
    "training": lambda: plan_training(
        5.76e23, laws("besiroglu-2024", "hoffmann-2022", "gadre-2024-c4"), PRICES
    ),
    "training-by-one-law": lambda: plan_training(1e20, laws("kaplan-2020"), PRICES),
    "training-on-a-task": on_a_task,
    "training-fitted": lambda: plan_training(
        1e21, [fitted_candidate(fit(runs(), resamples=20), "mine"), *laws("besiroglu-2024")], PRICES
    ),
    "past-optimal": lambda: plan_past_optimal(8e9, 15e12, laws("besiroglu-2024", "hoffmann-2022-tex")),
    "lifetime": lambda: plan_lifetime(
        Quality(like=13e9), 2e12, laws("besiroglu-2024", "hoffmann-2022"), Scenario(PRICES)
    ),
    "lifetime-of-a-loss": lambda: plan_lifetime(
        Quality(loss=1.83),
        1e12,
        laws("hoffmann-2022", "gadre-2024-redpajama"),
        Scenario(PRICES, 0.3),
        Estimate(1e12, "tokens", 8e11, 1.3e12, "counted"),
    ),
    "serve": lambda: cs.plan.serve(
        requests=40e6,
        input_tokens=900,
        output_tokens=250,
        parameters=8e9,
        limit=30,
        input_price=0.1,
        output_price=0.4,
    ),
    "data": lambda: plan_data(DATA_CONSTRAINED, data_constrained_drawn()[:40], 25e9, 1e22, SOURCES, PRICES),
    "data-enough": lambda: plan_data(DATA_CONSTRAINED, [], 1e15, 1e22, SOURCES, PRICES),
    "data-out-of-reach": lambda: plan_data(DATA_CONSTRAINED, [], 1e9, 1e22, (), PRICES, 2.1),
    "distil": lambda: plan_distil(DISTILLATION, Teacher(7e9, 280e9), 1e9, 2e22),
    "distil-from-one-that-exists": lambda: plan_distil(
        DISTILLATION, Teacher(7e9, 280e9, exists=True), 1e9, 1e21
    ),
    "distil-shared": lambda: plan_distil(
        DISTILLATION, Teacher(7e9, 280e9, exists=True, students=1000, stored=True), 1e9, 1e21
    ),
    "distil-and-tune": lambda: plan_distil(
        DISTILLATION,
        Teacher(7e9, 280e9, exists=True, students=1000, stored=True, task_tokens=2e9),
        1e9,
        1e21,
    ),
    "worth": lambda: plan_worth(
        Option("small", 0.71, 0.0002, 300),
        Option("large", 0.83, 0.004, 300),
        Stakes(0.05, 0.01, fixed=2000, questions=1e6),
    ),
    "worth-as-stated": lambda: plan_worth(
        Option("small", 0.71, 0.0002), Option("large", 0.83, 0.004), Stakes(0.5, fixed=2000)
    ),
    "worth-nothing": lambda: plan_worth(Option("small", 0.7, 0.001), Option("large", 0.6, 0.01), Stakes(1.0)),
    "worth-not-yet": lambda: plan_worth(
        Option("small", 0.0, 0.001, 50), Option("large", 0.1, 0.5, 50), Stakes(1.0, questions=10)
    ),
    "worth-a-loss": lambda: plan_worth(
        Option("small", 0.7, 0.001, 4000),
        Option("large", 0.8, 0.01, 4000),
        Stakes(1.0, fixed=9e3, questions=1e4),
    ),
    "place": lambda: plan_place(read_curves(EXAMPLE), Load(5.0, 200, 20.0), 0.08),
    "place-counted": counted,
    "place-in-haste": lambda: plan_place(read_curves(EXAMPLE), Load(2.0, 200, 5.0, 0.95, 0.5), 0.2),
    "magnitudes": lambda: plan_magnitudes(1e9, 100e9, PRICES),
    "magnitudes-alone": lambda: plan_magnitudes(None, None, PRICES),
    "fit": lambda: plan_fit(runs(), resamples=20),
    "fit-by-group": lambda: plan_fit(runs(), "gadre", resamples=20, by="group", above=1e21, delta=0.01),
    "fit-without-resamples": lambda: plan_fit(runs(20), "kaplan", resamples=0),
    "fit-of-repeated-data": lambda: plan_fit(repeated(DATA_CONSTRAINED), "muennighoff", resamples=20),
    "fit-beyond-the-published-search": lambda: plan_fit(
        repeated(DataConstrained(DATA_CONSTRAINED.base, 60.0, 2.0)), "muennighoff", resamples=20
    ),
}


def told(plan: Plan) -> str:
    """A plan as text: everything of it that is shown."""
    lines = [plan.title, "", *plan.summary, ""]
    lines += [f"{name}: {_number(one)}" for name, one in plan.numbers.items()]
    for table in plan.tables:
        lines += ["", table.title, " | ".join(table.columns)]
        lines += [" | ".join(format_cell(cell) for cell in row) for row in table.rows]
        lines += [table.note] if table.note else []
    for chart in plan.charts:
        lines += ["", *_chart(chart)]
    return "\n".join([*lines, "", *plan.notes, ""])


def _number(one: Estimate) -> str:
    ends = "" if one.low is None or one.high is None else f" [{one.low:.6g}, {one.high:.6g}]"
    return f"{one.value:.6g}{ends} {one.unit} ({one.how})"


def _chart(chart: Chart) -> Iterator[str]:
    axes = "".join("log " if log else "linear " for log in (chart.x_log, chart.y_log)).strip()
    yield f"{chart.name}: {chart.title} ({chart.x}; {chart.y}; {axes})"
    for series in chart.series:
        ends = f" {_points(series.low)} {_points(series.high)}" if series.low else ""
        yield f"  {series.name} ({series.style}, {len(series.x)}): {_points(series.x)} {_points(series.y)}{ends}"
    for mark in chart.marks:
        yield f"  at {mark.x:.6g}, {mark.y:.6g}: {mark.label}"
    yield f"  {chart.caption}"


def _points(values: Sequence[float]) -> str:
    """The first, the last, and a few in between."""
    chosen = [values[round(place * (len(values) - 1) / 4)] for place in range(5)] if values else []
    return "(" + ", ".join(f"{value:.6g}" for value in chosen) + ")"


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_says_what_it_said(name: str) -> None:
    said, file = told(PLANS[name]()), EXPECTED / f"{name}.txt"
    if os.environ.get("CLEARSPAN_TEST_REWRITE"):
        file.write_text(said, "utf-8")
    expected = file.read_text("utf-8")
    assert NUMBER.split(said) == NUMBER.split(expected)
    figures, agreed = ([float(each) for each in NUMBER.findall(text)] for text in (said, expected))
    # What is nothing but rounding error differs from one processor to the next.
    assert figures == pytest.approx(agreed, rel=4e-3, abs=1e-9)


@pytest.mark.parametrize("name", PLANS)
def test_no_number_of_a_plan_reads_like_a_machine(name: str) -> None:
    """Neither 1.2e+04 nor 658Q; charts and numbers hold raw figures, which `told` alone prints."""
    plan = PLANS[name]()
    cells = [format_cell(cell) for table in plan.tables for row in table.rows for cell in row]
    said = " ".join([plan.title, *plan.summary, *cells, *plan.notes, *map(str, plan.numbers.values())])
    assert re.findall(r"\de\+\d|\d[QPE]\b|\d\.0+e", said) == []


def test_nothing_is_expected_that_no_plan_says() -> None:
    assert {file.stem for file in EXPECTED.glob("*.txt")} == set(PLANS)
