"""Documents from a URL."""

import time
from urllib.parse import urlsplit

from clearspan.errors import BadInput, FetchError
from clearspan.library.originals import Original, check_size

_SECONDS = 20.0
_WHOLE_SECONDS = 300.0  # a server that sends a byte now and then would keep each single wait short
_REDIRECTS = 5


def is_url(source: str) -> bool:
    """Whether a source is meant as an address rather than as a path."""
    return "://" in source


def fetch(url: str, limit: int) -> Original:
    """A document of at most `limit` bytes over HTTP; the size is watched while it streams.

    Raises:
        BadInput: the address is not HTTP or cannot be understood.
        FetchError: the server cannot be reached, is too slow, redirects too often or answers with an error.
        TooLarge: there is more than `limit`.
    """
    import httpx

    _check_address(url)
    deadline = time.monotonic() + _WHOLE_SECONDS
    try:
        with (
            httpx.Client(
                timeout=_SECONDS, follow_redirects=True, max_redirects=_REDIRECTS, trust_env=True
            ) as client,
            client.stream("GET", url, headers={"user-agent": "clearspan"}) as response,
        ):
            if response.is_error:
                raise FetchError(
                    f"{url} could not be fetched.",
                    why=f"The server answered {response.status_code} {response.reason_phrase}.".replace(
                        " .", "."
                    ),
                    do="Open the address in a browser to see whether it is right.",
                )
            data = bytearray()
            for chunk in response.iter_bytes():
                data += chunk
                check_size(url, len(data), limit)
                if time.monotonic() > deadline:
                    raise FetchError(
                        f"{url} could not be fetched.",
                        why=f"The server is too slow: after {_WHOLE_SECONDS:g} s there is still no end.",
                        do="Download it yourself and add the file.",
                    )
            media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
            final = str(response.url)
            charset = response.charset_encoding
    except httpx.TooManyRedirects as error:
        raise FetchError(
            f"{url} could not be fetched.",
            why=f"It redirects more than {_REDIRECTS} times.",
            do="Open the address in a browser and add the address where it ends.",
        ) from error
    except httpx.UnsupportedProtocol as error:
        raise _not_http(url) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise FetchError(
            f"{url} could not be fetched.",
            why=f"{str(error) or type(error).__name__}.",
            do="Check the address and the connection, then try again.",
        ) from error
    name = urlsplit(final).path.rpartition("/")[2] or urlsplit(final).netloc
    declared = None if media_type in ("", "application/octet-stream", "binary/octet-stream") else media_type
    return Original(locator=url, name=name, data=bytes(data), media_type=declared, charset=charset, url=final)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https"):
        raise _not_http(url)
    if not parts.hostname:
        raise BadInput(f"The address {url} names no host.", do="Check the spelling of the address.")


def _not_http(url: str) -> BadInput:
    return BadInput(
        f"The address {url} cannot be fetched.",
        why="Only http:// and https:// are.",
        do="Download it yourself and add the file.",
    )
