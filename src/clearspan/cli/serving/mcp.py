"""`clearspan mcp`."""

import click


@click.command()
@click.option("--http", is_flag=True, help="Streamable HTTP at /mcp instead of the standard streams.")
@click.option(
    "--host", help="Address to bind to with --http; beyond this machine it needs CLEARSPAN_API_KEY."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port with --http; 0 picks a free one.")
@click.option("--library", help="Library that is asked when none is named: a name or a folder.")
def mcp(http: bool, host: str | None, port: int | None, library: str | None) -> None:
    """Give assistants of other programs the library as tools, over the Model Context Protocol.

    The tools are ask, search, open (a passage), receipt, and check (a sentence against the library). Without --http
    it is started by the program that uses it, and ends with it.
    """
    from clearspan import settings
    from clearspan.errors import Refused

    try:
        from clearspan.server.mcp import running
    except ModuleNotFoundError as error:
        raise Refused(
            "The tools for assistants are not installed.",
            why=f"They need the package {error.name}, which only this command uses.",
            do="Install Clearspan with its extra: pip install 'clearspan[mcp]'.",
        ) from error

    chosen = settings.load(host=host, port=port, library=library)
    if http:
        running.serve_http(chosen)
    else:
        running.serve_stdio(chosen)
