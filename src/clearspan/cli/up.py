"""`clearspan up`: from nothing to a page that answers. `make run` calls it."""

import click


@click.command()
@click.option("--host", help="Address to bind to.")
@click.option("--port", type=int, help="Port; 0 picks a free one.")
@click.option("--open/--no-open", "open_browser", default=True, help="Whether to open the page in a browser.")
def up(host: str | None, port: int | None, open_browser: bool) -> None:
    """Fetch the default weights, index the sample library, and serve the Studio."""
    from clearspan import settings as configuration
    from clearspan.cli.fetching import fetch_weights
    from clearspan.cli.serve import serve
    from clearspan.workspace import Workspace

    settings = configuration.load(host=host, port=port)
    fetch_weights([reference for reference in (settings.embedder, settings.model) if reference], settings)
    with Workspace.open(settings) as workspace:
        changes = workspace.index_samples()
    new = sum(change.outcome in {"added", "replaced"} for change in changes)
    click.echo(
        f"Sample library: {len(changes)} documents" + (f", {new} indexed now" if new else ", up to date")
    )
    serve(settings, open_browser=open_browser)
