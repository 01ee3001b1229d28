"""What a verdict rests on: each assumption moved alone through its range, the widest effect first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clearspan.measure.bars import Table
from clearspan.measure.charts import Chart, Series
from clearspan.measure.estimate import short


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption and its range.

    Attributes:
        name: what is assumed, as it is read in a sentence.
        low: the lower end of its range.
        high: the upper end.
        result: what the plan comes to if it has a value; not finite where there is no plan.
        unit: of the assumption; empty for pure numbers.
    """

    name: str
    low: float
    high: float
    result: Callable[[float], float]
    unit: str = ""

    @property
    def range(self) -> str:
        """Its range, as it is printed."""
        return f"{short(self.low)} to {short(self.high)} {self.unit}".rstrip()

    def __str__(self) -> str:
        return f"{self.name} ({self.range})"


@dataclass(frozen=True, slots=True)
class Effect:
    """An assumption and what the plan comes to at the two ends of its range."""

    assumption: Assumption
    at_low: float
    at_high: float

    @property
    def span(self) -> float:
        """How far the ends lie apart, as a factor."""
        ends = sorted((self.at_low, self.at_high))
        return ends[1] / ends[0] if ends[0] > 0 else float("inf")

    def passes(self, bound: float) -> bool:
        """Whether the result crosses a bound inside the range."""
        return min(self.at_low, self.at_high) < bound < max(self.at_low, self.at_high)


def effects(assumptions: Sequence[Assumption]) -> list[Effect]:
    """What each assumption does alone, the widest first."""
    found = [Effect(a, a.result(a.low), a.result(a.high)) for a in assumptions]
    return sorted(found, key=lambda e: -e.span)


def tornado(title: str, result: str, value: float, found: Sequence[Effect]) -> tuple[Table, Chart]:
    """The effects as a table and as a chart of bars, the widest on top."""
    rows = [
        (
            e.assumption.name,
            e.assumption.range,
            short(e.at_low),
            short(e.at_high),
        )
        for e in found
    ]
    table = Table(
        title,
        ("assumption", "range", f"{result} at its lower end", "at its upper end"),
        rows,
        f"Each is moved alone; with all as assumed it is {short(value)}.",
    )
    bars = [
        Series(e.assumption.name, sorted((e.at_low, e.at_high)), [float(len(found) - i)] * 2)
        for i, e in enumerate(found)
    ]
    middle = Series("as assumed", [value, value], [0.5, len(found) + 0.5], style="dashed")
    chart = Chart(
        "assumptions", title, result, "", (*bars, middle), x_log=True, caption="Each assumption moved alone."
    )
    return table, chart
