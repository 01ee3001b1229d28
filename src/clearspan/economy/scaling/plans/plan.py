"""The shape of every plan: sentences to act on, numbers with intervals, tables and charts."""

from dataclasses import dataclass, field

from clearspan.measure.bars import Table
from clearspan.measure.charts import Chart
from clearspan.measure.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planning question came to.

    Attributes:
        title: the question.
        summary: the answer, in sentences that can be acted on.
        numbers: the figures by name, with intervals or with how they were counted.
        tables: the figures behind them, laws side by side.
        charts: the same to look at.
        notes: assumptions, sources and what the laws cannot say.
    """

    title: str
    summary: tuple[str, ...]
    numbers: dict[str, Estimate] = field(default_factory=dict[str, Estimate])
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join((self.title, *self.summary, *(f"· {note}" for note in self.notes)))


DISAGREEMENT = (
    "An interval says how well one law's constants are known from its own runs, not whether the law is right. "
    "The spread between the rows says that: other data, other hands, or only other rounding."
)
