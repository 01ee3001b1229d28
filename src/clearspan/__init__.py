"""Clearspan: answers from open-weight language models that can be seen through."""

from typing import TYPE_CHECKING, Any

from clearspan.version import __version__

if TYPE_CHECKING:
    from clearspan.api import Answer, ask, dictionary, load

__all__ = ["Answer", "__version__", "ask", "dictionary", "load"]


def __getattr__(name: str) -> Any:
    # The command line imports this package for its version alone; the rest waits until it is used.
    if name in {"Answer", "ask", "dictionary", "load"}:
        from clearspan import api

        return getattr(api, name)
    raise AttributeError(f"module 'clearspan' has no attribute {name!r}")
