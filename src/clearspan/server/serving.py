"""Running the server: a socket, the models warming up beside it, and a clean end."""

import logging
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import click
import uvicorn

from clearspan.errors import ClearspanError
from clearspan.server.app import create_app
from clearspan.server.context import context_of
from clearspan.server.edge.binding import address_of, listening
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
    with listening(settings.host, settings.port) as listener, Workspace.open(settings) as workspace:
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
        address = address_of(listener)
        click.echo(f"Clearspan is at {address} (Ctrl+C stops it)")
        # A daemon, because a download under way must not hold up the end.
        threading.Thread(target=_warm_up, args=(workspace,), name="clearspan-warm-up", daemon=True).start()
        if open_browser and _has_display():
            webbrowser.open(address)
        with signals_end_quietly():
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


def _has_display() -> bool:
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def signals_end_quietly() -> Generator[None]:
    """Let a server of uvicorn's that was told to stop end as any program does."""
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
