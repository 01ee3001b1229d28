"""How far a long pass is, in a terminal, and what is left of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


def bars(unit: str, *told: str, quiet: bool = False) -> "Progress":
    """Bars on standard error, which say how many of all are done.

    Args:
        unit: what is counted.
        told: what else stands beside a bar, as rich writes it.
        quiet: whether nothing is shown.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    count = "{task.completed:,.0f} of {task.total:,.0f} " + unit
    texts = (TextColumn(text) for text in (count, *told))
    columns = (BarColumn(), *texts, TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=quiet, speed_estimate_period=120)
