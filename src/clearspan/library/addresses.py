"""Where an address on the web leads: looked up once, and judged before anything is sent there."""

import ipaddress
import socket
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from clearspan.errors import BadInput, FetchError, Refused

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Destination:
    """A server, as it is named and as it is reached.

    Attributes:
        host: its name, for its certificate and the Host header.
        reached_at: what to connect to, to be tried in order; the name itself where a proxy looks it up.
    """

    host: str
    port: int
    reached_at: tuple[str, ...]


def destination(url: str, typed: str) -> Destination:
    """Where a URL leads.

    Addresses of this machine and of its own network are no place for what a page or a server names: they answer to
    whoever is inside. They are gone to only where the person typed that very address.

    Args:
        url: of one hop.
        typed: the URL that the person gave.

    Raises:
        BadInput: it is not HTTP, or cannot be understood.
        Refused: it leads to this machine or a private network, and was not typed so.
        FetchError: its name cannot be looked up.
    """
    scheme, host, port = _parts(url)
    if _is_literal(host) and (host, port) == _parts(typed)[1:]:
        return Destination(host, port, (host,))
    proxy = urllib.request.getproxies().get(scheme)
    if proxy and not urllib.request.proxy_bypass(host) and _number(host) is None:
        return Destination(host, port, (host,))
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(
            f"{url} could not be fetched.",
            why=f"The name {host} cannot be looked up: {getattr(error, 'strerror', None) or error}.",
            do="Check the address and the connection, then try again.",
        ) from error
    reached = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    for address in reached:
        if not _is_public(address):
            raise Refused(
                f"{url} was not fetched.",
                why=f"{host} is {address}, an address of this machine or of a private network.",
                do="If you mean it, give that address itself instead of a name that leads there.",
            )
    return Destination(host, port, reached)


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise BadInput(
            f"The address {url} cannot be understood.", why=f"{error}.", do="Check its spelling."
        ) from error
    if scheme not in ("http", "https"):
        raise BadInput(
            f"The address {url} cannot be fetched.",
            why="Only http:// and https:// are.",
            do="Download it yourself and add the file.",
        )
    if not host:
        raise BadInput(f"The address {url} names no host.", do="Check the spelling of the address.")
    return scheme, host, port or (443 if scheme == "https" else 80)


def _is_literal(host: str) -> bool:
    return host == "localhost" or _number(host) is not None


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        # Addresses of version 4 in the dress of version 6 lead where those lead.
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    return found.is_global and not found.is_multicast
