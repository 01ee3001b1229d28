"""Where libraries are kept: `stores.open(ADDRESS)`, with one module a backend behind one protocol.

The scheme of an address names the backend: `sqlite:FOLDER` ships with Clearspan, other packages add theirs under
the entry point group `clearspan.stores` (a class that is a `Store`).
"""

from dataclasses import dataclass

from clearspan.library.stores.base import Store
from clearspan.plugins import Plugins

STORES: Plugins[type[Store]] = Plugins(
    "clearspan.stores",
    "store",
    {"sqlite": "clearspan.library.stores.sqlite:SqliteStore"},
    Store,
    classes=True,
)


@dataclass(frozen=True, slots=True)
class Stores:
    """The libraries at one address; `name in stores` tells whether one is there."""

    address: str
    backend: type[Store]

    def names(self) -> list[str]:
        """Names of the libraries, in order of the alphabet."""
        return sorted(self.backend.names(self.address))

    def __contains__(self, name: str) -> bool:
        return name in self.backend.names(self.address)

    def open(self, name: str) -> Store:
        """The store of a library, created when missing; yours to close.

        Raises:
            StorageError, Busy: it cannot be used.
        """
        return self.backend.open(self.address, name)


def open(address: str) -> Stores:
    """The libraries at an address, as `sqlite:/home/ada/clearspan`; nothing is made there yet.

    Raises:
        NotFound: no backend has the scheme of the address; says which there are.
    """
    return Stores(address, STORES.get(address.partition(":")[0]))
