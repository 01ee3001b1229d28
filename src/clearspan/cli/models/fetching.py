"""Fetching weights with a progress bar; `clearspan up` and `clearspan models fetch` share it."""

import sys

from clearspan.models.weights.sources import Fetched, resolve
from clearspan.settings import Settings


def fetch_weights(reference: str, settings: Settings, *, accept_terms: bool = False) -> dict[str, str]:
    """Make sure that a model's weights are here, showing how far it is on standard error.

    Args:
        accept_terms: as `sources.resolve`.

    Returns:
        `reference`, `folder` and `format` of what is here now.

    Raises:
        ClearspanError: as `sources.resolve`.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as ProgressBars

    columns = (
        TextColumn("{task.fields[reference]} {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with ProgressBars(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        task = bars.add_task("looking", total=None, reference=reference)

        def show_progress(fetched: Fetched) -> None:
            bars.update(task, description=fetched.stage, completed=fetched.done, total=fetched.total)

        files = resolve(reference, settings, show_progress, accept_terms=accept_terms)
    return {"reference": reference, "folder": str(files.folder), "format": files.format}
