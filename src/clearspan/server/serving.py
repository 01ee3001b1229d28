"""Running the server: a socket, the models warming up beside it, and a clean end."""

import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import click
import uvicorn

from clearspan.errors import ClearspanError, Refused
from clearspan.server.app import create_app
from clearspan.server.context import context_of
from clearspan.server.edge.connections import HeadersInTime
from clearspan.server.edge.security import check_binding
from clearspan.server.edge.streams import GRACE_SECONDS
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

logger = logging.getLogger("clearspan.server")

_LAST_SECONDS = 0.4
"""Time for stores and models to be closed once the last answer has been sent."""


def serve(settings: Settings, open_browser: bool) -> None:
    """Serve until SIGINT or SIGTERM; questions under way then have a few seconds to end with their receipt.

    Args:
        open_browser: open the Studio in a browser, where there is a display.

    Raises:
        Refused: the address is taken or may not be bound, or binding there needs a key.
    """
    check_binding(settings)
    _log_to_stderr()
    with _listening(settings.host, settings.port) as listener, Workspace.open(settings) as workspace:
        app = create_app(workspace)
        config = uvicorn.Config(
            app,
            http=HeadersInTime,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(GRACE_SECONDS) + 2,
        )
        address = _address(listener)
        click.echo(f"Clearspan is at {address} (Ctrl+C stops it)")
        # A daemon, because a download under way must not hold up the end.
        threading.Thread(target=_warm_up, args=(workspace,), name="clearspan-warm-up", daemon=True).start()
        if open_browser and _has_display():
            webbrowser.open(address)
        with _signals_end_quietly():
            _Server(config, context_of(app).workers.stop_all).run(sockets=[listener])
        _end_for_sure()
    _say_stopped()


class _Server(uvicorn.Server):
    """A server that tells work which nobody will wait for that it ends, as soon as it is told itself."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._tell()


def _end_for_sure() -> None:
    """End the process soon, whatever its threads are in: nothing that is stored is lost by it.

    A call into a parser or a model written in C cannot be broken off; what is committed is on the disk already.
    """

    def end() -> None:
        _say_stopped()
        os._exit(0)

    last = threading.Timer(_LAST_SECONDS, end)
    last.daemon = True
    last.start()


def _say_stopped() -> None:
    click.echo("Clearspan has stopped.")
    sys.stdout.flush()


def _warm_up(workspace: Workspace) -> None:
    try:
        workspace.warm_up()
    except ClearspanError as error:
        # What is missing is told by /healthz and by every answer that needs it.
        logger.warning("%s", error)


@contextmanager
def _listening(host: str, port: int) -> Generator[socket.socket]:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_bind(host, port, error) from error
    with listener:
        try:
            if sys.platform != "win32":
                # Windows would let two servers share the port.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            # Connections wait in the backlog from here on, so the address may be printed and opened.
            listener.listen(2048)
        except OSError as error:
            raise _cannot_bind(host, port, error) from error
        yield listener


def _cannot_bind(host: str, port: int, error: OSError) -> Refused:
    if error.errno == errno.EADDRINUSE:
        return Refused(
            f"Port {port} of {host} is taken.",
            why="Another program serves there, perhaps another Clearspan.",
            do="Stop it, or choose another port with --port; --port 0 picks a free one.",
        )
    return Refused(
        f"The server cannot bind to {host}, port {port}.",
        why=f"The system says: {error.strerror or error}.",
        do="Choose an address of this machine with --host and a port from 1024 up with --port.",
    )


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    name = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _has_display() -> bool:
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _signals_end_quietly() -> Generator[None]:
    # uvicorn raises the signal that stopped it once more; by then the end has been a clean one.
    before = {one: signal.signal(one, _ignore) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _ignore(*_: object) -> None: ...


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    ours = logging.getLogger("clearspan")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
