"""Clearspan: answers from open-weight language models that can be seen through."""

import importlib
from typing import TYPE_CHECKING

from clearspan.errors import (
    BadInput,
    Busy,
    ClearspanError,
    FetchError,
    NotFound,
    Refused,
    StorageError,
    TooLarge,
)
from clearspan.version import __version__

if TYPE_CHECKING:
    from clearspan.library.library import Library
    from clearspan.public import plan
    from clearspan.public.answer import Answer
    from clearspan.public.client import Client
    from clearspan.public.functions import ask, dictionary, load
    from clearspan.receipts import Receipt
    from clearspan.settings import Settings

__all__ = [
    "Answer",
    "BadInput",
    "Busy",
    "ClearspanError",
    "Client",
    "FetchError",
    "Library",
    "NotFound",
    "Receipt",
    "Refused",
    "Settings",
    "StorageError",
    "TooLarge",
    "__version__",
    "ask",
    "dictionary",
    "load",
    "plan",
]

# The command line imports this package for its version alone; what is heavy waits until it is used.
_LATE = {
    "Answer": "clearspan.public.answer",
    "Client": "clearspan.public.client",
    "Library": "clearspan.library.library",
    "Receipt": "clearspan.receipts",
    "Settings": "clearspan.settings",
    "ask": "clearspan.public.functions",
    "dictionary": "clearspan.public.functions",
    "load": "clearspan.public.functions",
}


def __getattr__(name: str) -> object:
    if name == "plan":
        return importlib.import_module("clearspan.public.plan")
    if name in _LATE:
        return getattr(importlib.import_module(_LATE[name]), name)
    raise AttributeError(f"module 'clearspan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
