"""Who publishes a page, and what is known of them. An unknown publisher is unknown, not trusted.

The list that ships with Clearspan is data/publishers.csv; what the user says is in `publishers.csv` in the home
folder and stands above it. A publisher is matched by the address of a page and by the name that the page gives.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from clearspan.overview.trust.publishers import files
from clearspan.overview.trust.publishers.addresses import parse
from clearspan.overview.trust.publishers.files import Publisher

OVERRIDES = "publishers.csv"
"""The user's own list, in the home folder."""

SHIPPED = Path(__file__).parents[1] / "data" / "publishers.csv"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the registry says of a page.

    Attributes:
        by: what of the page was matched.
        mine: whether the user said it.
        impostor: the page goes by the name of a publisher whose address is another one.
    """

    publisher: Publisher
    by: Literal["address", "name"]
    mine: bool
    impostor: bool = False

    @property
    def standing(self) -> float:
        return self.publisher.believed

    def described(self) -> str:
        """In a few words: what is said, and by whom."""
        one = self.publisher
        said = "/".join(dict.fromkeys((one.kind, *one.labels)) if one.kind != "unknown" else one.labels)
        whose = (
            f"listed as {said or 'unknown'} by {one.listed_by}"
            if one.listed_by
            else f"set to {said or 'unknown'}"
        )
        return f"{one.key} is {whose}{', on your list' if self.mine else ''}"


class Registry:
    """Publishers by address and by name."""

    def __init__(self, publishers: Iterable[Publisher]) -> None:
        self._by_address: dict[str, Publisher] = {}
        self._by_name: dict[str, Publisher] = {}
        for one in publishers:
            if one.domain:
                self._by_address[one.domain] = one
            if one.name:
                self._by_name[plain_name(one.name)] = one

    def __iter__(self) -> Iterator[Publisher]:
        return iter(dict.fromkeys((*self._by_address.values(), *self._by_name.values())))

    def at(self, url: str | None) -> Publisher | None:
        """The publisher of an address: of its own path first, then of its folders and parent domains."""
        address = parse(url or "")
        if address is None:
            return None
        found = (self._by_address.get(str(each)) for each in address.wider())
        return next((one for one in found if one is not None), None)

    def named(self, name: str | None) -> Publisher | None:
        """The publisher of a name; case, accents of punctuation and a leading 'the' are ignored."""
        return self._by_name.get(plain_name(name)) if name and plain_name(name) else None


class Publishers:
    """The shipped list under the user's own, which is read again when its file changes. Thread-safe.

    Args:
        home: folder with the user's list; None goes by the shipped one alone.
    """

    def __init__(self, home: Path | None = None) -> None:
        self._file = home / OVERRIDES if home else None
        self._stamp: tuple[int, int, int] | None = None
        self._mine = Registry(())
        self._edition = 0
        self._lock = threading.Lock()

    @property
    def edition(self) -> int:
        """A number that grows whenever the user's list has changed."""
        self._current()
        return self._edition

    def find(self, url: str | None, name: str | None) -> Listing | None:
        """What is known of the publisher of a page; None when nothing is.

        The user's word stands above the shipped list. Between an address and a name the one that is believed less
        decides: a page may call itself what it likes. For the same reason a name lifts no page whose address is not
        one of the publisher's.

        Raises:
            BadInput: the user's list cannot be read; names its line.
        """
        for registry, mine in ((self._current(), True), (shipped(), False)):
            found = [*_by_address(registry, url, name, mine), *_by_name(registry, url, name, mine)]
            if found:
                return min(found, key=lambda listing: listing.standing)
        return None

    def mine(self) -> Sequence[Publisher]:
        """The user's own list, in order of address and name."""
        return sorted(self._current(), key=lambda one: one.key)

    def _current(self) -> Registry:
        if self._file is None:
            return self._mine
        with self._lock:
            try:
                status = self._file.stat()
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            except FileNotFoundError:
                stamp = None
            if stamp != self._stamp:
                self._mine = Registry(files.read(self._file) if stamp else ())
                self._stamp = stamp
                self._edition += 1
            return self._mine


@lru_cache(maxsize=1)
def shipped() -> Registry:
    """The list that ships with Clearspan."""
    return Registry(files.read(SHIPPED))


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name as it is compared: `The Daily Barnacle!` is `daily barnacle`."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = " ".join(re.sub(r"[^\w\s]|_", " ", folded).split())
    return bare.removeprefix("the ") if bare != "the" else bare


def _by_address(registry: Registry, url: str | None, name: str | None, mine: bool) -> list[Listing]:
    # A page without an address may give a domain for its publisher's name.
    found = registry.at(url) or (registry.at(name) if url is None else None)
    return [Listing(found, "address", mine)] if found else []


def _by_name(registry: Registry, url: str | None, name: str | None, mine: bool) -> list[Listing]:
    found = registry.named(name)
    if found is None:
        return []
    elsewhere = bool(url and found.domain) and registry.at(url) is not found
    return [Listing(found, "name", mine, impostor=elsewhere and found.believed > 0.5)]
