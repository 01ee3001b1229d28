"""Where the server would be."""

import http.client
import json
import socket

from clearspan.doctor.examined import Examined
from clearspan.settings import Settings

_CONNECT_SECONDS = 0.5
_ANSWER_SECONDS = 1.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not bound


def address(settings: Settings) -> Examined:
    """Whether its port is free, or what serves there."""
    if settings.port == 0:
        return Examined("port", "ok", "The server takes any free one.")
    where = f"{settings.host}:{settings.port}"
    host = _EVERYWHERE.get(settings.host, settings.host)
    try:
        socket.create_connection((host, settings.port), _CONNECT_SECONDS).close()
    except ConnectionRefusedError:
        return Examined("port", "ok", f"{where} is free.")
    except OSError as error:
        do = "Choose an address of this machine with CLEARSPAN_HOST."
        return Examined("port", "fault", f"{where} cannot be reached: {error.strerror or error}.", do)
    version = _clearspan(host, settings.port)
    if version:
        return Examined("port", "ok", f"Clearspan {version} serves at {where}.")
    do = "Stop that program, or choose another port with --port or CLEARSPAN_PORT."
    return Examined("port", "note", f"Another program serves at {where}.", do)


def _clearspan(host: str, port: int) -> str:
    """The version of the Clearspan that serves there; empty for any other program."""
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        told = json.loads(connection.getresponse().read(100_000))
        return str(told["version"]) if "readiness" in told else ""
    except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError):
        return ""
    finally:
        connection.close()
