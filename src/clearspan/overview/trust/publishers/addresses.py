"""Web addresses as the publisher registry compares them: host and path, one spelling for each."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import idna


@dataclass(frozen=True, slots=True)
class Address:
    """A host in lower-case ASCII (punycode for other scripts), without `www.`, and a path without its last slash."""

    host: str
    path: str

    def __str__(self) -> str:
        return self.host + self.path

    def wider(self) -> "Iterator[Address]":
        """This address and all that it lies in, narrowest first: its folders, then its parent domains.

        `a.b.example/x/y` lies in `a.b.example/x`, `a.b.example` and `b.example`, with `/x/y` and `/x` before each
        bare domain; the last label alone is nobody's domain.
        """
        labels = self.host.split(".")
        # No domain ends in a number: such a host is an address of its own, and lies in nothing.
        is_number = ":" in self.host or labels[-1].isdecimal()
        hosts = [self.host] if is_number else [".".join(labels[i:]) for i in range(len(labels) - 1)]
        steps = self.path.split("/")
        paths = ["/".join(steps[:n]) for n in range(len(steps), 0, -1)]
        for host in hosts:
            for path in paths:
                yield Address(host, path)


@lru_cache(maxsize=65_536)
def parse(text: str) -> Address | None:
    """The address in a URL, or in a domain with or without a path; None when it is neither.

    Port, user, query and fragment are left out: they change nothing about who publishes.
    """
    text = text.strip()
    if not text or any(sign.isspace() for sign in text):
        return None
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = _ascii(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or not host:
        return None
    path = unquote(parts.path).casefold()
    return Address(host, "/" + "/".join(step for step in path.split("/") if step) if path.strip("/") else "")


def readable(host: str) -> str:
    """A host for a person: other scripts as they are written, with the punycode that tells look-alikes apart."""
    try:
        shown = idna.decode(host)
    except idna.IDNAError:
        return host
    return host if shown == host else f"{shown} ({host})"


def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    if ":" in host or host[-1:].isdecimal():
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            pass
    # Host names in use hold underscores and the like, which the standard forbids.
    plain = (host if host.isascii() else _encoded(host)).removeprefix("www.")
    labels = plain.split(".")
    return plain if len(labels) > 1 and all(labels) and not labels[-1].isdecimal() else ""


def _encoded(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""
