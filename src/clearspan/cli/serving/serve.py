"""`clearspan serve`."""

import click


@click.command()
@click.option("--host", help="Address to bind to; beyond this machine it needs CLEARSPAN_API_KEY.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one.")
@click.option("--library", help="Library that is asked when none is named: a name or a folder.")
@click.option("--model", help="Model reference of the local generating tier.")
@click.option("--open/--no-open", "open_browser", default=False, help="Open the Studio in a browser.")
def serve(
    host: str | None, port: int | None, library: str | None, model: str | None, open_browser: bool
) -> None:
    """Serve the HTTP routes and the Studio until Ctrl+C."""
    from clearspan import settings
    from clearspan.server import serving

    serving.serve(settings.load(host=host, port=port, library=library, model=model), open_browser)
