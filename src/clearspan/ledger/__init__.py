"""What happened: receipts and events, in a ledger that is opened by its address.

The scheme of an address names the backend: `sqlite:FOLDER` ships with Clearspan, other packages add theirs under
the entry point group `clearspan.ledgers` (a class that is a `Ledger`).
"""

from clearspan.ledger.base import Ledger
from clearspan.plugins import Plugins

LEDGERS: Plugins[type[Ledger]] = Plugins(
    "clearspan.ledgers", "ledger", {"sqlite": "clearspan.ledger.sqlite:SqliteLedger"}, Ledger, classes=True
)


def open(address: str) -> Ledger:
    """The ledger at an address, as `sqlite:/home/ada/clearspan`, created when missing; yours to close.

    Raises:
        NotFound: no backend has the scheme of the address; says which there are.
        StorageError, Busy: it cannot be used.
    """
    return LEDGERS.get(address.partition(":")[0]).open(address)
