"""Running the tools: over the standard streams of a program that started this one, or over streamable HTTP."""

import threading
from typing import Any

import click
import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from clearspan.errors import ClearspanError
from clearspan.server.edge.binding import address_of, listening
from clearspan.server.edge.connections import HeadersInTime
from clearspan.server.edge.limits import BodyLimit
from clearspan.server.edge.security import Security, check_binding
from clearspan.server.mcp.tools import mcp_server
from clearspan.server.serving import signals_end_quietly
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

PATH = "/mcp"


def serve_stdio(settings: Settings) -> None:
    """Serve whoever started this program, over its standard streams, until it closes them."""
    with Workspace.open(settings) as workspace:
        _warm_up_beside(workspace)
        mcp_server(workspace).run("stdio")


def serve_http(settings: Settings) -> None:
    """Serve streamable HTTP at `/mcp` until SIGINT or SIGTERM, to those whom `clearspan serve` would serve.

    Raises:
        Refused: the address is taken or may not be bound, or binding there needs a key.
    """
    check_binding(settings)
    with listening(settings.host, settings.port) as listener, Workspace.open(settings) as workspace:
        config = uvicorn.Config(
            guarded(mcp_server(workspace), settings),
            http=HeadersInTime,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=4,
        )
        click.echo(f"Clearspan's tools are at {address_of(listener)}{PATH} (Ctrl+C stops them)")
        _warm_up_beside(workspace)
        with signals_end_quietly():
            uvicorn.Server(config).run(sockets=[listener])
    click.echo("Clearspan's tools have stopped.")


def guarded(server: MCPServer[Any], settings: Settings) -> ASGIApp:
    """The tools as an ASGI application behind the checks of `clearspan serve`: hosts, origins, keys and sizes."""
    # The SDK's own checks know no key and only loopback names; ours stand in their place.
    trusting = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(streamable_http_path=PATH, transport_security=trusting)
    return Security(BodyLimit(app, upload_bytes=0), settings)


def _warm_up_beside(workspace: Workspace) -> None:
    def warm_up() -> None:
        try:
            workspace.warm_up()
        except ClearspanError:
            return  # each answer that needs what is missing says so

    threading.Thread(target=warm_up, name="clearspan-warm-up", daemon=True).start()
