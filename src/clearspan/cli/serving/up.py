"""`clearspan up`: from nothing to a page that answers. `make run` calls it."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clearspan.library.documents import Change
    from clearspan.settings import Settings
    from clearspan.workspace.workspace import Workspace

_MEGABYTES_A_SECOND = 10
"""Of the connection that times are told for."""


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
    references = tuple(filter(None, (settings.embedder, settings.model, close)))
    click.echo(f"1 of 3: weights. {_left_to_fetch(references, settings)}")
    for reference in references:
        try:
            fetch_weights(reference, settings)
        except (FetchError, StorageError) as error:
            # Without weights the library still answers with quotes found by words; the page says what is off.
            click.secho(f"! {error}", fg="yellow", err=True)
    click.echo(
        "2 of 3: the sample library. What changed since the last time is indexed; the first time is all of it."
    )
    with Workspace.open(settings) as workspace:
        changes = _index_samples(workspace)
        own = settings.library in workspace.libraries()
    documents = sum(change.outcome in {"added", "replaced", "unchanged"} for change in changes)
    new = sum(change.outcome in {"added", "replaced"} for change in changes)
    click.echo(f"Sample library: {documents} documents, {f'{new} indexed now' if new else 'up to date'}.")
    click.echo("3 of 3: the Studio.")
    _say_where_the_command_is()
    serve(
        settings if own else configuration.load(host=host, port=port, library=SAMPLES_LIBRARY), open_browser
    )


def _left_to_fetch(references: Sequence[str], settings: "Settings") -> str:
    """What is still to be fetched, how much that is, and how long it takes; nothing is looked up elsewhere for it."""
    from clearspan.errors import ClearspanError
    from clearspan.models.weights.sources import cached, catalogue

    sizes = {one.reference: one.wheel_size + sum(part.size for part in one.parts) for one in catalogue()}
    missing: list[str] = []
    for reference in references:
        try:
            if reference in sizes and cached(reference, settings) is None:
                missing.append(reference)
        except ClearspanError:
            continue  # fetching it says what is wrong with it
    if not missing:
        return "All that are known by name are here."
    megabytes = {reference: sizes[reference] / 1e6 for reference in missing}
    named = ", ".join(f"{reference} ({size:,.0f} MB)" for reference, size in megabytes.items())
    seconds = sum(megabytes.values()) / _MEGABYTES_A_SECOND
    return f"To fetch, once: {named}; {seconds:,.0f} s at {_MEGABYTES_A_SECOND} MB/s."


def _say_where_the_command_is() -> None:
    """How to reach `clearspan` from another terminal, where a shell would not find it."""
    folder = Path(sys.executable).parent
    if shutil.which("clearspan") is None and (folder / "clearspan").exists():
        click.echo(f'For the command line, in another terminal:  export PATH="{folder}:$PATH"')


def _index_samples(workspace: "Workspace") -> "list[Change]":
    """Index the samples, showing how far it is on standard error: the first time takes a while."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as ProgressBars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("documents"))
    with ProgressBars(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        task = bars.add_task("indexing the sample library", total=None)
        return workspace.index_samples(lambda done, total: bars.update(task, completed=done, total=total))
