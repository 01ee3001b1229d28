"""The address that a server has: taken before anything is loaded, and said to a person."""

import errno
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager

from clearspan.errors import Refused


@contextmanager
def listening(host: str, port: int) -> Generator[socket.socket]:
    """A socket that listens at an address of this machine.

    Raises:
        Refused: the address is taken or may not be bound.
    """
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


def address_of(listener: socket.socket) -> str:
    """The address of a listening socket, as a browser on this machine takes it."""
    host, port = listener.getsockname()[:2]
    name = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
