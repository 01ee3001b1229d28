"""Is the bigger model paid for by what it adds, and from how many questions on?"""

import math
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.plans.plan import Plan
from clearspan.errors import BadInput
from clearspan.measure.bars import Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Array, Estimate, estimate, positive, share, short

_DRAWS = 4000


@dataclass(frozen=True, slots=True)
class Option:
    """A model as a buyer sees it.

    Attributes:
        name: what it is called.
        accuracy: share of tasks it gets right.
        dollars: cost of one answer.
        tested: tasks the accuracy was measured on; 0 for a stated accuracy, which then has no interval.
    """

    name: str
    accuracy: float
    dollars: float
    tested: int = 0

    def __post_init__(self) -> None:
        share(f"The accuracy of '{self.name}'", self.accuracy)
        if not (math.isfinite(self.dollars) and self.dollars >= 0):
            raise BadInput(
                f"An answer of '{self.name}' must cost zero or more, not {short(self.dollars, 6)}.",
                do="Give US dollars an answer.",
            )
        if self.tested < 0:
            raise BadInput(
                f"'{self.name}' cannot have been tested on {self.tested} tasks.",
                do="Give how many tasks its accuracy was measured on; 0 if it is only stated.",
            )

    def draws(self, generator: np.random.Generator) -> Array:
        """Accuracies as the test leaves them open: Jeffreys' interval for a share."""
        if not self.tested:
            return np.full(_DRAWS, self.accuracy)
        right = self.accuracy * self.tested
        return generator.beta(right + 0.5, self.tested - right + 0.5, _DRAWS)


@dataclass(frozen=True, slots=True)
class Stakes:
    """What answers are worth.

    Attributes:
        value: of a task answered rightly, US dollars.
        harm: of one answered wrongly, beyond the missing value.
        fixed: cost of having the bigger model at all: set-up, or its training.
        questions: over its life; None if not known.
    """

    value: float
    harm: float = 0.0
    fixed: float = 0.0
    questions: float | None = None

    def __post_init__(self) -> None:
        positive("The value of an answered task", self.value)
        for name, amount in (("harm of a wrong answer", self.harm), ("fixed cost", self.fixed)):
            if not (math.isfinite(amount) and amount >= 0):
                raise BadInput(
                    f"The {name} must be zero or more, not {short(amount, 6)}.",
                    do="Give US dollars; 0 if there is none.",
                )
        if self.questions is not None:
            positive("The number of questions", self.questions)


def gain_per_question(small: Option, large: Option, stakes: Stakes) -> float:
    """Dollars that the larger model adds to one question: (v + h)·Δaccuracy − Δcost."""
    return (stakes.value + stakes.harm) * (large.accuracy - small.accuracy) - (large.dollars - small.dollars)


def break_even_value(small: Option, large: Option, stakes: Stakes) -> float:
    """Value of an answered task from which the larger model pays per question; infinite if it never does."""
    better = large.accuracy - small.accuracy
    if better <= 0:
        return math.inf if large.dollars >= small.dollars else 0.0
    return max(0.0, (large.dollars - small.dollars) / better - stakes.harm)


def plan_worth(small: Option, large: Option, stakes: Stakes, seed: int = 0) -> Plan:
    """Whether the larger model pays, from how many questions on, and how sure that is.

    The interval comes from the number of tasks each accuracy was measured on.
    """
    generator = np.random.default_rng(seed)
    better = large.draws(generator) - small.draws(generator)
    gains = (stakes.value + stakes.harm) * better - (large.dollars - small.dollars)
    gain = gain_per_question(small, large, stakes)
    known = bool(small.tested and large.tested)
    how = (
        f"accuracies measured on {small.tested} and {large.tested} tasks (Jeffreys)"
        if known
        else "accuracies as stated; give --tested for an interval"
    )
    sample = gains if known else np.empty(0)
    unit = "USD a question"
    per_question = estimate(gain, sample, unit, how) if known else Estimate(gain, unit, how=how)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(gains > 0, stakes.fixed / gains, np.inf)
    from_on = stakes.fixed / gain if gain > 0 else math.inf
    low, high = (
        (float(v) for v in np.percentile(needed, [2.5, 97.5], method="nearest")) if known else (None, None)
    )
    break_even = Estimate(from_on, "questions", low, high, how)
    pays = float(np.mean(gains > 0)) if known else float(gain > 0)
    threshold = break_even_value(small, large, stakes)
    numbers = {
        "gain": per_question,
        "break_even_questions": break_even,
        "break_even_value": Estimate(threshold, "USD", how="value of a task from which it pays per question"),
        "probability_it_pays": Estimate(pays, "", how=how),
    }
    table = Table(
        "The two models",
        ("model", "accuracy", "USD an answer", "tested on", "USD a right answer"),
        [
            (o.name, f"{o.accuracy:.1%}", short(o.dollars, 4), o.tested or "–", _per_right(o))
            for o in (small, large)
        ],
    )
    summary = _summary(small, large, stakes, per_question, break_even, pays if known else None, threshold)
    return Plan(
        f"Is {large.name} worth it over {small.name}?",
        summary,
        numbers,
        (table,),
        (_chart(gain, sample, stakes),),
        (
            "Gain a question = (value + harm) × difference in accuracy − difference in cost.",
            "The two accuracies are taken as independent; measured on the same tasks, the difference is known better.",
            "It assumes that questions are alike; a route that sends only hard ones to the larger model does "
            "better than either.",
            f"{_upper(how)}.",
        ),
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _per_right(option: Option) -> str:
    return short(option.dollars / option.accuracy, 4) if option.accuracy > 0 else "–"


def _summary(
    small: Option,
    large: Option,
    stakes: Stakes,
    gain: Estimate,
    from_on: Estimate,
    pays: float | None,
    threshold: float,
) -> tuple[str, ...]:
    sure = "" if pays is None else f" (it pays in {pays:.0%} of what the tests leave open)"
    if gain.value <= 0:
        when = (
            f"It would from {short(threshold, 4)} USD a task on."
            if math.isfinite(threshold)
            else "It answers no better, so no value makes it pay."
        )
        return (f"At {short(stakes.value, 6)} USD a task {large.name} does not pay: {gain}{sure}.", when)
    sentences = [f"{_upper(large.name)} adds {gain} over {small.name}{sure}."]
    if stakes.fixed:
        low, high = from_on.low, from_on.high
        interval = "" if low is None else f" (95 %: {short(low)} to {short(high or 0.0)})"
        if low is not None and high == math.inf:
            interval = f"; the tests leave open anything from {short(low)} questions to never"
        sentences.append(
            f"Its fixed {short(stakes.fixed)} USD are earned after {short(from_on.value)} questions{interval}."
        )
    if stakes.questions is not None:
        total = gain.value * stakes.questions - stakes.fixed
        verdict = "gain" if total >= 0 else "lose"
        sentences.append(f"Over {short(stakes.questions)} questions you {verdict} {short(abs(total))} USD.")
    sentences.append(f"Below {short(threshold, 4)} USD a task the smaller model is the better buy.")
    return tuple(sentences)


def _chart(gain: float, sample: Array, stakes: Stakes) -> Chart:
    middle = stakes.questions or (stakes.fixed / gain if gain > 0 and stakes.fixed else 1e4)
    questions = np.linspace(0, 3 * middle, 61)
    low: list[float] = []
    high: list[float] = []
    if len(sample):
        ends = [float(v) for v in np.percentile(sample, [2.5, 97.5])]
        low, high = ([end * float(q) - stakes.fixed for q in questions] for end in ends)
    return Chart(
        "worth",
        "What the larger model earns",
        "questions answered",
        "USD gained over the smaller model",
        (
            Series("larger model", questions.tolist(), (gain * questions - stakes.fixed).tolist(), low, high),
            Series("smaller model", questions.tolist(), [0.0] * len(questions), style="dashed"),
        ),
        (Mark(stakes.fixed / gain, 0.0, "break-even"),) if gain > 0 and stakes.fixed else (),
        x_log=False,
        caption="Band: 95 % interval from the number of tasks tested." if len(sample) else "",
    )
