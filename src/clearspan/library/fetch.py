"""Documents from a URL."""

import time
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from clearspan.errors import FetchError
from clearspan.library.addresses import destination
from clearspan.library.inflating import GZIP, inflated
from clearspan.library.originals import Original, check_size

if TYPE_CHECKING:
    import httpx

_SECONDS = 20.0
_WHOLE_SECONDS = 300.0  # a server that sends a byte now and then would keep each single wait short
_REDIRECTS = 5


def is_url(source: str) -> bool:
    """Whether a source is meant as an address rather than as a path."""
    return "://" in source


def fetch(url: str, limit: int) -> Original:
    """A document of at most `limit` bytes over HTTP; its size is watched while it streams and while it is unpacked.

    Raises:
        BadInput: the address is not HTTP or cannot be understood.
        Refused: it leads, at once or by a redirect, to this machine or a private network, see `destination`.
        FetchError: the server cannot be reached, is too slow, redirects too often or answers with an error.
        TooLarge: there is more than `limit`.
    """
    import httpx

    deadline = time.monotonic() + _WHOLE_SECONDS
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False) as client:
            here = url
            for _ in range(_REDIRECTS + 1):
                with _answered(client, here, url) as response:
                    if not response.has_redirect_location:
                        return _received(response, url, here, _Watch(limit, deadline))
                    here = urljoin(here, response.headers["location"])
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise _unfetched(
            url,
            f"{str(error) or type(error).__name__}.",
            "Check the address and the connection, then try again.",
        ) from error
    raise _unfetched(
        url,
        f"It redirects more than {_REDIRECTS} times.",
        "Open the address in a browser and add the address where it ends.",
    )


@dataclass(frozen=True, slots=True)
class _Watch:
    limit: int
    deadline: float

    def over(self, url: str, size: int) -> None:
        check_size(url, size, self.limit)
        if time.monotonic() > self.deadline:
            raise _unfetched(
                url,
                f"The server is too slow: after {_WHOLE_SECONDS:g} s there is still no end.",
                "Download it yourself and add the file.",
            )


@contextmanager
def _answered(client: "httpx.Client", here: str, typed: str) -> "Generator[httpx.Response]":
    """The answer of one hop, from the very address that was judged: a name may lead elsewhere a moment later."""
    import httpx

    where = destination(here, typed)
    named = httpx.URL(here)
    for number, address in enumerate(where.reached_at, start=1):
        request = client.build_request(
            "GET",
            named.copy_with(host=address, fragment=None),
            headers={
                "host": named.netloc.decode("ascii"),
                "user-agent": "clearspan",
                "accept-encoding": "gzip",
            },
            extensions={"sni_hostname": where.host},
        )
        try:
            response = client.send(request, stream=True)
        except httpx.ConnectError:
            if number == len(where.reached_at):
                raise
            continue
        try:
            yield response
        finally:
            response.close()
        return


def _received(response: "httpx.Response", typed: str, here: str, watch: _Watch) -> Original:
    if response.is_error:
        raise _unfetched(
            typed,
            f"The server answered {response.status_code} {response.reason_phrase}.".replace(" .", "."),
            "Open the address in a browser to see whether it is right.",
        )
    data = bytearray()
    try:
        for piece in _unpacked(response, typed, watch):
            data += piece
            watch.over(typed, len(data))
    except zlib.error as error:
        raise _unfetched(
            typed, f"What the server packed cannot be unpacked: {error}.", "Download it yourself."
        ) from error
    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    name = urlsplit(here).path.rpartition("/")[2] or urlsplit(here).netloc
    declared = None if media_type in ("", "application/octet-stream", "binary/octet-stream") else media_type
    return Original(typed, name, bytes(data), declared, response.charset_encoding, here)


def _unpacked(response: "httpx.Response", url: str, watch: _Watch) -> Iterator[bytes]:
    """The body, unpacked by ourselves: a client library unpacks whole chunks, each of which may fill the memory."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing in ("identity", ""):
        yield from response.iter_raw()
    elif packing in ("gzip", "x-gzip"):
        yield from inflated(_counted(response, url, watch), GZIP)
    else:
        raise _unfetched(
            url,
            f"The server packs it as '{packing[:60]}', which was not asked for.",
            "Download it yourself and add the file.",
        )


def _counted(response: "httpx.Response", url: str, watch: _Watch) -> Iterator[bytes]:
    seen = 0
    for chunk in response.iter_raw():
        seen += len(chunk)
        watch.over(url, seen)
        yield chunk


def _unfetched(url: str, why: str, do: str) -> FetchError:
    return FetchError(f"{url} could not be fetched.", why=why, do=do)
