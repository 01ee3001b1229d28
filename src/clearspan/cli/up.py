"""`clearspan up`: from nothing to a page that answers. `make run` calls it."""

import click


@click.command()
@click.option("--host", help="Address to bind to; beyond this machine it needs CLEARSPAN_API_KEY.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one.")
@click.option("--open/--no-open", "open_browser", default=True, help="Open the Studio in a browser.")
def up(host: str | None, port: int | None, open_browser: bool) -> None:
    """Fetch the default weights, index the sample library, and serve the Studio until Ctrl+C."""
    from clearspan import settings as configuration
    from clearspan.cli.fetching import fetch_weights
    from clearspan.errors import FetchError
    from clearspan.server.serving import serve
    from clearspan.workspace import SAMPLES_LIBRARY, Workspace

    settings = configuration.load(host=host, port=port)
    for reference in (settings.embedder, settings.model):
        try:
            if reference:
                fetch_weights(reference, settings)
        except FetchError as error:
            # Without weights the library still answers with quotes found by words; the page says what is off.
            click.secho(f"! {error}", fg="yellow", err=True)
    with Workspace.open(settings) as workspace:
        changes = workspace.index_samples()
        own = settings.library in workspace.libraries()
    new = sum(change.outcome in {"added", "replaced"} for change in changes)
    click.echo(f"Sample library: {len(changes)} documents, {f'{new} indexed now' if new else 'up to date'}.")
    serve(
        settings if own else configuration.load(host=host, port=port, library=SAMPLES_LIBRARY), open_browser
    )
