"""The shape of every plan: sentences to act on, numbers with intervals, tables and charts."""

from dataclasses import dataclass, field

from clearspan.measure.bars import Table
from clearspan.measure.charts import Chart
from clearspan.measure.estimate import Estimate, finite


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

    def as_dict(self) -> dict[str, object]:
        """The plan for JSON: one shape for `--json`, the HTTP routes and the page."""
        return {
            "title": self.title,
            "summary": list(self.summary),
            "numbers": {name: number.as_dict() for name, number in self.numbers.items()},
            "tables": [
                {
                    "title": table.title,
                    "columns": list(table.columns),
                    "rows": [[finite(c) if isinstance(c, float) else c for c in row] for row in table.rows],
                    "note": table.note,
                }
                for table in self.tables
            ],
            "charts": [chart.as_dict() for chart in self.charts],
            "notes": list(self.notes),
        }


DISAGREEMENT = (
    "An interval says how well one law's constants are known from its own runs, not whether the law is right. "
    "The spread between the rows says that: other data, other hands, or only other rounding."
)
