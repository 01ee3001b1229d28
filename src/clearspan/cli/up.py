"""`clearspan up`: from nothing to a page that answers. `make run` calls it."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clearspan.library.documents import Change
    from clearspan.workspace.workspace import Workspace


@click.command()
@click.option("--host", help="Address to bind to; beyond this machine it needs CLEARSPAN_API_KEY.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one.")
@click.option("--open/--no-open", "open_browser", default=True, help="Open the Studio in a browser.")
def up(host: str | None, port: int | None, open_browser: bool) -> None:
    """Fetch the default weights, index the sample library, and serve the Studio until Ctrl+C."""
    from clearspan import settings as configuration
    from clearspan.cli.models.fetching import fetch_weights
    from clearspan.errors import FetchError, StorageError
    from clearspan.overview.answering.reader.close import LARGE
    from clearspan.server.serving import serve
    from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

    settings = configuration.load(host=host, port=port)
    close = LARGE if settings.reading == "close" else ""
    for reference in (settings.embedder, settings.model, close):
        try:
            if reference:
                fetch_weights(reference, settings)
        except (FetchError, StorageError) as error:
            # Without weights the library still answers with quotes found by words; the page says what is off.
            click.secho(f"! {error}", fg="yellow", err=True)
    with Workspace.open(settings) as workspace:
        changes = _index_samples(workspace)
        own = settings.library in workspace.libraries()
    documents = sum(change.outcome in {"added", "replaced", "unchanged"} for change in changes)
    new = sum(change.outcome in {"added", "replaced"} for change in changes)
    click.echo(f"Sample library: {documents} documents, {f'{new} indexed now' if new else 'up to date'}.")
    serve(
        settings if own else configuration.load(host=host, port=port, library=SAMPLES_LIBRARY), open_browser
    )


def _index_samples(workspace: "Workspace") -> "list[Change]":
    """Index the samples, showing how far it is on standard error: the first time takes a while."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as ProgressBars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("documents"))
    with ProgressBars(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        task = bars.add_task("indexing the sample library", total=None)
        return workspace.index_samples(lambda done, total: bars.update(task, completed=done, total=total))
